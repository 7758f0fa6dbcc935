// Record boundaries: exactly the lengths that were written, or a clear refusal.

import { expect } from 'chai';
import fc from 'fast-check';
import { EngineError } from '../../../src/errors.js';
import { encodeRecordLength, recordLengths } from '../../../src/repository/record-lengths.js';
import { all, chunks, octets, textOf } from './samples.js';

const list = (lengths: readonly number[]): Uint8Array =>
  octets(lengths.map((length) => textOf(encodeRecordLength(length))).join(''));

describe('record lengths', () => {
  it('come back as they were written, however the list is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.maxSafeNat(), { maxLength: 20 }),
        fc.array(fc.nat(40), { maxLength: 5 }),
        async (lengths, cuts) => {
          const whole = list(lengths);
          expect(await all(recordLengths(chunks(whole)))).to.deep.equal(lengths);
          const at = [
            0,
            ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b),
            whole.length,
          ];
          const parts = at.slice(1).map((end, part) => whole.subarray(at[part], end));
          expect(await all(recordLengths(chunks(...parts)))).to.deep.equal(lengths);
        },
      ),
    );
  });

  it('are decimal text, one a line', async () => {
    expect(textOf(list([5, 0, 2]))).to.equal('5\n0\n2\n');
    expect(await all(recordLengths(chunks()))).to.deep.equal([]);
  });

  for (const bad of [
    ...[
      '\n',
      '5',
      '5\n\n',
      '5\n6',
      '05\n',
      '-1\n',
      '+1\n',
      '1.0\n',
      '1e3\n',
      ' 5\n',
      '5 \n',
      '5\r\n',
      '0x5\n',
      'five\n',
      '٥\n',
    ],
    ...['9007199254740992\n', '99999999999999999\n', '1'.repeat(300_000), `${'0'.repeat(300_000)}\n`],
  ]) {
    it(`are not ${JSON.stringify(bad.slice(0, 20))}`, async () => {
      for (const cut of [[bad], Array.from(bad.slice(0, 50))]) {
        const outcome: unknown = await all(recordLengths(chunks(...cut))).catch((error: unknown) => error);
        expect(outcome).to.be.instanceOf(EngineError).with.property('code', 'repository-corrupt');
      }
    });
  }
});
