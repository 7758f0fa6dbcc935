// Whether a process still runs: what an entry of the journal is judged by. In doubt it runs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { systemProcesses } from '../../../src/io/processes.js';

describe('the processes of the system', () => {
  const processes = systemProcesses();

  it('knows this one as running, and another computer as not to be seen', async () => {
    const own = await processes.own();
    expect(own.processId).to.equal(process.pid);
    expect(await processes.own()).to.deep.equal(own);
    expect(await processes.stateOf(own)).to.equal('running');
    expect(await processes.stateOf({ ...own, host: `not-${own.host}` })).to.equal('elsewhere');
  });

  it('knows a killed one as gone', async () => {
    const { host } = await processes.own();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const identity = { processId: child.pid ?? 0, host };
    expect(await processes.stateOf(identity)).to.equal('running');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await processes.stateOf(identity)).to.equal('gone');
  });

  it('is not taken in by a process id that is used again, where the platform tells processes apart', async () => {
    const own = await processes.own();
    if (own.processMark === undefined) return;
    expect(await processes.stateOf({ ...own, processMark: 'an earlier start 1' })).to.equal('gone');
    const { processId, host } = own;
    expect(await processes.stateOf({ processId, host })).to.equal('running');
  });
});
