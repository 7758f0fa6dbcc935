// Who is told how a run went. What is defended: everybody whom it concerns once, a failure of one way is reported and
// stops no other, and no report holds a secret.

import { expect } from 'chai';
import { channelName, type FleetSummary, notify, parseSite, subjectOf } from '../../../../src/fleet/index.js';

const SITE = parseSite(`
site: North
rules: { nightly: { what: all }, weekly: { what: all } }
notify:
  - { command: [told, -x], time-limit: 5s }
  - { webhook: { url: "https://example.org/hooks/12ab", bearer: { env: TOKEN } }, when: problems }
  - { mail: { to: [a@example.org], from: b@example.org, server: "smtp://mail.example.org", user: u, password: { env: MAIL } }, rules: [weekly] }
  - { mqtt: { broker: "mqtt://broker.example.org", topic: a/b } }
`);

export function summary(changes: Partial<FleetSummary> = {}): FleetSummary {
  return {
    kind: 'fleet-summary',
    site: 'North',
    rule: 'nightly',
    outcome: 'done',
    exitCode: 0,
    startedAt: '2026-01-10T22:00:00.000Z',
    endedAt: '2026-01-10T23:00:00.000Z',
    durationMs: 3_600_000,
    since: '2026-01-10T22:00:00.000Z',
    counts: {
      devices: 3,
      protected: 2,
      backedUp: 2,
      unchanged: 0,
      present: 0,
      failed: 1,
      interrupted: 0,
      notBegun: 0,
      changed: 0,
      first: 0,
    },
    octets: 100,
    devices: [],
    warnings: [],
    ...changes,
  };
}

async function told(
  of: FleetSummary,
  failing = '',
): Promise<{ readonly sent: string[]; readonly reports: string[] }> {
  const sent: string[] = [];
  const take =
    (kind: string) =>
    (message: object): Promise<void> => {
      if (kind === failing) return Promise.reject(new Error('refused: secret of TOKEN'));
      sent.push(`${kind} ${JSON.stringify(message)}`);
      return Promise.resolve();
    };
  const reports = await notify(SITE, of, 'The text.', {
    messengers: { post: take('post'), mail: take('mail'), publish: take('publish') },
    secret: (ref) => Promise.resolve(ref.kind === 'env' ? `secret of ${ref.name}` : ''),
    command: (command, options) => take('command')({ command, ...options }),
  });
  return {
    sent,
    reports: reports.map(
      ({ channel, sent: isSent, problem }) => `${channel}: ${isSent ? 'sent' : (problem ?? '')}`,
    ),
  };
}

describe('notifications', () => {
  it('go to those whom the run concerns, with the whole summary', async () => {
    const { sent, reports } = await told(summary());
    expect(reports).to.deep.equal(['command told: sent', 'MQTT topic a/b at broker.example.org: sent']);
    const json = JSON.stringify(summary());
    expect(sent).to.deep.equal([
      `command ${JSON.stringify({ command: ['told', '-x'], timeLimitMs: 5000, input: `${json}\n` })}`,
      `publish ${JSON.stringify({ broker: 'mqtt://broker.example.org', topic: 'a/b', json, retain: false, timeLimitMs: 30_000 })}`,
    ]);
  });

  it('go to those who want to hear of problems, and to those of the rule', async () => {
    const { sent, reports } = await told(summary({ outcome: 'partial', rule: 'weekly' }));
    expect(reports).to.deep.equal([
      'command told: sent',
      'webhook at example.org: sent',
      'mail to a@example.org: sent',
      'MQTT topic a/b at broker.example.org: sent',
    ]);
    const by = (kind: string): string | undefined => sent.find((one) => one.startsWith(kind));
    expect(by('post')).to.contain('"bearer":"secret of TOKEN"');
    expect(by('mail'))
      .to.contain('"login":{"user":"u","password":"secret of MAIL"}')
      .and.to.contain('"text":"The text."');
  });

  it('that fail are reported, stop no other, and never tell a secret', async () => {
    const { reports } = await told(summary({ outcome: 'partial' }), 'post');
    expect(reports).to.deep.equal([
      'command told: sent',
      'webhook at example.org: refused: (not shown)',
      'MQTT topic a/b at broker.example.org: sent',
    ]);
  });

  it('say in the subject what matters', () => {
    expect(subjectOf(summary())).to.equal('bacvault: North, nightly: 2 of 3 devices protected');
    expect(subjectOf(summary({ outcome: 'window-ended' }))).to.equal(
      'bacvault: North, nightly: WINDOW ENDED, 2 of 3 devices protected',
    );
  });

  it('name no path of a webhook, which may be its secret', () => {
    expect(channelName({ kind: 'webhook', url: 'https://example.org/hooks/12ab' })).to.equal(
      'webhook at example.org',
    );
  });
});
