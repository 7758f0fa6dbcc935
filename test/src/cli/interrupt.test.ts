// Ctrl-C: the first ends the procedure on the device, none skips the release.

import { expect } from 'chai';
import type { Engine } from '../../../src/cli/engine.js';
import { EngineError, ERRORS } from '../../../src/index.js';
import { backupReport, fakeDevice, fakeEngine, fakeIo, ran } from './fakes.js';

type Backup = Engine['backup'];

/** A backup that goes on until it is aborted, then needs a while to release the device. */
function slowBackup(during: () => void, ending: (reason: unknown) => Promise<never>): Backup {
  return (_device, _repository, options) =>
    new Promise((_resolve, reject) => {
      options?.signal?.addEventListener('abort', () => {
        ending(options.signal?.reason).catch(reject);
      });
      during();
    });
}

const cancelled = (): EngineError =>
  new EngineError('cancelled', 'The backup of device 1201 was stopped.', {
    details: { device: 1201, release: 'released' },
  });

describe('interrupt', () => {
  it('aborts the procedure, says that it waits, says what was left behind, and exits 130', async () => {
    const io = fakeIo();
    let reason: unknown;
    const backup = slowBackup(
      () => io.interrupt(),
      async (given) => {
        reason = given;
        await Promise.resolve();
        expect(io.stderr.text).to.contain('Ending the procedure on device 1201, please wait...\n');
        throw cancelled();
      },
    );
    const result = await ran(['backup', '1201', '1202', '--json'], io, fakeEngine({ backup }));
    expect(result.status).to.equal(130);
    expect(reason).to.be.instanceOf(EngineError).and.to.include({ code: 'cancelled' });
    expect(result.err).to.contain('Left behind:  the device has left the procedure');
    expect(result.err).to.contain('0 of 2 devices backed up; failed: 1201; not tried: 1202.');
    expect(result.lines().at(-1)).to.deep.include({ kind: 'error', code: 'cancelled' });
    expect(io.listeners()).to.equal(0);
  });

  it('says at the second one that it still waits, and still waits', async () => {
    const io = fakeIo();
    let released = false;
    const backup = slowBackup(
      () => io.interrupt(),
      async () => {
        io.interrupt();
        io.interrupt('SIGTERM');
        await Promise.resolve();
        released = true;
        throw cancelled();
      },
    );
    const result = await ran(['backup', '1201', '--quiet'], io, fakeEngine({ backup }));
    expect(released).to.equal(true);
    expect(result.status).to.equal(130);
    expect(result.err.match(/Still waiting for device 1201 to leave the procedure\./g)).to.have.length(2);
  });

  it('ends with 18 when the device could not be released', async () => {
    const io = fakeIo();
    const backup = slowBackup(
      () => io.interrupt(),
      () =>
        Promise.reject(
          new EngineError('release-failed', 'x', { details: { device: 1201, release: 'unproven' } }),
        ),
    );
    const result = await ran(['backup', '1201'], io, fakeEngine({ backup }));
    expect(result.status).to.equal(ERRORS['release-failed'].exitCode);
    expect(result.err).to.contain('may STILL be in the procedure');
  });

  it('reports a device that was done in the very moment of the interrupt, and starts no other', async () => {
    const io = fakeIo();
    const engine = fakeEngine({
      backup: (device) => {
        io.interrupt();
        return Promise.resolve(backupReport(device.instance));
      },
    });
    const result = await ran(['backup', '1201', '1202'], io, engine);
    expect(result.out).to.contain('Device 1201');
    expect(engine.argumentsOf('backup')).to.have.length(1);
    expect(result.err).to.contain('1 of 2 devices backed up; not tried: 1202.');
    expect(result.status).to.equal(130);
  });

  it('aborts the search for a device as well', async () => {
    const io = fakeIo();
    const engine = fakeEngine({
      device: () => {
        io.interrupt('SIGHUP');
        return Promise.resolve(fakeDevice(1201));
      },
    });
    const result = await ran(['backup', '1201'], io, engine);
    expect(result.status).to.equal(130);
    expect(result.err).to.contain('Stopping.\n').and.to.contain('Stopped on request (SIGHUP).');
    expect(engine.argumentsOf('backup')).to.have.length(0);
  });

  it('releases the device even when a defect threw where nobody catches, and ends with 70', async () => {
    const io = fakeIo();
    const backup = slowBackup(
      () => io.crash(new RangeError('out of nowhere')),
      () => Promise.reject(cancelled()),
    );
    const result = await ran(['backup', '1201'], io, fakeEngine({ backup }));
    expect(result.status).to.equal(70);
    expect(result.err).to.contain('Ending the procedure on device 1201').and.to.contain('out of nowhere');
  });
});
