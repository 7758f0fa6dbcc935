// Locks: uses are never kept waiting, one upkeep at a time, whoever is gone is recognised and nobody who lives
// is taken for gone. Time is virtual, processes are made up.

import { expect } from 'chai';
import { World } from '../../../simulator/index.js';
import { EngineError } from '../../../src/errors.js';
import type { Processes, ProcessIdentity, Store } from '../../../src/ports.js';
import { LOCK_TIMES, Locks, readLock } from '../../../src/repository/lock.js';
import { hostHandle, lockHandle } from '../../../src/repository/names.js';
import { MemoryStore } from '../../../src/repository/index.js';
import { all, changedStore, octets, rejection } from './samples.js';

const MINUTE_MS = 60_000;

describe('locks', () => {
  let world: World;
  let store: MemoryStore;
  const gone = new Set<number>();
  beforeEach(() => {
    world = new World();
    store = new MemoryStore(() => world.clock.now());
    gone.clear();
  });

  const processes = (host: string, processId: number): Processes => ({
    own: () => Promise.resolve({ host, processId }),
    stateOf: (other: ProcessIdentity) =>
      Promise.resolve(other.host !== host ? 'elsewhere' : gone.has(other.processId) ? 'gone' : 'running'),
  });
  let made = 0;
  /** The locks as a process of a computer sees them. */
  const locksOf = (host: string, processId: number, over: Store = store): Locks =>
    new Locks({
      store: over,
      clock: world.clock,
      random: world.random(`process ${(made += 1)}`),
      processes: processes(host, processId),
      place: '/srv/backups',
    });
  const run = <T>(work: () => Promise<T>): Promise<T> =>
    world.run(work(), { limitMs: 60 * 24 * 60 * MINUTE_MS });
  const names = async (): Promise<string[]> =>
    (await all(store.list('locks'))).filter((n) => !n.startsWith('host-'));

  it('never keep a use waiting: not beside other uses, nor beside an upkeep', () =>
    run(async () => {
      const upkeep = await locksOf('a', 1).upkeep('prune');
      const uses = await Promise.all([locksOf('a', 2).use('backup'), locksOf('b', 3).use('import')]);
      expect(world.clock.now()).to.equal(0);
      const seen = await locksOf('c', 4).holders('use');
      expect(seen.map(({ command, host }) => `${command ?? ''} ${host ?? ''}`)).to.have.members([
        'backup a',
        'import b',
      ]);
      for (const held of [upkeep, ...uses]) await held.release();
      expect(await names()).to.deep.equal([]);
    }));

  it('let one serve in at a time, beside an upkeep and uses', () =>
    run(async () => {
      const upkeep = await locksOf('a', 1).upkeep('prune');
      const use = await locksOf('a', 2).use('backup');
      const held = await locksOf('server-b', 4711).serve('serve');
      const error = await rejection(locksOf('a', 3).serve('serve'), 'repository-locked');
      expect(error.message).to.contain('server-b').and.to.contain('serve');
      await held.confirm();
      await held.release();
      await (await locksOf('a', 3).serve('serve')).release();
      for (const other of [upkeep, use]) await other.release();
    }));

  it('let one upkeep in at a time, and tell the next one who it is', () =>
    run(async () => {
      const held = await locksOf('server-b', 4711).upkeep('prune');
      const error = await rejection(locksOf('a', 2).upkeep('forget'), 'repository-locked');
      expect(error.exitCode).to.equal(11);
      expect(error.retriable).to.equal(true);
      expect(error.message).to.match(
        /^the repository in \/srv\/backups is being worked on by bacvault prune, process 4711 on server-b, since 20\d\d-/,
      );
      expect(error.details['holder']).to.include({ command: 'prune', processId: 4711, host: 'server-b' });
      await held.release();
      await (await locksOf('a', 2).upkeep('forget')).release();
    }));

  it('of an upkeep on a full disk are empty files, which count for everybody until they are stale', () =>
    run(async () => {
      const full = changedStore(store, {
        save: async (handle, content) => {
          if (!(content instanceof Uint8Array && content.length === 0))
            throw new EngineError('store-no-space', 'no space left on device');
          return store.save(handle, content);
        },
      });
      await rejection(locksOf('a', 1, full).use('backup'), 'store-no-space');
      const held = await locksOf('a', 1, full).upkeep('forget');
      await held.confirmFresh();
      const error = await rejection(locksOf('b', 2).upkeep('prune'), 'repository-locked');
      expect(error.message).to.contain('somebody whose lock cannot be read');
      expect(await locksOf('b', 2).holders('use')).to.deep.equal([{ id: held.id }]);
      await world.clock.sleep(20 * MINUTE_MS);
      await rejection(locksOf('b', 2).upkeep('prune'), 'repository-locked');
      await held.release();
      await (await locksOf('b', 2).upkeep('prune')).release();
    }));

  it('wait as long as they are told, and no longer', () =>
    run(async () => {
      const held = await locksOf('a', 1).upkeep('prune');
      const before = world.clock.now();
      await rejection(locksOf('b', 2).upkeep('prune', { lockWaitMs: 5 * MINUTE_MS }), 'repository-locked');
      expect(world.clock.now() - before).to.equal(5 * MINUTE_MS);
      const waiting = locksOf('b', 2).upkeep('prune', { lockWaitMs: 5 * MINUTE_MS });
      await world.clock.sleep(90_500);
      await held.release();
      const after = world.clock.now();
      await (await waiting).release();
      expect(world.clock.now() - after).to.be.at.most(1000);
    }));

  it('stop waiting when that is cancelled', () =>
    run(async () => {
      const held = await locksOf('a', 1).upkeep('prune');
      const cancel = new AbortController();
      const waiting = locksOf('b', 2).upkeep('prune', { lockWaitMs: 60 * MINUTE_MS, signal: cancel.signal });
      await world.clock.sleep(3000);
      cancel.abort('enough');
      expect((await rejection(waiting, 'cancelled')).cause).to.equal('enough');
      await held.release();
    }));

  it('never let two in that come at the very same moment, and let one of them in', async () => {
    for (let round = 0; round < 20; round += 1) {
      await run(async () => {
        const tries = ['a', 'b', 'c'].map((host) => locksOf(host, 1).upkeep('prune'));
        const won = (await Promise.allSettled(tries)).flatMap((t) =>
          t.status === 'fulfilled' ? [t.value] : [],
        );
        expect(won).to.have.length(1);
        for (const held of won) await held.release();
        expect(await names()).to.deep.equal([]);
      });
    }
  });

  it('stay for as long as the holder lives, be it for a day', () =>
    run(async () => {
      const held = await locksOf('a', 1).upkeep('prune');
      for (let hour = 0; hour < 24; hour += 1) {
        await world.clock.sleep(60 * MINUTE_MS);
        await rejection(locksOf('b', 2).upkeep('prune'), 'repository-locked');
      }
      await held.release();
    }));

  it('of a computer that is gone are broken when they are stale, by any number at once, and not before', () =>
    run(async () => {
      // A process that was killed shows no life any more: its store takes nothing.
      const dying = changedStore(store, { touch: () => new Promise(() => undefined) });
      await locksOf('a', 1, dying).upkeep('prune');
      await world.clock.sleep(LOCK_TIMES.staleMs);
      await rejection(locksOf('b', 2).upkeep('prune'), 'repository-locked');
      await world.clock.sleep(1000);
      const tries = ['b', 'c', 'd'].map((host) => locksOf(host, 1).upkeep('prune'));
      const won = (await Promise.allSettled(tries)).flatMap((t) =>
        t.status === 'fulfilled' ? [t.value] : [],
      );
      expect(won).to.have.length(1);
      expect(await names()).to.deep.equal([lockHandle(won[0]!.id).name]);
    }));

  it('of a process of this computer that has ended are broken at once, others are not', () =>
    run(async () => {
      await locksOf('a', 1).use('backup');
      await locksOf('b', 2).use('backup');
      gone.add(1).add(2);
      const left = await locksOf('a', 3).holders('use');
      expect(left.map(({ host, processId }) => [host, processId])).to.deep.equal([['b', 2]]);
    }));

  it('that cannot be read are of somebody unknown until they are stale', () =>
    run(async () => {
      await store.save({ area: 'locks', name: '00112233445566aa.json' }, octets('{'));
      expect(await readLock(store, '00112233445566aa')).to.have.property('kind', 'damaged');
      const error = await rejection(locksOf('a', 1).upkeep('prune'), 'repository-locked');
      expect(error.message).to.contain('somebody whose lock cannot be read');
      expect(await locksOf('a', 1).holders('use')).to.deep.equal([{ id: '00112233445566aa' }]);
      await world.clock.sleep(LOCK_TIMES.staleMs + 1);
      await (await locksOf('a', 1).upkeep('prune')).release();
      expect(await names()).to.deep.equal([]);
    }));

  it('put a use down again that somebody took for gone, and tell an upkeep that it lost its place', () =>
    run(async () => {
      const use = await locksOf('a', 1).use('backup');
      const upkeep = await locksOf('a', 1).upkeep('prune');
      for (const name of await names()) await store.remove({ area: 'locks', name });
      await use.confirm();
      expect(await names()).to.deep.equal([lockHandle(use.id).name]);
      const error = await rejection(upkeep.confirm(), 'repository-locked');
      expect(error.message).to.contain('took this one for gone');
      // A use comes back by itself as well, at its next sign of life.
      await store.remove(lockHandle(use.id));
      await world.clock.sleep(LOCK_TIMES.refreshMs + 1);
      expect(await names()).to.deep.equal([lockHandle(use.id).name]);
      await use.release();
      await upkeep.release();
      await world.clock.sleep(10 * LOCK_TIMES.refreshMs);
      expect(await names()).to.deep.equal([]);
    }));

  it('are let go of once, also when the share has gone away, and never by an error', () =>
    run(async () => {
      const lost = await rejection(store.size(lockHandle('0'.repeat(16))), 'store-missing');
      const away = changedStore(store, { remove: () => Promise.reject(lost) });
      const held = await locksOf('a', 1, away).use('backup');
      await held.release();
      await held.release();
      expect(await names()).to.have.length(1);
    }));

  describe('when an upkeep waits for the others', () => {
    const end = (locks: Locks, waitMs: number): ReturnType<Locks['othersEnd']> =>
      locks.othersEnd(world.clock.now() + waitMs);

    it('waits for the uses that are there now, and for none that comes later', () =>
      run(async () => {
        const early = await locksOf('a', 1).use('backup');
        const ending = end(locksOf('a', 9), 60 * MINUTE_MS);
        await world.clock.sleep(2000);
        const late = await locksOf('a', 2).use('backup');
        await world.clock.sleep(2000);
        await early.release();
        expect(await ending).to.deep.equal({ done: true });
        expect(world.clock.now()).to.be.lessThan(10_000);
        await late.release();
      }));

    it('on a full disk does not wait for itself, and waits for the uses of its own process', () =>
      run(async () => {
        let isFull = false;
        const full = changedStore(store, {
          save: async (handle, content) => {
            if (isFull && !(content instanceof Uint8Array && content.length === 0))
              throw new EngineError('store-no-space', 'no space left on device');
            return store.save(handle, content);
          },
        });
        const locks = locksOf('a', 1, full);
        const use = await locks.use('backup');
        isFull = true;
        const upkeep = await locks.upkeep('prune');
        const waits = await end(locks, 0);
        expect(waits.done || waits.holders.map(({ command }) => command)).to.deep.equal(['backup']);
        await use.release();
        expect(await end(locks, 0)).to.deep.equal({ done: true });
        await upkeep.release();
      }));

    it('says who is still there when the time is up', () =>
      run(async () => {
        const held = await locksOf('b', 7).use('backup');
        const ended = await end(locksOf('a', 9), 0);
        expect(ended.done || ended.holders.map(({ host, processId }) => [host, processId])).to.deep.equal([
          ['b', 7],
        ]);
        await held.release();
      }));

    it('gives the work of another computer time to be seen here, and its own none', () =>
      run(async () => {
        await (await locksOf('a', 1).use('backup')).release();
        expect(await end(locksOf('a', 9), 0)).to.deep.equal({ done: true });
        expect(await end(locksOf('b', 9), 0)).to.deep.equal({ done: false, holders: [] });
        expect(await end(locksOf('b', 9), 60 * MINUTE_MS)).to.deep.equal({ done: true });
        expect(world.clock.now()).to.be.within(LOCK_TIMES.settleMs, LOCK_TIMES.settleMs + 1000);
        await (await locksOf('a', 1).use('backup')).release();
        expect(await end(locksOf('b', 9), 0)).to.deep.equal({ done: false, holders: [] });
        expect(await all(store.list('locks'))).to.deep.equal([hostHandle('a').name]);
      }));

    it('forgets a computer that was not here for a month, and no other', () =>
      run(async () => {
        for (const host of ['container 1', 'container 2'])
          await (await locksOf(host, 1).use('backup')).release();
        await world.clock.sleep(29 * 24 * 60 * MINUTE_MS);
        await (await locksOf('a', 1).use('backup')).release();
        await locksOf('a', 9).forgetHosts();
        expect(await all(store.list('locks'))).to.have.length(3);
        await world.clock.sleep(2 * 24 * 60 * MINUTE_MS);
        await locksOf('a', 9).forgetHosts();
        expect(await all(store.list('locks'))).to.deep.equal([hostHandle('a').name]);
      }));

    it('changes the folder before it looks, so that a share shows what is there', () =>
      run(async () => {
        const held = await locksOf('a', 1).upkeep('prune');
        const changes: string[] = [];
        const watched = changedStore(store, {
          save: (handle, content) => {
            changes.push(`save ${handle.area}`);
            return store.save(handle, content);
          },
        });
        const watching = await locksOf('b', 1, watched).use('x');
        await watching.confirmFresh();
        expect(changes).to.deep.equal(['save locks', 'save locks']);
        await watching.release();
        await held.release();
        expect(await names()).to.deep.equal([]);
      }));
  });
});
