// A whole internetwork in one process: one seed, one virtual clock, one heap of events. A step is one
// setImmediate turn, which drains all microtasks of the engine, then one event; no other wait exists.
// It must never read the real clock, nor let chance in but by its seed.

import type { LinkAddress } from '../../protocol/index.js';
import { BROADCAST } from '../../protocol/index.js';
import { Link, type LinkQuality, perfectLink } from '../network/link.js';
import type { Sending, SimulatedNode } from '../types.js';
import { EventHeap, type Scheduled } from './event-heap.js';
import { SeededRandom } from './random.js';
import { Trace } from './trace.js';
import { VirtualClock, WORLD_START_UNIX_TIME } from './virtual-clock.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A node whose deadline stays in the past would hang the world: this many wakes at one time are enough. */
const WAKES_AT_ONE_TIME_MAX = 10_000;

export interface WorldOptions {
  readonly seed?: number | string;
  /** Quality of every link that no `setLink` speaks of; default perfect, 1 ms. */
  readonly link?: Partial<LinkQuality>;
  /** Milliseconds since 1970 when `now` is 0. */
  readonly startUnixTime?: number;
  /** Names the broadcast domain of an address: broadcasts stay inside it. Default: one for all. */
  readonly subnet?: (address: LinkAddress) => string;
}

/** Sees every datagram as it is sent: 'drop' loses it, octets replace it, undefined lets it pass. */
export type DatagramTap = (
  octets: Uint8Array,
  from: LinkAddress,
  to: LinkAddress,
  now: number,
) => 'drop' | Uint8Array | undefined;

/** Which links a `setLink` speaks of; an absent end means every address. */
export interface LinkEnds {
  readonly from?: LinkAddress;
  readonly to?: LinkAddress;
}

/** The Transport port of src/ports.ts, by shape. */
export interface WorldTransport {
  readonly localAddress: LinkAddress;
  send(datagram: Uint8Array, to: LinkAddress): void;
  onDatagram(listener: (datagram: Uint8Array, from: LinkAddress) => void): () => void;
  close(): Promise<void>;
}

/** A run that cannot end: nothing is left to happen, or the virtual limit has passed. */
export class WorldStalled extends Error {
  override readonly name = 'WorldStalled';
}

type Receive = (octets: Uint8Array, from: LinkAddress) => void;

export class World {
  readonly clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #heap = new EventHeap();
  readonly #quality: LinkQuality;
  readonly #subnet: (address: LinkAddress) => string;
  readonly #rules: { readonly ends: LinkEnds; readonly quality: Partial<LinkQuality> }[] = [];
  readonly #links = new Map<string, Link>();
  readonly #stations = new Map<LinkAddress, Receive>();
  readonly #randoms = new Map<string, SeededRandom>();
  readonly #taps = new Set<DatagramTap>();
  readonly #trace = new Trace();
  #now = 0;
  #running = false;

  constructor(options: WorldOptions = {}) {
    this.#random = new SeededRandom(options.seed ?? 1);
    this.#quality = { ...perfectLink, ...options.link };
    this.#subnet = options.subnet ?? (() => '');
    this.clock = new VirtualClock(
      this.#heap,
      () => this.#now,
      options.startUnixTime ?? WORLD_START_UNIX_TIME,
    );
  }

  /** Fingerprint of every datagram sent so far, lost ones too. */
  get traceHash(): string {
    return this.#trace.hash;
  }

  /** The generator of that name; the same name gives the same generator, where it stands. */
  random(name: string): SeededRandom {
    let random = this.#randoms.get(name);
    if (random === undefined) {
      random = this.#random.split(name);
      this.#randoms.set(name, random);
    }
    return random;
  }

  /** Changes the quality of links, also of those in use. Later calls win over earlier ones. */
  setLink(ends: LinkEnds, quality: Partial<LinkQuality>): void {
    this.#rules.push({ ends, quality });
    for (const [key, link] of this.#links) {
      const [from = '', to = ''] = key.split('>');
      link.quality = this.#qualityOf(from, to);
    }
  }

  /** Watches, loses or replaces what is sent; the function returned ends it. A broadcast is seen once. */
  onDatagram(tap: DatagramTap): () => void {
    this.#taps.add(tap);
    return () => this.#taps.delete(tap);
  }

  /** An end of the network for a client. Throws when the address is taken. */
  transport(address: LinkAddress): WorldTransport {
    const listeners = new Set<Receive>();
    this.#occupy(address, (octets, from) => {
      for (const listener of [...listeners]) listener(octets, from);
    });
    let open = true;
    return {
      localAddress: address,
      send: (datagram, to) => {
        if (open) this.#send(datagram, address, to);
      },
      onDatagram: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close: () => {
        if (open) this.#stations.delete(address);
        open = false;
        return Promise.resolve();
      },
    };
  }

  /** Puts a node on the network and starts it. Throws when the address is taken. */
  add(node: SimulatedNode, address: LinkAddress): void {
    let wake: Scheduled | undefined;
    let lastWakeMs = -1;
    let wakes = 0;
    const live = (): boolean => this.#stations.get(address) === receive;
    const act = (sendings: readonly Sending[]): void => {
      for (const { datagram, to } of sendings) this.#send(datagram, address, to);
      wake?.cancel();
      const deadline = node.nextDeadline();
      wake = deadline === undefined ? undefined : this.#heap.add(Math.max(deadline, this.#now), tick);
    };
    const tick = (): void => {
      if (!live()) return;
      wakes = lastWakeMs === this.#now ? wakes + 1 : 0;
      lastWakeMs = this.#now;
      if (wakes > WAKES_AT_ONE_TIME_MAX)
        throw new WorldStalled(`the node at ${address} is always due at ${this.#now} ms`);
      act(node.tick(this.#now));
    };
    const receive: Receive = (octets, from) => act(node.receive(octets, from, this.#now));
    this.#occupy(address, receive);
    node.onDue = () => act([]);
    act(node.start(this.#now));
  }

  /** Unplugs whatever stands at an address. What is on its way there is lost. */
  remove(address: LinkAddress): void {
    this.#stations.delete(address);
  }

  /**
   * Lets time pass until the promise settles, and gives its result. Throws WorldStalled when nothing is
   * left to happen or when `limitMs` of virtual time (default 24 h) has passed, and whatever a node,
   * tap or listener throws.
   */
  async run<T>(promise: Promise<T>, options: { readonly limitMs?: number } = {}): Promise<T> {
    if (this.#running) throw new Error('this world is already running');
    this.#running = true;
    try {
      return await this.#pump(promise, this.#now + (options.limitMs ?? DAY_MS));
    } finally {
      this.#running = false;
    }
  }

  /** Lets `ms` of virtual time pass. */
  advance(ms: number): Promise<void> {
    return this.run(this.clock.sleep(ms), { limitMs: ms });
  }

  async #pump<T>(promise: Promise<T>, limitMs: number): Promise<T> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      // The line above gave `settle` its chance; the compiler cannot see that.
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
      if (settled) return promise;
      const timeMs = this.#heap.nextTimeMs;
      if (timeMs === undefined)
        throw new WorldStalled(`nothing is left to happen at ${this.#now} ms, and the run has not ended`);
      if (timeMs > limitMs) {
        this.#now = limitMs;
        throw new WorldStalled(`the run has not ended by ${limitMs} ms of virtual time`);
      }
      this.#now = timeMs;
      this.#heap.take()?.();
    }
  }

  #occupy(address: LinkAddress, receive: Receive): void {
    if (this.#stations.has(address)) throw new Error(`address ${address} is in use`);
    this.#stations.set(address, receive);
  }

  #send(datagram: Uint8Array, from: LinkAddress, to: LinkAddress): void {
    let octets: Uint8Array = datagram.slice();
    this.#trace.add(this.#now, from, to, octets);
    for (const tap of this.#taps) {
      const verdict = tap(octets, from, to, this.#now);
      if (verdict === 'drop') return;
      octets = verdict ?? octets;
    }
    for (const target of to === BROADCAST ? this.#others(from) : [to]) {
      const link = this.#link(from, target);
      for (const timeMs of link.arrivals(this.#now)) {
        const copy = link.copied(octets);
        this.#heap.add(timeMs, () => this.#stations.get(target)?.(copy, from));
      }
    }
  }

  #others(from: LinkAddress): LinkAddress[] {
    const subnet = this.#subnet(from);
    return [...this.#stations.keys()].filter((a) => a !== from && this.#subnet(a) === subnet);
  }

  #link(from: LinkAddress, to: LinkAddress): Link {
    const key = `${from}>${to}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      link = new Link(this.#qualityOf(from, to), this.#random.split(`link ${key}`));
      this.#links.set(key, link);
    }
    return link;
  }

  #qualityOf(from: LinkAddress, to: LinkAddress): LinkQuality {
    let quality = this.#quality;
    for (const rule of this.#rules) {
      const speaks = (rule.ends.from ?? from) === from && (rule.ends.to ?? to) === to;
      if (speaks) quality = { ...quality, ...rule.quality };
    }
    return quality;
  }
}
