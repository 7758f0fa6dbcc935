// An MS/TP network behind a router: nodes with MACs of one octet, on a wire that carries one frame at a
// time. It moves frames and wakes nodes; where a frame goes beyond the wire is the router's business.

import { BROADCAST } from '../../protocol/index.js';
import type { Sending, SimulatedNode } from '../types.js';
import type { RouterPort } from './ports.js';

export interface LaneOptions {
  /** Network number 1..65534. */
  readonly network: number;
  /** How long the wire is taken by one frame, whatever its length, ms: token passing; default 5. */
  readonly latencyMs?: number;
  /** And for each octet of it, ms; default 0. 38400 bit/s are 0.26. */
  readonly octetMs?: number;
  /** The longest APDU that passes, octets; default 480 (clause 9). */
  readonly maxApdu?: number;
  /** MAC of the router on this wire, two hex digits; default "00". */
  readonly routerMac?: string;
  /** When the router says Router-Busy and takes nothing for this network. */
  readonly busy?: readonly { readonly fromMs: number; readonly untilMs: number }[];
  /** Frames that wait for the wire at most; more are lost. Default 1000. */
  readonly queueMax?: number;
}

interface Frame {
  readonly fromMac: string;
  /** '' is everyone. */
  readonly toMac: string;
  readonly npdu: Uint8Array;
}

type ToRouter = (npdu: Uint8Array, fromMac: string, isBroadcast: boolean, now: number) => void;

export class MstpLane implements RouterPort {
  readonly network: number;
  readonly maxApdu: number;
  readonly routerMac: string;
  readonly busy: readonly { readonly fromMs: number; readonly untilMs: number }[];
  readonly #latencyMs: number;
  readonly #octetMs: number;
  readonly #queueMax: number;
  readonly #nodes = new Map<string, SimulatedNode>();
  readonly #queue: Frame[] = [];
  /** When the frame at the head of the queue has passed the wire. */
  #headArrivesMs = 0;

  constructor(options: LaneOptions) {
    this.network = options.network;
    this.maxApdu = options.maxApdu ?? 480;
    this.routerMac = options.routerMac ?? '00';
    this.busy = options.busy ?? [];
    this.#latencyMs = options.latencyMs ?? 5;
    this.#octetMs = options.octetMs ?? 0;
    this.#queueMax = options.queueMax ?? 1000;
  }

  /** Puts a node on the wire. Throws RangeError for a MAC that is not one octet or is taken. */
  attach(mac: string, node: SimulatedNode): void {
    if (!/^[0-9a-f]{2}$/.test(mac) || mac === 'ff')
      throw new RangeError(`"${mac}" is not an MS/TP MAC 00..fe`);
    if (mac === this.routerMac || this.#nodes.has(mac))
      throw new RangeError(`MAC ${mac} is in use on network ${this.network}`);
    this.#nodes.set(mac, node);
  }

  isBusy(now: number): boolean {
    return this.busy.some(({ fromMs, untilMs }) => now >= fromMs && now < untilMs);
  }

  start(now: number): void {
    for (const [mac, node] of this.#nodes) this.#enqueueAll(node.start(now), mac, now);
  }

  send(npdu: Uint8Array, toMac: string, now: number): void {
    this.#enqueue({ fromMac: this.routerMac, toMac, npdu }, now);
  }

  nextDeadline(): number | undefined {
    const times = [...this.#nodes.values()]
      .map((node) => node.nextDeadline())
      .filter((time) => time !== undefined);
    if (this.#queue.length > 0) times.push(this.#headArrivesMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Lets frames arrive and nodes wake that are due by now. */
  tick(now: number, toRouter: ToRouter): void {
    for (const [mac, node] of this.#nodes) {
      const due = node.nextDeadline();
      if (due !== undefined && due <= now) this.#enqueueAll(node.tick(now), mac, now);
    }
    while (this.#queue.length > 0 && this.#headArrivesMs <= now) {
      const arrivedMs = this.#headArrivesMs;
      const frame = this.#queue.shift();
      const next = this.#queue[0];
      if (next !== undefined) this.#headArrivesMs = arrivedMs + this.#passingMs(next);
      if (frame !== undefined) this.#deliver(frame, now, toRouter);
    }
  }

  #deliver({ fromMac, toMac, npdu }: Frame, now: number, toRouter: ToRouter): void {
    for (const [mac, node] of this.#nodes) {
      const isForIt = toMac === mac || (toMac === '' && mac !== fromMac);
      if (isForIt) this.#enqueueAll(node.receive(npdu, fromMac, now), mac, now);
    }
    const isForRouter = toMac === this.routerMac || (toMac === '' && fromMac !== this.routerMac);
    if (isForRouter) toRouter(npdu, fromMac, toMac === '', now);
  }

  #enqueueAll(sendings: readonly Sending[], fromMac: string, now: number): void {
    for (const { to, datagram } of sendings)
      this.#enqueue({ fromMac, toMac: to === BROADCAST ? '' : to, npdu: datagram }, now);
  }

  #enqueue(frame: Frame, now: number): void {
    if (this.#queue.length >= this.#queueMax) return;
    this.#queue.push(frame);
    if (this.#queue.length === 1) this.#headArrivesMs = now + this.#passingMs(frame);
  }

  #passingMs({ npdu }: Frame): number {
    return this.#latencyMs + Math.ceil(this.#octetMs * npdu.length);
  }
}
