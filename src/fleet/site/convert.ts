// A site file that was found right, as a Site: texts become values, what is absent becomes its default. The one place
// where the defaults are. Never given a file with a mistake in it.

import { HIGHEST_INSTANCE } from '../../client/index.js';
import type { RetentionPolicy } from '../../repository/index.js';
import { kept } from '../kept.js';
import type { SiteFile } from './schema.js';
import type {
  Channel,
  Group,
  LaneLimits,
  Notification,
  Rule,
  SecretRef,
  Selector,
  Site,
  SiteDevice,
} from './types.js';
import { readAddress, readDuration, type Reading, readRange, readSpan, readTimeOfDay } from './values.js';

/** Ranges that Who-Is asks for one by one, so that not all answers come at once. */
const DISCOVERY_RANGES = [{ low: 0, high: HIGHEST_INSTANCE }] as const;
const REPEATS = 2;
const PAUSE_MS = 3000;
const RETRIES = 2;
/** A weekly rule may be a day late. */
const STALE_AFTER_MS = 8 * 86_400_000;
const NOTIFY_LIMIT_MS = 30_000;

/**
 * One transfer on a network at a time, and no more frames than a router behind which MS/TP lies takes without
 * filling its buffers; enough lanes for the sites that are known.
 */
const LANES = { transfersPerNetwork: 1, parallelLanes: 32, directDevices: 8, framesPerSecond: 20 } as const;

type Raw<K extends keyof SiteFile> = NonNullable<SiteFile[K]>;
type RawRule = Raw<'rules'>[string];
type RawSelector = Exclude<RawRule['what'], 'all'>;
type RawSecret = NonNullable<Raw<'devices'>[number]['password']>;

export function toSite(file: SiteFile): Site {
  return {
    name: file.site,
    network: network(file.network ?? {}),
    discovery: {
      ranges:
        file.discovery?.ranges?.map((range) => right(readRange(range, 'instances'))) ?? DISCOVERY_RANGES,
      ...kept({ networks: file.discovery?.networks }),
      repeats: file.discovery?.repeats ?? REPEATS,
      pauseMs: ms(file.discovery?.pause) ?? PAUSE_MS,
    },
    devices: (file.devices ?? []).map(device),
    groups: Object.entries(file.groups ?? {}).map(([name, value]) => group(name, value)),
    rules: Object.entries(file.rules ?? {}).map(([name, value]) =>
      rule(name, value, file['time-zone'] ?? 'UTC'),
    ),
    lanes: lanes(file.lanes ?? {}),
    notify: (file.notify ?? []).map(notification),
  };
}

function network(raw: Raw<'network'>): Site['network'] {
  const ttlMs = ms(raw.ttl);
  return kept({
    local: raw.local,
    broadcast: raw.broadcast,
    bbmd: raw.bbmd,
    ttlSeconds: ttlMs === undefined ? undefined : Math.max(1, Math.round(ttlMs / 1000)),
    apduTimeoutMs: ms(raw['apdu-timeout']),
    retries: raw.retries,
  });
}

function device(raw: Raw<'devices'>[number]): SiteDevice {
  return {
    instance: raw.instance,
    ...kept({
      address: raw.address === undefined ? undefined : right(readAddress(raw.address)),
      name: raw.name,
      password: secret(raw.password),
    }),
    tags: raw.tags ?? [],
  };
}

function group(name: string, { password, ...select }: Raw<'groups'>[string]): Group {
  return { name, select: selector(select), ...kept({ password: secret(password) }) };
}

function rule(name: string, raw: RawRule, timeZone: string): Rule {
  const zone = raw['time-zone'] ?? timeZone;
  return {
    name,
    what: raw.what === 'all' ? {} : selector(raw.what),
    ...kept({
      except: raw.except && selector(raw.except),
      cron: raw.cron?.trim(),
      window: raw.window && {
        startMinute: right(readTimeOfDay(raw.window.start)),
        stopMinute: right(readTimeOfDay(raw.window.stop)),
      },
      retention: raw.retention && retention(raw.retention, zone),
    }),
    timeZone: zone,
    pacing: kept({
      framesPerSecond: raw.pacing?.['frames-per-second'],
      parallelLanes: raw.pacing?.['parallel-lanes'],
      reads: raw.pacing?.reads,
    }),
    retries: raw.retries ?? RETRIES,
    staleAfterMs: ms(raw['stale-after']) ?? STALE_AFTER_MS,
    tags: raw.tags ?? [],
    unchanged: raw.unchanged ?? 'backup',
    verify: raw.verify ?? false,
  };
}

function selector(raw: RawSelector): Selector {
  return kept({
    instances: raw.instances?.map((range) => right(readRange(range, 'instances'))),
    networks: raw.networks?.map((range) => right(readRange(range, 'networks'))),
    vendors: raw.vendors,
    models: raw.models,
    tags: raw.tags,
    groups: raw.groups,
  });
}

function retention(raw: NonNullable<RawRule['retention']>, timeZone: string): RetentionPolicy {
  const within = raw['keep-within'];
  return {
    ...kept({
      last: raw['keep-last'],
      hourly: raw['keep-hourly'],
      daily: raw['keep-daily'],
      weekly: raw['keep-weekly'],
      monthly: raw['keep-monthly'],
      yearly: raw['keep-yearly'],
      within: within === undefined ? undefined : right(readSpan(within)),
      tags: raw['keep-tag'],
    }),
    timeZone,
  };
}

function lanes(raw: Raw<'lanes'>): LaneLimits {
  const networks = (raw.networks ?? []).map((own) => ({
    network: own.network,
    ...kept({ transfers: own.transfers, framesPerSecond: own['frames-per-second'] }),
  }));
  return {
    transfersPerNetwork: raw['transfers-per-network'] ?? LANES.transfersPerNetwork,
    parallelLanes: raw['parallel-lanes'] ?? LANES.parallelLanes,
    directDevices: raw['direct-devices'] ?? LANES.directDevices,
    framesPerSecond: raw['frames-per-second'] ?? LANES.framesPerSecond,
    networks: networks.sort((a, b) => a.network - b.network),
  };
}

function notification(raw: Raw<'notify'>[number]): Notification {
  return {
    when: raw.when ?? 'always',
    ...kept({ rules: raw.rules }),
    channel: channel(raw),
    timeLimitMs: ms(raw['time-limit']) ?? NOTIFY_LIMIT_MS,
  };
}

function channel({ command, webhook, mail, mqtt }: Raw<'notify'>[number]): Channel {
  if (webhook) return { kind: 'webhook', url: webhook.url, ...kept({ bearer: secret(webhook.bearer) }) };
  if (mail) {
    const { to, from, server, user } = mail;
    return { kind: 'mail', to, from, server, ...kept({ user, password: secret(mail.password) }) };
  }
  if (mqtt) {
    const { broker, topic, retain = false, user } = mqtt;
    return { kind: 'mqtt', broker, topic, retain, ...kept({ user, password: secret(mqtt.password) }) };
  }
  return { kind: 'command', command: required(command) };
}

function secret(raw: RawSecret | undefined): SecretRef | undefined {
  if (raw === undefined) return undefined;
  if (raw.file !== undefined) return { kind: 'file', path: raw.file };
  if (raw.env !== undefined) return { kind: 'env', name: raw.env };
  if (raw.command !== undefined) return { kind: 'command', command: raw.command };
  return { kind: 'clear', password: required(raw['in-clear']) };
}

const ms = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : right(readDuration(text));

/** The value of a reading that the schema has found right. */
function right<T>(reading: Reading<T>): T {
  if ('fault' in reading) throw new TypeError(reading.fault.what);
  return reading.value;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('the schema let a missing key through');
  return value;
}
