// What every device of a site can do, found by reading alone: no procedure is started. One device at a time on each
// network behind a router, as in a run. What is found is written down, so that `status` knows of devices that nobody
// has backed up yet.

import type { Client } from '../client/index.js';
import { joinSignals, placeKey } from '../client/index.js';
import { EngineError, type ErrorCode } from '../errors.js';
import { type Capabilities, type DeviceQuirk, probe } from '../procedure/index.js';
import { type Repository, utcText } from '../repository/index.js';
import { kept } from './kept.js';
import { type Known, type Ledger, readLedger, updated } from './ledger.js';
import { type Candidate, candidates, takeHeard } from './run/candidates.js';
import { newestImages } from './run/ground.js';
import { laneName, Lanes, Limits } from './run/lanes.js';
import { Notes } from './run/notes.js';
import { type Emit, stream } from './run/stream.js';
import { asEngineError } from './run/turn.js';
import type { Site } from './site/types.js';
import { survey } from './survey.js';

/** What a probe of one device came to. */
export type ProbedDevice =
  | { readonly kind: 'probed'; readonly device: number; readonly capabilities: Capabilities }
  | {
      readonly kind: 'probe-failed';
      readonly device: number;
      readonly name?: string;
      /** Every place that its instance answers from, where there are several. */
      readonly places: readonly string[];
      readonly code: ErrorCode;
      readonly message: string;
    };

export interface ProbeFleetOptions {
  readonly client: Client;
  readonly quirks?: readonly DeviceQuirk[];
  readonly signal?: AbortSignal;
}

/**
 * Every device that the site file names, that was seen before or that answers now, as each is done. With a repository
 * what is known is read from it, and what is found is written into the log of a run. Rejects with EngineError
 * `cancelled`, and with what the repository rejects with before anything was sent.
 */
export function probeFleet(
  site: Site,
  repository: Repository | undefined,
  options: ProbeFleetOptions,
): AsyncGenerator<ProbedDevice, void> {
  return stream(async (emit, left) => {
    const joined = joinSignals(options.signal, left);
    try {
      await probeAll(site, repository, { ...options, signal: joined.signal }, emit);
    } finally {
      joined.release();
    }
  });
}

async function probeAll(
  site: Site,
  repository: Repository | undefined,
  options: ProbeFleetOptions & { readonly signal: AbortSignal },
  emit: Emit<ProbedDevice>,
): Promise<void> {
  const { client, signal } = options;
  const none: Ledger = { devices: new Map(), runs: new Map() };
  const ledger = repository === undefined ? none : await readLedger(repository, site.name);
  const images = repository === undefined ? new Map() : await newestImages(repository, site.name);
  const notes = repository && (await Notes.begin(repository, 'probe', { site: site.name }));
  const all = candidates(site, ledger, images);
  const { ranges, networks, repeats, pauseMs } = site.discovery;
  const asked = { ranges, repeats, pauseMs, expected: [...all.keys()], signal };
  const found = await survey(client, { ...asked, ...(networks === undefined ? {} : { networks }) });
  takeHeard(site, all, found.found, utcText(client.clock.unixTime()));
  const limits = new Limits(site.lanes);
  const lanes = new Lanes(limits);
  const passedOn: Known[] = [];
  await Promise.all(
    [...all.values()].map((one) =>
      lanes.run({ lane: laneName(one.address ?? {}), priority: -one.device, weight: 1 }, async () => {
        if (signal.aborted) return;
        const probed = await probeOne(client, one, options, signal);
        emit(probed);
        if (probed.kind === 'probe-failed') passedOn.push(one.known);
        else
          await notes?.write('device', {
            ...knownAfter(one.known, probed, utcText(client.clock.unixTime())),
          });
      }),
    ),
  );
  for (const one of passedOn) await notes?.write('known', { ...one });
  await notes?.end(signal.aborted ? 'cancelled' : 'done', { devices: all.size }, !signal.aborted);
  if (signal.aborted) throw new EngineError('cancelled', 'The probe was stopped.', { cause: signal.reason });
}

async function probeOne(
  client: Client,
  one: Candidate,
  { quirks }: ProbeFleetOptions,
  signal: AbortSignal,
): Promise<ProbedDevice> {
  const { device, address, duplicates } = one;
  try {
    if (duplicates.length > 0)
      throw new EngineError(
        'device-duplicate',
        `Device instance ${device} answers from ${duplicates.join(' and from ')}.`,
      );
    if (address === undefined)
      throw new EngineError(
        'device-not-found',
        `Device ${device} did not answer Who-Is, and was never seen before.`,
      );
    const bound = await client.device({ instance: device, address }, { signal });
    const capabilities = await probe(bound, { signal, ...(quirks === undefined ? {} : { quirks }) });
    return { kind: 'probed', device, capabilities };
  } catch (thrown) {
    const { code, message } = asEngineError(thrown);
    const name = one.known.name ?? one.newest?.device.name ?? one.given?.name;
    const places = duplicates.length > 0 || address === undefined ? duplicates : [placeKey(address)];
    return { kind: 'probe-failed', device, ...(name === undefined ? {} : { name }), places, code, message };
  }
}

/** A probe is no try to back up: it says who a device is and what it can do, and does not count as a failure. */
function knownAfter(known: Known, probed: Extract<ProbedDevice, { kind: 'probed' }>, at: string): Known {
  const { identity, backupAndRestore, databaseRevision } = probed.capabilities;
  const { name, vendorId, vendorName, modelName } = identity;
  return updated(known, {
    seenAt: at,
    support: backupAndRestore,
    ...kept({ name, vendorId, vendorName, modelName }),
    ...(databaseRevision === undefined ? {} : { revision: databaseRevision, revisionAt: at }),
  });
}
