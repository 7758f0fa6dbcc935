// The ladder promises that being wrong costs little: a size that works is kept, a larger one is tried once
// after a run of answers, and what a known deviation forbids is never tried.

import { expect } from 'chai';
import {
  CHUNK_OCTETS_MIN,
  type ChunkHints,
  ChunkLadder,
  GROW_AFTER,
  JUDGED_BY,
} from '../../../src/pacing/chunk-ladder.js';

const FRAMES = [
  { apdu: 1476, segments: 16 },
  { apdu: 1476, segments: 1 },
  { apdu: 1024, segments: 1 },
  { apdu: 480, segments: 1 },
] as const;

const ladder = (hints: ChunkHints = {}): ChunkLadder => new ChunkLadder(FRAMES, hints);

/** Answers until the ladder has tried more, or for a long time. */
function answers(steps: ChunkLadder, most = 10 * GROW_AFTER): number {
  for (let count = 1; count <= most; count += 1) {
    steps.answered();
    if (steps.trying) return count;
  }
  return most;
}

const WIDE = [{ apdu: 1476, segments: 44 }, { apdu: 1476, segments: 32 }, ...FRAMES] as const;

const wide = (hints: ChunkHints = {}): ChunkLadder => new ChunkLadder(WIDE, hints, 2);

/** As many answers as judge a step, each so long for each octet. */
function judged(steps: ChunkLadder, ...msPerOctet: readonly number[]): void {
  for (let answer = 0; answer < JUDGED_BY; answer += 1) {
    const ms = msPerOctet[answer % msPerOctet.length] ?? 0;
    steps.answered({ octets: 1000, ms: ms * 1000 });
  }
}

describe('the ladder of chunk sizes beyond its beginning', () => {
  it('climbs while each step is faster for each octet, to the top', () => {
    const steps = wide();
    const seen = [1, 0.6, 0.5, 0.5, 0.5].map((pace) => {
      const { segments } = steps.frame;
      judged(steps, pace);
      return segments;
    });
    expect(seen).to.deep.equal([16, 32, 44, 44, 44]);
    expect(steps.reduced).to.equal(false);
  });

  it('goes back for good where a step gains nothing, and has learnt no limit by that', () => {
    const steps = wide();
    judged(steps, 1);
    expect(steps.frame.segments).to.equal(32);
    judged(steps, 0.95);
    for (let i = 0; i < 10; i += 1) {
      expect(steps.frame.segments).to.equal(16);
      judged(steps, 1);
    }
    expect(steps.reduced).to.equal(false);
  });

  it('does not judge by one slow answer, which is chance, but does by two', () => {
    const steps = wide();
    judged(steps, 1);
    judged(steps, 0.5, 50, 0.5, 0.5);
    expect(steps.frame.segments).to.equal(44);
    judged(steps, 0.3, 50);
    expect(steps.frame.segments).to.equal(32);
  });

  it('never climbs by answers whose time is not known', () => {
    const steps = wide();
    for (let i = 0; i < 10 * GROW_AFTER; i += 1) steps.answered();
    expect(steps.frame.segments).to.equal(16);
  });

  it('keeps off a step for good that the device aborts or does not answer when it is tried', () => {
    for (const refuse of [
      (steps: ChunkLadder) => steps.aborted('octets', 47_000),
      (steps: ChunkLadder) => steps.silent(),
    ]) {
      const steps = wide();
      judged(steps, 1);
      expect(steps.trying).to.equal(true);
      refuse(steps);
      for (let i = 0; i < 10; i += 1) {
        expect(steps.frame.segments).to.equal(16);
        judged(steps, 1);
      }
      expect(steps.reduced, 'that is worth knowing next time').to.equal(true);
    }
  });

  it('gives up all segments at a silence later on, and comes back to the beginning first', () => {
    const steps = wide();
    judged(steps, 1);
    judged(steps, 0.5);
    judged(steps, 0.4);
    steps.silent();
    expect(steps.frame).to.deep.equal(FRAMES[1]);
    for (let i = 0; i < GROW_AFTER; i += 1) steps.answered({ octets: 1000, ms: 1000 });
    expect(steps.frame.segments).to.equal(16);
  });

  it('goes no further while what an earlier run found holds', () => {
    const steps = wide({ octets: 23_000 });
    for (let i = 1; i < GROW_AFTER; i += 1) {
      expect(steps.octetsMax).to.equal(23_000);
      expect(steps.frame.segments).to.equal(16);
      steps.answered({ octets: 1000, ms: 1000 });
    }
  });
});

describe('the ladder of chunk sizes', () => {
  it('goes back up after an outage, one step after each run of answers', () => {
    const steps = ladder();
    for (let i = 0; i < 3; i += 1) steps.silent();
    expect(steps.frame).to.deep.equal({ apdu: 480, segments: 1 });
    for (const frame of [FRAMES[2], FRAMES[1], FRAMES[0]]) {
      expect(answers(steps)).to.be.at.most(GROW_AFTER);
      expect(steps.frame).to.deep.equal(frame);
    }
    expect(answers(steps), 'nothing is left to try').to.equal(10 * GROW_AFTER);
    expect(steps.reduced).to.equal(false);
  });

  it('climbs again although one is lost now and then: that is chance', () => {
    const steps = ladder();
    for (let i = 0; i < 3; i += 1) steps.silent();
    for (let i = 0; i < GROW_AFTER; i += 1) {
      expect(steps.frame.apdu).to.equal(480);
      if (i % 3 === 2) steps.silent();
      steps.answered();
    }
    expect(steps.frame.apdu).to.equal(1024);
  });

  it('tries a frame that the path swallows once, and never again', () => {
    const steps = ladder();
    for (let i = 0; i < 3; i += 1) steps.silent();
    answers(steps);
    expect(steps.frame.apdu).to.equal(1024);
    steps.silent();
    expect(steps.frame.apdu).to.equal(480);
    expect(steps.trying).to.equal(false);
    expect(answers(steps)).to.equal(10 * GROW_AFTER);
    expect(steps.frame.apdu).to.equal(480);
    expect(steps.reduced).to.equal(true);
  });

  it('does not go back to segments that the device aborted, nor to a size that it did not take', () => {
    const steps = ladder();
    steps.aborted('octets', 20_000);
    expect(steps.frame).to.deep.equal(FRAMES[1]);
    steps.aborted('octets', 1000);
    expect(steps.octetsMax).to.equal(500);
    expect(answers(steps)).to.equal(10 * GROW_AFTER);
    expect(steps.octetsMax).to.equal(500);
  });

  it('begins where an earlier run ended, and gives that up when more works', () => {
    const steps = ladder({ octets: 200 });
    expect(steps.octetsMax).to.equal(200);
    answers(steps);
    expect(steps.octetsMax).to.equal(Infinity);
    steps.answered();
    expect(steps.reduced).to.equal(false);
  });

  it('keeps what an earlier run found when more does not work, by silence or by an Abort', () => {
    for (const refuse of [
      (steps: ChunkLadder) => steps.silent(),
      (steps: ChunkLadder) => steps.aborted('octets', 1464),
    ]) {
      const steps = ladder({ octets: 200 });
      answers(steps);
      refuse(steps);
      expect(steps.octetsMax).to.equal(200);
      expect(steps.trying).to.equal(false);
      expect(answers(steps)).to.equal(10 * GROW_AFTER);
      expect(steps.reduced).to.equal(true);
    }
  });

  it('shrinks below a hint that is too large today', () => {
    const steps = ladder({ octets: 200 });
    steps.silent();
    expect(steps.aborted('octets', 200)).to.equal(true);
    expect(steps.octetsMax).to.equal(100);
    expect(ladder({ octets: 1 }).octetsMax).to.equal(CHUNK_OCTETS_MIN);
  });

  it('never exceeds what a known deviation forbids', () => {
    const steps = ladder({ octets: 900, octetsMax: 400, recordsMax: 1 });
    expect(steps.octetsMax).to.equal(400);
    answers(steps);
    expect(steps.octetsMax).to.equal(400);
    steps.beginRecords();
    expect(steps.recordsMax).to.equal(1);
    expect(ladder({ octetsMax: 400 }).reduced, 'a ceiling that is known is nothing learnt').to.equal(false);
  });
});
