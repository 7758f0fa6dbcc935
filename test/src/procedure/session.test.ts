// session, file-port and keep-alive: every request is counted, listeners cannot hurt the device, and a
// slow disk does not let the device's watchdog fire.

import { expect } from 'chai';
import { ConfirmedService, decodeReadPropertyRequest, PropertyId } from '../../../protocol/index.js';
import type { Quirk } from '../../../simulator/index.js';
import { backup, restore } from '../../../src/procedure/index.js';
import type { ImageDraft, Repository } from '../../../src/repository/index.js';
import { imageOf } from '../../support/images.js';
import { nth, octetsOf, Stage, streamFile } from '../../support/world.js';

const FILES = [streamFile(1, 3000)];
const NARROW = { maxApdu: 480, segmentation: 'none' } as const;

/** A repository that takes its time after each chunk, as a slow disk does. */
function slowed(stage: Stage, ms: number): Repository {
  const slowly = async function* (content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      yield chunk;
      await stage.world.clock.sleep(ms);
    }
  };
  return new Proxy(stage.repository, {
    get: (target, name) => {
      if (name !== 'begin') {
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      return async (): Promise<ImageDraft> => {
        const draft = await target.begin();
        return {
          addStream: (content) => draft.addStream(slowly(content)),
          addRecords: (records) => draft.addRecords(slowly(records)),
          publish: (manifest) => draft.publish(manifest),
          publishOctets: (octets) => draft.publishOctets(octets),
          close: () => draft.close(),
        };
      };
    },
  });
}

describe('a session', () => {
  it('counts requests and repetitions for the manifest', async () => {
    let confirmed = 0;
    const stage = await Stage.open({
      device: { files: FILES, limits: NARROW },
      mangle: (apdu) => {
        if (apdu?.type === 'confirmed-request') confirmed += 1;
        return undefined;
      },
    });
    const before = confirmed;
    const device = await stage.bind();
    const binding = confirmed - before;
    const report = await stage.run(backup(device, stage.repository));
    expect(report.manifest.procedure.requests).to.equal(confirmed - before - binding);
    expect(report.manifest.procedure.retries).to.equal(0);
  });

  it('counts what the client repeated by itself', async () => {
    const stage = await Stage.open({
      device: { files: FILES, limits: NARROW },
      mangle: nth(ConfirmedService.atomicReadFile, 3, []),
    });
    const report = await stage.backup();
    expect(report.manifest.procedure.retries).to.equal(1);
    expect(stage.events.some((event) => event.kind === 'retry')).to.equal(true);
  });

  it('tells phases, states, files and chunks in order', async () => {
    const stage = await Stage.open({ device: { files: FILES, limits: NARROW } });
    await stage.backup();
    const phases = stage.events.flatMap((event) => (event.kind === 'phase' ? [event.phase] : []));
    expect(phases).to.deep.equal(['identify', 'start', 'prepare', 'list', 'copy', 'end']);
    const states = stage.events.flatMap((event) => (event.kind === 'state' ? [event.state] : []));
    expect(states).to.deep.equal(['idle', 'performing-a-backup', 'idle']);
    const chunks = stage.events.flatMap((event) => (event.kind === 'chunk' ? [event.octetsDone] : []));
    expect(chunks).to.deep.equal([468, 935, 1402, 1869, 2336, 2803, 3000]);
    expect(stage.events.at(-1)).to.deep.equal({ kind: 'released', device: 1001, release: 'released' });
    expect(stage.events.find((event) => event.kind === 'file')).to.deep.include({
      file: 1,
      index: 0,
      count: 1,
      octetsTotal: 3000,
    });
  });

  it('releases the device when a listener of its events throws', async () => {
    for (const kind of ['phase', 'file', 'chunk', 'state', 'released']) {
      const stage = await Stage.open({ device: { files: FILES, limits: NARROW } });
      const act = stage.backup({
        onEvent: (event) => {
          if (event.kind === kind) throw new Error('the screen is gone');
        },
      });
      if (kind === 'released') await act;
      else await stage.expectFailure(act, 'internal');
      stage.expectFree();
    }
  });
});

describe('keeping a procedure alive', () => {
  it('touches a configuration file while a slow disk holds the backup up', async () => {
    const stage = await Stage.open({
      device: { files: FILES, limits: NARROW, procedure: { backupFailureTimeoutS: 30 } },
    });
    const report = await stage.run(backup(await stage.bind(), slowed(stage, 200_000)));
    expect(report.release).to.equal('released');
    expect(report.octets).to.equal(3000);
    stage.expectFree();
  });

  it('touches a configuration file during the quiet of a restore', async () => {
    const touches: number[] = [];
    const listens: Quirk = {
      name: 'listens',
      summary: 'notes reads of File_Size',
      beforeRequest: ({ service, payload, now }) => {
        if (service !== ConfirmedService.readProperty) return undefined;
        if (decodeReadPropertyRequest(payload).property === PropertyId.fileSize) touches.push(now);
        return undefined;
      },
    };
    const stage = await Stage.open({
      device: {
        files: [{ ...streamFile(1, 0), content: octetsOf(9) }],
        limits: NARROW,
        procedure: { backupFailureTimeoutS: 15 },
      },
      quirks: [listens],
      mangle: nth(ConfirmedService.writeProperty, 1, [4000]),
    });
    const image = await imageOf(stage, { files: FILES, limits: NARROW });
    const device = await stage.bind();
    const report = await stage.run(restore(device, stage.repository, image, { expect: { instance: 1001 } }));
    expect(report.release).to.equal('released');
    const gaps = touches.slice(1).map((at, i) => at - (touches[i] ?? at));
    expect(Math.max(...gaps)).to.be.below(15_000);
  });

  it('asks nothing while the work itself touches files often enough', async () => {
    const stage = await Stage.open({ device: { files: [streamFile(1, 200_000)], limits: NARROW } });
    // One read at a time: those that are read together are proven by reading some again.
    const report = await stage.backup({ pace: 'gentle' });
    expect(report.manifest.procedure.requests).to.be.below(470);
  });
});
