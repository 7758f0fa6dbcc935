// bacvault restore: nothing is written without consent for this very device.

import { expect } from 'chai';
import type { Capabilities } from '../../../../src/index.js';
import {
  capabilities,
  fakeEngine,
  type FakeEngineOptions,
  fakeIo,
  type FakeIo,
  ran,
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
  it('shows image and device side by side, files and warning, then asks for the device instance', async () => {
    const io = fakeIo({ terminal: true, typed: ['1201'] });
    const live = capabilities(1201);
    const probe = (): Promise<Capabilities> =>
      Promise.resolve({ ...live, identity: { ...live.identity, firmwareRevision: '2.6' } });
    const result = await restore(io, [], { probe });
    expect(result.status).to.equal(0);
    expect(written(result.calls)).to.equal(true);
    expect(result.err).to.contain(
      'RESTORE of device 1201 from image 1a2b3c4d, made 2026-11-23 19:03:22 UTC, site default',
    );
    expect(result.err).to.match(/ {2}Firmware_Revision +2\.4 +2\.6 +<- DIFFERENT\n/);
    expect(result.err).to.match(/ {2}Model_Name +AC-9 +AC-9\n/);
    expect(result.err).to.match(/ {2}Database_Revision +7 +9\n/);
    expect(result.err).to.match(/ {2}System_Status +- +operational\n/);
    expect(result.err).to.not.contain('Serial_Number');
    expect(result.err).to.contain('Files to write: 2 files, 8 octets\n');
    expect(result.err).to.match(/ {2}file,12 +config\.bin +stream +5\n/);
    expect(result.err).to.contain(
      'The device may restart, and it may stop controlling its plant until it is back.',
    );
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

  it('prints what was written, read back and seen afterwards', async () => {
    const result = await restore(fakeIo(), ['--yes-device', '1201'], {
      restore: () =>
        Promise.resolve(
          restoreReport(1201, { octetsRewritten: 3, deviations: ['File_Size := 0 was refused'] }),
        ),
    });
    expect(result.out.split('\n')).to.deep.equal([
      'Device 1201 restored from image 1a2b3c4d: 8 octets, 3 octets of them written again, 1 min 01 s',
      '  read back before the end: equal to the image',
      '  address now: 10.1.4.77:47808',
      '  Backup_And_Restore_State: idle',
      '  System_Status: operational',
      '  Database_Revision: 9 before, 10 now',
      '  deviation: File_Size := 0 was refused',
      '',
    ]);
  });

  it('never hides what could not be proven, and does not end as if it were done', async () => {
    const result = await restore(fakeIo(), ['--yes-device', '1201'], {
      restore: () =>
        Promise.resolve(
          restoreReport(1201, { readBack: 'not-possible', unproven: ['the files could not be read back'] }),
        ),
    });
    expect(result.out).to.contain('read back before the end: NOT POSSIBLE on this device');
    expect(result.out).to.contain('NOT PROVEN: the files could not be read back');
    expect(result.out).to.contain('"bacvault verify"');
    expect(result.status).to.equal(17);
  });

  it('ends with 0 when the content is proven and only a timestamp is not', async () => {
    const unproven = ['Last_Restore_Time is not readable'];
    const result = await restore(fakeIo(), ['--yes-device', '1201'], {
      restore: () => Promise.resolve(restoreReport(1201, { unproven })),
    });
    expect(result.out).to.contain('NOT PROVEN: Last_Restore_Time is not readable');
    expect(result.status).to.equal(0);
  });

  it('ends with 18 when the device was not seen to leave the restore', async () => {
    const result = await restore(fakeIo(), ['--yes-device', '1201'], {
      restore: () => Promise.resolve(restoreReport(1201, { release: 'unproven' })),
    });
    expect(result.status).to.equal(18);
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
