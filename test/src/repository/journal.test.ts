// The journal: what was begun on a device stays on disk until it is known to be over, and the latest note of
// it is what counts.

import { expect } from 'chai';
import type { Processes } from '../../../src/ports.js';
import {
  initRepository,
  MemoryStore,
  openRepository,
  type Repository,
} from '../../../src/repository/index.js';
import { all, clock, octets, random, rejection } from './samples.js';

const entry = {
  procedure: 'restore',
  site: 'hq',
  instance: 1201,
  target: '1201@192.168.1.10:47808',
  backupFailureTimeoutS: 60,
} as const;

const own = { processId: 7, host: 'pc', processMark: 'boot 1' };

describe('the journal', () => {
  let store: MemoryStore;
  let repository: Repository;
  beforeEach(async () => {
    store = new MemoryStore();
    repository = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' });
  });

  it('holds an entry from open to close, for other processes too', async () => {
    const first = await repository.journal.open(entry);
    const second = await repository.journal.open({ ...entry, instance: 1202, procedure: 'backup' });
    const other = await openRepository(store, { clock, random: random(), place: 'memory' });
    expect(await other.journal.entries()).to.have.deep.members([first, second]);
    expect(first).to.deep.include({
      ...entry,
      openedAt: '2026-03-01T02:14:00.000Z',
      note: { standing: 'starting' },
    });
    await other.journal.close(first.id);
    await repository.journal.close(first.id);
    expect(await repository.journal.entries()).to.deep.equal([second]);
    await repository.journal.close(second.id);
    expect(await all(store.list('journal'))).to.deep.equal([]);
  });

  it('keeps the latest note alone, and nothing of it after the end', async () => {
    const opened = await repository.journal.open(entry);
    const held = { standing: 'held', heldAt: '2026-03-01T02:14:05.000Z', statusFollows: true } as const;
    const noted = await repository.journal.note(opened, held);
    const again = await repository.journal.note(noted, { ...held, heldAt: '2026-03-01T02:14:25.000Z' });
    expect(await all(store.list('journal'))).to.have.length(2);
    const ending = await repository.journal.note(again, { standing: 'ending', left: true });
    expect(ending.note).to.deep.equal({ standing: 'ending', left: true });
    expect(await repository.journal.entries()).to.deep.equal([ending]);
    await repository.journal.close(opened.id);
    expect(await all(store.list('journal'))).to.deep.equal([]);
  });

  it('refuses a note of somebody who has not seen the latest one', async () => {
    const opened = await repository.journal.open(entry);
    await repository.journal.note(opened, { standing: 'held' });
    await rejection(repository.journal.note(opened, { standing: 'ending' }), 'store-exists');
    expect((await repository.journal.entries())[0]?.note).to.deep.equal({ standing: 'held' });
  });

  it('takes an entry whose latest note is damaged for one of which nothing is known', async () => {
    const opened = await repository.journal.open(entry);
    await repository.journal.note(opened, { standing: 'held', heldAt: opened.openedAt });
    await store.save({ area: 'journal', name: `${opened.id}.2.json` }, octets('{"standing":"hel'));
    const [found] = await repository.journal.entries();
    expect(found).to.deep.include({ id: opened.id, note: { standing: 'starting' }, notes: 2 });
    await repository.journal.close(opened.id);
    expect(await all(store.list('journal'))).to.deep.equal([]);
  });

  it('passes over what is damaged or foreign, and never makes an entry that it could not read', async () => {
    const good = await repository.journal.open(entry);
    await store.save({ area: 'journal', name: 'readme.txt' }, octets('hello'));
    await store.save({ area: 'journal', name: '0123456789abcdef.json' }, octets('{"id":"0123'));
    await store.save({ area: 'journal', name: '00112233445566.7.json' }, octets('{}'));
    await store.save({ area: 'journal', name: 'fedcba9876543210.json' }, octets(JSON.stringify(good)));
    expect(await repository.journal.entries()).to.deep.equal([good]);
    await rejection(repository.journal.open({ ...entry, instance: -1 }), 'internal');
    await rejection(repository.journal.note(good, { standing: 'held', heldAt: 'noon' }), 'internal');
  });

  it('says who works on an entry, as far as that can be seen', async () => {
    let alive = true;
    const asked: unknown[] = [];
    const processes: Processes = {
      own: () => Promise.resolve(own),
      stateOf: (process) => {
        asked.push(process);
        return Promise.resolve(alive ? 'running' : 'gone');
      },
    };
    const options = { clock, random: random(), place: 'memory', processes };
    const { journal } = await openRepository(store, options);
    const opened = await journal.open(entry);
    expect(opened).to.deep.include(own);
    expect(await journal.workerOf(opened)).to.equal('running');
    const left = await journal.note(opened, { standing: 'ending', left: true });
    expect(await journal.workerOf(left), 'left by a process that runs on').to.equal('gone');
    alive = false;
    expect(await journal.workerOf(opened)).to.equal('gone');
    expect(asked).to.deep.equal([own, own]);
    const nameless = await repository.journal.open(entry);
    expect(await journal.workerOf(nameless)).to.equal('unknown');
    expect(await repository.journal.workerOf(opened), 'no port to ask').to.equal('unknown');
  });
});
