// A repetition comes when an answer is late for this very device (RFC 6298 in spirit), and never in a storm: devices
// that become slow, that do one thing at a time, that have room for one request, that answer late or stale, and those
// behind routers, whose time belongs to everybody.

import { expect } from 'chai';
import { ConfirmedService, type Apdu } from '../../protocol/index.js';
import type { BackupOptions } from '../../src/procedure/index.js';
import { streamFile, Stage, type Mangle, type StageOptions } from '../support/world.js';

const SIZE = 60_000;

const DEVICE = {
  limits: { maxApdu: 480, segmentation: 'none' },
  files: [streamFile(1, SIZE)],
} as const;

/** Reads of AtomicReadFile that were sent, and how many of them were repetitions of one before. */
class Reads {
  sent = 0;
  repeated = 0;
  readonly #known = new Set<string>();

  note(apdu: Apdu | undefined): boolean {
    if (apdu?.type !== 'confirmed-request' || apdu.service !== ConfirmedService.atomicReadFile) return false;
    this.sent += 1;
    const key = `${apdu.invokeId} ${Buffer.from(apdu.payload).toString('hex')}`;
    if (this.#known.has(key)) this.repeated += 1;
    this.#known.add(key);
    return true;
  }
}

/**
 * One request after the other, each copy of one for as long as `serviceMs` says; `room`: so many may be there at
 * once, the one in work among them, and the rest is lost.
 */
function serial(reads: Reads, serviceMs: (sent: number) => number, room = Infinity): Mangle {
  let freeMs = 0;
  let due: number[] = [];
  return (apdu, _datagram, now) => {
    if (!reads.note(apdu)) return undefined;
    due = due.filter((time) => time > now);
    if (due.length >= room) return [];
    freeMs = Math.max(freeMs, now) + serviceMs(reads.sent);
    due.push(freeMs);
    return [freeMs - now];
  };
}

async function exact(
  options: StageOptions,
  pace: BackupOptions['pace'] = 'gentle',
): Promise<{ stage: Stage; durationMs: number }> {
  const stage = await Stage.open({ device: DEVICE, ...options });
  const before = stage.now;
  const report = await stage.backup({ pace });
  const image = await stage.repository.image(report.imageId);
  expect(
    Buffer.compare(await stage.content(image, 1), stage.view.fileOctets(1)!),
    'the image is exact',
  ).to.equal(0);
  stage.expectFree();
  return { stage, durationMs: stage.now - before };
}

describe('scenario: how long an answer is waited for', () => {
  it('a lost datagram costs a moment, not seconds, once the device is known', async () => {
    const reads = new Reads();
    const { durationMs } = await exact({
      mangle: (apdu) => (reads.note(apdu) && reads.sent % 10 === 0 ? [] : undefined),
    });
    expect(reads.repeated).to.be.greaterThan(10);
    expect(durationMs, 'a fixed timer of 3 s would need that for each of them').to.be.lessThan(
      reads.repeated * 300 + 5000,
    );
  });

  it('a device that becomes slow, and does one thing at a time, is not drowned in repetitions', async () => {
    for (const slowMs of [300, 1000, 2500]) {
      const reads = new Reads();
      await exact({ mangle: serial(reads, (sent) => (sent < 40 ? 2 : slowMs)) });
      expect(reads.repeated, `${slowMs} ms`).to.be.at.most(6);
    }
  });

  it('a device that is slow now and then is asked again now and then', async () => {
    const reads = new Reads();
    await exact({ mangle: serial(reads, (sent) => (sent % 25 === 24 ? 1200 : 3)) });
    expect(reads.repeated).to.be.at.most(3 * Math.ceil(reads.sent / 25));
  });

  it('a repetition that finds a device with room for one request does no harm', async () => {
    const reads = new Reads();
    await exact({ mangle: serial(reads, (sent) => (sent > 30 && sent < 60 ? 900 : 5), 1) });
    expect(reads.repeated).to.be.at.most(6);
  });

  it('behind a router nothing is repeated that an MS/TP network merely carries slowly', async () => {
    const reads = new Reads();
    await exact({
      device: { ...DEVICE, files: [streamFile(1, 20_000)] },
      lane: { latencyMs: 5 },
      mangle: (apdu) => (reads.note(apdu) && reads.sent % 7 === 6 ? [1500] : undefined),
    });
    expect(reads.repeated).to.equal(0);
  });

  it('answers that come after the repetition, doubled or stale, leave the image exact', async () => {
    await exact({
      link: { lateDuplicateRate: 0.3, lateDuplicateMs: 700, lossRate: 0.05 },
      seed: 3,
    });
    await exact({ quirks: ['stale-answers=6'], link: { lossRate: 0.05 }, seed: 4 });
  });

  it('writes keep their patient timer: a slow one is not sent twice', async () => {
    const writes: string[] = [];
    const stage = await Stage.open({
      device: DEVICE,
      mangle: (apdu) => {
        if (apdu?.type !== 'confirmed-request' || apdu.service !== ConfirmedService.atomicWriteFile)
          return undefined;
        writes.push(Buffer.from(apdu.payload).toString('hex'));
        return writes.length % 20 === 0 ? [8000] : undefined;
      },
    });
    const { imageId } = await stage.backup({ pace: 'gentle' });
    await stage.restore(imageId);
    expect(writes.length).to.be.greaterThan(SIZE / 480);
    expect(new Set(writes).size, 'each one once').to.equal(writes.length);
  });
});
