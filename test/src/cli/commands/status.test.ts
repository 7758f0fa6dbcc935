// bacvault status.

import { expect } from 'chai';

import type { DeviceStatus } from '../../../../src/index.js';
import { fakeEngine, fakeIo, ran } from '../fakes.js';

const status = (device: number, more: Partial<DeviceStatus> = {}): DeviceStatus => ({
  kind: 'device-status',
  site: 'default',
  device,
  state: 'protected',
  reason: 'its image is young enough',
  ageMs: 3_600_000,
  rules: [],
  ...more,
});

const statuses = [
  status(7, {
    name: 'AHU\u001b[31m',
    imageAt: '2026-01-01T22:00:00.000Z',
    verified: true,
    address: '10.0.0.7:47808',
  }),
  status(8, { state: 'unreachable', reason: 'it has no image: Device 8 was not found' }),
];

describe('status', () => {
  it('lists every device with state, age and reason, and ends with 0', async () => {
    const engine = fakeEngine({ statuses });
    const result = await ran(['status'], fakeIo(), engine);
    expect(result.status, result.err).to.equal(0);
    expect(result.out).to.match(/ 7 +AHU\\x1b\[31m +protected +1 h/);
    expect(result.out).to.match(/ 8 +unreachable .*was not found/);
    expect(result.err).to.include('2 devices of default: 1 protected, 1 unreachable.');
    expect(engine.calls.map(([name]) => name)).to.not.include('openClient');
  });

  it('lists only what is not protected with --not, and ends with 3 when there is any', async () => {
    const result = await ran(['status', '--not', 'protected'], fakeIo(), fakeEngine({ statuses }));
    expect(result.status).to.equal(3);
    expect(result.out).to.not.match(/AHU/);
    expect(result.out).to.match(/ 8 +unreachable/);
    const fine = await ran(
      ['status', '--not', 'protected'],
      fakeIo(),
      fakeEngine({ statuses: statuses.slice(0, 1) }),
    );
    expect(fine).to.include({ status: 0, out: '' });
  });

  it('gives one object a device with --json', async () => {
    const result = await ran(['status', '--json'], fakeIo(), fakeEngine({ statuses }));
    expect(result.lines()).to.deep.equal(JSON.parse(JSON.stringify(statuses)));
  });

  it('is of the site file where there is one, of the site that is named, or of the repository', async () => {
    const of = async (args: readonly string[], files: Record<string, string> = {}): Promise<unknown> => {
      const engine = fakeEngine();
      await ran(['status', ...args], fakeIo({ files }), engine);
      return (engine.argumentsOf('protection')[0] as [{ name: string }])[0].name;
    };
    const file = 'site: North\nrules: {}\n';
    expect(await of([], { './site.yaml': file })).to.equal('North');
    expect(await of(['--site', 'South'], { './site.yaml': file })).to.equal('South');
    expect(await of([])).to.equal('default');
  });

  it('refuses a state that is none, and a site file that is not there', async () => {
    expect((await ran(['status', '--not', 'green'], fakeIo(), fakeEngine())).status).to.equal(2);
    expect((await ran(['status', '--site-file', 'gone.yaml'], fakeIo(), fakeEngine())).status).to.equal(2);
  });
});
