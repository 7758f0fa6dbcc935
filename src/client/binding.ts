// Finds one device and reads its limits. A device that has been bound is the one that was asked for: at
// one place, with the instance that was named. In doubt (two answers, another instance, silence) this
// fails with a word for it; it must never choose for the user.

import { type Address, type ApduLimits, INSTANCE_MAX } from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import type { RequestQueue } from '../pacing/index.js';
import type { Clock, Log } from '../ports.js';
import { askWhoIs, onAnnouncement, placeKey, placeWords } from './announcements.js';
import type { Asker } from './asker.js';
import { Bell, cancelledError, joinSignals } from './cancelling.js';
import { confirmAtAddress, type IdentifyOptions, readLimits, readVendor } from './identify.js';
import { Path, type StatedLimits } from './path.js';
import type { Announcement, DeviceInstance, RebindOptions, Target } from './types.js';
import type { Wire } from './wire.js';

/** A device and the way to it. */
export interface Binding {
  readonly instance: DeviceInstance;
  readonly path: Path;
  readonly vendorId: number | undefined;
  /** Whether the user said the address. Then it is kept, whoever else answers to the instance. */
  readonly addressGiven: boolean;
}

/** A device as it was bound before it was lost sight of. */
interface Last extends Binding {
  readonly mayMove: boolean;
}

export interface BinderOptions {
  readonly wire: Wire;
  readonly queue: RequestQueue;
  readonly asker: Asker;
  readonly clock: Clock;
  readonly log?: Log | undefined;
  readonly own: ApduLimits;
}

/** How long a device is looked for when the caller does not say. */
export const BIND_WAIT_MS = 10_000;

/** Who-Is is repeated after 2, 4, 8 and then every 10 s (protocol.md 5: spaced, with back-off). */
const FIRST_SPACING_MS = 2000;
const LONGEST_SPACING_MS = 10_000;

/**
 * After the first I-Am we listen on for a second one of the same instance from elsewhere. Every binding by
 * Who-Is costs this much; taking the first answer would one day restore the wrong controller.
 */
export const DUPLICATE_WAIT_MS = 1000;

export class Binder {
  readonly #options: BinderOptions;

  constructor(options: BinderOptions) {
    this.#options = options;
  }

  /** Binds a target. Rejects as `Client.device` says. */
  async bind(target: Target, options: RebindOptions): Promise<Binding> {
    return this.#cancellable(options.signal, async (signal) => {
      if (target.address === undefined) {
        if (target.instance === INSTANCE_MAX)
          throw new EngineError('usage', `An unconfigured device needs an address.`);
        const heard = await this.#listen(target.instance, options.waitMs ?? BIND_WAIT_MS, signal);
        if (heard === undefined) throw notFound(target.instance);
        return this.#complete(heard, signal);
      }
      const { instance } = target;
      const identify = {
        ...this.#options,
        path: new Path(target.address, this.#options.own, {}),
        instance,
        signal,
      };
      await confirmAtAddress(identify);
      if (instance === INSTANCE_MAX) await this.#requireUnconfigured(target.address, signal);
      return this.#completeUnheard(identify, {}, true);
    });
  }

  /**
   * A device with an instance may answer for the wildcard as if it had none: what it says of itself when it is
   * asked directly counts. Rejects `device-mismatch`. Many unconfigured devices do not say I-Am at all.
   */
  async #requireUnconfigured(address: Address, signal: AbortSignal): Promise<void> {
    const { wire, queue, clock, log } = this.#options;
    let says: number | undefined;
    const unsubscribe = onAnnouncement(wire, log, (announcement) => {
      if (placeKey(announcement.address) === placeKey(address)) says = announcement.instance;
    });
    try {
      await askWhoIs(wire, queue, address, {}, signal);
      await clock.sleep(DUPLICATE_WAIT_MS, signal);
    } finally {
      unsubscribe();
    }
    if (says !== undefined && says !== INSTANCE_MAX) {
      const text = `At ${placeWords(address)} answers device ${says}, not an unconfigured one.`;
      throw new EngineError('device-mismatch', text, {
        details: { device: INSTANCE_MAX, found: says, address },
      });
    }
  }

  /**
   * Binds a device again that may have restarted. It is asked for by Who-Is and, as long as nobody says
   * otherwise, at its last address. An address that the user gave is not left unless it may be.
   */
  async rebind(before: Binding, options: RebindOptions): Promise<Binding> {
    const { instance: now = before.instance, mayMove = false } = options;
    const last: Last = { ...before, instance: now, mayMove };
    return this.#cancellable(options.signal, async (signal) => {
      const heard = await this.#listen(last.instance, options.waitMs ?? BIND_WAIT_MS, signal, last);
      if (heard === undefined) throw notFound(last.instance, last);
      if (heard !== 'at-last-address') return this.#complete(heard, signal, last);
      const { path, instance, addressGiven } = last;
      return this.#completeUnheard({ ...this.#options, path, instance, signal }, path.limits, addressGiven);
    });
  }

  /** Runs until the caller's signal or the closing of the client ends it; both become `cancelled`. */
  async #cancellable<T>(
    caller: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const joined = joinSignals(caller, this.#options.wire.closing);
    try {
      joined.signal.throwIfAborted();
      return await work(joined.signal);
    } catch (error) {
      throw joined.signal.aborted ? cancelledError(joined.signal.reason) : error;
    } finally {
      joined.release();
    }
  }

  #listen(instance: DeviceInstance, waitMs: number, signal: AbortSignal): Promise<Announcement | undefined>;
  #listen(
    instance: DeviceInstance,
    waitMs: number,
    signal: AbortSignal,
    last: Last,
  ): Promise<Announcement | 'at-last-address' | undefined>;
  /** The one I-Am of the instance; undefined when none came in time; throws when there were two. */
  async #listen(
    instance: DeviceInstance,
    waitMs: number,
    signal: AbortSignal,
    last?: Last,
  ): Promise<Announcement | 'at-last-address' | undefined> {
    const { wire, queue, clock, log } = this.#options;
    const heard = new Map<string, Announcement>();
    const bell = new Bell();
    const unsubscribe = onAnnouncement(wire, log, (announcement) => {
      if (announcement.instance !== instance) return;
      const key = placeKey(announcement.address);
      const isTied = last?.addressGiven === true && !last.mayMove;
      if (isTied && key !== placeKey(last.path.address)) {
        log?.log('warn', `Device ${instance} was also announced from ${placeWords(announcement.address)}.`);
        return;
      }
      heard.set(key, announcement);
      bell.ring();
    });
    try {
      const deadline = clock.now() + waitMs;
      for (let spacing = FIRST_SPACING_MS; ; spacing = Math.min(spacing * 2, LONGEST_SPACING_MS)) {
        await askWhoIs(wire, queue, { broadcast: 'global' }, { low: instance, high: instance }, signal);
        if (last !== undefined) {
          await askWhoIs(wire, queue, last.path.address, { low: instance, high: instance }, signal);
        }
        const roundMs = Math.min(spacing, deadline - clock.now());
        if (await bell.wait(clock, roundMs, signal)) break;
        if (last !== undefined && (await this.#answersAt(last, Math.max(roundMs, 1), signal))) {
          return 'at-last-address';
        }
        if (heard.size > 0) break;
        if (clock.now() >= deadline) return undefined;
      }
      await clock.sleep(DUPLICATE_WAIT_MS, signal);
    } finally {
      unsubscribe();
    }
    return onlyOne(instance, [...heard.values()]);
  }

  /** Whether the device still answers, as itself, where it was. */
  async #answersAt(last: Binding, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    try {
      await confirmAtAddress({
        ...this.#options,
        path: last.path,
        instance: last.instance,
        signal,
        askRouter: false,
        call: { apduTimeoutMs: Math.min(timeoutMs, 3000), retries: 0 },
      });
      return true;
    } catch (error) {
      if (!(error instanceof EngineError) || error.code === 'cancelled') throw error;
      this.#options.log?.log('debug', `Device ${last.instance} is not back yet.`, { error });
      return false;
    }
  }

  /** An I-Am that was heard, completed with what the device's properties say. */
  async #complete(heard: Announcement, signal: AbortSignal, last?: Binding): Promise<Binding> {
    const { instance, vendorId } = heard;
    const same = last !== undefined && placeKey(last.path.address) === placeKey(heard.address);
    // A router that the user named stays the way to the device, even if another one is heard first.
    const address = same && last.addressGiven ? last.path.address : heard.address;
    const path = new Path(address, this.#options.own, heard, same ? last.path.carries : undefined);
    const stated = await readLimits({ ...this.#options, path, instance, signal });
    const addressGiven = same && last.addressGiven;
    return { instance, path: this.#narrowed(path, heard, stated), vendorId, addressGiven };
  }

  /** A device that answers at its address and was not heard: its properties, else what was known before. */
  async #completeUnheard(
    identify: IdentifyOptions,
    known: StatedLimits,
    addressGiven: boolean,
  ): Promise<Binding> {
    const stated = await readLimits(identify);
    const vendorId = await readVendor(identify);
    const { instance } = identify;
    const limits = { ...known, maxApdu: stated.maxApdu === undefined ? known.maxApdu : undefined };
    return { instance, path: this.#narrowed(identify.path, limits, stated), vendorId, addressGiven };
  }

  /** The same way with all that was said about limits: of two sizes the smaller, else the properties first. */
  #narrowed(path: Path, announced: StatedLimits, stated: StatedLimits): Path {
    const sizes = [announced.maxApdu, stated.maxApdu].filter((size) => size !== undefined);
    const limits: StatedLimits = {
      maxApdu: sizes.length === 0 ? undefined : Math.min(...sizes),
      segmentation: stated.segmentation ?? announced.segmentation,
      maxSegments: stated.maxSegments ?? announced.maxSegments,
    };
    return path.stating(limits);
  }
}

/** Places that a message names; who floods us with I-Ams need not fill the screen as well. */
const PLACES_MAX = 4;

function onlyOne(instance: DeviceInstance, heard: readonly Announcement[]): Announcement | undefined {
  const [first, second] = heard;
  if (first === undefined || second === undefined) return first;
  const places = heard.slice(0, PLACES_MAX).map(({ address }) => placeWords(address));
  throw new EngineError(
    'device-duplicate',
    `Device instance ${instance} answers from ${places.join(' and from ')}.`,
    {
      details: { device: instance, addresses: heard.slice(0, PLACES_MAX).map(({ address }) => address) },
    },
  );
}

function notFound(instance: DeviceInstance, last?: Binding): EngineError {
  const where = last === undefined ? '' : ` again; it was last at ${placeWords(last.path.address)}`;
  return new EngineError('device-not-found', `Device ${instance} was not found${where}.`, {
    details: { device: instance },
  });
}
