// check --repair: damaged things are moved aside and nothing is deleted; a fresh backup then finds its place free.
// Never on a mere suspicion, and never against somebody who mends it himself.

import { expect } from 'chai';
import { Computers } from '../../support/computers.js';
import { sha256Of } from '../../../src/repository/digest.js';
import {
  imageHandle,
  journalHandle,
  objectHandle,
  runHandle,
  trashHandle,
} from '../../../src/repository/names.js';
import { STORE_AREAS, type StoreHandle } from '../../../src/ports.js';
import type { CheckReport, Repository } from '../../../src/repository/index.js';
import { all, changedStore, collect, octets, rejection, saveImage, textOf } from './samples.js';

describe('check with repair', () => {
  let computers: Computers;
  let repository: Repository;
  beforeEach(async () => {
    computers = await Computers.open();
    repository = await computers.repository('a');
  });
  const run = <T>(work: () => Promise<T>): Promise<T> => computers.run(work);
  const damage = async (handle: StoreHandle, text = '{'): Promise<void> => {
    await computers.store.remove(handle);
    await computers.store.save(handle, octets(text));
  };
  const repaired = (): Promise<CheckReport> => repository.check({ readData: true, repair: true });
  const errors = async (): Promise<string[]> =>
    (await repository.check({ readData: true })).findings
      .filter(({ severity }) => severity === 'error')
      .map(({ code }) => code);
  /** Everything that is in the store, by place. */
  const contents = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const area of STORE_AREAS)
      for (const name of await all(computers.store.list(area)))
        if (area !== 'locks') found.push(textOf(await collect(computers.store.load({ area, name }))));
    return found.sort();
  };

  it('moves damaged objects, manifests with their facts, facts, logs and journal entries aside, and deletes nothing', () =>
    run(async () => {
      const hurt = await saveImage(repository, 'hurt', { createdAt: '2026-03-02T00:00:00Z' });
      const lost = await saveImage(repository, 'lost');
      await repository.record(lost, { type: 'note', text: 'of the lost one' });
      const fact = await repository.record(hurt, { type: 'note', text: 'of the hurt one' });
      const log = await repository.beginRun('backup');
      await log.end('done');
      const entry = await repository.journal.open({
        procedure: 'backup',
        site: 'hq',
        instance: 1,
        target: '1',
      });
      const name = (await all(computers.store.list('images'))).find(
        (file) => /-\w{8}\.\w{8}\.json$/.test(file) && file.includes(hurt.id.slice(0, 8)),
      );
      await damage(objectHandle(hurt.manifest.files[0]!.sha256), 'HURT');
      await damage(imageHandle(lost.manifest, lost.id));
      await damage({ area: 'images', name: name! });
      await damage(runHandle(log.name), 'no log\n');
      await damage(journalHandle(entry.id));
      const before = await contents();
      const report = await repaired();
      const moved = report.findings.filter(({ movedTo }) => movedTo !== undefined);
      expect(moved.map(({ code }) => code)).to.have.members([
        'manifest-damaged',
        'fact-damaged',
        'object-damaged',
        'journal-damaged',
        'run-damaged',
      ]);
      for (const { place, movedTo } of moved)
        expect(movedTo).to.match(new RegExp(`^aside/[0-9a-f]{8}/${place}$`));
      expect(await contents())
        .to.include.members(before)
        .and.have.length(before.length + 1);
      expect(fact.image).to.equal(hurt.id);
      // The facts of the lost image went with it: whoever mends the manifest has them.
      const aside = await all(computers.store.list('aside'));
      expect(aside).to.have.length(6);
      // What cannot be moved away remains: the image has lost its content.
      expect(await errors()).to.deep.equal(['object-missing']);
    }));

  it('lets a fresh backup of the same content cure it', () =>
    run(async () => {
      const hurt = await saveImage(repository, 'hurt');
      await damage(objectHandle(hurt.manifest.files[0]!.sha256), 'HURT');
      const report = await repaired();
      expect(report.backUp).to.deep.equal([{ site: 'hq', instance: 1201 }]);
      await saveImage(repository, 'hurt', { createdAt: '2026-03-09T00:00:00Z' });
      expect(await errors()).to.deep.equal([]);
      await repository.verifyImage(hurt);
    }));

  it('puts a misplaced manifest where it belongs, with its facts', () =>
    run(async () => {
      const image = await saveImage(repository, 'content');
      await repository.record(image, { type: 'tag', tag: 'golden' });
      for (const name of await all(computers.store.list('images')))
        await computers.store.move(
          { area: 'images', name },
          { area: 'images', name: name.replace('1201', '7') },
        );
      const report = await repaired();
      expect(report.findings.map(({ code, movedTo }) => [code, movedTo])).to.deep.include([
        'manifest-misplaced',
        `images/${imageHandle(image.manifest, image.id).name}`,
      ]);
      expect(await errors()).to.deep.equal([]);
      expect(await repository.facts(image)).to.have.length(1);
      await repository.verifyImage(image);
    }));

  it('moves a misplaced manifest aside when its place is taken: by itself, somebody has copied it', () =>
    run(async () => {
      const image = await saveImage(repository, 'content');
      const { name } = imageHandle(image.manifest, image.id);
      const copy = { area: 'images', name: name.replace('1201', '7') } as const;
      await computers.store.save(copy, await collect(computers.store.load({ area: 'images', name })));
      const [finding] = (await repaired()).findings;
      expect(finding!.movedTo).to.match(/^aside\//);
      expect(await errors()).to.deep.equal([]);
      await repository.verifyImage(image);
    }));

  it('brings an object back that an image needs and a prune which was stopped had set aside', () =>
    run(async () => {
      const image = await saveImage(repository, 'content');
      const place = objectHandle(image.manifest.files[0]!.sha256);
      await computers.store.move(place, trashHandle('00112233445566aa', image.manifest.files[0]!.sha256));
      const [finding] = (await repaired()).findings;
      expect(finding!.movedTo).to.equal(`objects/${place.name}`);
      expect((await repository.check()).findings).to.deep.equal([]);
    }));

  it('does not move what could merely not be read', () =>
    run(async () => {
      const image = await saveImage(repository, 'content');
      const failing = changedStore(computers.store, {
        async *load(handle) {
          if (handle.area === 'objects' || (handle.area === 'images' && handle.name.endsWith('.json')))
            throw Object.assign(await rejection(computers.store.size(runHandle('none'))), {
              code: 'store-io',
            });
          yield* computers.store.load(handle);
        },
      });
      const report = await (
        await computers.repository('a', 1, failing)
      ).check({ readData: true, repair: true });
      expect(report.findings.map(({ code, movedTo }) => [code, movedTo])).to.deep.include([
        'manifest-damaged',
        undefined,
      ]);
      expect(await all(computers.store.list('aside'))).to.deep.equal([]);
      await repository.verifyImage(image);
    }));

  it('gives an object back that a backup has just put right', () =>
    run(async () => {
      const image = await saveImage(repository, 'content');
      const place = objectHandle(image.manifest.files[0]!.sha256);
      await damage(place, 'damaged');
      const racing = changedStore(computers.store, {
        move: async (from, to) => {
          if (to.area === 'aside')
            await saveImage(repository, 'content', { createdAt: '2026-03-09T00:00:00Z' });
          return computers.store.move(from, to);
        },
      });
      const report = await (
        await computers.repository('b', 1, racing)
      ).check({ readData: true, repair: true });
      expect(report.findings.map(({ movedTo }) => movedTo)).to.deep.equal([undefined]);
      expect(sha256Of(await collect(computers.store.load(place)))).to.equal(sha256Of(octets('content')));
      expect(await all(computers.store.list('aside'))).to.deep.equal([]);
    }));

  it('leaves repository.json, unknown files and unneeded objects where they are', () =>
    run(async () => {
      const image = await saveImage(repository, 'content');
      await repository.forget({ ids: [image.id] });
      await computers.store.save({ area: 'objects', name: 'notes.txt' }, octets('x'));
      await damage({ area: 'repository', name: 'repository.json' });
      const report = await repaired();
      expect(report.findings.map(({ movedTo }) => movedTo)).to.deep.equal([undefined, undefined, undefined]);
    }));

  it('writes down what it moved, and is refused beside another upkeep', () =>
    run(async () => {
      const hurt = await saveImage(repository, 'hurt');
      await damage(objectHandle(hurt.manifest.files[0]!.sha256), 'HURT');
      await repaired();
      const names = await all(repository.runs());
      const { lines, ended } = await repository.readRun(names.at(-1)!);
      expect([lines.map(({ event }) => event), ended]).to.deep.equal([['begin', 'moved', 'end'], true]);
      expect(lines[0]).to.include({ command: 'check', repair: true });
      const draft = await (await computers.repository('b')).begin();
      await saveImage(repository, 'gone', { createdAt: '2026-03-09T00:00:00Z' });
      const [gone] = await repository.images();
      await repository.forget({ ids: [gone!.id] });
      const pruning = repository.prune({ lockWaitMs: 60_000 });
      await computers.world.clock.sleep(2000);
      await rejection((await computers.repository('c')).check({ repair: true }), 'repository-locked');
      await draft.close();
      await pruning;
    }));
});
