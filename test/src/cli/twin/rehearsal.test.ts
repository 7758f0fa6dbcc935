// The rehearsal as a stage of its own: it reads the repository that holds the image and leaves nothing there,
// and its time is the twin's.

import { expect } from 'chai';
import { realEngine } from '../../../../src/cli/engine.js';
import { emptyFiles } from '../../../../src/cli/twin/content.js';
import { twinDevice } from '../../../../src/cli/twin/device.js';
import { twinProfile } from '../../../../src/cli/twin/profile.js';
import { RehearsalStage, type RehearsalOptions } from '../../../../src/cli/twin/rehearsal.js';
import { EngineError, type ImageManifest, type ProgressEvent } from '../../../../src/index.js';
import { failure, streamFile } from '../../../support/world.js';
import { kept, type Kept } from './rehearsed.js';

function stageOf({ stage, image }: Kept, more: Partial<RehearsalOptions> = {}): RehearsalStage {
  return new RehearsalStage({
    engine: realEngine,
    repository: stage.repository,
    image,
    device: twinDevice(twinProfile(image.manifest), emptyFiles(image), {}),
    blank: 'empty',
    networkMs: 1,
    procedure: {},
    allow: [],
    signal: new AbortController().signal,
    onEvent: () => undefined,
    ...more,
  });
}

const reached = (kept: Kept, reachedAt: Partial<ImageManifest['reachedAt']>): Kept => {
  const { manifest } = kept.image;
  return {
    ...kept,
    image: { ...kept.image, manifest: { ...manifest, reachedAt: { ...manifest.reachedAt, ...reachedAt } } },
  };
};

describe('a rehearsal', () => {
  it('runs the same twice: same times, same events', async () => {
    const good = await kept({ files: [streamFile(1, 3000)] });
    const [one, two] = [await stageOf(good).run(), await stageOf(good).run()];
    expect(one.outcome).to.deep.equal(two.outcome);
    expect(one.durationMs).to.equal(two.durationMs);
    expect(one.deviceEvents).to.deep.equal(two.deviceEvents);
    expect(one.outcome.kind).to.equal('restored');
  });

  it('leaves nothing in the repository that holds the image', async () => {
    const good = await kept({ files: [streamFile(1, 3000)] });
    const files = async (): Promise<string[]> => {
      const names: string[] = [];
      for (const area of ['repository', 'objects', 'images', 'runs', 'locks', 'journal'] as const)
        for await (const name of good.stage.store.list(area)) names.push(`${area}/${name}`);
      return names;
    };
    const before = await files();
    await stageOf(good).run();
    expect(await files()).to.deep.equal(before);
  });

  it('gives the restore what is known of the image, but for the reports of earlier drills', async () => {
    const good = await kept({ files: [streamFile(1, 300)] });
    const { repository } = good.stage;
    await repository.record(good.image, { type: 'learned', learned: { sizing: 'refused' } });
    await repository.record(good.image, { type: 'drill', passed: true, report: {} });
    const known: string[] = [];
    const restore: typeof realEngine.restore = async (_device, scratch, imageId) => {
      expect(imageId).to.equal(good.image.id);
      const facts = await scratch.facts(await scratch.image(imageId));
      known.push(...facts.map(({ fact }) => fact.type));
      throw new EngineError('cancelled', 'x');
    };
    const engine = { ...realEngine, restore };
    expect(await failure(stageOf(good, { engine }).run())).to.include({ code: 'cancelled' });
    expect(known).to.deep.equal(['learned']);
  });

  it('puts the twin where the recorded device stood: on the link, or behind a router', async () => {
    const good = await kept({ files: [streamFile(1, 300)] });
    const placeOf = async (reachedAt: Partial<ImageManifest['reachedAt']>): Promise<string> => {
      const { outcome } = await stageOf(reached(good, reachedAt)).run();
      return outcome.kind === 'restored' ? outcome.report.after.address : outcome.error.message;
    };
    expect(await placeOf({})).to.equal('192.0.2.10:47808');
    expect(await placeOf({ network: 2001, mac: '11' })).to.equal('2001:17@192.0.2.2:47808');
    expect(await placeOf({ network: 1, mac: '00' })).to.equal('1:0@192.0.2.2:47808');
    // A MAC that the simulated wire cannot have stands for itself by another.
    expect(await placeOf({ network: 7, mac: 'c0a80107bac0' })).to.equal('7:1@192.0.2.2:47808');
  });

  it('gives a failed restore as an outcome, and throws what is no verdict', async () => {
    const good = await kept({ files: [streamFile(1, 300)] });
    const failed = new EngineError('transfer-differs', 'x');
    const restore = (error: EngineError) => ({ ...realEngine, restore: () => Promise.reject(error) });
    expect((await stageOf(good, { engine: restore(failed) }).run()).outcome).to.deep.equal({
      kind: 'failed',
      error: failed,
    });
    for (const code of ['cancelled', 'internal'] as const) {
      const error = await failure(stageOf(good, { engine: restore(new EngineError(code, 'x')) }).run());
      expect(error.code).to.equal(code);
    }
  });

  it('ends a restore that never ends', async () => {
    const good = await kept({ files: [streamFile(1, 300)] });
    const { outcome, durationMs } = await stageOf(good, {
      engine: {
        ...realEngine,
        restore: async (device) => {
          for (;;) await device.client.clock.sleep(3_600_000);
        },
      },
    }).run();
    expect(outcome.kind === 'failed' ? outcome.error.message : '').to.contain('had not ended after 30 days');
    expect(durationMs).to.equal(30 * 24 * 3_600_000);
  });

  it('tells when the twin was seen to be out, and everything else', async () => {
    const good = await kept({ files: [streamFile(1, 300)] });
    const events: ProgressEvent[] = [];
    const { releasedAtMs, durationMs } = await stageOf(good, {
      onEvent: (event) => events.push(event),
    }).run();
    expect(events.filter(({ kind }) => kind === 'released')).to.have.length(releasedAtMs.length);
    expect(releasedAtMs.at(-1)).to.be.within(1, durationMs);
    expect(events.map((event) => (event.kind === 'phase' ? event.phase : ''))).to.include('write');
  });
});
