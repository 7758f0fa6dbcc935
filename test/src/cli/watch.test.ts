// What whoever watches a serving bacvault is told. What is defended: a run that could not be done is not well until one
// went well, and the numbers are those of the moment.

import { expect } from 'chai';
import { Watch } from '../../../src/cli/watch.js';
import type { DeviceStatus } from '../../../src/index.js';
import { fleetSummary } from './fleet-summaries.js';

describe('the watch of serve', () => {
  let now = 0;
  let asked = 0;
  const status = (device: number, more: Partial<DeviceStatus>): DeviceStatus =>
    ({ kind: 'device-status', device, state: 'protected', reason: '', ...more }) as DeviceStatus;
  const devices = (): Promise<readonly DeviceStatus[]> => {
    asked += 1;
    return Promise.resolve([
      status(1, { imageAt: '1970-01-01T00:01:40.000Z' }),
      status(2, { state: 'never' }),
    ]);
  };
  const DUE = '2026-01-10T22:00:00.000Z';

  it('tells rules, runs and devices', async () => {
    const watch = new Watch('North', devices, () => now);
    watch.see({ kind: 'serve-waiting', rule: 'nightly', until: '1970-01-01T00:00:50.000Z' });
    watch.see({ kind: 'rule-begin', rule: 'nightly', due: DUE, begun: 1 });
    const during = await watch.measures();
    expect(during.find(({ name }) => name === 'bacvault_running')?.value).to.equal(1);
    watch.see(fleetSummary({ endedAt: '1970-01-01T00:00:09.000Z' }));
    watch.see({ kind: 'rule-end', rule: 'nightly', due: DUE, outcome: 'partial' });
    const told = (await watch.measures()).map(
      ({ name, labels, value }) => `${name} ${Object.values(labels ?? {}).join(' ')} ${value}`,
    );
    expect(told).to.deep.equal([
      'bacvault_running  0',
      'bacvault_trouble  0',
      'bacvault_rule_last_end_timestamp_seconds nightly 9',
      'bacvault_rule_next_run_timestamp_seconds nightly 50',
      'bacvault_runs_total nightly partial 1',
      'bacvault_devices protected 1',
      'bacvault_devices never 1',
      'bacvault_image_timestamp_seconds 1 100',
    ]);
  });

  it('asks for the devices again after a while, not at each look', async () => {
    const watch = new Watch('North', devices, () => now);
    asked = 0;
    await watch.measures();
    await watch.measures();
    expect(asked).to.equal(1);
    now += 600_000;
    await watch.measures();
    expect(asked).to.equal(2);
  });

  it('is not well from trouble on until a run went well', () => {
    const watch = new Watch('North', devices, () => now);
    expect(watch.health().isWell).to.equal(true);
    watch.see({ kind: 'serve-trouble', message: 'the disk is full' });
    expect(watch.health()).to.include({ isWell: false, trouble: 'the disk is full' });
    watch.see({ kind: 'rule-end', rule: 'nightly', due: DUE, outcome: 'broken' });
    expect(watch.health().isWell).to.equal(false);
    watch.see({ kind: 'rule-end', rule: 'nightly', due: DUE, outcome: 'partial' });
    expect(watch.health().isWell).to.equal(true);
  });
});
