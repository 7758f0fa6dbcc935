// Which form a change is shown in, and that hostile content costs bounded time and gives bounded, plain views.

import { expect } from 'chai';
import fc from 'fast-check';
import type { ContentView } from '../../../../src/diff/types.js';
import { recognise, showsNothing } from '../../../../src/diff/views/recognise.js';
import { zipOf } from '../../../support/zip.js';
import { noise, octets } from '../../repository/samples.js';

async function formOf(a: string | Uint8Array, b: string | Uint8Array): Promise<string | undefined> {
  const take = (some: string | Uint8Array): Uint8Array => (typeof some === 'string' ? octets(some) : some);
  const view = await recognise(take(a), take(b));
  return view?.kind === 'tree' ? view.format : view?.kind;
}

const archive = (name: string, content: Uint8Array): Uint8Array => zipOf([{ name, content }]);

describe('recognising content', () => {
  it('finds the form that both sides have', async () => {
    expect(await formOf('a\n', 'b\n')).to.equal('text');
    expect(await formOf('{"a":1}', '{"a":2}')).to.equal('json');
    expect(await formOf('<a/>', '<b/>')).to.equal('xml');
    expect(await formOf(archive('a', octets('1')), archive('a', octets('2')))).to.equal('zip');
    expect(
      await formOf(Uint8Array.of(0x0e, 0x1c, 0, 0, 0, 1, 0x0f), Uint8Array.of(0x0e, 0x1c, 0, 0, 0, 2, 0x0f)),
    ).to.equal('bacnet-objects');
  });

  it('falls back from a form that only one side has, or that is broken', async () => {
    expect(await formOf('{"a":1}', '{"a":')).to.equal('text');
    expect(await formOf('<a/>', '<a>')).to.equal('text');
    expect(await formOf('{"a":1}', '<a/>')).to.equal('text');
    expect(await formOf('text', noise(100))).to.equal(undefined);
    expect(await formOf(archive('a', octets('1')), 'PK\x03\x04')).to.equal(undefined);
  });

  it('looks into members, and into archives in archives, two deep', async () => {
    const nested = (depth: number, text: string): Uint8Array =>
      depth === 0 ? octets(text) : archive(`level ${depth}`, nested(depth - 1, text));
    const forms = (view: ContentView | undefined): string[] => {
      if (view === undefined) return [];
      return view.kind === 'zip' ? ['zip', ...forms(view.members[0]?.view)] : [view.kind];
    };
    expect(forms(await recognise(nested(1, '{"a":1}'), nested(1, '{"a":2}')))).to.deep.equal(['zip', 'tree']);
    expect(forms(await recognise(nested(2, 'a\n'), nested(2, 'b\n')))).to.deep.equal(['zip', 'zip', 'text']);
    expect(forms(await recognise(nested(4, 'a\n'), nested(4, 'b\n')))).to.deep.equal(['zip', 'zip', 'hex']);
  });

  it('shows octets of a member whose form shows nothing', async () => {
    const view = await recognise(archive('a.json', octets('{"a":1}')), archive('a.json', octets('{ "a":1}')));
    expect(view?.kind === 'zip' && view.members[0]?.view?.kind).to.equal('hex');
  });

  it('knows a view that shows nothing', async () => {
    const same = await recognise(octets('{"a":1}'), octets('{ "a":1}'));
    expect(same && showsNothing(same)).to.equal(true);
    const other = await recognise(octets('{"a":1}'), octets('{"a":2}'));
    expect(other && showsNothing(other)).to.equal(false);
  });

  it('gives a view of bounded size for whatever two contents there are', async () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 300 }).map(octets),
      fc.json({ maxDepth: 6 }).map(octets),
      fc.constantFrom(
        octets('<a>'.repeat(2000)),
        octets(`<a b="${'"'.repeat(500)}">`),
        octets('[{"a":'.repeat(500)),
        octets('x'.repeat(100_000)),
        octets('\n'.repeat(10_000)),
        octets('\u202e\u0007\u001b[31m'),
        archive('../../x\u001b', octets('\u0000')),
        Uint8Array.of(0x0e, ...new Uint8Array(500).fill(0x2e)),
      ),
    );
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (a, b) => {
        expect(JSON.stringify((await recognise(a, b)) ?? {}).length).to.be.lessThan(400_000);
      }),
      { numRuns: 300 },
    );
  });
});
