// Who is there: asks Who-Is a few times, because I-Ams get lost, and hands on every I-Am the first time it
// is heard. Two devices with one instance are both handed on: seeing that is half of what this is for.

import { addressKey, type Broadcast } from '../../protocol/index.js';
import type { RequestQueue } from '../pacing/index.js';
import type { Clock, Log } from '../ports.js';
import { askWhoIs, onAnnouncement } from './announcements.js';
import { Bell, cancelledError, joinSignals } from './cancelling.js';
import type { Announcement, DiscoverOptions } from './types.js';
import type { Wire } from './wire.js';

export interface DiscoveryPorts {
  readonly wire: Wire;
  readonly queue: RequestQueue;
  readonly clock: Clock;
  readonly log?: Log | undefined;
}

/** How long is listened after the last question. */
const WAIT_MS = 3000;
/** Questions after the first. */
const REPEATS = 2;
/** Between questions: time for an MS/TP token to go round, and for an I-Am storm to pass. */
const SPACING_MS = 1000;

/** The first question is asked when the first announcement is asked for; leaving the loop ends it. */
export async function* discover(
  ports: DiscoveryPorts,
  options: DiscoverOptions,
): AsyncGenerator<Announcement, void> {
  const { wire, queue, clock } = ports;
  const { low, high, network, waitMs = WAIT_MS, repeats = REPEATS } = options;
  const to: Broadcast = { broadcast: network === 0 ? 'local' : (network ?? 'global') };
  const range = { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
  const joined = joinSignals(options.signal, wire.closing);
  const heard = new Listening(ports, options);
  try {
    for (let question = 0; question <= repeats; question++) {
      await askWhoIs(wire, queue, to, range, joined.signal);
      yield* heard.until(clock.now() + (question < repeats ? SPACING_MS : waitMs), joined.signal);
    }
  } catch (error) {
    throw joined.signal.aborted ? cancelledError(joined.signal.reason) : error;
  } finally {
    heard.stop();
    joined.release();
  }
}

/** The I-Ams that came and were not handed on yet. */
class Listening {
  readonly #clock: Clock;
  readonly #bell = new Bell();
  readonly #fresh: Announcement[] = [];
  readonly #known = new Set<string>();
  readonly stop: () => void;

  constructor(
    ports: DiscoveryPorts,
    { low = 0, high = Infinity, network, unasked = false }: DiscoverOptions,
  ) {
    this.#clock = ports.clock;
    this.stop = onAnnouncement(ports.wire, ports.log, (announcement) => {
      const { instance, address } = announcement;
      const key = `${instance} ${addressKey(address)}`;
      const isAsked =
        low <= instance && instance <= high && (network === undefined || (address.network ?? 0) === network);
      if (this.#known.has(key) || !(isAsked || unasked)) return;
      this.#known.add(key);
      this.#fresh.push(announcement);
      this.#bell.ring();
    });
  }

  async *until(deadline: number, signal: AbortSignal): AsyncGenerator<Announcement, void> {
    do {
      for (let next = this.#fresh.shift(); next !== undefined; next = this.#fresh.shift()) yield next;
    } while (await this.#bell.wait(this.#clock, deadline - this.#clock.now(), signal));
  }
}
