// One device's turn: who it is and whether it moved, and then its backup, as a result in the words of the summary.
// Never rejects but for what is wrong with the run itself; whatever else a device does is its result.

import { type Client, type Device, formatPlace } from '../../client/index.js';
import { EngineError, ERRORS, isEngineError } from '../../errors.js';
import { backup, type BackupReport, glance, type Glance, type ProgressEvent } from '../../procedure/index.js';
import { type ImageSummary, type Repository, utcText } from '../../repository/index.js';
import { kept } from '../kept.js';
import { updated } from '../ledger.js';
import { passwordOf } from '../site/select.js';
import type { Rule, Site } from '../site/types.js';
import { type Candidate, selectable } from './candidates.js';
import { changesSince } from './changes.js';
import type { RunOptions } from './options.js';
import type { DeviceResult } from './types.js';

export interface TurnContext {
  readonly site: Site;
  readonly rule: Rule;
  readonly client: Client;
  readonly repository: Repository;
  readonly options: RunOptions;
}

/** A candidate that was looked at. */
export interface Looked {
  readonly bound?: Device;
  readonly glance?: Glance;
  /** What it did instead of answering. */
  readonly error?: EngineError;
}

/** Errors that every other device would meet as well: the repository, the disk or our own network is at fault. */
export function endsTheRun(error: EngineError): boolean {
  return /^(repository-|store-|port-in-use|network-failed)/.test(error.code);
}

export class Turns {
  readonly #context: TurnContext;
  readonly #secrets = new Map<string, Promise<string>>();

  constructor(context: TurnContext) {
    this.#context = context;
  }

  /** Whether something has to be read before its order, its rule or its password are known. */
  needsLook(one: Candidate): boolean {
    return one.newest !== undefined || one.meant === 'unknown' || this.#passwordOf(one) === 'unknown';
  }

  /** Binds the device, and reads what order, rule and password need. Takes in what it learns of the candidate. */
  async look(one: Candidate, signal: AbortSignal): Promise<Looked> {
    const { client, rule } = this.#context;
    try {
      const bound = await this.#bind(client, one, signal);
      const against = await this.#newest(one);
      const seen = await glance(bound, {
        signal,
        kind: one.meant === 'unknown' || this.#passwordOf(one) === 'unknown',
        ...(against === undefined ? {} : { against: against.manifest }),
        thorough: rule.unchanged === 'skip',
      });
      this.#learn(one, bound, seen);
      return { bound, glance: seen };
    } catch (error) {
      return { error: asEngineError(error) };
    }
  }

  /** Backs the device up. */
  async backUp(
    one: Candidate,
    looked: Looked | undefined,
    tries: number,
    signal: AbortSignal,
    onEvent: (event: ProgressEvent) => void,
  ): Promise<{
    readonly result: DeviceResult;
    readonly report?: BackupReport;
    readonly error?: EngineError;
  }> {
    const { client, rule, site, repository, options } = this.#context;
    const beganMs = client.clock.now();
    try {
      const password = await this.#password(one);
      const device = looked?.bound ?? (await this.#bind(client, one, signal));
      const before = await this.#newest(one);
      const report = await backup(device, repository, {
        ...(password === undefined ? {} : { password }),
        ...(options.quirks === undefined ? {} : { quirks: options.quirks }),
        site: site.name,
        tags: rule.tags,
        verify: rule.verify,
        ...(rule.pacing.reads === undefined ? {} : { pace: rule.pacing.reads }),
        signal,
        onEvent,
      });
      return { result: await this.#backedUp(one, report, before, tries), report };
    } catch (thrown) {
      const error = asEngineError(thrown);
      const durationMs = Math.round(client.clock.now() - beganMs);
      return { result: this.failed(one, error, tries, durationMs), error };
    }
  }

  /** The result of a device that has no new image, because of this error. */
  failed(one: Candidate, error: EngineError, tries: number, durationMs?: number): DeviceResult {
    const ended = error.code === 'cancelled';
    const { ending } = endingOf(error);
    const { release } = error.details;
    const code = ended ? (ending === 'window-ended' ? 'window-ended' : 'cancelled') : error.code;
    return {
      ...this.described(one),
      outcome: ended ? 'interrupted' : 'failed',
      tries,
      ...(durationMs === undefined ? {} : { durationMs }),
      code,
      message: error.message,
      ...(ERRORS[code].hint === '' ? {} : { hint: ERRORS[code].hint }),
      ...(release === undefined ? {} : { release }),
    };
  }

  /** What a result says of the device itself, and of the image that it had. */
  described(one: Candidate): Omit<DeviceResult, 'outcome' | 'tries'> {
    const { device, known, newest, given, address } = one;
    const name = newest?.device.name ?? known.name ?? given?.name;
    const vendorName = known.vendorName ?? newest?.device.vendorName;
    const modelName = known.modelName ?? newest?.device.modelName;
    return {
      device,
      ...kept({
        name,
        vendorName,
        modelName,
        address: address && formatPlace(address),
        network: address?.network,
      }),
      ...(newest === undefined
        ? {}
        : {
            image: newest.id,
            imageAt: newest.createdAt,
            verified: newest.standing.verified !== undefined,
          }),
    };
  }

  async #bind(client: Client, one: Candidate, signal: AbortSignal): Promise<Device> {
    const { device, address } = one;
    const target = address === undefined ? { instance: device } : { instance: device, address };
    const bound = await client.device(target, { signal });
    one.address = bound.address;
    return bound;
  }

  /** The manifest of the newest image; undefined where there is none. */
  async #newest({ device, newest }: Candidate): Promise<ImageSummary | undefined> {
    if (newest === undefined) return undefined;
    const { repository, site } = this.#context;
    try {
      return await repository.image('latest', { site: site.name, instance: device });
    } catch (error) {
      // A damaged or forgotten one is no reason not to make a new one.
      if (isEngineError(error, 'repository-corrupt') || isEngineError(error, 'image-not-found'))
        return undefined;
      throw error;
    }
  }

  #learn(one: Candidate, bound: Device, { identity, databaseRevision, since }: Glance): void {
    const at = utcText(this.#context.client.clock.unixTime());
    const { address } = bound;
    const { vendorId, vendorName, modelName } = identity;
    one.known = updated(one.known, {
      seenAt: at,
      address: formatPlace(address),
      network: address.network ?? 0,
      ...kept({ vendorId, vendorName, modelName }),
      ...(databaseRevision === undefined ? {} : { revision: databaseRevision, revisionAt: at }),
      ...(since === undefined ? {} : { movedAt: since === 'moved' ? movedAt(one, at) : undefined }),
    });
  }

  #passwordOf(one: Candidate): ReturnType<typeof passwordOf> {
    return passwordOf(this.#context.site, selectable(one));
  }

  /** Rejects `usage` when the site file has a password for it, and it cannot be had. */
  async #password(one: Candidate): Promise<string | undefined> {
    const found = this.#passwordOf(one);
    const { secret } = this.#context.options;
    if (found === undefined || found === 'unknown' || secret === undefined) return undefined;
    const key = JSON.stringify(found.ref);
    const known = this.#secrets.get(key) ?? secret(found.ref);
    this.#secrets.set(key, known);
    try {
      return await known;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new EngineError('usage', `The password of ${found.from} cannot be had: ${why}`, { cause });
    }
  }

  async #backedUp(
    one: Candidate,
    report: BackupReport,
    before: ImageSummary | undefined,
    tries: number,
  ): Promise<DeviceResult> {
    const { manifest, imageId, octets, files, durationMs, release, secondReading } = report;
    const after = { id: imageId, manifest };
    const { change, changes } = await changesSince(this.#context.repository, before, after);
    const { name, vendorName, modelName, vendorId } = manifest.device;
    one.known = updated(one.known, {
      seenAt: manifest.procedure.endedAt,
      movedAt: undefined,
      unprovenImage: isDisproven(report) ? imageId : undefined,
      ...kept({ name, vendorId, vendorName, modelName }),
    });
    const warnings = [...report.unrecorded, ...(report.openEntry ? [report.openEntry.problem] : [])];
    const proven = secondReading?.outcome === 'equal' || secondReading?.outcome === 'volatile';
    return {
      ...this.described(one),
      ...(name === undefined ? {} : { name }),
      outcome: 'backed-up',
      image: imageId,
      imageAt: manifest.createdAt,
      verified: proven,
      change,
      ...(changes.length === 0 ? {} : { changes }),
      files,
      octets,
      durationMs: Math.round(durationMs),
      tries,
      release,
      ...(warnings.length === 0 ? {} : { warnings }),
      ...trouble(report),
    };
  }
}

/** A second reading was asked for, and did not give the same. */
function isDisproven({ secondReading }: BackupReport): boolean {
  return secondReading?.outcome === 'different' || secondReading?.outcome === 'failed';
}

/** What is wrong although there is a whole image. */
function trouble(report: BackupReport): Partial<DeviceResult> {
  const { device, release, secondReading } = report;
  if (release !== 'released') {
    const message = `The image of device ${device} is whole, but the device was not seen to leave backup.`;
    return { code: 'release-failed', message, hint: ERRORS['release-failed'].hint };
  }
  if (isDisproven(report)) {
    const why = (secondReading?.reasons ?? []).join('; ').replace(/\.$/, '');
    const message = `The image of device ${device} is not verified: ${why}.`;
    return { code: 'readings-differ', message, hint: ERRORS['readings-differ'].hint };
  }
  return {};
}

function endingOf(error: EngineError): { readonly ending?: unknown } {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof EngineError && 'ending' in cause.details) return { ending: cause.details['ending'] };
  return {};
}

/** When it was first seen to have moved on from its newest image. */
function movedAt({ known, newest }: Candidate, now: string): string {
  const before = known.movedAt;
  const isOld = before === undefined || (newest !== undefined && before <= newest.createdAt);
  return isOld ? now : before;
}

export function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new EngineError('internal', `Something went wrong inside bacvault: ${message}`, { cause: error });
}
