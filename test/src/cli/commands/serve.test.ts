// bacvault serve.

import { expect } from 'chai';
import type { FleetEvent, ServeEvent } from '../../../../src/index.js';
import { fakeEngine, fakeIo, ran } from '../fakes.js';
import { fleetSummary } from '../fleet-summaries.js';

const SITE = `site: Hospital North
time-zone: UTC
rules:
  nightly: { what: all, cron: 0 22 * * * }
notify:
  - { webhook: { url: "https://example.org/hook", bearer: { env: TOKEN } } }
  - { command: [told, -x] }
`;

const events: readonly (ServeEvent | FleetEvent)[] = [
  { kind: 'serve-begin', site: 'Hospital North', rules: ['nightly'] },
  { kind: 'serve-waiting', rule: 'nightly', until: '2026-01-10T22:00:00.000Z' },
  { kind: 'rule-begin', rule: 'nightly', due: '2026-01-10T22:00:00.000Z', begun: 2 },
  fleetSummary(),
  { kind: 'rule-end', rule: 'nightly', due: '2026-01-10T22:00:00.000Z', outcome: 'partial' },
  { kind: 'serve-trouble', message: 'the disk is full' },
  { kind: 'serve-end' },
];

const io = (env: Record<string, string> = { TOKEN: 't0ken' }) =>
  fakeIo({ files: { './site.yaml': SITE }, env });

describe('serve', () => {
  it('says what it waits for and how it went, and ends with 0 when it was stopped', async () => {
    const result = await ran(['serve'], io(), fakeEngine({ serveEvents: events }));
    expect(result.status, result.err).to.equal(0);
    expect(result.err).to.include('Serving Hospital North: nightly.');
    expect(result.err).to.include('Next: nightly at 2026-01-10 22:00:00 UTC.');
    expect(result.err).to.include('Rule nightly of 2026-01-10 22:00:00 UTC: try 2.');
    expect(result.err).to.include('warning: the disk is full');
    expect(result.out).to.match(/^Rule nightly of Hospital North: some devices are NOT PROTECTED\./);
  });

  it('prints every event with --json, one object a line', async () => {
    const result = await ran(['serve', '--json'], io(), fakeEngine({ serveEvents: events }));
    const kinds = result.lines().map((line) => (line as { kind: string }).kind);
    expect(kinds).to.include.members([...events.map(({ kind }) => kind), 'notification']);
    expect(result.out).to.not.include('t0ken');
  });

  it('opens the monitor when it is asked to', async () => {
    const engine = fakeEngine({ serveEvents: events });
    const result = await ran(['serve', '--monitor-port', '9477'], io(), engine);
    expect(result.err).to.include('http://127.0.0.1:9477/health');
    expect((await ran(['serve'], io(), fakeEngine({ serveEvents: events }))).err).to.not.include('/health');
  });

  it('refuses a site file in which nothing is ever due', async () => {
    const result = await ran(
      ['serve'],
      fakeIo({ files: { './site.yaml': 'site: a\nrules: { n: { what: all } }\n' } }),
      fakeEngine(),
    );
    expect(result.status).to.equal(2);
    expect(result.err).to.include('No rule of the site file has a cron line');
  });
});
