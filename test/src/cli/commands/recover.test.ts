// bacvault recover: lists without a word on the network, asks the right devices, and ends what may be somebody
// else's for nobody but who names the device.

import { expect } from 'chai';
import { EngineError, type JournalEntry, type RecoverReport, type Target } from '../../../../src/index.js';
import {
  fakeDevice,
  fakeEngine,
  type FakeEngine,
  type FakeEngineOptions,
  fakeIo,
  type FakeIo,
  type Ran,
  ran,
} from '../fakes.js';
import { openEntry, recoverReport } from '../open-entries.js';

const LEFT = {
  procedure: 'restore',
  why: "the journal knows nothing of it, so it is somebody else's",
} as const;

interface Result extends Ran {
  readonly engine: FakeEngine;
  /** Options of every call of recover. */
  readonly asked: readonly Record<string, unknown>[];
  /** Targets that were bound. */
  readonly bound: readonly Target[];
}

async function recover(
  args: readonly string[],
  options: FakeEngineOptions = {},
  io: FakeIo = fakeIo(),
): Promise<Result> {
  const engine = fakeEngine(options);
  const result = await ran(['recover', ...args], io, engine);
  const calls = engine.argumentsOf('recover') as [unknown, unknown, Record<string, unknown>][];
  const bound = (engine.argumentsOf('device') as [Target, unknown][]).map(([target]) => target);
  return { ...result, engine, asked: calls.map(([, , given]) => given), bound };
}

const reporting =
  (...reports: Partial<RecoverReport>[]): NonNullable<FakeEngineOptions['recover']> =>
  (device) =>
    Promise.resolve(recoverReport(device.instance, reports.length > 1 ? reports.shift() : reports[0]));

const outcome = (entry: JournalEntry, overrides: Partial<RecoverReport['entries'][number]> = {}) =>
  ({
    entry,
    verdict: 'released',
    why: 'it was ours; ENDBACKUP was acknowledged',
    closed: true,
    ...overrides,
  }) as const;

describe('recover', () => {
  it('lists what is open and sends nothing', async () => {
    const result = await recover([], { open: [openEntry(1201), openEntry(1202, { procedure: 'restore' })] });
    expect(result.status).to.equal(0);
    expect(result.out).to.equal(
      'The backup of device 1201 (AHU-3), begun 2026-11-23 19:03:22 UTC by process 4711, which is gone, was not seen to end\n' +
        'The restore of device 1202 (AHU-3), begun 2026-11-23 19:03:22 UTC by process 4711, which is gone, was not seen to end\n',
    );
    expect(result.engine.calls.map(([name]) => name)).to.deep.equal(['openRepository', 'close repository']);
    const json = await recover(['--json'], { open: [openEntry(1201)] });
    expect(json.lines()).to.deep.equal([{ kind: 'open-entry', ...openEntry(1201), worker: 'gone' }]);
    const none = await recover([]);
    expect([none.status, none.out, none.err]).to.deep.equal([0, '', 'Nothing is open.\n']);
    const site = await recover(['--site', 'north'], { open: [openEntry(1201)] });
    expect(site.out).to.equal('');
  });

  it('asks with --all every device that has something open and nobody at work, at the place of the entry', async () => {
    const open = [
      openEntry(1201),
      openEntry(1201, { target: '1201@10.1.4.78:47808' }),
      openEntry(1202, { processId: 8 }),
      openEntry(1201, { site: 'north', target: '1201@10.9.0.1:47808' }),
    ];
    const result = await recover(
      ['--all', '--password-env', 'P'],
      {
        open,
        workerOf: ({ processId }) => Promise.resolve(processId === 8 ? 'running' : 'gone'),
      },
      fakeIo({ env: { P: 'secret' } }),
    );
    expect(result.status, result.err).to.equal(0);
    expect(result.bound.map(({ instance, address }) => `${instance}@${address?.link}`)).to.deep.equal([
      '1201@10.1.4.78:47808',
      '1201@10.9.0.1:47808',
    ]);
    expect(result.asked.map(({ password, site }) => [password, site])).to.deep.equal([
      ['secret', 'default'],
      ['secret', 'north'],
    ]);
    expect(result.err).to.contain('by process 8, is under way: left alone.');
    expect(result.out + result.err).to.not.contain('secret');
  });

  it('with --all and nothing open is done', async () => {
    const result = await recover(['--all']);
    expect([result.status, result.err]).to.deep.equal([0, 'Nothing is open that nobody works on.\n']);
    expect(result.engine.argumentsOf('openClient')).to.deep.equal([]);
  });

  it('asks Who-Is for a device that is not where its entry says, and only there where the user says', async () => {
    const device = (target: Target): Promise<ReturnType<typeof fakeDevice>> =>
      target.address === undefined
        ? Promise.resolve(fakeDevice(target.instance))
        : Promise.reject(new EngineError('device-silent', `Device ${target.instance} does not answer.`));
    const moved = await recover(['1201'], { open: [openEntry(1201)], device });
    expect(moved.status, moved.err).to.equal(0);
    expect(moved.bound.map(({ address }) => address?.link)).to.deep.equal(['10.1.4.77:47808', undefined]);
    expect(moved.err).to.contain('Device 1201 is not at 1201@10.1.4.77:47808 any more: asking Who-Is.');

    const told = await recover(['1201@10.1.4.99'], { open: [openEntry(1201)], device });
    expect(told.status).to.equal(14);
    expect(told.bound).to.have.length(1);
    expect(told.err).to.contain('Device 1201 does not answer. Its entry stays in the journal.');
    expect(told.asked).to.deep.equal([]);
  });

  it('says what was done to the device and to each entry', async () => {
    const result = await recover(['1201'], {
      recover: reporting({
        released: {
          procedure: 'backup',
          foreign: false,
          release: 'released',
          words: 'ENDBACKUP was acknowledged',
        },
        entries: [
          outcome(openEntry(1201)),
          outcome(openEntry(1201), { verdict: 'elsewhere', why: 'it is elsewhere', closed: false }),
        ],
      }),
    });
    expect(result.status).to.equal(0);
    expect(result.out).to.equal(
      'Device 1201 (AHU-3): released from our backup: ENDBACKUP was acknowledged\n' +
        '  backup begun 2026-11-23 19:03:22 UTC: it was ours; ENDBACKUP was acknowledged\n' +
        '  backup begun 2026-11-23 19:03:22 UTC: it is elsewhere\n' +
        '    it stays in the journal\n',
    );
    const json = await recover(['1201', '--json'], { recover: reporting({}) });
    expect(json.lines()).to.deep.equal([recoverReport(1201)]);
  });

  it('ends with 13 when something was left alone, 18 when the device was not seen to leave, 20 when the journal was not written', async () => {
    const left = await recover(['1201'], { recover: reporting({ leftAlone: LEFT }) });
    expect(left.status).to.equal(13);
    expect(left.out).to.contain('LEFT ALONE in a restore').and.to.contain('--foreign --yes-device 1201');
    const unknown = outcome(openEntry(1201), {
      verdict: 'unknown',
      why: 'its END was on its way',
      closed: false,
    });
    expect((await recover(['1201'], { recover: reporting({ entries: [unknown] }) })).status).to.equal(13);
    const released = {
      procedure: 'backup',
      foreign: false,
      release: 'unproven',
      words: 'ENDBACKUP was refused',
    } as const;
    const stuck = await recover(['1201'], { recover: reporting({ released }) });
    expect(stuck.status).to.equal(18);
    expect(stuck.err).to.contain('the device may STILL be in the procedure');
    const full = outcome(openEntry(1201), { verdict: 'over', closed: false, problem: 'the disk is full' });
    const kept = await recover(['1201'], { recover: reporting({ entries: [full] }) });
    expect(kept.status).to.equal(20);
    expect(kept.out).to.contain('it stays in the journal: the disk is full');
    const both = await recover(['1201', '1202'], {
      recover: (device) =>
        Promise.resolve(recoverReport(device.instance, device.instance === 1201 ? { leftAlone: LEFT } : {})),
    });
    expect(both.status).to.equal(3);
  });

  it('waits as long as it is told to', async () => {
    expect((await recover(['1201', '--wait', '30'])).asked[0]).to.include({ waitMs: 30_000 });
    expect((await recover(['1201'])).asked[0]).to.not.have.property('waitMs');
  });
});

describe('recover --foreign', () => {
  it('needs one target, and consent that can come', async () => {
    for (const args of [
      ['--foreign'],
      ['--foreign', '--all', '--yes-device', '1201'],
      ['1201', '1202', '--foreign', '--yes-device', '1201'],
      ['1201', '--foreign'],
      ['1201', '--foreign', '--yes-device', '1202'],
      ['1201', '--yes-device', '1201'],
      ['1201', '--all'],
    ]) {
      const result = await recover(args);
      expect(result.status, args.join(' ')).to.equal(2);
      expect(result.engine.argumentsOf('openClient')).to.deep.equal([]);
    }
  });

  it('looks first, shows what it found, and ends it only when the instance is typed', async () => {
    for (const [typed, status, calls] of [
      ['1201', 0, 2],
      ['1202', 2, 1],
      ['yes', 2, 1],
    ] as const) {
      const io = fakeIo({ terminal: true, typed: [typed] });
      const result = await recover(
        ['1201', '--foreign'],
        { recover: reporting({ leftAlone: LEFT }, {}) },
        io,
      );
      expect(result.status, typed).to.equal(status);
      expect(result.err).to.contain('Device 1201 (AHU-3) is in a restore: the journal knows nothing of it');
      expect(result.err).to.contain('leaves the device half-written');
      expect(result.asked).to.have.length(calls);
      expect(result.asked[0]).to.deep.include({ waitMs: 0 }).and.not.have.property('foreign');
      if (calls === 2) expect(result.asked[1]).to.deep.include({ foreign: { instance: 1201 } });
    }
  });

  it('asks nobody when --yes-device names the device, and ends nothing in a free device', async () => {
    const named = await recover(['1201', '--foreign', '--yes-device', '1201'], {
      recover: reporting({ leftAlone: LEFT }, {}),
    });
    expect([named.status, named.asked.length]).to.deep.equal([0, 2]);
    const free = await recover(['1201', '--foreign', '--yes-device', '1201']);
    expect([free.status, free.asked.length]).to.deep.equal([0, 1]);
  });
});
