// Several devices in one command: what a failure of one means for the others and for the exit status.

import { expect } from 'chai';
import { EngineError, type ErrorCode } from '../../../src/index.js';
import { backupReport, fakeEngine, fakeIo, type Ran, ran } from './fakes.js';

/** Backs up three devices of which some fail. */
async function three(
  failures: Record<number, ErrorCode>,
  ...args: string[]
): Promise<Ran & { tried: number }> {
  const engine = fakeEngine({
    backup: ({ instance }) => {
      const code = failures[instance];
      return code === undefined
        ? Promise.resolve(backupReport(instance))
        : Promise.reject(
            new EngineError(code, `Device ${instance} failed.`, { details: { device: instance } }),
          );
    },
  });
  const result = await ran(['backup', '1', '2', '3', ...args], fakeIo(), engine);
  return { ...result, tried: engine.argumentsOf('backup').length };
}

describe('each', () => {
  it('goes on after a failure and ends with 3 when some succeeded', async () => {
    const result = await three({ 2: 'device-password' });
    expect(result).to.include({ status: 3, tried: 3 });
    expect(result.out).to.contain('Device 1 ').and.to.contain('Device 3 ').and.to.not.contain('Device 2');
    expect(result.err).to.contain('bacvault: Device 2 failed.');
    expect(result.err).to.contain('bacvault: 2 of 3 devices backed up; failed: 2.');
  });

  it('gives programs each report, each error, and `partial` as the last line', async () => {
    const lines = (await three({ 2: 'device-busy' }, '--json')).lines();
    expect(lines.map((line) => line['code'] ?? line['kind'])).to.deep.equal([
      'backup-report',
      'device-busy',
      'backup-report',
      'partial',
    ]);
    expect(lines.at(-1)).to.have.deep.property('details', { succeeded: [1, 3], failed: [2] });
  });

  it('ends with the first failure when none succeeded', async () => {
    const result = await three({ 1: 'device-silent', 2: 'device-password', 3: 'device-silent' });
    expect(result).to.include({ status: 14, tried: 3 });
    expect(result.err).to.contain('0 of 3 devices backed up; failed: 1, 2, 3.');
  });

  it('stops when the next device would meet the same, and says which were not tried', async () => {
    const result = await three({ 2: 'store-no-space' });
    expect(result).to.include({ status: 21, tried: 2 });
    expect(result.err).to.contain('1 of 3 devices backed up; failed: 2; not tried: 3.');
  });

  it('refuses a device that is named twice, and a target that does not parse, before anything is sent', async () => {
    for (const targets of [
      ['7', '7@10.0.0.9'],
      ['7', 'AHU-3'],
    ]) {
      const engine = fakeEngine();
      const result = await ran(['backup', ...targets], fakeIo(), engine);
      expect(result.status).to.equal(2);
      expect(engine.argumentsOf('openClient')).to.have.length(0);
    }
  });
});
