// Writes to a device on our own link grow beyond one window of segments while the device takes it and it pays; whatever
// the device says, loses or leaves unsaid, it holds the image in the end, and what became of a write is looked at.

import { expect } from 'chai';
import { type Apdu, AbortReason, ConfirmedService } from '../../protocol/index.js';
import type { DeviceConfigInput, Quirk } from '../../simulator/index.js';
import type { RestoreReport } from '../../src/procedure/index.js';
import { exact, type Story } from '../support/restores.js';
import { type Mangle, streamFile } from '../support/world.js';

const APDU = 206;

/** Content of 16 segments. */
const USUAL = 3184;

const limits = (maxSegments: number): DeviceConfigInput => ({
  limits: { maxApdu: APDU, segmentation: 'both', maxSegments },
  windowSize: 64,
});

/** What was written, by its segments as they were sent. */
class Writes {
  readonly #ids = new Set<number>();
  segments = 0;
  window = 0;
  /** Requests that began. */
  begun = 0;

  note(apdu: Apdu | undefined): boolean {
    if (apdu?.type !== 'confirmed-request' || apdu.service !== ConfirmedService.atomicWriteFile) return false;
    if (apdu.segment === undefined || (apdu.segment.sequence === 0 && !this.#ids.has(apdu.invokeId)))
      this.begun += 1;
    this.#ids.clear();
    this.#ids.add(apdu.invokeId);
    this.segments = Math.max(this.segments, (apdu.segment?.sequence ?? 0) + 1);
    this.window = Math.max(this.window, apdu.segment?.window ?? 0);
    return true;
  }
}

interface Played {
  readonly report: RestoreReport;
  readonly writes: Writes;
  readonly writingMs: number;
}

/** A restore of so many octets, exact in the end. */
async function played(story: Story, octets = 150_000, mangle?: Mangle): Promise<Played> {
  const writes = new Writes();
  const times: number[] = [];
  const report = await exact({
    good: [streamFile(1, octets)],
    device: limits(64),
    link: { delayMs: 10 },
    ...story,
    mangle: (apdu, datagram, now) => {
      if (writes.note(apdu)) times.push(now);
      return mangle?.(apdu, datagram, now);
    },
  });
  return { report, writes, writingMs: (times.at(-1) ?? 0) - (times[0] ?? 0) };
}

/** What the device makes of writes with more content than this. */
function above(octets: number, answer: ReturnType<NonNullable<Quirk['beforeRequest']>>) {
  const met = { times: 0 };
  const quirk: Quirk = {
    name: 'writes-above',
    summary: 'does not take long writes',
    beforeRequest: ({ service, payload }) => {
      if (service !== ConfirmedService.atomicWriteFile || payload.length < octets) return undefined;
      met.times += 1;
      return answer;
    },
  };
  return { met, quirk };
}

describe('scenario: long writes', () => {
  it('grow to 64 segments, all in one window, and are faster by it', async () => {
    const { writes, report, writingMs } = await played({});
    expect([writes.segments, writes.window]).to.deep.equal([64, 64]);
    expect(report.learned).to.equal(undefined);
    const usual = await played({ device: limits(16) });
    expect([usual.writes.segments, usual.writes.window]).to.deep.equal([16, 16]);
    expect(writingMs * 2).to.be.below(usual.writingMs);
  });

  it('never take more segments than the device says', async () => {
    for (const told of [2, 20, 32]) {
      expect((await played({ device: limits(told) })).writes.segments, `${told}`).to.equal(told);
    }
  });

  it('never grow behind a router', async () => {
    const { writes } = await played({ lane: { latencyMs: 5 } }, 60_000);
    expect([writes.segments, writes.window]).to.deep.equal([16, 16]);
  });

  it('do not grow where nothing is gained: a device with a small window of its own', async () => {
    const { writes } = await played({ device: { ...limits(64), windowSize: 1 } });
    expect(writes.segments).to.equal(32);
    expect(writes.begun).to.be.above(150_000 / (USUAL * 1.2));
  });

  for (const reason of [AbortReason.bufferOverflow, AbortReason.outOfResources, AbortReason.apduTooLong]) {
    it(`are shorter again, for good, when the device aborts them (${reason}); that is learned`, async () => {
      const { met, quirk } = above(5000, { kind: 'abort', reason });
      const { report } = await played({ quirks: [quirk] });
      expect(met.times).to.equal(1);
      expect(report.learned?.writeOctets).to.be.within(USUAL - 8, USUAL);
      expect(report.octetsRewritten).to.equal(0);
    });
  }

  it('are shorter again, for good, when the device does not answer them: looked at first', async () => {
    const { met, quirk } = above(5000, { kind: 'silence' });
    const { report } = await played({ quirks: [quirk] });
    expect(met.times).to.equal(1);
    expect(report.learned?.writeOctets).to.be.within(USUAL - 8, USUAL);
  });

  it('begin with what was learned', async () => {
    const { met, quirk } = above(5000, { kind: 'silence' });
    await played({ quirks: [quirk], learned: { writeOctets: USUAL } }, 15 * USUAL);
    expect(met.times).to.equal(0);
  });

  it('do no harm to a device that loses what comes too fast: it is not given that again', async () => {
    let burst: number[] = [];
    const fewAtOnce: Mangle = (apdu, _datagram, now) => {
      if (apdu?.type !== 'confirmed-request' || apdu.segment === undefined) return undefined;
      burst = burst.filter((time) => time > now - 10);
      if (burst.length >= 20) return [];
      burst.push(now);
      return undefined;
    };
    const { writes, writingMs } = await played({}, 150_000, fewAtOnce);
    const usual = await played({ device: limits(16) }, 150_000, fewAtOnce);
    expect(writes.segments).to.equal(32);
    expect(writingMs, 'to find it out costs some segment timers').to.be.below(usual.writingMs + 20_000);
  });

  it('are proven by reading back when their answer is lost, and are not written twice', async () => {
    const { report, writes } = await played({ quirks: ['lost-ack=write*3'] });
    expect(report.octetsRewritten).to.equal(0);
    expect(report.octets).to.equal(150_000);
    const quiet = await played({});
    expect(writes.begun, 'smaller chunks after a silence, and none again').to.be.below(
      quiet.writes.begun + 3 * 20,
    );
  });

  it('are looked at when a late segment is aborted after the answer was lost', async () => {
    for (const at of [1, 3, 9]) {
      let seen = 0;
      const pastEnd: Quirk = {
        name: 'past-end',
        summary: 'aborts what it has done',
        afterRequest: ({ service }) => {
          if (service !== ConfirmedService.atomicWriteFile) return undefined;
          seen += 1;
          return seen === at ? { kind: 'abort', reason: AbortReason.invalidApduInThisState } : undefined;
        },
      };
      const { report } = await played({ quirks: [pastEnd] });
      expect(report.octets, 'it had done it').to.equal(150_000);
      expect(seen).to.be.below(60);
    }
  });

  for (const seed of [1, 2, 3, 4]) {
    it(`survive a path that loses 4 % each way and doubles some, with seed ${seed}`, async () => {
      await played({
        seed,
        link: { delayMs: 5, lossRate: 0.04, duplicateRate: 0.02 },
        device: { ...limits(64), procedure: { backupFailureTimeoutS: 300 } },
      });
    });
  }
});
