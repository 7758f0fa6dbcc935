// Reading two contents side by side, in whatever pieces they come.

import { expect } from 'chai';
import { compareRun, Cursor, withCursors } from '../../../src/diff/cursor.js';
import { chunks, octets, rejection, textOf } from '../repository/samples.js';

describe('a cursor', () => {
  it('takes and skips across pieces, empty ones too', async () => {
    const cursor = new Cursor(chunks('ab', '', 'cde', 'f'));
    expect(textOf(await cursor.take(3))).to.equal('abc');
    await cursor.skip(2);
    expect(textOf(await cursor.peek())).to.equal('f');
    await cursor.finish();
    expect(await cursor.peek()).to.have.length(0);
  });

  it('rejects when a content ends too early', async () => {
    await rejection(new Cursor(chunks('ab')).take(3), 'repository-corrupt');
    await rejection(new Cursor(chunks('ab')).skip(3), 'repository-corrupt');
  });

  it('gives the runs that differ', async () => {
    const runs: number[][] = [];
    await withCursors(chunks('abc', 'defgh'), chunks('aXXdXf', 'g', 'X'), (a, b) =>
      compareRun(a, b, 8, (start, end) => runs.push([start, end])),
    );
    expect(runs).to.deep.equal([
      [1, 3],
      [4, 5],
      [7, 8],
    ]);
  });

  it('runs contents to their ends, where they say whether they are right, and closes them when work fails', async () => {
    const log: string[] = [];
    async function* content(name: string): AsyncIterable<Uint8Array> {
      try {
        yield await Promise.resolve(octets('a'));
        yield octets('b');
        log.push(`${name} whole`);
      } finally {
        log.push(`${name} closed`);
      }
    }
    await withCursors(content('a'), content('b'), (a, b) => compareRun(a, b, 1, () => undefined));
    expect(log).to.deep.equal(['a whole', 'a closed', 'b whole', 'b closed']);
    log.length = 0;
    const failed = await withCursors(content('a'), content('b'), async (a) => {
      await a.peek();
      throw new Error('no');
    }).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(Error);
    expect(log).to.deep.equal(['a closed']);
  });
});
