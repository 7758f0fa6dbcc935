// How run and serve tell people (telling). What is defended: as the site file says; who was not told is named, and no
// secret is.

import { expect } from 'chai';
import { fakeEngine, fakeIo, ran } from './fakes.js';
import { fleetSummary } from './fleet-summaries.js';

const SITE = `site: Hospital North
time-zone: UTC
rules:
  nightly: { what: all, cron: 0 22 * * * }
notify:
  - { webhook: { url: "https://example.org/hook", bearer: { env: TOKEN } } }
  - { command: [told, -x] }
`;

const io = (env: Record<string, string> = { TOKEN: 't0ken' }) =>
  fakeIo({ files: { './site.yaml': SITE }, env });

describe('telling people', () => {
  it('tells people as the site file says; who was not told is named, and nothing else changes', async () => {
    const engine = fakeEngine({ serveEvents: [fleetSummary()] });
    const told = await ran(['serve'], io(), engine);
    expect(engine.argumentsOf('post')).to.have.length(1);
    expect(engine.argumentsOf('post')[0]).to.include({ url: 'https://example.org/hook', bearer: 't0ken' });
    expect(told.err).to.include('Told: webhook at example.org.');
    const silent = await ran(['serve'], io({}), fakeEngine({ serveEvents: [fleetSummary()] }));
    expect(silent.status).to.equal(0);
    expect(silent.err).to.include(
      'warning: webhook at example.org was not told: the environment variable TOKEN holds no password',
    );
  });

  it('tells the same after bacvault run', async () => {
    const engine = fakeEngine({ fleetEvents: [fleetSummary()] });
    const result = await ran(['run'], io(), engine);
    expect(result.status).to.equal(3);
    expect(engine.argumentsOf('post')).to.have.length(1);
    expect(result.err).to.not.include('t0ken');
  });
});
