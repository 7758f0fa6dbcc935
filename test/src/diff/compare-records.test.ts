// Which records differ: by index, with what was put in and taken out told as that.

import { expect } from 'chai';
import fc from 'fast-check';
import { compareRecords, type RecordContent, type RecordPair } from '../../../src/diff/compare-records.js';
import { octets } from '../repository/samples.js';
import { applied, OneName, rangeFaults } from './samples.js';

function content(records: readonly string[], volatile: RecordContent['volatile'] = []): RecordContent {
  return {
    open: async function* () {
      for (const record of records) yield await Promise.resolve(octets(record));
    },
    volatile,
  };
}

/** "a3": record 3 of the first; "a3>b4": changed; "b4": only in the second. "~" marks volatile ones. */
function told(pairs: readonly RecordPair[]): string[] {
  return pairs.map(({ a, b, volatile }) => {
    const sides = [a && `a${a.index}`, b && `b${b.index}`].filter((side) => side !== undefined);
    return (volatile ? '~' : '') + sides.join('>');
  });
}

async function compared(
  a: RecordContent,
  b: RecordContent,
): Promise<{ readonly method: string; readonly pairs: string[] }> {
  const pairs: RecordPair[] = [];
  const { method } = await compareRecords(a, b, (pair) => pairs.push(pair));
  return { method, pairs: told(pairs) };
}

const thirty = Array.from({ length: 30 }, (_, index) => `record ${index}`);

describe('comparing records', () => {
  it('gives ranges that make the one of the other, in order and apart, and shows every pair of them', async () => {
    const row = fc.array(fc.constantFrom('', 'a', 'b', 'c', 'dd'), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(row, row, async (a, b) => {
        let shown = 0;
        const { tally } = await compareRecords(content(a), content(b), () => (shown += 1));
        expect(applied(a, b, tally.ranges)).to.deep.equal(b);
        expect(rangeFaults(a, b, tally.ranges)).to.deep.equal([]);
        expect(tally.units).to.equal(shown);
      }),
      { numRuns: 400 },
    );
  });

  it('proves what it calls equal by the octets, also where different records have one name', async () => {
    const row = fc.array(fc.constantFrom('', 'a', 'b', 'cc'), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(row, row, async (a, b) => {
        const nobody = (): void => undefined;
        const { tally } = await compareRecords(content(a), content(b), nobody, Infinity, new OneName());
        expect(applied(a, b, tally.ranges)).to.deep.equal(b);
      }),
    );
  });

  it('tells a changed record by its index', async () => {
    const changed = thirty.map((record, index) => (index === 4 || index === 20 ? 'other' : record));
    expect(await compared(content(thirty), content(changed))).to.deep.equal({
      method: 'in-place',
      pairs: ['a4>b4', 'a20>b20'],
    });
  });

  it('tells records that were put in as those, and none behind them', async () => {
    const longer = [...thirty.slice(0, 3), 'new', 'newer', ...thirty.slice(3)];
    expect(await compared(content(thirty), content(longer))).to.deep.equal({
      method: 'aligned',
      pairs: ['b3', 'b4'],
    });
    expect(await compared(content(longer), content(thirty))).to.deep.equal({
      method: 'aligned',
      pairs: ['a3', 'a4'],
    });
  });

  it('tells what moved where as many went as came', async () => {
    const rolled = [...thirty.slice(1), 'the newest'];
    expect((await compared(content(thirty), content(rolled))).pairs).to.deep.equal(['a0', 'b29']);
  });

  it('tells changed and added records of one place apart', async () => {
    const longer = [...thirty.slice(0, 5), 'five', 'six', 'and a half', ...thirty.slice(7)];
    const { pairs } = await compared(content(thirty), content(longer));
    expect(pairs).to.deep.equal(['a5>b5', 'a6>b6', 'b7']);
  });

  it('marks records that are known to change by themselves', async () => {
    const changed = thirty.map((record, index) => (index < 2 ? 'other' : record));
    const known = [{ start: 1, end: 2 }];
    const { pairs } = await compared(content(thirty), content(changed, known));
    expect(pairs).to.deep.equal(['a0>b0', '~a1>b1']);
  });

  it('knows an empty record from none', async () => {
    expect((await compared(content(['a', 'b']), content(['a', '', 'b']))).pairs).to.deep.equal(['b1']);
  });
});
