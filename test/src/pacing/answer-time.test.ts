// The promise: a repetition comes soon after an answer is late for this device, and a device that has become slow is
// not asked again and again. Waits never fall below the floor, and nothing is hurried that was never seen.

import { expect } from 'chai';
import fc from 'fast-check';
import { ANSWERS_TYPICAL, AnswerTimes } from '../../../src/pacing/answer-time.js';

const FLOOR_MS = 100;

function seen(times: readonly number[]): AnswerTimes {
  const answerTimes = new AnswerTimes({ floorMs: FLOOR_MS });
  for (const ms of times) answerTimes.answered(ms);
  return answerTimes;
}

const typical = (ms: number): AnswerTimes => seen(Array.from({ length: 20 }, () => ms));

describe('answer times of a device', () => {
  it('says nothing before it has seen enough answers', () => {
    const times = new AnswerTimes({ floorMs: FLOOR_MS });
    for (let answers = 0; answers < ANSWERS_TYPICAL; answers += 1) {
      expect(times.waitMs).to.equal(undefined);
      times.answered(5);
    }
    expect(times.waitMs).to.equal(FLOOR_MS);
  });

  it('early on is careful: three times the first answer, and three floors at least', () => {
    const first = (ms: number): number | undefined => {
      const times = new AnswerTimes({ floorMs: FLOOR_MS, early: true });
      expect(times.waitMs, 'nothing was seen').to.equal(undefined);
      times.answered(ms);
      return times.waitMs;
    };
    expect([5, 400].map(first)).to.deep.equal([3 * FLOOR_MS, 1200]);
    const times = new AnswerTimes({ floorMs: FLOOR_MS, early: true });
    for (let answers = 0; answers < ANSWERS_TYPICAL; answers += 1) times.answered(5);
    expect(times.waitMs).to.equal(FLOOR_MS);
  });

  it('of a kind that was not seen yet is far above what the others take, and unknown after silence', () => {
    const unseen = (othersMs: number): AnswerTimes => {
      const others = new AnswerTimes({ floorMs: FLOOR_MS, early: true });
      const times = new AnswerTimes({ floorMs: FLOOR_MS, early: true, others });
      expect(times.waitMs).to.equal(undefined);
      others.answered(othersMs);
      return times;
    };
    expect(unseen(5).waitMs).to.equal(1200);
    expect(unseen(500).waitMs).to.equal(6000);
    const slow = unseen(5);
    slow.answeredAfterRepetition(2000);
    expect(slow.waitMs, 'it is slow in this').to.equal(3000);
    const silent = unseen(5);
    silent.silent();
    expect(silent.waitMs).to.equal(undefined);
  });

  it('is a little above what a steady device takes, and above its scatter', () => {
    expect(typical(400).waitMs).to.be.within(400, 420);
    const scattered = seen(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 200 : 400)));
    expect(scattered.waitMs).to.be.within(500, 800);
  });

  it('takes no time from a question that was repeated, but waits for it to show', () => {
    const times = typical(10);
    times.answeredAfterRepetition(2500);
    expect(times.waitMs).to.equal(3750);
    times.answered(2500);
    expect(times.waitMs, 'the device is slow now: its next answer is not late').to.be.greaterThan(2500);
  });

  it('a lost datagram costs the next question little, and the one after nothing', () => {
    const times = typical(10);
    times.answeredAfterRepetition(FLOOR_MS + 10);
    expect(times.waitMs).to.be.at.most(2 * FLOOR_MS);
    times.answered(10);
    expect(times.waitMs).to.equal(FLOOR_MS);
  });

  it('forgets everything when nobody answers at all', () => {
    const times = typical(10);
    times.silent();
    expect(times.waitMs).to.equal(undefined);
  });

  it('property: never below the floor, and never far above the slowest answer seen', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 4, maxLength: 60 }), (all) => {
        const { waitMs } = seen(all);
        expect(waitMs).to.be.at.least(FLOOR_MS);
        expect(waitMs).to.be.at.most(Math.max(FLOOR_MS, 5 * Math.max(...all) + 1));
      }),
    );
  });

  it('property: a device that becomes slow and stays so is asked again only a few times in all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 100 }), (fast, factor) => {
        const times = typical(fast);
        const slow = fast * factor;
        let repeated = 0;
        for (let question = 0; question < 50; question += 1) {
          if (slow > (times.waitMs ?? Infinity)) {
            repeated += 1;
            times.answeredAfterRepetition(slow);
          } else times.answered(slow);
        }
        expect(repeated).to.be.at.most(2);
      }),
    );
  });
});
