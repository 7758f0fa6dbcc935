// bacvault run.

import { expect } from 'chai';

import type { FleetEvent } from '../../../../src/index.js';
import { fakeEngine, fakeIo, ran } from '../fakes.js';
import { fleetSummary } from '../fleet-summaries.js';

const SITE = `site: Hospital North
discovery:
  ranges: [1-99]
rules:
  nightly:
    what: { instances: [1-99] }
`;

const events: readonly FleetEvent[] = [
  { kind: 'fleet-begin', site: 'Hospital North', rule: 'nightly', startedAt: '', since: '' },
  { kind: 'fleet-warning', message: 'odd' },
  fleetSummary(),
];

const io = (more: Record<string, string> = {}) => fakeIo({ files: { './site.yaml': SITE, ...more } });

describe('run', () => {
  it('runs the rule, prints the summary once, and ends with its status', async () => {
    const engine = fakeEngine({ fleetEvents: events });
    const result = await ran(['run'], io(), engine);
    expect(result.status, result.err).to.equal(3);
    expect(result.out).to.match(/^Rule nightly of Hospital North: some devices are NOT PROTECTED\./);
    expect(result.err).to.include('warning: odd');
    expect(engine.calls.map(([name]) => name)).to.include.members(['runFleet', 'openClient', 'close client']);
    const [, , options] = engine.argumentsOf('runFleet')[0] as [unknown, unknown, Record<string, unknown>];
    expect(options).to.include({ rule: 'nightly' }).and.not.have.property('sinceMs');
    const [client] = engine.argumentsOf('openClient') as [Record<string, unknown>];
    expect(client['pace']).to.have.property('routed');
  });

  it('ends with 0 when everything is protected', async () => {
    const engine = fakeEngine({ fleetEvents: [fleetSummary({ outcome: 'done', exitCode: 0 })] });
    expect((await ran(['run', 'nightly'], io(), engine)).status).to.equal(0);
  });

  it('prints every event and the summary with --json, one object a line', async () => {
    const result = await ran(['run', '--json'], io(), fakeEngine({ fleetEvents: events }));
    expect(result.lines().map((line) => (line as { kind: string }).kind)).to.deep.equal([
      'fleet-begin',
      'fleet-warning',
      'fleet-summary',
    ]);
  });

  it('writes the summary as a page, and looks before it begins that nothing is there', async () => {
    const computer = io();
    await ran(['run', '--html', 'out/report.html'], computer, fakeEngine({ fleetEvents: events }));
    const [[path, page] = []] = [...computer.written];
    expect(path).to.include('report.html');
    expect(new TextDecoder().decode(page)).to.include('<!doctype html>');
  });

  it('backs everything up again with --all, and knows no window with --ignore-window', async () => {
    const engine = fakeEngine({ fleetEvents: events });
    await ran(['run', '--all', '--ignore-window'], io(), engine);
    const [, , options] = engine.argumentsOf('runFleet')[0] as [unknown, unknown, Record<string, unknown>];
    expect(options).to.include({ sinceMs: 1_767_225_600_000, ignoreWindow: true });
  });

  it('begins nothing without a right site file or rule', async () => {
    const engine = fakeEngine();
    expect(await ran(['run'], fakeIo(), engine)).to.include({ status: 2 });
    expect((await ran(['run', 'weekly'], io(), engine)).err).to.include('nightly');
    expect((await ran(['run'], io({ './site.yaml': 'site: 7' }), engine)).status).to.not.equal(0);
    expect(engine.calls).to.deep.equal([]);
  });
});
