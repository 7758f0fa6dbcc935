// bacvault restore: nothing is written without consent for this very device.

import { expect } from 'chai';
import { PLAN_CHECKS, type RestorePlan } from '../../../../src/index.js';
import {
  fakeEngine,
  type FakeEngineOptions,
  fakeIo,
  type FakeIo,
  planCheck,
  ran,
  restorePlan,
  restoreReport,
} from '../fakes.js';

async function restore(
  io: FakeIo,
  args: readonly string[] = [],
  options: FakeEngineOptions = {},
): Promise<{
  status: number;
  out: string;
  err: string;
  calls: string[];
  options: Record<string, unknown> | undefined;
}> {
  const engine = fakeEngine(options);
  const { status, out, err } = await ran(['restore', 'latest', '1201', ...args], io, engine);
  const [call] = engine.argumentsOf('restore') as [unknown, unknown, unknown, Record<string, unknown>][];
  return { status, out, err, calls: engine.calls.map(([name]) => name), options: call?.[3] };
}

const sent = (calls: readonly string[]): boolean => calls.includes('openClient');
const written = (calls: readonly string[]): boolean => calls.includes('restore');

describe('restore', () => {
  it('shows the plan, then asks for the device instance', async () => {
    const io = fakeIo({ terminal: true, typed: ['1201'] });
    const result = await restore(io);
    expect(result.status).to.equal(0);
    expect(written(result.calls)).to.equal(true);
    expect(result.err).to.contain(
      'RESTORE of device 1201 from image 1a2b3c4d, made 2026-11-23 19:03:22 UTC, site default',
    );
    expect(result.err).to.match(/ {2}ok +firmware +2\.4 +2\.4\n/);
    expect(io.questions).to.deep.equal([
      'Type the device instance to restore it, or anything else to stop: ',
    ]);
    expect(result.out).to.not.contain('RESTORE of');
  });

  it('writes nothing when anything else is typed, or nothing at all', async () => {
    for (const typed of [['yes'], ['1202'], [''], []]) {
      const result = await restore(fakeIo({ terminal: true, typed }));
      expect(result.status, String(typed)).to.equal(2);
      expect(written(result.calls)).to.equal(false);
      expect(result.err).to.contain('Nothing was written.');
      expect(result.calls.slice(-2)).to.deep.equal(['close client', 'close repository']);
    }
  });

  it('asks nothing when --yes-device names the device', async () => {
    const io = fakeIo();
    const result = await restore(io, ['--yes-device', '1201']);
    expect(result.status).to.equal(0);
    expect(io.questions).to.deep.equal([]);
    expect(result.options).to.deep.include({ expect: { instance: 1201 } });
  });

  it('sends nothing when --yes-device names another device', async () => {
    const result = await restore(fakeIo({ terminal: true, typed: ['1201'] }), ['--yes-device', '1202']);
    expect(result.status).to.equal(2);
    expect(sent(result.calls)).to.equal(false);
    expect(result.err).to.contain('--yes-device says 1202, but the target is device 1201. Nothing was sent.');
  });

  it('sends nothing when nobody can be asked and --yes-device is missing', async () => {
    const result = await restore(fakeIo());
    expect(result.status).to.equal(2);
    expect(sent(result.calls)).to.equal(false);
    expect(result.err).to.contain('give --yes-device 1201');
  });

  it('asks nobody and sends nothing when the image is of another device', async () => {
    const io = fakeIo({ terminal: true, typed: ['1202'] });
    const engine = fakeEngine();
    const result = await ran(['restore', '1a2b', '1202'], io, engine);
    expect(result.status).to.equal(16);
    expect(result.err).to.contain('Image 1a2b3c4d is of device 1201, not of device 1202. Nothing was sent.');
    expect(io.questions).to.deep.equal([]);
    expect(engine.argumentsOf('openClient')).to.have.length(0);
  });

  it('shows the plan even with --quiet when it asks, and not when it need not', async () => {
    expect((await restore(fakeIo({ terminal: true, typed: ['1201'] }), ['--quiet'])).err).to.contain(
      'RESTORE of',
    );
    expect((await restore(fakeIo(), ['--quiet', '--yes-device', '1201'])).err).to.equal('');
  });

  it('prints verdict, undo image, proof and what was seen afterwards', async () => {
    const result = await restore(fakeIo(), ['--yes-device', '1201'], {
      restore: () =>
        Promise.resolve(
          restoreReport(1201, { octetsRewritten: 3, deviations: ['File_Size := 0 was refused'] }),
        ),
    });
    expect(result.status).to.equal(0);
    expect(result.out.split('\n')).to.deep.equal([
      'Device 1201 restored from image 1a2b3c4d: VERIFIED, 8 octets, 3 octets of them written again, 1 min 01 s',
      '  undo image: cafe0123, read once',
      '  read back before the end: equal to the image',
      '  backed up again and compared: equal to the image',
      '  Object_List: 3 objects',
      '  outage: 30 s',
      '  address now: 10.1.4.77:47808',
      '  Backup_And_Restore_State: idle',
      '  System_Status: operational',
      '  Database_Revision: 9 before, 10 now',
      '  deviation: File_Size := 0 was refused',
      '  run log: 2026-03-01T021500Z-1f2e3d4c',
      '',
    ]);
  });

  it('never hides what could not be proven, and ends with 0 only for a verified restore', async () => {
    const unproven = ['file 3: octet 7 differs'];
    const result = await restore(fakeIo(), ['--yes-device', '1201'], {
      restore: () =>
        Promise.resolve(
          restoreReport(1201, { verdict: 'restored-unverified', readBack: 'not-possible', unproven }),
        ),
    });
    expect(result.out).to.contain('NOT VERIFIED').and.to.contain('NOT PROVEN: file 3: octet 7 differs');
    expect(result.out).to.contain('read back before the end: NOT POSSIBLE on this device');
    expect(result.out).to.contain('"bacvault verify"');
    expect(result.err).to.contain('this is not proven: file 3: octet 7 differs');
    expect(result.status).to.equal(17);
  });

  it('ends with 18 when the device was not seen to leave the restore', async () => {
    const result = await restore(fakeIo(), ['--yes-device', '1201'], {
      restore: () => Promise.resolve(restoreReport(1201, { release: 'unproven' })),
    });
    expect(result.status).to.equal(18);
  });

  it('asks for an undo image that is read twice and no rollback, unless told otherwise by name', async () => {
    const asked = async (...args: string[]): Promise<unknown> =>
      (await restore(fakeIo(), ['--yes-device', '1201', ...args])).options;
    expect(await asked()).to.deep.include({ undo: 'twice', rollback: false });
    expect(await asked('--undo-once')).to.deep.include({ undo: 'once' });
    expect(await asked('--no-undo')).to.deep.include({ undo: 'none' });
    expect(await asked('--rollback')).to.deep.include({ undo: 'twice', rollback: true });
  });

  it('stops at the question when it is interrupted there', async () => {
    const io = fakeIo({ terminal: true });
    const interrupted: FakeIo = {
      ...io,
      ask: () => {
        io.interrupt();
        return Promise.reject(new Error('AbortError'));
      },
    };
    const result = await restore(interrupted);
    expect(result.status).to.equal(130);
    expect(written(result.calls)).to.equal(false);
  });
});

/** A plan with this firmware check and nothing else wrong. */
const blocking = (): Promise<RestorePlan> =>
  Promise.resolve(
    restorePlan(1201, {
      checks: [
        planCheck('vendor'),
        planCheck('firmware', { severity: 'block', image: '2.4', device: '2.6', text: 'another firmware' }),
      ],
    }),
  );

describe('restore with a plan that blocks', () => {
  it('asks nobody, writes nothing, and ends with the status of the block', async () => {
    const io = fakeIo({ terminal: true, typed: ['1201'] });
    const result = await restore(io, ['--json'], { planRestore: blocking });
    expect(result.status).to.equal(16);
    expect(written(result.calls)).to.equal(false);
    expect(io.questions).to.deep.equal([]);
    expect(result.err).to.contain('BLOCK').and.to.contain('--allow firmware --reason TEXT');
    expect(result.err).to.contain('nothing was written');
    const [plan, error] = jsonLines(result.out);
    expect(plan).to.include({ kind: 'restore-plan' });
    expect(error).to.include({ kind: 'error', code: 'device-mismatch' });
    expect(error?.['details']).to.deep.include({ blocked: ['firmware'], release: 'not-started' });
  });

  it('shows it even with --quiet and --yes-device', async () => {
    const result = await restore(fakeIo(), ['--quiet', '--yes-device', '1201'], { planRestore: blocking });
    expect(result.err).to.contain('BLOCK').and.to.contain('another firmware');
  });

  it('goes on with its permission and reason, and hands both to the engine', async () => {
    const args = ['--yes-device', '1201', '--allow', 'firmware', '--reason', 'the maker says so'];
    const result = await restore(fakeIo(), args, { planRestore: blocking });
    expect(result.status).to.equal(0);
    expect(result.options).to.deep.include({ allow: ['firmware'], reason: 'the maker says so' });
    expect(result.err).to.contain('allowed');
  });

  it('tells which permissions were not needed', async () => {
    const args = ['--yes-device', '1201', '--allow', 'firmware', '--allow', 'vendor', '--reason', 'r'];
    const result = await restore(fakeIo(), args, { planRestore: blocking });
    expect(result.status).to.equal(0);
    expect(result.options).to.deep.include({ allow: ['firmware', 'vendor'] });
    expect(result.err).to.contain('--allow vendor was not needed: that check does not block.');
  });

  it('sends nothing for a permission without a reason, an unknown name, or what cannot be allowed', async () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['--allow', 'firmware'], '--allow needs a --reason'],
      [['--allow', 'firmware', '--reason', '  '], 'A reason needs words'],
      [['--allow', 'firmwear', '--reason', 'r'], 'firmware'],
      [['--allow', 'image-hashes', '--reason', 'r'], 'It cannot be allowed'],
    ];
    for (const [args, words] of wrong) {
      const result = await restore(fakeIo(), ['--yes-device', '1201', ...args]);
      expect(result.status, args.join(' ')).to.equal(2);
      expect(result.err).to.contain(words);
      expect(result.calls).to.deep.equal([]);
    }
    const unknown = await restore(fakeIo(), ['--allow', 'firmwear', '--reason', 'r']);
    for (const name of Object.keys(PLAN_CHECKS)) expect(unknown.err).to.contain(name);
  });
});

describe('restore --plan', () => {
  it('prints the plan as the result, asks nothing, and never restores', async () => {
    const io = fakeIo();
    const result = await restore(io, ['--plan']);
    expect(result.status).to.equal(0);
    expect(result.out)
      .to.contain('RESTORE of device 1201')
      .and.to.match(/ {2}ok +firmware /);
    expect(io.questions).to.deep.equal([]);
    expect(written(result.calls)).to.equal(false);
  });

  it('prints it whole as an object with --json', async () => {
    const result = await restore(fakeIo(), ['--plan', '--json']);
    expect(jsonLines(result.out)).to.deep.equal([JSON.parse(JSON.stringify(restorePlan(1201)))]);
  });

  it('ends with the status of a block, unless that is allowed', async () => {
    const blocked = await restore(fakeIo(), ['--plan', '--json'], { planRestore: blocking });
    expect(blocked.status).to.equal(16);
    expect(jsonLines(blocked.out).map((line) => line['kind'])).to.deep.equal(['restore-plan', 'error']);
    const args = ['--plan', '--allow', 'firmware', '--reason', 'r'];
    const allowed = await restore(fakeIo(), args, { planRestore: blocking });
    expect(allowed.status).to.equal(0);
    expect(written(allowed.calls)).to.equal(false);
  });

  it('plans for another device than the image’s, too', async () => {
    const engine = fakeEngine();
    const result = await ran(['restore', '1a2b', '1202', '--plan'], fakeIo(), engine);
    expect(result.status).to.equal(0);
    expect(engine.argumentsOf('planRestore')).to.have.length(1);
  });
});

describe('restore onto a replacement', () => {
  it('goes on when another instance is allowed, asking for the instance that is overwritten', async () => {
    const io = fakeIo({ terminal: true, typed: ['4194303'] });
    const engine = fakeEngine({
      planRestore: (device) =>
        Promise.resolve(restorePlan(device.instance, { replacement: true, becomes: 1201 })),
    });
    const args = ['restore', '1a2b', '4194303@10.1.4.77', '--allow', 'instance', '--reason', 'board failed'];
    const result = await ran(args, io, engine);
    expect(result.status, result.err).to.equal(0);
    const [call] = engine.argumentsOf('restore') as [unknown, unknown, unknown, Record<string, unknown>][];
    expect(call?.[3]).to.deep.include({ expect: { instance: 4194303 }, allow: ['instance'] });
  });

  it('takes the latest image of the device that is replaced', async () => {
    const engine = fakeEngine();
    const args = ['restore', 'latest', '9999@10.1.4.77', '--device', '1201', '--plan'];
    expect((await ran(args, fakeIo(), engine)).status).to.equal(0);
    expect(engine.argumentsOf('image')).to.deep.equal([['latest', { instance: 1201 }]]);
  });

  it('names the site of the device, and finds an image by its id in any', async () => {
    const engine = fakeEngine();
    await ran(['restore', '1a2b', '1201', '--plan', '--site', 'South'], fakeIo(), engine);
    expect(engine.argumentsOf('image')).to.deep.equal([['1a2b', {}]]);
    const [call] = engine.argumentsOf('planRestore') as [
      unknown,
      unknown,
      unknown,
      Record<string, unknown>,
    ][];
    expect(call?.[3]).to.include({ site: 'South' });
  });
});

function jsonLines(out: string): Record<string, unknown>[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
