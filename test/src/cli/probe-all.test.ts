// bacvault probe --all.

import { expect } from 'chai';

import { EngineError, type ProbedDevice } from '../../../src/index.js';
import { capabilities, fakeEngine, fakeIo, ran } from './fakes.js';

const probedDevices: readonly ProbedDevice[] = [
  { kind: 'probed', device: 1201, capabilities: capabilities(1201) },
  {
    kind: 'probe-failed',
    device: 7,
    places: ['10.0.0.7:47808', '10.0.0.8:47808'],
    code: 'device-duplicate',
    message: 'Device instance 7 answers from 10.0.0.7:47808 and from 10.0.0.8:47808.',
  },
  {
    kind: 'probed',
    device: 9,
    capabilities: capabilities(9, { backupAndRestore: 'no', reasons: ['no\u001bfiles'] }),
  },
];

describe('probe --all', () => {
  it('tells every device as a table by instance, and ends with 3 when some could not be probed', async () => {
    const engine = fakeEngine({ probedDevices });
    const result = await ran(['probe', '--all'], fakeIo(), engine);
    expect(result.status, result.err).to.equal(3);
    const rows = result.out.trim().split('\n');
    expect(rows.slice(1).map((row) => row.trim().split(/ +/)[0])).to.deep.equal(['7', '9', '1201']);
    expect(rows[1]).to.include('10.0.0.7:47808 10.0.0.8:47808').and.include('answers from');
    expect(rows[2]).to.match(/NO +no\\x1bfiles/);
    expect(rows[3]).to.match(/AHU-3 +Acme Controls +AC-9 +2\.4 +2001:17@10\.1\.0\.1:47808 +480 +yes/);
    expect(result.err).to.include('1 can be backed up, 1 could not be probed');
    expect(engine.calls.map(([name]) => name)).to.not.include.members(['backup', 'probe']);
  });

  it('gives the same objects as the probe of one device with --json', async () => {
    const result = await ran(['probe', '--all', '--json'], fakeIo(), fakeEngine({ probedDevices }));
    const kinds = result.lines().map((line) => (line as { kind: string }).kind);
    expect(kinds).to.deep.equal(['capabilities', 'probe-failed', 'capabilities', 'error']);
  });

  it('needs no repository, unless one was named', async () => {
    const none = {
      probedDevices: probedDevices.slice(0, 1),
      openRepository: () => Promise.reject(new EngineError('repository-not-found', 'There is none.')),
    };
    const engine = fakeEngine(none);
    expect((await ran(['probe', '--all'], fakeIo(), engine)).status).to.equal(0);
    const [site, repository] = engine.argumentsOf('probeFleet')[0] as [{ name: string }, unknown];
    expect([site.name, repository]).to.deep.equal(['default', undefined]);
    expect((await ran(['probe', '--all', '--repo', 'x'], fakeIo(), fakeEngine(none))).status).to.equal(10);
  });

  it('is of the site file where there is one', async () => {
    const engine = fakeEngine({ probedDevices });
    await ran(['probe', '--all'], fakeIo({ files: { './site.yaml': 'site: North\n' } }), engine);
    expect((engine.argumentsOf('probeFleet')[0] as [{ name: string }])[0].name).to.equal('North');
  });

  it('takes targets or --all, not both and not neither', async () => {
    expect((await ran(['probe', '--all', '7'], fakeIo(), fakeEngine())).status).to.equal(2);
    expect((await ran(['probe'], fakeIo(), fakeEngine())).status).to.equal(2);
  });

  it('ends with 14 when nobody answers', async () => {
    expect((await ran(['probe', '--all'], fakeIo(), fakeEngine())).status).to.equal(14);
  });
});
