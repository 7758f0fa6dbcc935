// Prune: frees what no image needs and nothing else, beside whatever others do, and says exactly what. In which
// orders it meets backups and other prunes: prune-races.test.ts. Stopped anywhere: crash-points.test.ts.

import { expect } from 'chai';
import { Computers } from '../../support/computers.js';
import { LOCK_TIMES } from '../../../src/repository/lock.js';
import { imageHandle, objectHandle, trashHandle } from '../../../src/repository/names.js';
import { sha256Of } from '../../../src/repository/digest.js';
import type { CheckReport, PruneReport, Repository } from '../../../src/repository/index.js';
import { all, changedStore, chunks, collect, octets, rejection, saveImage } from './samples.js';

const KEPT = { createdAt: '2026-03-02T00:00:00Z' };
const MARK = '00112233445566aa';

describe('prune', () => {
  let computers: Computers;
  let repository: Repository;
  beforeEach(async () => {
    computers = await Computers.open();
    repository = await computers.repository('a');
  });
  const run = <T>(work: () => Promise<T>): Promise<T> => computers.run(work);
  const errors = ({ findings }: CheckReport): unknown =>
    findings.filter(({ severity }) => severity === 'error');
  const objects = (): Promise<string[]> => all(computers.store.list('objects'));
  const trash = (): Promise<string[]> => all(computers.store.list('trash'));

  /** An image that is forgotten, and one that shares a part of its content. */
  const oneForgotten = async (): Promise<void> => {
    const gone = await saveImage(repository, 'shared', {}, ['only', 'here']);
    await saveImage(repository, 'shared', KEPT);
    await repository.forget({ ids: [gone.id] });
  };

  it('frees what only forgotten images needed, says how much, and leaves the rest', () =>
    run(async () => {
      await oneForgotten();
      expect(await objects()).to.have.length(3);
      const report = await repository.prune();
      const expected: PruneReport = {
        dryRun: false,
        images: 1,
        needed: 1,
        freed: { objects: 2, octets: 'onlyhere'.length + '4\n4\n'.length },
        waiting: { objects: 0, octets: 0 },
        holders: [],
        restored: 0,
        facts: 0,
      };
      expect(report).to.deep.equal(expected);
      expect(await objects()).to.deep.equal([objectHandle(sha256Of(octets('shared'))).name]);
      expect(await trash()).to.deep.equal([]);
      expect((await repository.check()).findings).to.deep.equal([]);
      expect(await repository.prune()).to.deep.include({ freed: { objects: 0, octets: 0 } });
    }));

  it('says the same in a dry run, and changes nothing: no file, no lock, no log', () =>
    run(async () => {
      await oneForgotten();
      const { store } = computers;
      const before = await Promise.all(
        (['objects', 'images', 'runs', 'locks', 'trash'] as const).map((area) => all(store.list(area))),
      );
      const dry = await repository.prune({ dryRun: true });
      const after = await Promise.all(
        (['objects', 'images', 'runs', 'locks', 'trash'] as const).map((area) => all(store.list(area))),
      );
      expect(after).to.deep.equal(before);
      expect(await repository.prune()).to.deep.equal({ ...dry, dryRun: false });
    }));

  it('writes down what it did, when it did something', () =>
    run(async () => {
      await oneForgotten();
      const runs = (await all(repository.runs())).length;
      await repository.prune();
      await repository.prune();
      const names = await all(repository.runs());
      expect(names).to.have.length(runs + 1);
      const commands = await Promise.all(
        names.map(async (name) => (await repository.readRun(name)).lines[0]?.['command']),
      );
      expect(commands).to.have.members(['forget', 'prune']);
    }));

  it('lets a backup finish that found its content there before it was set aside, and takes nothing from it', () =>
    run(async () => {
      await oneForgotten();
      const other = await computers.repository('b', 7);
      const draft = await other.begin();
      const records = await draft.addRecords(chunks('only', 'here'));
      const early = await repository.prune();
      expect(early.freed.objects).to.equal(0);
      expect(early.waiting).to.deep.equal({ objects: 2, octets: 12 });
      expect(early.holders.map(({ host, processId, command }) => [host, processId, command])).to.deep.equal([
        ['b', 7, 'backup'],
      ]);
      expect(await trash()).to.have.length(2);
      const file = { objectIdentifier: 'file,1', instance: 1, accessMethod: 'record' as const, ...records };
      const { manifest } = (await repository.images())[0]!;
      const image = await draft.publish({ ...manifest, createdAt: '2026-03-03T00:00:00Z', files: [file] });
      await other.verifyImage(image);
      expect(await trash()).to.deep.equal([]);
      expect(errors(await repository.check())).to.deep.equal([]);
      expect((await repository.prune()).freed.objects).to.equal(0);
      await other.verifyImage(image);
    }));

  it('waits for those who are at work, if it is told to, and then for what they did to be seen', () =>
    run(async () => {
      await oneForgotten();
      const draft = await (await computers.repository('b')).begin();
      const pruning = repository.prune({ lockWaitMs: 3_600_000 });
      await computers.world.clock.sleep(60_000);
      expect(await trash()).to.have.length(2);
      const before = computers.world.clock.now();
      await draft.close();
      expect((await pruning).freed.objects).to.equal(2);
      expect(computers.world.clock.now() - before).to.be.within(
        LOCK_TIMES.settleMs,
        LOCK_TIMES.settleMs + 5000,
      );
    }));

  it('does not delete at once what another computer may have just named', () =>
    run(async () => {
      await oneForgotten();
      await (await (await computers.repository('b')).begin()).close();
      expect(await repository.prune()).to.deep.include({ holders: [], waiting: { objects: 2, octets: 12 } });
      await computers.world.clock.sleep(LOCK_TIMES.settleMs);
      expect(await repository.prune()).to.deep.include({ freed: { objects: 2, octets: 12 } });
    }));

  it('does not wait for processes that are gone', () =>
    run(async () => {
      await oneForgotten();
      const dying = changedStore(computers.store, { touch: () => new Promise(() => undefined) });
      await (await computers.repository('a', 66, dying)).begin();
      await (await computers.repository('b', 67, dying)).begin();
      computers.gone.add('a 66');
      expect((await repository.prune()).holders).to.have.length(1);
      await computers.world.clock.sleep(LOCK_TIMES.staleMs + 1);
      expect((await repository.prune()).freed.objects).to.equal(2);
    }));

  it('goes on where one was stopped: what an image needs goes back, the rest goes', () =>
    run(async () => {
      const { store } = computers;
      await oneForgotten();
      for (const name of await objects())
        await store.move({ area: 'objects', name }, { area: 'trash', name: `${MARK}/${name}` });
      // Readable all the time.
      const [image] = await repository.images();
      await repository.verifyImage(image!);
      expect(errors(await repository.check())).to.deep.equal([]);
      const report = await repository.prune();
      expect(report).to.deep.include({ restored: 1, freed: { objects: 2, octets: 12 } });
      expect((await repository.check()).findings).to.deep.equal([]);
    }));

  it('keeps the better of two copies', () =>
    run(async () => {
      const { store } = computers;
      await saveImage(repository, 'content');
      const sha256 = sha256Of(octets('content'));
      const [place, copy] = [objectHandle(sha256), trashHandle(MARK, sha256)];
      await store.save(copy, octets('damaged'));
      await repository.prune();
      expect(await collect(store.load(place))).to.deep.equal(octets('content'));
      expect(await trash()).to.deep.equal([]);
      await store.move(place, copy);
      await store.save(place, octets('damaged'));
      expect((await repository.prune()).restored).to.equal(1);
      expect(await collect(store.load(place))).to.deep.equal(octets('content'));
    }));

  it('refuses when a manifest is damaged, because nobody knows what it needs', () =>
    run(async () => {
      const { store } = computers;
      await oneForgotten();
      const broken = await saveImage(repository, 'precious', { createdAt: '2026-03-05T00:00:00Z' });
      const handle = imageHandle(broken.manifest, broken.id);
      await store.remove(handle);
      await store.save(handle, octets('{'));
      const error = await rejection(repository.prune(), 'repository-corrupt');
      expect(error.message).to.contain(handle.name).and.contain('nothing was deleted');
      expect(await objects()).to.have.length(4);
    }));

  it('keeps what a misplaced manifest names, and what one names that was moved aside', () =>
    run(async () => {
      const { store } = computers;
      const moved = await saveImage(repository, 'moved', { createdAt: '2026-03-05T00:00:00Z' });
      const handle = imageHandle(moved.manifest, moved.id);
      await store.move(handle, { area: 'images', name: handle.name.replace('/1201/', '/1202/') });
      const aside = await saveImage(repository, 'aside', { createdAt: '2026-03-06T00:00:00Z' });
      const other = imageHandle(aside.manifest, aside.id);
      await store.move(other, { area: 'aside', name: `1f2e3d4c/images/${other.name}` });
      await saveImage(repository, 'kept');
      expect((await repository.prune()).freed.objects).to.equal(0);
      expect(await objects()).to.have.length(3);
    }));

  it('takes away facts whose image is no more, and no others', () =>
    run(async () => {
      const { store } = computers;
      const gone = await saveImage(repository, 'gone');
      const kept = await saveImage(repository, 'kept', KEPT);
      await repository.record(gone, { type: 'note', text: 'one' });
      await repository.record(kept, { type: 'note', text: 'two' });
      await store.remove(imageHandle(gone.manifest, gone.id));
      expect((await repository.prune({ dryRun: true })).facts).to.equal(1);
      expect((await repository.prune()).facts).to.equal(1);
      expect(await all(store.list('images'))).to.have.length(2);
      expect(await repository.facts(kept)).to.have.length(1);
    }));

  it('leaves files alone that are not of the format', () =>
    run(async () => {
      const { store } = computers;
      await store.save({ area: 'objects', name: 'notes.txt' }, octets('x'));
      await store.save({ area: 'trash', name: 'notes.txt' }, octets('x'));
      await repository.prune();
      expect([await objects(), await trash()]).to.deep.equal([['notes.txt'], ['notes.txt']]);
    }));

  it('is refused beside another upkeep, and stops when it is cancelled', () =>
    run(async () => {
      await oneForgotten();
      const draft = await (await computers.repository('b')).begin();
      const pruning = repository.prune({ lockWaitMs: 60_000 });
      await computers.world.clock.sleep(5000);
      const other = await computers.repository('c');
      expect((await rejection(other.prune(), 'repository-locked')).message).to.contain(
        'prune, process 1 on a',
      );
      await rejection(other.forget({ policy: { last: 1 } }), 'repository-locked');
      await draft.close();
      await pruning;
      await rejection(repository.prune({ signal: AbortSignal.abort('enough') }), 'cancelled');
    }));

  it('does not fail because there is no room for its log', () =>
    run(async () => {
      await oneForgotten();
      const full = changedStore(computers.store, {
        append: async () => {
          throw Object.assign(await rejection(computers.store.size(objectHandle('0'.repeat(64)))), {
            code: 'store-no-space',
          });
        },
      });
      const cramped = await computers.repository('a', 1, full);
      expect((await cramped.prune()).freed.objects).to.equal(2);
    }));
});
