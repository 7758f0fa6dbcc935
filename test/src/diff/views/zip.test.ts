// ZIP archives: what is in them, member by member, whatever they claim and however they are damaged.

import { expect } from 'chai';
import type { ContentView, ZipView } from '../../../../src/diff/types.js';
import { zipView } from '../../../../src/diff/views/zip.js';
import { zipOf, type ZipMember } from '../../../support/zip.js';
import { noise, octets } from '../../repository/samples.js';

const shown: ContentView = { kind: 'text', charset: 'utf-8', hunks: [], more: 0 };

function compare(a: Uint8Array, b: Uint8Array): Promise<ZipView | undefined> {
  return zipView(a, b, () => Promise.resolve(shown));
}

async function told(a: readonly ZipMember[], b: readonly ZipMember[]): Promise<string[]> {
  const view = await compare(zipOf(a), zipOf(b));
  if (view === undefined) throw new Error('no archive');
  return view.members.map(({ name, change, reason }) =>
    [change, name.text, ...(reason === undefined ? [] : [reason])].join(' '),
  );
}

const member = (name: string, text: string, more: Partial<ZipMember> = {}): ZipMember => ({
  name,
  content: octets(text),
  ...more,
});

describe('a ZIP view', () => {
  it('tells members that are new, gone or changed, and shows the changed ones', async () => {
    const a = [member('config/points.csv', 'one\n'), member('old.txt', 'x'), member('same.txt', 'same')];
    const b = [member('same.txt', 'same'), member('config/points.csv', 'two\n'), member('new.txt', 'y')];
    const view = await compare(zipOf(a), zipOf(b));
    expect(view).to.deep.equal({
      kind: 'zip',
      members: [
        {
          name: { text: 'config/points.csv' },
          change: 'changed',
          view: shown,
          a: { octets: 4, packedOctets: 6, crc32: 'f817a89f' },
          b: { octets: 4, packedOctets: 6, crc32: '96170874' },
        },
        { name: { text: 'new.txt' }, change: 'added', b: view?.members[1]?.b },
        { name: { text: 'old.txt' }, change: 'removed', a: view?.members[2]?.a },
      ],
      more: 0,
      equal: 1,
    });
  });

  it('finds the same in members that are packed another way or dated another day', async () => {
    const a = [member('a', 'text '.repeat(100)), member('b', 'b')];
    expect(
      await told(a, [member('a', 'text '.repeat(100), { stored: true }), member('b', 'b', { time: 99 })]),
    ).to.deep.equal([]);
  });

  it('believes octets and not what the archive says of them', async () => {
    const lie = { claimedCrc: 0x12345678 };
    expect(await told([member('a', 'one', lie)], [member('a', 'two', lie)])).to.deep.equal(['changed a']);
    expect(await told([member('a', 'one')], [member('a', 'one', lie)])).to.deep.equal([]);
  });

  it('takes names for texts, wherever they would lead', async () => {
    const a = [
      member('../../etc/passwd', '1'),
      member('C:\\windows\\x', '1'),
      member('/abs', '1'),
      member('', '1'),
    ];
    const b = a.map(({ name }) => member(String(name), '2'));
    expect(await told(a, b)).to.deep.equal([
      'changed ../../etc/passwd',
      'changed C:\\windows\\x',
      'changed /abs',
      'changed ',
    ]);
    const odd = [{ name: Uint8Array.of(0x1b, 0xff, 0x00), content: octets('1') }];
    expect(await told(odd, [])).to.deep.equal(['removed \x1bÿ\x00']);
  });

  it('takes members of one name in their turn', async () => {
    expect(
      await told([member('a', '1'), member('a', '2')], [member('a', '1'), member('a', '3')]),
    ).to.deep.equal(['changed a']);
  });

  it('does not unpack what is more than was agreed, nor what is more than it says', async () => {
    const bomb = (last: string): ZipMember => member('bomb', `${' '.repeat(9_000_000)}${last}`);
    expect(await told([bomb('1')], [bomb('2')])).to.deep.equal([
      'changed bomb more octets than are unpacked for a comparison',
    ]);
    const hidden = (last: string): ZipMember => ({ ...bomb(last), claimedOctets: 100, claimedCrc: 1 });
    expect(await told([hidden('1')], [hidden('2')])).to.deep.equal([
      'unread bomb it cannot be unpacked: damaged, encrypted, or packed in another way',
    ]);
  });

  it('is bounded for members that share their octets ten thousand times', async () => {
    const first = { name: 'm', content: noise(400_000, 1), stored: true };
    const many = (content: Uint8Array): ZipMember[] =>
      Array.from({ length: 5000 }, (_, index) => ({
        ...first,
        content,
        name: `m${index}`,
        shared: index > 0,
      }));
    const [a, b] = [many(first.content), many(noise(400_000, 2))];
    const view = await compare(zipOf(a), zipOf(b));
    expect(view?.members).to.have.length(200);
    expect(view?.more).to.equal(4800);
  });

  it('does not unpack what is encrypted', async () => {
    const secret = { encrypted: true };
    expect(await told([member('a', 'one', secret)], [member('a', 'two', secret)])).to.deep.equal([
      'unread a it cannot be unpacked: damaged, encrypted, or packed in another way',
    ]);
  });

  it('leaves damaged archives, and what is none, to other views', async () => {
    const good = zipOf([member('a', 'some text '.repeat(20))]);
    expect(await compare(good, octets('PK\x03\x04 and no more'))).to.equal(undefined);
    expect(await compare(octets('no archive'), good)).to.equal(undefined);
    for (let length = 4; length < good.length; length += 7)
      expect(await compare(good, good.subarray(0, length)), `cut to ${length}`).to.equal(undefined);
  });

  it('survives every octet of an archive being another', async () => {
    const good = zipOf([member('a', 'some text '.repeat(20)), member('b', 'b', { stored: true })]);
    for (let at = 0; at < good.length; at += 1) {
      const bad = good.map((octet, index) => (index === at ? octet ^ 0xff : octet));
      await compare(good, bad);
      await compare(bad, good);
    }
  });
});
