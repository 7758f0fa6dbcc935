// The promise: more reads are outstanding only while a device answers as fast as before; one that bears a single read
// is found out at the price of a few lost requests; chance is not taken for a device that drops; one that says no is
// never tried again.

import { expect } from 'chai';
import fc from 'fast-check';
import { SeededRandom } from '../../../simulator/world/index.js';
import {
  ALONE_FIRST,
  READS_OUTSTANDING_MAX,
  ReadWindow,
  type SentRead,
} from '../../../src/pacing/read-window.js';

/** A device that takes `serviceMs` for each read, one after the other, behind a path of `pathMs`, and has room for `room`. */
class Device {
  readonly #serviceMs: number;
  readonly #pathMs: number;
  readonly #room: number;
  #freeMs = 0;
  #due: number[] = [];

  constructor(serviceMs: number, pathMs: number, room: number) {
    this.#serviceMs = serviceMs;
    this.#pathMs = pathMs;
    this.#room = room;
  }

  /** When a read that is sent now is answered; undefined: it is dropped. */
  answersAt(now: number): number | undefined {
    this.#due = this.#due.filter((time) => time > now);
    if (this.#due.length >= this.#room) return undefined;
    this.#freeMs = Math.max(this.#freeMs, now) + this.#serviceMs;
    this.#due.push(this.#freeMs);
    return this.#freeMs + this.#pathMs;
  }
}

/** Asked for when one answer comes, at most: few, as read-ahead.ts does. */
const AT_ONCE = 2;

interface Out {
  readonly sent: SentRead;
  readonly attempt: number;
  readonly sentMs: number;
  readonly atMs: number;
  readonly isTimer: boolean;
}

interface Path {
  /** Until a lost read is sent again. */
  readonly timerMs?: number;
  /** Whether a datagram is lost, whatever the device does. */
  readonly loses?: () => boolean;
}

/** Reads that many times. */
function reads(
  window: ReadWindow,
  device: Device,
  count: number,
  { timerMs = 100, loses = () => false }: Path = {},
) {
  let now = 0;
  let asked = 0;
  let lost = 0;
  let most = 0;
  const out: Out[] = [];
  const send = (sent: SentRead, sentMs: number, attempt: number): void => {
    const answer = loses() ? undefined : device.answersAt(now);
    const atMs = answer ?? now + timerMs * 2 ** (attempt - 1);
    out.push({ sent, sentMs, atMs, isTimer: answer === undefined, attempt });
  };
  while (asked < count || out.length > 0) {
    for (let i = 0; i < AT_ONCE && asked < count && out.length < window.size; i += 1) {
      asked += 1;
      send(window.sent(), now, 1);
    }
    most = Math.max(most, out.length);
    out.sort((a, b) => a.atMs - b.atMs);
    const next = out.shift()!;
    now = next.atMs;
    if (next.isTimer) {
      lost += 1;
      window.lost(next.sent);
      send(next.sent, next.sentMs, next.attempt + 1);
    } else if (next.attempt > 1) window.ended(next.sent);
    else window.answered(next.sent, now - next.sentMs);
  }
  return { durationMs: now, lost, most };
}

describe('the window of reads', () => {
  it('is one until a device has answered for a while', () => {
    const window = new ReadWindow();
    for (let i = 1; i < ALONE_FIRST; i += 1) {
      window.answered(window.sent(), 5);
      expect(window.size).to.equal(1);
    }
    window.answered(window.sent(), 5);
    expect(window.size).to.equal(2);
  });

  it('grows to its most where the path is long and the device fast', () => {
    const window = new ReadWindow();
    const { durationMs, lost } = reads(window, new Device(0.1, 20, Infinity), 3000);
    expect(window.size).to.equal(READS_OUTSTANDING_MAX);
    expect(lost).to.equal(0);
    expect(durationMs).to.be.lessThan((3000 * 20) / 25);
  });

  it('stays where a device is busy all the time, and no queue grows', () => {
    const window = new ReadWindow();
    const { durationMs, lost } = reads(window, new Device(10, 20, 5), 400);
    expect(lost).to.be.at.most(2);
    expect(durationMs).to.be.lessThan(1.2 * 400 * 10);
  });

  it('of a device with room for one costs a few lost reads in all', () => {
    const window = new ReadWindow();
    const { lost, most } = reads(window, new Device(10, 1, 1), 1000);
    expect(lost).to.be.at.most(8);
    expect(most).to.equal(2);
    expect(window.size).to.equal(1);
    expect(window.learnt).to.equal(1);
  });

  it('of a device that is known to bear one is tried once more, late', () => {
    const window = new ReadWindow({ learned: 1 });
    const { lost } = reads(window, new Device(10, 1, 1), 200);
    expect(lost).to.equal(0);
    expect(reads(window, new Device(10, 1, 1), 1000).lost).to.be.at.most(2);
  });

  it('does not take chance for a device that drops: one lost in 25 costs little', () => {
    const times = Array.from({ length: 31 }, (_, seed) => {
      const random = new SeededRandom(seed);
      const loses = (): boolean => random.chance(0.04);
      return reads(new ReadWindow(), new Device(0.1, 20, Infinity), 2000, { loses }).durationMs;
    });
    const [median = 0] = times.sort((a, b) => a - b).slice(15);
    expect(median).to.be.lessThan((2000 * 20) / 16);
    expect(Math.max(...times)).to.be.lessThan((2000 * 20) / 2);
  });

  it('of a device that is fast and has no room: never worse than one at a time', () => {
    for (const room of [1, 2, 3, 5, 9]) {
      const { durationMs, lost } = reads(new ReadWindow(), new Device(1, 20, room), 1000);
      expect(durationMs, `room for ${room}`).to.be.lessThan(1000 * 21);
      expect(lost, `room for ${room}`).to.be.lessThan(350);
    }
  });

  it('is one for good after a no', () => {
    const window = new ReadWindow();
    reads(window, new Device(0.1, 20, Infinity), 500);
    window.refused();
    reads(window, new Device(0.1, 20, Infinity), 500);
    expect(window.size).to.equal(1);
    expect(window.learnt).to.equal(1);
  });

  it('is one after a silence, and may grow again', () => {
    const window = new ReadWindow();
    reads(window, new Device(0.1, 20, Infinity), 500);
    window.silent();
    expect(window.size).to.equal(1);
    reads(window, new Device(0.1, 20, Infinity), 500);
    expect(window.size).to.be.greaterThan(1);
  });

  it('is always one where nobody may be hurried', () => {
    const window = new ReadWindow({ pace: 'gentle' });
    expect(reads(window, new Device(1, 20, Infinity), 300).most).to.equal(1);
    expect(window.learnt).to.equal(undefined);
  });

  it('begins with several where that was asked for, or worked before', () => {
    for (const options of [{ pace: 'fast' }, { learned: 16 }] as const) {
      const window = new ReadWindow(options);
      reads(window, new Device(0.1, 20, Infinity), ALONE_FIRST);
      expect(window.size).to.equal(8);
    }
  });

  it('forgives a lost read among many, and halves for one that is lost again', () => {
    const window = new ReadWindow();
    reads(window, new Device(0.1, 20, Infinity), 2000);
    const all = Array.from({ length: 64 }, () => window.sent());
    for (const read of all.slice(0, 8)) window.lost(read);
    expect(window.size).to.equal(64);
    for (const read of all.slice(0, 8)) window.lost(read);
    expect(window.size, 'once, not for each of them').to.equal(32);
  });

  it('comes down where a device has less room than it had', () => {
    const window = new ReadWindow();
    reads(window, new Device(0.1, 20, Infinity), 2000);
    reads(window, new Device(5, 20, 4), 300);
    expect(window.size).to.be.lessThan(16);
    expect(reads(window, new Device(5, 20, 4), 600).lost).to.be.lessThan(60);
  });

  it('property: it is always between one and its most, whatever becomes of reads', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('answered' as const), ms: fc.integer({ min: 0, max: 5000 }) }),
      fc.record({
        kind: fc.constantFrom('lost', 'lost again', 'ended', 'silent', 'refused'),
        ms: fc.constant(0),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const window = new ReadWindow({ pace: 'fast' });
        let refused = false;
        for (const { kind, ms } of steps) {
          const sent = window.sent();
          if (kind === 'answered') window.answered(sent, ms);
          else if (kind === 'lost') window.lost(sent);
          else if (kind === 'lost again') [1, 2].forEach(() => window.lost(sent));
          else if (kind === 'ended') window.ended(sent);
          else if (kind === 'silent') window.silent();
          else window.refused();
          refused ||= kind === 'refused';
          expect(window.size).to.be.within(1, refused ? 1 : READS_OUTSTANDING_MAX);
        }
      }),
    );
  });

  it('property: no device with a queue is kept flooded: few reads are lost, and it is busy', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 16 }),
        (serviceMs, pathMs, room) => {
          const count = 600;
          const { lost, durationMs } = reads(new ReadWindow(), new Device(serviceMs, pathMs, room), count, {
            timerMs: 300,
          });
          expect(lost).to.be.at.most(count / 4);
          const alone = count * (serviceMs + pathMs);
          expect(durationMs).to.be.at.most(1.1 * alone + 3000);
        },
      ),
    );
  });
});
