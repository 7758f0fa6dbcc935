// Several reads of one file at once: quick where a device bears it, and found out where it does not. Whatever it does
// with a second read, the image is exact, nothing else is ever asked meanwhile, and what was found out is kept.

import { expect } from 'chai';
import { type Apdu, ConfirmedService } from '../../protocol/index.js';
import type { BackupReport } from '../../src/procedure/index.js';
import { scene } from '../support/restores.js';
import {
  apduOf,
  CLIENT_LINK,
  type Mangle,
  octetsOf,
  Stage,
  type StageOptions,
  streamFile,
} from '../support/world.js';

const SIZE = 120_000;

const DEVICE = {
  limits: { maxApdu: 480, segmentation: 'none' },
  files: [streamFile(1, SIZE)],
} as const;

/** What is outstanding, by watching the wire. */
class Watch {
  most = 0;
  readonly faults: string[] = [];
  readonly #out = new Map<number, number>();

  constructor(stage: Stage) {
    stage.world.onDatagram((octets, from) => {
      const apdu = apduOf(octets);
      if (apdu !== undefined) this.#see(apdu, from === CLIENT_LINK);
      return undefined;
    });
  }

  #see(apdu: Apdu, ours: boolean): void {
    if (ours && apdu.type === 'confirmed-request') {
      this.#out.set(apdu.invokeId, apdu.service);
      const services = [...this.#out.values()];
      this.most = Math.max(this.most, services.length);
      if (services.length > 1 && services.some((service) => service !== ConfirmedService.atomicReadFile))
        this.faults.push(`services ${services.join(', ')} are outstanding`);
    } else if (!ours && 'invokeId' in apdu) {
      this.#out.delete(apdu.invokeId);
    }
  }
}

interface Told {
  readonly stage: Stage;
  readonly report: BackupReport;
  readonly watch: Watch;
  readonly durationMs: number;
}

async function exact(
  options: StageOptions,
  backupOptions: Parameters<Stage['backup']>[0] = {},
): Promise<Told> {
  const stage = await Stage.open({ device: DEVICE, ...options });
  const watch = new Watch(stage);
  const beganMs = stage.now;
  const report = await stage.backup(backupOptions);
  const durationMs = stage.now - beganMs;
  const image = await stage.repository.image(report.imageId);
  const [content, device] = [await stage.content(image, 1), stage.view.fileOctets(1)!];
  expect(Buffer.compare(content, device), 'the image is exact').to.equal(0);
  stage.expectFree();
  return { stage, report, watch, durationMs };
}

describe('scenario: several reads at once', () => {
  it('are many times as fast as one, on a long path', async () => {
    const link = { delayMs: 10 };
    const together = await exact({ link });
    const alone = await exact({ link }, { pace: 'gentle' });
    expect(together.watch.most).to.be.greaterThan(16);
    expect(alone.watch.most).to.equal(1);
    expect(together.durationMs * 3).to.be.lessThan(alone.durationMs);
    expect(together.watch.faults).to.deep.equal([]);
    expect(together.report.manifest.procedure.learned).to.equal(undefined);
  });

  it('are never tried behind a router', async () => {
    const { watch } = await exact(
      { lane: { latencyMs: 5 }, device: { ...DEVICE, files: [streamFile(1, 30_000)] } },
      { pace: 'fast' },
    );
    expect(watch.most).to.equal(1);
  });

  for (const how of ['dropped', 'refused', 'aborted', 'mixed-up']) {
    it(`of a device where a second read is ${how}: the image is exact, and that is learned`, async () => {
      const quirks = [`second-read=${how}`];
      const { report, watch, durationMs } = await exact({ quirks });
      expect(watch.faults).to.deep.equal([]);
      expect(report.manifest.procedure.learned).to.deep.equal({ readsOutstanding: 1 });
      const alone = await exact({ quirks }, { pace: 'gentle' });
      expect(durationMs, 'it costs little to find out').to.be.lessThan(alone.durationMs * 1.3);
    });
  }

  it('of a device with a small queue: as many as it holds, and few are lost', async () => {
    for (const queue of [1, 2, 4]) {
      const { stage, watch } = await exact({ quirks: [`reads-queued=${queue}`], link: { delayMs: 10 } });
      const repeats = stage.events.filter(({ kind }) => kind === 'retry').length;
      expect(repeats, `queue of ${queue}`).to.be.at.most(30);
      expect(watch.faults).to.deep.equal([]);
    }
  });

  it('of a device that mixes content up and says the right position: found out by reading alone', async () => {
    let lastMs = -1;
    const stage = await Stage.open({
      device: DEVICE,
      link: { delayMs: 10 },
      quirks: [
        {
          name: 'one-buffer',
          summary: 'has one buffer for all answers',
          afterRequest: ({ service, now, answer }) => {
            if (service !== ConfirmedService.atomicReadFile || answer.kind !== 'complex-ack')
              return undefined;
            const together = now - lastMs < 5;
            lastMs = now;
            if (!together) return undefined;
            const payload = answer.payload.slice();
            payload[payload.length - 20]! ^= 1;
            return { ...answer, payload };
          },
        },
      ],
    });
    const report = await stage.backup();
    const image = await stage.repository.image(report.imageId);
    expect(Buffer.compare(await stage.content(image, 1), stage.view.fileOctets(1)!)).to.equal(0);
    expect(report.manifest.procedure.learned).to.deep.equal({ readsOutstanding: 1 });
  });

  it('through losses, copies and overtaking: exact', async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      let reads = 0;
      const mangle: Mangle = (apdu) => {
        if (apdu?.type !== 'confirmed-request' || apdu.service !== ConfirmedService.atomicReadFile)
          return undefined;
        reads += 1;
        return reads % (7 + seed) === 0
          ? []
          : reads % 5 === 0
            ? [0, 3 * seed]
            : reads % 3 === 0
              ? [2 * seed]
              : undefined;
      };
      const { watch } = await exact({ seed, mangle, link: { jitterMs: 8, delayMs: 6 } }, { pace: 'fast' });
      expect(watch.most).to.be.greaterThan(1);
    }
  });

  it('through an outage: what had come is not asked for again', async () => {
    let sent = 0;
    let octets = 0;
    const { stage } = await exact({
      link: { delayMs: 10 },
      mangle: (apdu, _datagram, now) => {
        if (apdu?.type !== 'confirmed-request' || apdu.service !== ConfirmedService.atomicReadFile)
          return undefined;
        sent += 1;
        if (now > 900 && now < 30_000) return [];
        octets += 467;
        return undefined;
      },
    });
    expect(sent).to.be.greaterThan(50);
    expect(octets).to.be.lessThan(SIZE * 1.3);
    expect(stage.events.filter(({ kind }) => kind === 'resumed')).to.have.length(1);
  });

  it('and the device restarts for a moment while a restore is read back: nothing more is written', async () => {
    let readBack = 0;
    let writesAfter = 0;
    let wrote = false;
    const set = await scene({
      good: [streamFile(1, SIZE)],
      device: { limits: DEVICE.limits },
      link: { delayMs: 10 },
    });
    const { stage } = set;
    stage.world.onDatagram((octets, from) => {
      const apdu = apduOf(octets);
      if (from !== CLIENT_LINK || apdu?.type !== 'confirmed-request') return undefined;
      if (apdu.service === ConfirmedService.atomicWriteFile) {
        wrote = true;
        if (readBack > 0) writesAfter += 1;
      }
      if (apdu.service === ConfirmedService.atomicReadFile && wrote) readBack += 1;
      if (readBack !== 150) return undefined;
      readBack += 1;
      stage.view.restart(300, stage.now);
      stage.view.setFile(1, octetsOf(SIZE, 9), stage.now);
      return undefined;
    });
    const error = await stage.expectFailure(stage.restore(set.image), 'procedure-failed');
    expect(error.message).to.contain('the device shows idle');
    expect(readBack).to.be.greaterThan(150);
    expect(writesAfter).to.equal(0);
  });

  it('a backup that is cancelled in the middle of them lets the device go at once', async () => {
    const stage = await Stage.open({ device: DEVICE, link: { delayMs: 10 } });
    const cancel = new AbortController();
    let octets = 0;
    const act = stage.backup({
      signal: cancel.signal,
      onEvent: (event) => {
        if (event.kind === 'chunk' && (octets = event.octetsDone) > SIZE / 2) cancel.abort();
      },
    });
    await stage.expectFailure(act, 'cancelled');
    expect(octets).to.be.lessThan(SIZE);
    stage.expectFree();
  });
});
