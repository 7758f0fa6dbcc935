// Tells people once how a run went, by every way that the site file names. Never changes the run's result: what could
// not be told is reported beside it. A secret is read when it is needed, and is in no report.

import type { Messengers } from '../../ports.js';
import type { FleetSummary } from '../run/types.js';
import type { Channel, Notification, SecretRef, Site } from '../site/types.js';

export interface NotifyPorts {
  readonly messengers: Messengers;
  readonly secret: (ref: SecretRef) => Promise<string>;
  /** Runs a program with this text on stdin; rejects when it fails or takes too long. */
  readonly command: (
    command: readonly [string, ...string[]],
    options: { readonly timeLimitMs: number; readonly input: string },
  ) => Promise<unknown>;
}

/** What became of one notification. */
export interface NotificationReport {
  readonly kind: 'notification';
  /** "mail to team@example.org". */
  readonly channel: string;
  readonly sent: boolean;
  /** Why not. */
  readonly problem?: string;
}

/** Tells everybody whom this summary concerns, all at once. Never rejects. `text` is the summary for people. */
export function notify(
  site: Pick<Site, 'notify'>,
  summary: FleetSummary,
  text: string,
  ports: NotifyPorts,
): Promise<NotificationReport[]> {
  const due = site.notify.filter((one) => concerns(one, summary));
  return Promise.all(due.map((one) => tell(one, summary, text, ports)));
}

/** "bacvault: North, nightly: 843 of 850 devices protected". */
export function subjectOf({ site, rule, outcome, counts }: FleetSummary): string {
  const protectedOnes = `${counts.protected} of ${counts.devices} devices protected`;
  const how =
    outcome === 'done' ? protectedOnes : `${outcome.replace('-', ' ').toUpperCase()}, ${protectedOnes}`;
  return `bacvault: ${site}, ${rule}: ${how}`;
}

export function channelName(channel: Channel): string {
  switch (channel.kind) {
    case 'command':
      return `command ${channel.command[0]}`;
    case 'webhook':
      // The path of a hook is often its secret.
      return `webhook at ${new URL(channel.url).host}`;
    case 'mail':
      return `mail to ${channel.to.join(', ')}`;
    case 'mqtt':
      return `MQTT topic ${channel.topic} at ${new URL(channel.broker).host}`;
  }
}

function concerns({ when, rules }: Notification, { rule, outcome }: FleetSummary): boolean {
  if (rules !== undefined && !rules.includes(rule)) return false;
  return when === 'always' || outcome !== 'done';
}

async function tell(
  { channel, timeLimitMs }: Notification,
  summary: FleetSummary,
  text: string,
  ports: NotifyPorts,
): Promise<NotificationReport> {
  const name = channelName(channel);
  const secrets: string[] = [];
  const secret = async (ref: SecretRef): Promise<string> => {
    const value = await ports.secret(ref);
    secrets.push(value);
    return value;
  };
  try {
    await send(channel, summary, text, timeLimitMs, { ...ports, secret });
    return { kind: 'notification', channel: name, sent: true };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const problem = secrets.reduce((said, value) => said.replaceAll(value, '(not shown)'), words);
    return { kind: 'notification', channel: name, sent: false, problem };
  }
}

async function send(
  channel: Channel,
  summary: FleetSummary,
  text: string,
  timeLimitMs: number,
  { messengers, secret, command }: NotifyPorts,
): Promise<void> {
  const json = JSON.stringify(summary);
  switch (channel.kind) {
    case 'command':
      await command(channel.command, { timeLimitMs, input: `${json}\n` });
      return;
    case 'webhook': {
      const { url, bearer } = channel;
      await messengers.post({ url, json, timeLimitMs, ...(bearer && { bearer: await secret(bearer) }) });
      return;
    }
    case 'mail': {
      const { from, to, server } = channel;
      const subject = subjectOf(summary);
      await messengers.mail({
        from,
        to,
        subject,
        text,
        server,
        timeLimitMs,
        ...(await login(channel, secret)),
      });
      return;
    }
    case 'mqtt': {
      const { broker, topic, retain } = channel;
      await messengers.publish({
        broker,
        topic,
        json,
        retain,
        timeLimitMs,
        ...(await login(channel, secret)),
      });
    }
  }
}

async function login(
  { user, password }: { readonly user?: string; readonly password?: SecretRef },
  secret: NotifyPorts['secret'],
): Promise<{ readonly login?: { readonly user: string; readonly password: string } }> {
  if (user === undefined || password === undefined) return {};
  return { login: { user, password: await secret(password) } };
}
