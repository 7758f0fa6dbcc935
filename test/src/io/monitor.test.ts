// Health and metrics over HTTP. What is defended: they are told on the loopback alone, as they are at the moment, in the
// text format of Prometheus, and 503 says that something is wrong.

import { createServer } from 'node:net';
import { expect } from 'chai';
import { openMonitor } from '../../../src/io/monitor.js';
import type { Measure, Monitor } from '../../../src/ports.js';
import { isEngineError } from '../../../src/errors.js';

describe('the monitor', () => {
  let monitor: Monitor;
  let isWell = true;
  const measures: Measure[] = [];
  const get = async (path: string): Promise<{ readonly status: number; readonly text: string }> => {
    const answer = await fetch(`http://127.0.0.1:${monitor.port}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  before(async () => {
    monitor = await openMonitor(0, {
      health: () => ({ isWell, site: 'North' }),
      measures: () => Promise.resolve(measures),
    });
  });
  after(() => monitor.close());

  it('tells health, and 503 while something is wrong', async () => {
    expect(await get('/health')).to.deep.equal({
      status: 200,
      text: '{"kind":"health","isWell":true,"site":"North"}\n',
    });
    isWell = false;
    expect((await get('/health?x')).status).to.equal(503);
  });

  it('tells what is measured now, with labels', async () => {
    const age = { name: 'bacvault_age_seconds', help: 'Age.', kind: 'gauge' } as const;
    measures.push(
      { ...age, labels: { device: '1' }, value: 5 },
      { ...age, labels: { device: '2' }, value: 7 },
    );
    measures.push({ name: 'bacvault_runs_total', help: 'Runs.', kind: 'counter', value: 3 });
    const { text } = await get('/metrics');
    expect(text).to.contain(
      '# TYPE bacvault_age_seconds gauge\nbacvault_age_seconds{device="1"} 5\nbacvault_age_seconds{device="2"} 7\n',
    );
    expect(text).to.contain('# TYPE bacvault_runs_total counter\nbacvault_runs_total 3\n');
    measures.length = 0;
    expect((await get('/metrics')).text.trim()).to.equal('');
  });

  it('has nothing else, and takes nothing', async () => {
    expect((await get('/')).status).to.equal(404);
    const post = await fetch(`http://127.0.0.1:${monitor.port}/health`, { method: 'POST', body: 'x' });
    expect(post.status).to.equal(405);
  });

  it('says when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const error: unknown = await openMonitor(port, {
      health: () => ({ isWell: true }),
      measures: () => Promise.resolve([]),
    }).catch((thrown: unknown) => thrown);
    expect(isEngineError(error, 'port-in-use')).to.equal(true);
    await new Promise((resolve) => other.close(resolve));
  });
});
