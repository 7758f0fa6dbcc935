// Content on its way out: every octet and every boundary, or an error, never a quiet end.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Store } from '../../../src/ports.js';
import { MemoryStore, type ImageFile } from '../../../src/repository/index.js';
import { sha256Of } from '../../../src/repository/digest.js';
import {
  contentFaults,
  fileContent,
  fileRecords,
  verifyWhole,
} from '../../../src/repository/image-content.js';
import { objectHandle } from '../../../src/repository/names.js';
import { all, chunks, collect, imageFile, noise, octets, rejection, textOf } from './samples.js';

interface Piece {
  readonly sha256: string;
  readonly octets: number;
}

async function put(store: Store, content: Uint8Array): Promise<Piece> {
  const sha256 = sha256Of(content);
  await store.saveNamed('objects', chunks(content), () => objectHandle(sha256).name);
  return { sha256, octets: content.length };
}

/** A file of these objects; a record file when lengths are given. */
async function file(store: Store, parts: readonly Uint8Array[], lengths?: string): Promise<ImageFile> {
  const objects: Piece[] = [];
  for (const part of parts) objects.push(await put(store, part));
  const whole = Buffer.concat(parts);
  const content = { octets: whole.length, sha256: sha256Of(whole), objects };
  return imageFile(
    1,
    lengths === undefined ? content : { ...content, recordLengths: await put(store, octets(lengths)) },
  );
}

async function replace(store: Store, sha256: string, content: Uint8Array): Promise<void> {
  await store.remove(objectHandle(sha256));
  await store.save(objectHandle(sha256), content);
}

describe('the content of a file', () => {
  let store: MemoryStore;
  beforeEach(() => (store = new MemoryStore()));

  it('is its objects one after the other, of any number', async () => {
    for (const parts of [
      [],
      [noise(0)],
      [noise(1)],
      [noise(200_000), noise(3, 2), noise(0), noise(70_000, 3)],
    ]) {
      const made = await file(store, parts);
      expect(Buffer.compare(await collect(fileContent(store, made)), Buffer.concat(parts))).to.equal(0);
      expect(await contentFaults(store, [made])).to.deep.equal([]);
    }
  });

  it('rejects at a missing object, and names it', async () => {
    const made = await file(store, [octets('first'), octets('second')]);
    await store.remove(objectHandle(made.objects[1]!.sha256));
    const error = await rejection(collect(fileContent(store, made)), 'repository-corrupt');
    expect(error.message).to.contain(`${made.objects[1]!.sha256} is missing`);
    expect(await contentFaults(store, [made])).to.have.length(1);
  });

  it('rejects at an object that is changed, shorter or longer, and gives no octet beyond its length', async () => {
    const content = noise(100_000);
    const made = await file(store, [content]);
    const flipped = content.slice();
    flipped[99_999]! ^= 1;
    for (const damaged of [
      flipped,
      content.subarray(1),
      noise(0),
      Buffer.concat([content, octets('more')]),
    ]) {
      await replace(store, made.sha256, damaged);
      let seen = 0;
      const reading = async (): Promise<void> => {
        for await (const chunk of fileContent(store, made)) seen += chunk.length;
      };
      await rejection(reading(), 'repository-corrupt');
      expect(seen).to.be.at.most(content.length);
      expect(await contentFaults(store, [made])).to.have.length(1);
    }
  });

  it('rejects when its objects are whole but do not join to it', async () => {
    const made = await file(store, [octets('ab'), octets('cd')]);
    const swapped = { ...made, objects: [...made.objects].reverse() };
    await rejection(collect(fileContent(store, swapped)), 'repository-corrupt');
    await rejection(verifyWhole(store, swapped), 'repository-corrupt');
    expect(await contentFaults(store, [swapped])).to.have.length(1);
  });

  it('lists every fault once, of all files', async () => {
    const one = await file(store, [octets('one')]);
    const two = await file(store, [octets('two')]);
    const three = await file(store, [octets('three')], '9\n');
    await store.remove(objectHandle(one.sha256));
    await replace(store, two.sha256, octets('TWO'));
    const faults = await contentFaults(store, [one, two, one, three, two]);
    expect(faults).to.have.length(3);
    expect(faults[0]).to.contain('missing');
    expect(faults[1]).to.contain('hash');
    expect(faults[2]).to.contain('add up');
  });
});

describe('the records of a file', () => {
  let store: MemoryStore;
  beforeEach(() => (store = new MemoryStore()));

  it('are cut exactly where they were, empty ones too, across chunks and objects', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.nat(5), fc.nat(70_000)), { maxLength: 8 }),
        fc.integer({ min: 1, max: 100_000 }),
        async (lengths, cut) => {
          const whole = noise(lengths.reduce((sum, length) => sum + length, 0));
          const list = lengths.map((length) => `${length}\n`).join('');
          const made = await file(store, [whole.subarray(0, cut), whole.subarray(cut)], list);
          const records = await all(fileRecords(store, made));
          expect(records.map((record) => record.length)).to.deep.equal(lengths);
          expect(Buffer.compare(Buffer.concat(records), whole)).to.equal(0);
          expect(await contentFaults(store, [made])).to.deep.equal([]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('are those of FORMAT.md section 6', async () => {
    const made = await file(store, [octets('alphabe')], '5\n0\n2\n');
    expect((await all(fileRecords(store, made))).map(textOf)).to.deep.equal(['alpha', '', 'be']);
    const none = await file(store, [octets('')], '');
    expect(await all(fileRecords(store, none))).to.deep.equal([]);
  });

  for (const [what, lengths] of [
    ['too few', '5\n0\n1\n'],
    ['too many', '5\n0\n2\n1\n'],
    ['one over the end', '5\n0\n3\n'],
    ['huge', '9007199254740991\n'],
    ['cut off', '5\n0\n2'],
    ['no numbers', 'alpha\n'],
    ['none', ''],
  ] as const) {
    it(`reject when the boundaries are ${what}`, async () => {
      const made = await file(store, [octets('alphabe')], lengths);
      await rejection(all(fileRecords(store, made)), 'repository-corrupt');
      await rejection(verifyWhole(store, made), 'repository-corrupt');
      expect(await contentFaults(store, [made])).to.have.length(1);
    });
  }

  it('reject before the first record when the list of boundaries is damaged', async () => {
    const made = await file(store, [octets('alphabe')], '5\n0\n2\n');
    await replace(store, made.recordLengths!.sha256, octets('2\n0\n5\n'));
    let seen = 0;
    const reading = async (): Promise<void> => {
      for await (const record of fileRecords(store, made)) seen += record.length + 1;
    };
    await rejection(reading(), 'repository-corrupt');
    expect(seen).to.equal(0);
  });

  it('reject at the end when the content is damaged, however they were cut', async () => {
    for (const lengths of ['5\n0\n2\n', '7\n', '7\n0\n0\n', '0\n7\n']) {
      const made = await file(store, [octets('alphabe')], lengths);
      for (const damaged of ['alphabE', 'alphab', 'alphabet']) {
        await replace(store, made.sha256, octets(damaged));
        await rejection(all(fileRecords(store, made)), 'repository-corrupt');
      }
      await replace(store, made.sha256, octets('alphabe'));
    }
  });

  it('are none of a stream file', async () => {
    await rejection(all(fileRecords(store, await file(store, [octets('x')]))), 'internal');
  });

  it('let their reader stop early', async () => {
    const made = await file(store, [noise(200_000)], '1\n199999\n');
    for await (const record of fileRecords(store, made)) {
      expect(record).to.have.length(1);
      break;
    }
  });
});
