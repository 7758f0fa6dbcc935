// The journal: what was begun on a device stays on disk until it is known to be over.

import { expect } from 'chai';
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
} as const;

describe('the journal', () => {
  let store: MemoryStore;
  let repository: Repository;
  beforeEach(async () => {
    store = new MemoryStore();
    repository = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' });
  });

  it('holds an entry from open to close, for other processes too', async () => {
    const first = await repository.journal.open(entry);
    const second = await repository.journal.open({
      ...entry,
      instance: 1202,
      procedure: 'backup',
      host: 'pc',
      processId: 7,
    });
    const other = await openRepository(store, { clock, random: random(), place: 'memory' });
    expect(await other.journal.entries()).to.have.deep.members([first, second]);
    expect(first).to.include({ ...entry, openedAt: '2026-03-01T02:14:00.000Z' });
    await other.journal.close(first.id);
    await repository.journal.close(first.id);
    expect(await repository.journal.entries()).to.deep.equal([second]);
    await repository.journal.close(second.id);
    expect(await all(store.list('journal'))).to.deep.equal([]);
  });

  it('passes over what is damaged or foreign, and never makes an entry that it could not read', async () => {
    const good = await repository.journal.open(entry);
    await store.save({ area: 'journal', name: 'readme.txt' }, octets('hello'));
    await store.save({ area: 'journal', name: '0123456789abcdef.json' }, octets('{"id":"0123'));
    await store.save({ area: 'journal', name: 'fedcba9876543210.json' }, octets(JSON.stringify(good)));
    expect(await repository.journal.entries()).to.deep.equal([good]);
    await rejection(repository.journal.open({ ...entry, instance: -1 }), 'internal');
  });
});
