// The endpoint against itself over a bad link: whatever is lost, doubled, late or cut, a payload arrives once
// and whole, or the outcome says honestly that it did not.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Outcome } from '../../protocol/index.js';
import type { Fate } from '../support/pair.js';
import { CLIENT, endpointOptions, Pair, pattern, SERVER } from '../support/pair.js';

const LIMITS = { maxApdu: 50, segmentation: 'both', maxSegments: 65 } as const;
const SOON = [5];

/** A segmented request that is answered with the same payload, in segments too. */
function exchange(octets: number, windowSize: number, fate: Fate): Pair {
  const options = endpointOptions({ limits: LIMITS, windowSize });
  const pair = new Pair({ [CLIENT]: options, [SERVER]: options });
  pair.answer = (payload) => ({ kind: 'complex-ack', payload });
  pair.fate = fate;
  pair.request(1, pattern(octets), { peer: LIMITS });
  return pair.run();
}

function expectWhole(pair: Pair, octets: number, what: string): void {
  const outcome = pair.outcomes.get(1);
  expect(outcome?.kind, what).to.equal('ack');
  expect(outcome).to.have.property('payload').that.deep.equals(pattern(octets));
  expect(pair.indications, what).to.have.length(1);
  for (const link of [CLIENT, SERVER]) expect(pair.node(link).nextDeadline(), what).to.equal(undefined);
}

/** Ends as BACnet lets a request end when the link fails; never with a wrong payload. */
function expectHonest(pair: Pair, octets: number): Outcome['kind'] | undefined {
  const outcome = pair.outcomes.get(1);
  if (outcome?.kind === 'ack') expect(outcome.payload).to.deep.equal(pattern(octets));
  else expect(outcome?.kind).to.be.oneOf(['timeout', 'abort']);
  for (const { payload } of pair.indications) expect(payload).to.deep.equal(pattern(octets));
  for (const link of [CLIENT, SERVER]) expect(pair.node(link).nextDeadline()).to.equal(undefined);
  return outcome?.kind;
}

describe('endpoint-loss', () => {
  const harms: Readonly<Record<string, Fate>> = {
    lost: () => [],
    doubled: () => [5, 5],
    'doubled, the copy late': () => [5, 40],
    'later than the next ones': () => [12],
    'later than the segment timer': () => [700],
    'later than its own repetition': () => [1300],
    'cut short': ({ octets }) => octets.subarray(0, octets.length - 1),
  };
  for (const [harm, fate] of Object.entries(harms)) {
    for (const windowSize of [1, 3, 127]) {
      it(`loses nothing when any one datagram is ${harm}, with window ${windowSize}`, () => {
        const octets = 600;
        const clean = exchange(octets, windowSize, () => SOON);
        expectWhole(clean, octets, 'undisturbed');
        for (const link of [CLIENT, SERVER]) {
          const count = clean.sent.filter(({ from }) => from === link).length;
          expect(count).to.be.greaterThan(15);
          for (let nth = 1; nth <= count; nth += 1) {
            const pair = exchange(octets, windowSize, (passing) =>
              passing.from === link && passing.nth === nth ? fate(passing) : SOON,
            );
            expectWhole(pair, octets, `datagram ${nth} of ${link}`);
          }
        }
      });
    }
  }

  for (let windowSize = 1; windowSize <= 127; windowSize += 14) {
    it(`moves 270 segments each way with window ${windowSize}, the first of each window lost`, () => {
      const octets = 44 * 270;
      let n = 0;
      const pair = exchange(octets, windowSize, () => ((n += 1) % (windowSize + 3) === 4 ? [] : SOON));
      expectWhole(pair, octets, `${n} datagrams`);
    });
  }

  it('delivers through a link that loses every tenth datagram, at window sizes from 1 to 127', () => {
    for (const windowSize of [1, 2, 5, 10, 31, 64, 127]) {
      let n = windowSize;
      const pair = exchange(3000, windowSize, () => ((n += 7) % 10 === 0 ? [] : SOON));
      expectWhole(pair, 3000, `window ${windowSize}`);
    }
  });

  it('gives the whole payload or an honest failure under any mix of loss, doubling and reordering', () => {
    const fates = fc.array(fc.constantFrom(SOON, SOON, SOON, SOON, [], [5, 30], [60], [1, 2, 3], [900]), {
      minLength: 1,
      maxLength: 120,
    });
    const kinds = new Set<string | undefined>();
    fc.assert(
      fc.property(
        fates,
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 1, max: 9 }),
        (mix, octets, windowSize) => {
          let n = 0;
          const pair = exchange(octets, windowSize, () => mix[n++ % mix.length] ?? SOON);
          kinds.add(expectHonest(pair, octets));
        },
      ),
      { numRuns: 200 },
    );
    expect(kinds).to.include('ack');
  });

  it('is honest about a partition in the middle, of either direction', () => {
    for (const deaf of [CLIENT, SERVER]) {
      for (let after = 0; after < 60; after += 7) {
        const pair = exchange(600, 4, ({ to, nth }) => (to === deaf && nth > after ? [] : SOON));
        expectHonest(pair, 600);
      }
    }
  });

  it('never mixes the octets of two peers that answer in segments at the same time', () => {
    const other = '10.0.0.3:47808';
    const options = endpointOptions({ limits: LIMITS, windowSize: 5 });
    for (let seed = 0; seed < 20; seed += 1) {
      const pair = new Pair({ [CLIENT]: options, [SERVER]: options, [other]: options });
      let n = seed;
      pair.fate = () => ((n += 3) % 17 === 0 ? [] : [5 + (n % 4)]);
      pair.answer = (_payload, _service, at) => ({
        kind: 'complex-ack',
        payload: pattern(2000, at === other ? 99 : 1),
      });
      pair.request(1, pattern(4));
      pair.request(2, pattern(4), { to: { link: other } });
      pair.run();
      expect(pair.outcomes.get(1)).to.have.property('payload').that.deep.equals(pattern(2000, 1));
      expect(pair.outcomes.get(2)).to.have.property('payload').that.deep.equals(pattern(2000, 99));
    }
  });
});
