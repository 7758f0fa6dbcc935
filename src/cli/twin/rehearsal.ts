// The restore itself, unchanged, on a blank twin in a simulated network that has its own time: hours of a slow
// device pass in seconds and are measured as hours. Everything that the restore leaves behind (undo images,
// facts, logs) goes into a repository in memory; the one that holds the image is only read.

import {
  createDevice,
  type DeviceConfig,
  type DeviceEvent,
  type DeviceView,
  Router,
  World,
  WorldStalled,
} from '../../../simulator/index.js';
import { EngineError, type ImageSummary, MemoryStore, type ProgressEvent } from '../../index.js';
import type { ImageFile, ProcedureOptions, Processes, Repository, RestoreReport } from '../../index.js';
import type { Engine } from '../engine.js';

/** What the blank twin has of its files: objects without content, or no objects. */
export type Blank = 'empty' | 'missing';

export interface RehearsalOptions {
  readonly engine: Engine;
  /** Where the image is. */
  readonly repository: Repository;
  readonly image: ImageSummary;
  /** The blank twin. Its files are described, and taken away for "missing". */
  readonly device: DeviceConfig;
  readonly blank: Blank;
  /** How long a frame takes each way, ms; 0 when the device's answers have that in them. */
  readonly networkMs: number;
  /** Password, patience, known deviations: as they are given for the real device. */
  readonly procedure: Omit<ProcedureOptions, 'signal' | 'onEvent'>;
  /** Checks of the plan that may block. */
  readonly allow: readonly string[];
  readonly signal: AbortSignal;
  readonly onEvent: (event: ProgressEvent) => void;
}

/** What happened. Times are the twin's, ms. */
export interface Rehearsal {
  readonly twin: DeviceView;
  readonly deviceEvents: readonly DeviceEvent[];
  /** When the twin was seen to be out of a procedure, by whoever had begun it. */
  readonly releasedAtMs: readonly number[];
  readonly outcome:
    | { readonly kind: 'restored'; readonly report: RestoreReport }
    | { readonly kind: 'failed'; readonly error: EngineError };
  readonly durationMs: number;
}

/** Addresses for examples (RFC 5737): nothing of this world is ever sent. */
const CLIENT = '192.0.2.1:47808';
const ROUTER = '192.0.2.2:47808';
const DEVICE = '192.0.2.10:47808';

/** No restore takes this long. */
const LIMIT_MS = 30 * 24 * 60 * 60 * 1000;

/** In the journal of a drill there is nobody: asking the operating system would let no time pass in the world. */
const NOBODY: Processes = {
  own: () => Promise.resolve({ processId: 0, host: 'drill' }),
  stateOf: () => Promise.resolve('elsewhere'),
};

/** One rehearsal, ready to begin. Its clock stands still until `run` is called. */
export class RehearsalStage {
  readonly #options: RehearsalOptions;
  readonly #world: World;
  readonly #twin: DeviceView;
  readonly #events: DeviceEvent[] = [];
  readonly #releasedAtMs: number[] = [];
  readonly #target: string;

  constructor(options: RehearsalOptions) {
    const { image, device, blank, networkMs } = options;
    const { reachedAt, createdAt } = image.manifest;
    this.#options = options;
    this.#world = new World({
      seed: image.id,
      startUnixTime: Date.parse(createdAt),
      link: { delayMs: networkMs },
    });
    const routed = reachedAt.network !== undefined;
    const twin = createDevice(device, {
      framing: routed ? 'npdu' : 'bip',
      onEvent: (event) => this.#events.push(event),
    });
    if (blank === 'missing') for (const { instance } of device.files) twin.removeFile(instance);
    this.#twin = twin;
    if (reachedAt.network === undefined) {
      this.#world.add(twin, DEVICE);
      this.#target = `${device.instance}@${DEVICE}`;
    } else {
      const mac = macOn(reachedAt.mac);
      const router = routerTo(reachedAt.network, mac, networkMs);
      router.attach(reachedAt.network, mac, twin);
      this.#world.add(router, ROUTER);
      this.#target = `${device.instance}@${reachedAt.network}:${Number.parseInt(mac, 16)}@${ROUTER}`;
    }
  }

  /** The twin's time, ms. */
  get now(): number {
    return this.#world.clock.now();
  }

  /**
   * Rehearses. A restore that fails is an outcome; rejects with `cancelled`, with `repository-corrupt` before
   * anything is begun, and with defects.
   */
  async run(): Promise<Rehearsal> {
    const { engine, image, repository } = this.#options;
    const { clock } = this.#world;
    const scratch = await engine.initRepository('the memory of the drill', {
      store: new MemoryStore(),
      defaultSite: image.manifest.site,
      clock,
      random: this.#world.random('repository'),
      processes: NOBODY,
    });
    const copy = await copied(repository, image, scratch);
    const beganMs = this.now;
    const outcome = await this.#outcome(scratch, copy);
    const durationMs = this.now - beganMs;
    const [twin, deviceEvents, releasedAtMs] = [this.#twin, this.#events, this.#releasedAtMs];
    return { twin, deviceEvents, releasedAtMs, outcome, durationMs };
  }

  async #outcome(scratch: Repository, copy: ImageSummary): Promise<Rehearsal['outcome']> {
    try {
      const report = await this.#world.run(this.#restore(scratch, copy), { limitMs: LIMIT_MS });
      return { kind: 'restored', report };
    } catch (error) {
      if (error instanceof WorldStalled && this.now >= LIMIT_MS) {
        const days = LIMIT_MS / (24 * 60 * 60 * 1000);
        const message = `the restore had not ended after ${days} days of the twin's time`;
        return { kind: 'failed', error: new EngineError('drill-failed', message, { cause: error }) };
      }
      if (!(error instanceof EngineError) || error.code === 'cancelled' || error.code === 'internal')
        throw error;
      return { kind: 'failed', error };
    }
  }

  async #restore(scratch: Repository, copy: ImageSummary): Promise<RestoreReport> {
    const { engine, device: config, procedure, allow, signal } = this.#options;
    const { clock } = this.#world;
    const transport = this.#world.transport(CLIENT);
    const client = await engine.openClient({ clock, transport, random: this.#world.random('client') });
    try {
      const device = await client.device(engine.parseTarget(this.#target), { signal });
      return await engine.restore(device, scratch, copy.id, {
        expect: { instance: config.instance },
        ...procedure,
        // A blank twin holds nothing to which it could be put back.
        undo: 'none',
        ...(allow.length === 0 ? {} : { allow, reason: 'a drill' }),
        signal,
        onEvent: (event) => this.#tell(event),
      });
    } finally {
      await client.close();
    }
  }

  #tell(event: ProgressEvent): void {
    if (event.kind === 'released') this.#releasedAtMs.push(this.now);
    this.#options.onEvent(event);
  }
}

/**
 * The same image in another repository, with what is known of it: a restore makes use of that. Every octet is
 * hashed on the way.
 */
async function copied(from: Repository, image: ImageSummary, to: Repository): Promise<ImageSummary> {
  const draft = await to.begin();
  try {
    const files: ImageFile[] = [];
    for (const file of image.manifest.files) {
      const content =
        file.accessMethod === 'stream'
          ? await draft.addStream(from.content(file))
          : await draft.addRecords(from.records(file));
      files.push({ ...file, ...content });
    }
    const copy = await draft.publish({ ...image.manifest, files });
    for (const { fact } of await from.facts(image)) if (fact.type !== 'drill') await to.record(copy, fact);
    return copy;
  } finally {
    await draft.close();
  }
}

/** The recorded MAC where the simulated wire can have it: one octet, and not everybody's. */
function macOn(mac: string | undefined): string {
  return mac !== undefined && /^[0-9a-f]{2}$/.test(mac) && mac !== 'ff' ? mac : '01';
}

/** A router that carries whatever the recorded path carried: the twin's limits have that in them already. */
function routerTo(network: number, mac: string, latencyMs: number): Router {
  return new Router({
    localNetwork: network === 1 ? 2 : 1,
    lanes: [{ network, latencyMs, maxApdu: 1476, routerMac: mac === '00' ? '01' : '00' }],
  });
}
