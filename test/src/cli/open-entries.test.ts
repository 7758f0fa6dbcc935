// open-entries: every command that speaks to devices says first what was left open, on stderr and as JSON.

import { expect } from 'chai';
import { entryText } from '../../../src/cli/open-entries.js';
import { EngineError } from '../../../src/index.js';
import { fakeEngine, fakeIo, ran } from './fakes.js';
import { openEntry } from './open-entries.js';

const COMMANDS = [
  ['discover'],
  ['probe', '1201'],
  ['backup', '1201'],
  ['verify', 'latest', '1201'],
  ['restore', 'latest', '1201', '--yes-device', '1201'],
] as const;

const WARNING =
  'warning: the backup of device 7 (AHU-3), begun 2026-11-23 19:03:22 UTC by process 4711, which is gone, was not seen to end. "bacvault recover 7" looks whether the device is still in it.\n';

describe('open procedures', () => {
  for (const args of COMMANDS) {
    it(`are told by ${args[0]}, even with --quiet, and as an object with --json`, async () => {
      const quiet = await ran([...args, '--quiet'], fakeIo(), fakeEngine({ open: [openEntry(7)] }));
      expect(quiet.err).to.contain(WARNING);
      expect(quiet.out).to.not.contain('open-entry');
      const json = await ran([...args, '--json'], fakeIo(), fakeEngine({ open: [openEntry(7)] }));
      expect(json.err).to.contain(WARNING);
      expect(json.lines()[0]).to.deep.equal({ kind: 'open-entry', ...openEntry(7), worker: 'gone' });
    });
  }

  it('are no warning while their process is at work', async () => {
    const options = { open: [openEntry(7)], workerOf: () => Promise.resolve('running' as const) };
    const loud = await ran(['backup', '1201'], fakeIo(), fakeEngine(options));
    expect(loud.err).to.contain('begun 2026-11-23 19:03:22 UTC by process 4711, is under way.\n');
    expect(loud.err).to.not.contain('warning');
    const quiet = await ran(['backup', '1201', '--quiet'], fakeIo(), fakeEngine(options));
    expect(quiet.err).to.equal('');
  });

  it('are not looked for where there is no repository, unless one is named', async () => {
    const missing = (): Promise<never> =>
      Promise.reject(new EngineError('repository-not-found', 'there is no repository'));
    const here = await ran(['probe', '1201'], fakeIo(), fakeEngine({ openRepository: missing }));
    expect(here.status).to.equal(0);
    expect(here.err).to.equal('');
    const named = await ran(
      ['probe', '1201', '--repo', 'x'],
      fakeIo(),
      fakeEngine({ openRepository: missing }),
    );
    expect(named.status).to.equal(10);
  });

  it('do not keep a command that needs no repository from its work, when they cannot be read', async () => {
    const broken = (): Promise<never> => Promise.reject(new EngineError('store-io', 'the share is gone'));
    const result = await ran(['probe', '1201'], fakeIo(), fakeEngine({ openRepository: broken }));
    expect(result.status).to.equal(0);
    expect(result.err).to.contain('warn: The journal of the repository could not be read.');
  });

  it('are named as far as they are known', () => {
    const text = (
      overrides: Parameters<typeof openEntry>[1],
      worker: 'gone' | 'elsewhere' | 'unknown',
    ): string => entryText({ entry: openEntry(7, overrides), worker });
    expect(text({ host: 'nas\u001b[2J' }, 'elsewhere')).to.contain('by process 4711 of computer nas\\x1b[2J');
    expect(text({ procedure: 'restore', note: { standing: 'ending', left: true } }, 'gone')).to.equal(
      'the restore of device 7 (AHU-3), begun 2026-11-23 19:03:22 UTC, was left without having been seen to end',
    );
    expect(text({ deviceName: 'a\nb' }, 'unknown')).to.equal(
      'the backup of device 7 (a\\x0ab), begun 2026-11-23 19:03:22 UTC, was not seen to end yet',
    );
  });
});
