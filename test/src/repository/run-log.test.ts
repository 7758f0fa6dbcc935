// Run logs: every line chained to the one before, so that what was changed or taken out is seen.

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { initRepository, MemoryStore, type Repository, type RunLog } from '../../../src/repository/index.js';
import { sha256Of } from '../../../src/repository/digest.js';
import { beginRun, readRun, runNames, SideLog } from '../../../src/repository/run-log.js';
import { all, clock, collect, octets, random, rejection, textOf } from './samples.js';

describe('a run log', () => {
  let store: MemoryStore;
  let repository: Repository;
  let log: RunLog;
  beforeEach(async () => {
    store = new MemoryStore();
    repository = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' });
    log = await repository.beginRun('restore', { device: 1201 });
  });

  const handle = (): { area: 'runs'; name: string } => ({ area: 'runs', name: `${log.name}.ndjson` });
  const content = async (): Promise<string> => textOf(await collect(store.load(handle())));
  const replace = async (text: string): Promise<void> => {
    await store.remove(handle());
    await store.save(handle(), octets(text));
  };
  const filled = async (): Promise<void> => {
    await log.write('allowed', { check: 'firmware', reason: 'board failed' });
    await log.write('undo', { image: 'ab12' });
    await log.end('done');
  };

  it('says what was run, when, and how it ended, each line with the hash of the one before', async () => {
    await filled();
    const lines = (await content()).trimEnd().split('\n');
    const { lines: read, faults, ended } = await repository.readRun(log.name);
    expect(faults).to.deep.equal([]);
    expect(ended).to.equal(true);
    expect(read.map(({ event }) => event)).to.deep.equal(['begin', 'allowed', 'undo', 'end']);
    expect(read[0]).to.include({ command: 'restore', device: 1201, at: '2026-03-01T02:14:00.000Z' });
    expect(read[1]).to.include({ check: 'firmware', reason: 'board failed' });
    for (const [at, line] of read.entries())
      expect(line.previous).to.equal(at === 0 ? '0'.repeat(64) : sha256Of(octets(lines[at - 1]!)));
    expect(log.name).to.match(/^2026-03-01T021400Z-[0-9a-f]{8}$/);
    expect(await all(repository.runs())).to.deep.equal([log.name]);
  });

  it('shows every line that was changed, taken out, doubled, moved or added, at its place', async () => {
    await filled();
    const whole = await content();
    const lines = whole.split('\n').slice(0, -1);
    const joined = (parts: readonly string[]): string => `${parts.join('\n')}\n`;
    const [first, second, third, last] = lines as [string, string, string, string];
    const cases: [string, string, number][] = [
      ['changed', joined([first, second.replace('failed', 'sailed'), third, last]), 3],
      ['taken out', joined([first, third, last]), 2],
      ['doubled', joined([first, second, second, third, last]), 3],
      ['moved', joined([first, third, second, last]), 2],
      [
        'added',
        joined([
          ...lines,
          JSON.stringify({ at: '2026-03-01T02:14:00.000Z', event: 'x', previous: sha256Of(octets(last)) }),
        ]),
        5,
      ],
      ['torn', whole.slice(0, -2), 4],
      ['no JSON', joined([first, 'x', third, last]), 2],
    ];
    for (const [what, text, line] of cases) {
      await replace(text);
      const { faults, ended } = await repository.readRun(log.name);
      expect(faults, what).to.have.length(1);
      expect(faults[0], what).to.match(new RegExp(`^line ${line}:`));
      expect(ended, what).to.equal(false);
    }
    await replace(joined([first, second]));
    expect(await repository.readRun(log.name)).to.deep.include({ faults: [], ended: false });
  });

  it('guards its last line, too: every octet of an ended log is', async () => {
    await filled();
    const whole = octets(await content());
    for (let at = 0; at < whole.length; at += 1) {
      const changed = new Uint8Array(whole);
      changed[at]! ^= 1 << (at & 7);
      await store.remove(handle());
      await store.save(handle(), changed);
      const { faults, ended } = await repository.readRun(log.name);
      expect([faults.length, ended], `octet ${at}`).to.deep.equal([1, false]);
    }
  });

  it('tells a line that was not written to its end from one that was changed', async () => {
    await log.write('step');
    await replace((await content()).slice(0, -5));
    expect(await repository.readRun(log.name)).to.include({ torn: true, ended: false });
    await replace((await content()).replace('begin', 'began'));
    expect((await repository.readRun(log.name)).lines).to.have.length(1);
  });

  it('keeps lines in order and whole when many are written at once', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, at) => log.write('step', { at2: at })));
    const { lines, faults } = await repository.readRun(log.name);
    expect(faults).to.deep.equal([]);
    expect(lines.slice(1).map(({ at2 }) => at2)).to.deep.equal(Array.from({ length: 50 }, (_, at) => at));
  });

  it('takes nothing after its end, nor after a line that may be torn', async () => {
    await filled();
    await rejection(log.write('more'), 'internal');
    const other = await repository.beginRun('backup');
    const append = store.append.bind(store);
    store.append = () => Promise.reject(new EngineError('store-no-space', 'full'));
    await rejection(other.write('one'), 'store-no-space');
    store.append = append;
    await rejection(other.write('two'), 'internal');
    expect((await repository.readRun(other.name)).faults).to.deep.equal([]);
  });

  it('that is not there, or no run at all, is said to be so', async () => {
    await rejection(repository.readRun('2026-03-01T021400Z-00000000'), 'store-missing');
    await rejection(repository.readRun('../repository'), 'usage');
  });
});

describe('a log that is not worth failing for', () => {
  it('is begun once, with its first line, and ended when it was begun', async () => {
    const store = new MemoryStore();
    const side = new SideLog(() => beginRun({ store, clock, random: random() }, 'forget'), undefined);
    await side.end({ forgotten: 0 });
    expect(await all(runNames(store))).to.deep.equal([]);
    await side.attempt((run) => run.write('forget', { image: 'ab12' }));
    await side.attempt((run) => run.write('forget', { image: 'cd34' }));
    await side.end({ forgotten: 2 });
    const [name] = await all(runNames(store));
    const { lines, ended } = await readRun(store, name!);
    expect(lines.map(({ event }) => event)).to.deep.equal(['begin', 'forget', 'forget', 'end']);
    expect(ended).to.equal(true);
  });

  it('is given up with one warning when it cannot be written', async () => {
    const warnings: string[] = [];
    let begun = 0;
    const begin = (): Promise<RunLog> => {
      begun += 1;
      return Promise.reject(new EngineError('store-no-space', 'the disk is full'));
    };
    const side = new SideLog(begin, { log: (level, text) => warnings.push(`${level} ${text}`) });
    for (let line = 0; line < 3; line += 1) await side.attempt((run) => run.write('forget'));
    await side.end({});
    expect(begun).to.equal(1);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/^warn the log of this run could not be written: .*the disk is full/);
  });
});
