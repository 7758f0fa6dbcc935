// The composition root: the only file that gives the engine its real ports, so that everything else runs
// the same in the simulated world. Puts parts together and decides nothing but defaults.

import {
  type Client,
  type ClientOptions,
  createClient,
  DEFAULT_PORT,
  type Device,
  HIGHEST_INSTANCE,
  parseHost,
} from './client/index.js';
import {
  diffDevice as diffDeviceIn,
  type DeviceDiff,
  type DiffDeviceOptions as DiffOptions,
} from './diff/index.js';
import { EngineError } from './errors.js';
import {
  type DeviceStatus,
  type FleetEvent,
  protection as protectionIn,
  ruleOf,
  brokenSummary,
  nextRun,
  type Rule,
  type FleetSummary,
  runFleet as runFleetIn,
  serve as serveIn,
  type ServeEvent,
  type RunFleetOptions,
  type Site,
  siteClient,
  type StatusOptions,
} from './fleet/index.js';
import { systemClock } from './io/clock.js';
import { FileStore } from './io/file-store.js';
import { systemProcesses } from './io/processes.js';
import { systemRandom } from './io/random.js';
import { withScratch } from './io/scratch.js';
import { openUdp } from './io/udp.js';
import { createZip, openZip } from './io/zip.js';
import { type Pace, TokenBucket } from './pacing/index.js';
import type {
  ArchiveReader,
  ArchiveWriter,
  Clock,
  Log,
  Monitor,
  MonitorSource,
  Processes,
  Random,
  Store,
  Transport,
} from './ports.js';
import {
  type CheckOptions,
  type CheckReport,
  checkRepository,
  initRepository as initRepositoryIn,
  type OpenOptions,
  openRepository as openRepositoryIn,
  type Repository,
} from './repository/index.js';

export { consoleLog } from './io/console-log.js';
export { messengers } from './io/notify/messengers.js';
export { openSourceFolder } from './io/source-folder.js';

/** How to stand on the network. Everything has a default that suits one B/IP network on port 47808. */
export interface OpenClientOptions extends Pick<
  ClientOptions,
  'apduTimeoutMs' | 'retries' | 'localInstance' | 'pace'
> {
  /** Where to bind: an IPv4 address of this computer (default all) and a UDP port (default 47808; 0 = any free). */
  readonly local?: { readonly address?: string; readonly port?: number };
  /** "HOST[:PORT]": where broadcasts go; default the subnet of each interface, at our own port. */
  readonly broadcast?: string;
  /** "HOST[:PORT]": register there as a foreign device and broadcast through it. */
  readonly bbmd?: string;
  /** How long a registration lives there before it is renewed, seconds; default 300. */
  readonly bbmdTtlSeconds?: number;
  readonly log?: Log;
  /** Ports of your own. With a transport, `local` and `broadcast` mean nothing; it is closed with the client. */
  readonly clock?: Clock;
  readonly transport?: Transport;
  readonly random?: Random;
}

/**
 * Opens a client on the network. Rejects with EngineError `usage` (an option that cannot be), `port-in-use`,
 * or `network-failed` (no such local address, the BBMD refuses or is silent); nothing stays open then.
 */
export async function openClient(options: OpenClientOptions = {}): Promise<Client> {
  const checked = clientOptions(options);
  const { log } = options;
  const clock = options.clock ?? systemClock();
  const random = options.random ?? systemRandom();
  const transport = options.transport ?? (await openTransport(options));
  const started = createClient({
    clock,
    transport,
    random,
    ...(log === undefined ? {} : { log }),
    options: checked,
  });
  try {
    await started.ready();
  } catch (error) {
    await started.close();
    throw error;
  }
  return started;
}

export interface OpenRepositoryOptions {
  /** A store of your own instead of the folder; `place` is then only its name in messages. */
  readonly store?: Store;
  readonly log?: Log;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly processes?: Processes;
}

export interface InitRepositoryOptions extends OpenRepositoryOptions {
  /** Site used where none is named; default "default". */
  readonly defaultSite?: string;
}

/** Site of a repository that was made without naming one. */
const DEFAULT_SITE = 'default';

/**
 * Opens the repository in a folder. Rejects with EngineError `repository-not-found`, `repository-format`,
 * `repository-corrupt` or `store-io`.
 */
export function openRepository(place: string, options: OpenRepositoryOptions = {}): Promise<Repository> {
  return openRepositoryIn(options.store ?? new FileStore(place), repositoryPorts(place, options));
}

/** Makes a new repository in a folder and opens it. Rejects with `repository-exists`, `usage` or `store-...`. */
export function initRepository(place: string, options: InitRepositoryOptions = {}): Promise<Repository> {
  return initRepositoryIn(options.store ?? new FileStore(place), {
    ...repositoryPorts(place, options),
    defaultSite: options.defaultSite ?? DEFAULT_SITE,
  });
}

/**
 * Looks at a repository that cannot be opened because its repository.json is damaged or missing: that is then a
 * finding like others. Changes nothing. Rejects `usage`, `cancelled`, `repository-format` or `store-...`.
 */
export function checkFolder(
  place: string,
  options: OpenRepositoryOptions & Omit<CheckOptions, 'repair'> = {},
): Promise<CheckReport> {
  const { clock } = repositoryPorts(place, options);
  return checkRepository({ store: options.store ?? new FileStore(place), clock, place }, options);
}

function repositoryPorts(place: string, options: OpenRepositoryOptions): OpenOptions {
  return {
    place,
    clock: options.clock ?? systemClock(),
    random: options.random ?? systemRandom(),
    processes: options.processes ?? systemProcesses(),
    ...(options.log === undefined ? {} : { log: options.log }),
  };
}

export interface DiffDeviceOptions extends DiffOptions {
  /** A store of your own for the octets of the device while they are compared; default a temporary folder. */
  readonly scratch?: Store;
  readonly random?: Random;
  readonly log?: Log;
}

/**
 * What differs from an image (an id, a prefix of 4 or more digits, or "latest" of this device) to the device,
 * which is read by the backup procedure. That they differ is a result, not an error. Nothing is kept. Rejects
 * with EngineError as `backup` does, `repository-corrupt` for a damaged image, and `store-...`.
 */
export function diffDevice(
  device: Device,
  repository: Repository,
  imageId: string,
  options: DiffDeviceOptions = {},
): Promise<DeviceDiff> {
  const { scratch, random = systemRandom(), log, ...rest } = options;
  const compare = (store: Store): Promise<DeviceDiff> =>
    diffDeviceIn(device, repository, imageId, { store, random }, rest);
  return scratch === undefined ? withScratch(compare, { log }) : compare(scratch);
}

/**
 * Runs a rule of a site: events while it goes on, and the `fleet-summary` as the last of them. Without a client it
 * opens one as the site file says, and closes it. Leaving the loop stops the run and waits until every device is
 * released. Rejects with EngineError `usage` (no such rule), `window-ended` (its window is closed), as `openClient`
 * does, and with what the repository rejects with before anything was sent; everything later is in the summary.
 */
export async function* runFleet(
  site: Site,
  repository: Repository,
  options: RunFleetOptions & { readonly client?: Client } = {},
): AsyncGenerator<FleetEvent, void> {
  const { client, log } = options;
  if (client !== undefined) {
    yield* runFleetIn(site, repository, { ...options, client });
    return;
  }
  const rule = ruleOf(site, options.rule);
  const own = await openClient({ ...siteClient(site, rule.name), ...(log === undefined ? {} : { log }) });
  try {
    yield* runFleetIn(site, repository, { ...options, client: own });
  } finally {
    await own.close();
  }
}

/**
 * The protection state of every device of a site that is known, by instance: from the site file (or only its name),
 * the images and the logs of runs. Sends nothing. Rejects with `store-...`.
 */
export function protection(
  site: Site | { readonly name: string },
  repository: Repository,
  options: Partial<StatusOptions> = {},
): AsyncGenerator<DeviceStatus, void> {
  return protectionIn(site, repository, { nowMs: systemClock().unixTime(), ...options });
}

/**
 * Begins a ZIP file for `Repository.export`. Rejects `usage` when there is a file of that name, or with
 * `store-...`. Nothing is under the name before the export is whole.
 */
export function createArchive(
  path: string,
  options: { readonly clock?: Clock } = {},
): Promise<ArchiveWriter> {
  return createZip(path, (options.clock ?? systemClock()).unixTime());
}

/** The next times at which a rule runs, ms since 1970; fewer when it has no more, none without a cron line. */
export function upcoming(
  rule: Pick<Rule, 'cron' | 'timeZone'>,
  count: number,
  clock: Clock = systemClock(),
): number[] {
  const times: number[] = [];
  for (
    let at = nextRun(rule, clock.unixTime());
    at !== undefined && times.length < count;
    at = nextRun(rule, at)
  )
    times.push(at);
  return times;
}

export interface ServeOptions extends Pick<RunFleetOptions, 'secret' | 'quirks' | 'log'> {
  /** Asks to stop: devices under way are released, and the generator ends. */
  readonly signal: AbortSignal;
  /** Tells people how a run went; must not reject. */
  readonly notify: (summary: FleetSummary) => Promise<void>;
  readonly clock?: Clock;
}

/**
 * Runs the rules of a site on time until the signal aborts: what is missed is made up once, what was killed is gone on
 * with. The network is only opened while a run is under way. Rejects `repository-locked` when another process serves
 * the repository, and with `store-...`.
 */
export function serve(
  site: Site,
  repository: Repository,
  options: ServeOptions,
): AsyncGenerator<ServeEvent | FleetEvent, void> {
  const { signal, log, notify, clock = systemClock(), secret, quirks } = options;
  const logged = log === undefined ? {} : { log };
  const given = { ...logged, ...(secret && { secret }), ...(quirks && { quirks }) };
  return serveIn<FleetEvent>(site, repository, {
    clock,
    signal,
    ...logged,
    notify: (_rule, summary) => notify(summary),
    run: async function* (rule, run) {
      const startedAtMs = clock.unixTime();
      try {
        yield* runFleet(site, repository, { ...given, ...run, rule: rule.name });
      } catch (error) {
        if (!(error instanceof EngineError) || run.signal.aborted) throw error;
        const times = { startedAtMs, endedAtMs: clock.unixTime(), sinceMs: run.sinceMs };
        yield brokenSummary(site.name, rule.name, error, times);
      }
    },
  });
}

/**
 * Tells health and metrics over HTTP on 127.0.0.1, as long as it is open. Port 0 takes any free one. Rejects
 * `port-in-use`.
 */
export async function openMonitor(port: number, source: MonitorSource): Promise<Monitor> {
  requireWhole('port', port, 0, 65_535);
  // Only those who serve need it: its library is not loaded for every command.
  return (await import('./io/monitor.js')).openMonitor(port, source);
}

/** Opens a ZIP file for `Repository.import`; close it after. Rejects `usage`, `archive-damaged` or `store-io`. */
export function openArchive(path: string): Promise<ArchiveReader> {
  return openZip(path);
}

/** The client's options, checked before anything is opened. */
function clientOptions(options: OpenClientOptions): ClientOptions {
  const { apduTimeoutMs, retries, localInstance, pace, bbmdTtlSeconds } = options;
  requireWhole('apduTimeoutMs', apduTimeoutMs, 1, Number.MAX_SAFE_INTEGER);
  requireWhole('retries', retries, 0, Number.MAX_SAFE_INTEGER);
  requireWhole('localInstance', localInstance, 0, HIGHEST_INSTANCE);
  requireWhole('bbmdTtlSeconds', bbmdTtlSeconds, 1, 65535);
  requirePace('pace.direct', pace?.direct);
  requirePace('pace.routed', pace?.routed);
  for (const [network, one] of Object.entries(pace?.networks ?? {}))
    requirePace(`pace.networks.${network}`, one);
  const bbmd = options.bbmd === undefined ? undefined : parseHost(options.bbmd, 'bbmd');
  return {
    ...(apduTimeoutMs === undefined ? {} : { apduTimeoutMs }),
    ...(retries === undefined ? {} : { retries }),
    ...(localInstance === undefined ? {} : { localInstance }),
    ...(pace === undefined ? {} : { pace }),
    ...(bbmd === undefined ? {} : { foreign: foreignAt(`${bbmd.host}:${bbmd.port}`, bbmdTtlSeconds) }),
  };
}

function foreignAt(bbmd: string, ttlSeconds: number | undefined): NonNullable<ClientOptions['foreign']> {
  return { bbmd, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) };
}

async function openTransport(options: OpenClientOptions): Promise<Transport> {
  const { address, port = DEFAULT_PORT } = options.local ?? {};
  requireWhole('local.port', port, 0, 65535);
  if (address !== undefined && parseHost(address, 'local.address').host !== address) {
    throw new EngineError('usage', `local.address "${address}" holds a port: that belongs into local.port.`);
  }
  const broadcast = options.broadcast === undefined ? undefined : readBroadcast(options.broadcast);
  return openUdp({ address, port, broadcast, log: options.log });
}

/** Without a port, broadcasts go to the port that we are bound to ourselves. */
function readBroadcast(text: string): { readonly host: string; readonly port?: number } {
  const { host, port } = parseHost(text, 'broadcast');
  return text.includes(':') ? { host, port } : { host };
}

function requirePace(name: string, pace: Pace | undefined): void {
  try {
    if (pace !== undefined) new TokenBucket(pace);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new EngineError('usage', `${name}: ${error.message}.`, { cause: error, details: { option: name } });
  }
}

function requireWhole(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw new EngineError('usage', `${name} ${value} is not a whole number ${range}.`, {
    details: { option: name },
  });
}
