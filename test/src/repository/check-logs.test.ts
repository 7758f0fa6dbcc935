// check-logs: run logs whose chain does not hold, and the locks of those who are gone.

import { expect } from 'chai';
import { Computers } from '../../support/computers.js';
import { LOCK_TIMES } from '../../../src/repository/lock.js';
import { runHandle } from '../../../src/repository/names.js';
import type { CheckFinding, Repository } from '../../../src/repository/index.js';
import { changedStore, collect, octets, rejection, saveImage, textOf } from './samples.js';

describe('check of the logs', () => {
  let computers: Computers;
  let repository: Repository;
  beforeEach(async () => {
    computers = await Computers.open();
    repository = await computers.repository('a');
  });
  const run = <T>(work: () => Promise<T>): Promise<T> => computers.run(work);
  const findings = async (): Promise<readonly CheckFinding[]> => (await repository.check()).findings;

  it('finds a line that was changed, and names the images that the run has proven', () =>
    run(async () => {
      const { store } = computers;
      const image = await saveImage(repository, 'content');
      const log = await repository.beginRun('restore', { device: 1201 });
      await log.write('compared', { files: 3 });
      await repository.record(image, { type: 'verified', how: 'restored', run: log.name });
      await log.end('done');
      expect(await findings()).to.deep.equal([]);
      const text = textOf(await collect(store.load(runHandle(log.name))));
      await store.remove(runHandle(log.name));
      await store.save(runHandle(log.name), octets(text.replace('"files":3', '"files":4')));
      const [finding] = await findings();
      expect(finding).to.deep.include({
        severity: 'error',
        code: 'run-damaged',
        place: `runs/${log.name}.ndjson`,
        images: [image.id],
      });
      expect(finding!.message).to.contain('line 3');
    }));

  it('only warns of a log that is being written, or was when its run was killed', () =>
    run(async () => {
      const { store } = computers;
      const log = await repository.beginRun('backup');
      expect(await findings()).to.deep.equal([]);
      await store.append(runHandle(log.name), octets('{"at":"2026-'));
      expect((await findings()).map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal([
        'warning leftover',
      ]);
    }));

  it('reports a log that cannot be read, and goes on', () =>
    run(async () => {
      const log = await repository.beginRun('backup');
      const failing = changedStore(computers.store, {
        async *load(handle) {
          if (handle.area === 'runs')
            throw Object.assign(await rejection(computers.store.size(runHandle('none'))), {
              code: 'store-io',
              message: 'EIO: the sector is bad',
            });
          yield* computers.store.load(handle);
        },
      });
      const other = await computers.repository('a', 1, failing);
      const report = await other.check();
      expect(report.findings.map(({ place, message }) => `${place} ${message}`)).to.deep.equal([
        `runs/${log.name}.ndjson it cannot be read: EIO: the sector is bad`,
      ]);
    }));

  it('warns of locks of processes that are gone, not of those who live, and of files that are no locks', () =>
    run(async () => {
      const { store } = computers;
      const dying = changedStore(store, { touch: () => new Promise(() => undefined) });
      await (await computers.repository('b', 7, dying)).begin();
      const draft = await repository.begin();
      await store.save({ area: 'locks', name: 'someone' }, octets(''));
      await store.save({ area: 'runs', name: 'notes.txt' }, octets(''));
      expect((await findings()).map(({ code, place }) => `${code} ${place}`)).to.have.members([
        'unknown-file locks/someone',
        'unknown-file runs/notes.txt',
      ]);
      await computers.world.clock.sleep(LOCK_TIMES.staleMs + 1);
      const stale = (await findings()).filter(({ code }) => code === 'leftover');
      expect(stale.map(({ message }) => message)).to.deep.equal([
        'the lock of a process that is gone; the next prune takes it away',
      ]);
      await draft.close();
      await repository.prune();
      expect((await findings()).every(({ code }) => code === 'unknown-file')).to.equal(true);
    }));
});
