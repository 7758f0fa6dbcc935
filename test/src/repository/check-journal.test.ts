// check-journal: damage in the journal is found, and an open entry is none.

import { expect } from 'chai';
import { initRepository, MemoryStore, type Repository } from '../../../src/repository/index.js';
import { clock, octets, random } from './samples.js';

const entry = { procedure: 'backup', site: 'hq', instance: 7, target: '7@10.0.0.7' } as const;

describe('check of the journal', () => {
  let store: MemoryStore;
  let repository: Repository;
  beforeEach(async () => {
    store = new MemoryStore();
    repository = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' });
  });

  const found = async (): Promise<string[]> =>
    (await repository.check()).findings.map(({ severity, code, place }) => `${severity} ${code} ${place}`);

  it('finds nothing wrong with entries and notes as they are written', async () => {
    const opened = await repository.journal.open(entry);
    await repository.journal.note(opened, { standing: 'held', heldAt: opened.openedAt });
    expect(await found()).to.deep.equal([]);
  });

  it('reports damaged entries and notes as errors, with their place', async () => {
    const { id } = await repository.journal.open(entry);
    await store.save({ area: 'journal', name: `${id}.1.json` }, octets('{"standing":"hoping"}'));
    await store.save({ area: 'journal', name: '0123456789abcdef.json' }, octets('{"id":"0123'));
    expect(await found()).to.have.members([
      'error journal-damaged journal/0123456789abcdef.json',
      `error journal-damaged journal/${id}.1.json`,
    ]);
  });

  it('warns of what does not belong there, and of notes whose procedure is over', async () => {
    await store.save({ area: 'journal', name: 'readme.txt' }, octets('hello'));
    const note = octets('{"standing":"held"}');
    await store.save({ area: 'journal', name: '0123456789abcdef.3.json' }, note);
    expect(await found()).to.have.members([
      'warning unknown-file journal/readme.txt',
      'warning leftover journal/0123456789abcdef.3.json',
    ]);
  });
});
