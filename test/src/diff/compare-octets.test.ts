// Where stream files differ: right, no larger than it must be, and stable under insertions.

import { expect } from 'chai';
import fc from 'fast-check';
import { compareOctets } from '../../../src/diff/compare-octets.js';
import { noise, octets as octetsOf } from '../repository/samples.js';
import { applied, OneName, rangeFaults, streaming } from './samples.js';

/** A content and what an editor made of it: octets changed, put in, taken out, moved. */
const edited = fc
  .tuple(
    fc.integer({ min: 0, max: 3000 }),
    fc.nat(1000),
    fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(60), fc.uint8Array({ maxLength: 40 })),
      {
        maxLength: 5,
      },
    ),
    fc.constantFrom('noise', 'zeros', 'text'),
  )
  .map(([length, seed, edits, kind]) => {
    const a = [
      ...(kind === 'noise'
        ? noise(length, seed)
        : kind === 'zeros'
          ? new Uint8Array(length)
          : octetsOf('point,21.5,degrees-celsius\n'.repeat(120)).subarray(0, length)),
    ];
    const b = [...a];
    for (const [where, removed, inserted] of edits)
      b.splice(Math.floor(where * b.length), removed, ...inserted);
    return { a, b };
  });

describe('comparing octets', () => {
  it('gives ranges that make the one of the other, in order, apart, and as small as can be', async () => {
    await fc.assert(
      fc.asyncProperty(edited, fc.integer({ min: 1, max: 500 }), async ({ a, b }, piece) => {
        const one = streaming(Uint8Array.from(a), piece);
        const other = streaming(Uint8Array.from(b), 300);
        const { tally } = await compareOctets(one, other);
        expect(applied(a, b, tally.ranges)).to.deep.equal(b);
        expect(rangeFaults(a, b, tally.ranges)).to.deep.equal([]);
        expect(tally.total).to.equal(tally.ranges.length);
      }),
      { numRuns: 400 },
    );
  });

  it('tells changed octets at their places', async () => {
    const a = noise(10_000, 1);
    const b = Uint8Array.from(a);
    for (const at of [300, 301, 302, 303, 9999]) b[at] = (b[at] ?? 0) ^ 0xff;
    const { method, tally } = await compareOctets(streaming(a), streaming(b));
    expect(method).to.equal('in-place');
    expect(tally.ranges.map((range) => range.a)).to.deep.equal([
      { start: 300, end: 304 },
      { start: 9999, end: 10_000 },
    ]);
  });

  it('shows an insertion in the middle as what was put in, not as everything after it', async () => {
    const a = noise(300_000, 2);
    const b = Uint8Array.from([...a.subarray(0, 123_456), 1, 2, 3, 4, 5, ...a.subarray(123_456)]);
    const { method, tally } = await compareOctets(streaming(a), streaming(b));
    expect(method).to.equal('aligned');
    expect(tally.total).to.equal(1);
    expect(tally.units).to.equal(5);
    const [range] = tally.ranges;
    expect([range?.a.start, range?.b.start]).to.deep.equal([123_456, 123_456]);
  });

  it('finds what moved in files of one size, where that explains much more', async () => {
    const a = noise(50_000, 3);
    const b = Uint8Array.from([...a.subarray(0, 100), 9, ...a.subarray(100, 40_000), ...a.subarray(40_001)]);
    const { method, tally } = await compareOctets(streaming(a), streaming(b));
    expect(method).to.equal('aligned');
    expect(tally.units).to.be.at.most(4);
  });

  it('stays with the places where everything is another', async () => {
    const { method, tally } = await compareOctets(streaming(noise(5000, 4)), streaming(noise(5000, 5)));
    expect(method).to.equal('in-place');
    expect(tally.units).to.be.greaterThan(4800);
  });

  it('tells what was appended, cut off, or is all there is', async () => {
    const a = noise(1000, 6);
    const longer = Uint8Array.from([...a, 1, 2, 3]);
    const only = async (one: Uint8Array, other: Uint8Array): Promise<unknown> => {
      const { tally } = await compareOctets(streaming(one), streaming(other));
      return tally.ranges.map((range) => [range.a.start, range.a.end, range.b.start, range.b.end]);
    };
    expect(await only(a, longer)).to.deep.equal([[1000, 1000, 1000, 1003]]);
    expect(await only(longer, a)).to.deep.equal([[1000, 1003, 1000, 1000]]);
    expect(await only(new Uint8Array(0), a)).to.deep.equal([[0, 0, 0, 1000]]);
    expect(await only(a, a)).to.deep.equal([]);
  });

  it('marks a volatile counter and keeps to its places', async () => {
    const a = noise(5000, 8);
    const b = Uint8Array.from(a);
    for (let at = 1000; at < 2000; at += 1) b[at] = (b[at] ?? 0) ^ 0x55;
    const known = [{ start: 900, end: 2100 }];
    const { method, tally } = await compareOctets(streaming(a, 4096, known), streaming(b));
    expect(method).to.equal('in-place');
    expect(tally).to.include({ total: 1, volatileTotal: 1, units: 1000, volatileUnits: 1000 });
  });

  it('keeps the first ranges and counts all', async () => {
    const a = new Uint8Array(10_000);
    const b = a.map((_, at) => (at % 2 === 0 ? 1 : 0));
    const { tally } = await compareOctets(streaming(a), streaming(b), 10);
    expect(tally.ranges).to.have.length(10);
    expect(tally).to.include({ total: 5000, units: 5000 });
  });

  it('proves what it calls equal by the octets, also where different chunks have one name', async () => {
    await fc.assert(
      fc.asyncProperty(edited, async ({ a, b }) => {
        const [one, other] = [streaming(Uint8Array.from(a)), streaming(Uint8Array.from(b))];
        const { tally } = await compareOctets(one, other, Infinity, () => new OneName());
        expect(applied(a, b, tally.ranges)).to.deep.equal(b);
      }),
      { numRuns: 200 },
    );
  });

  it('rejects when a content is shorter than it says', async () => {
    const short = { ...streaming(noise(10, 1)), octets: 20 };
    const error = await compareOctets(short, streaming(noise(20, 1))).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'repository-corrupt' });
  });
});
