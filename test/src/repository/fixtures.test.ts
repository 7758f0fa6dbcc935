// Repositories that were written once and are read for ever: everything that is in the lived-in one comes out as
// it went in, whatever later versions do.

import { cpSync } from 'node:fs';
import { expect } from 'chai';
import { FileStore } from '../../../src/io/file-store.js';
import { openRepository, standingOf, type Repository } from '../../../src/repository/index.js';
import { all, clock, collect, fixture, random, temporaryFolder, textOf } from './samples.js';

describe('the lived-in repository of format 1', () => {
  let repository: Repository;
  let remove: () => void;
  beforeEach(async () => {
    // A copy: a question may leave an index behind.
    const fresh = temporaryFolder();
    const { folder } = fresh;
    ({ remove } = fresh);
    cpSync(fixture('v1-lived-in'), folder, { recursive: true });
    repository = await openRepository(new FileStore(folder), { clock, random: random(), place: folder });
  });

  afterEach(() => remove());

  it('has its images, newest first, with everything that was written of them', async () => {
    const images = await repository.images();
    expect(
      images.map(({ id, manifest }) => [id.slice(0, 8), manifest.device.instance, manifest.tags]),
    ).to.deep.equal([
      ['392d7643', 1202, undefined],
      ['c54d393b', 1201, ['as-built']],
      ['44b03d2b', 1201, undefined],
    ]);
    const old = images[2]!.manifest;
    expect(old.procedure.timings).to.deep.equal({ prepareMs: 1200, copyMs: 3400, endMs: 500 });
    expect(old.files[0]!.volatileRanges).to.deep.equal([{ start: 0, end: 4 }]);
    expect((await repository.image('latest', { instance: 1201 })).id).to.equal(images[1]!.id);
    for (const image of images) await repository.verifyImage(image);
  });

  it('has the content, octet by octet', async () => {
    const { manifest } = await repository.image('44b0');
    const [stream, records] = manifest.files;
    expect(textOf(await collect(repository.content(stream!)))).to.equal('0001 setpoint=21.5\nfan=auto\n');
    expect((await all(repository.records(records!))).map(textOf)).to.deep.equal(['alpha', '', 'be']);
  });

  it('has what was said of an image', async () => {
    const image = await repository.image('44b0');
    const facts = await repository.facts(image);
    expect(facts.map(({ fact }) => fact.type)).to.deep.equal(['verified', 'tag', 'note']);
    expect(standingOf(image, facts)).to.deep.equal({
      verified: { how: 'second-reading', at: '2026-03-01T02:15:07.042Z', run: '2026-03-01T021400Z-e8f7b1b8' },
      tags: ['golden'],
      notes: [{ at: '2026-03-02T08:00:01.000Z', text: 'Before the retrofit of the roof. Zürich, "süd".' }],
    });
    const found = await all(repository.find({ tags: ['golden'], verified: true, text: ['zürich'] }));
    expect(found.map(({ id }) => id)).to.deep.equal([image.id]);
  });

  it('has its run logs, also that of a run which was killed', async () => {
    const [backup, restore] = await all(repository.runs());
    const ended = await repository.readRun(backup!);
    expect(ended).to.deep.include({ faults: [], ended: true, torn: false });
    expect(ended.lines.map(({ event }) => event)).to.deep.equal(['begin', 'image', 'end']);
    expect(await repository.readRun(restore!)).to.deep.include({ faults: [], ended: false, torn: false });
  });

  it('has its journal: a restore that nobody has seen to be over', async () => {
    const [entry] = await repository.journal.entries();
    expect(entry).to.deep.include({
      procedure: 'restore',
      instance: 1202,
      target: '1202@2001:11@192.168.1.1',
    });
    expect(entry!.note).to.deep.equal({ standing: 'held', heldAt: '2026-04-02T02:15:04.000Z' });
  });

  it('tells what forget and prune would do with it, and does nothing', async () => {
    const dry = await repository.forget({ policy: { last: 1 }, dryRun: true });
    expect(dry).to.include({ kept: 3, forgotten: 0 });
    const { freed, needed } = await repository.prune({ dryRun: true });
    expect([freed, needed]).to.deep.equal([{ objects: 1, octets: 24 }, 5]);
  });
});
