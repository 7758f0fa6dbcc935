// Two or more endpoints and a scriptable link between them, in virtual time: for tests about transactions.
// Each datagram may be lost, repeated, late or changed; time jumps to the next thing that is due.

import {
  type Address,
  type Answer,
  type Apdu,
  decodeApdu,
  decodeBvll,
  decodeNpdu,
  Endpoint,
  type EndpointEvent,
  type EndpointInput,
  type EndpointOptions,
  type Outcome,
  type Output,
} from '../../protocol/index.js';

export const CLIENT = '10.0.0.1:47808';
export const SERVER = '10.0.0.2:47808';

export interface Passing {
  readonly octets: Uint8Array;
  readonly from: string;
  readonly to: string;
  /** Counts the datagrams of this direction from 1. */
  readonly nth: number;
}

/** When copies of a datagram arrive, as delays in ms, none = lost; or what arrives instead, after 5 ms. */
export type Fate = (passing: Passing) => readonly number[] | Uint8Array;

export function endpointOptions(changes: Partial<EndpointOptions> = {}): EndpointOptions {
  return {
    framing: 'bip',
    limits: { maxApdu: 1476, segmentation: 'both', maxSegments: 65 },
    timers: { apduTimeoutMs: 1000, segmentTimeoutMs: 500, retries: 3 },
    windowSize: 8,
    ...changes,
  };
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

export class Pair {
  readonly outcomes = new Map<number, Outcome>();
  readonly events: { readonly at: string; readonly event: EndpointEvent }[] = [];
  /** Every datagram that was sent, decoded, in order. */
  readonly sent: { readonly from: string; readonly to: string; readonly apdu: Apdu }[] = [];
  /** Requests that reached an application. */
  readonly indications: {
    readonly at: string;
    readonly handle: number;
    readonly service: number;
    readonly payload: Uint8Array;
  }[] = [];
  now = 0;
  /** How an application answers; default SimpleACK. Without an answer now, the test gives it later. */
  answer: (payload: Uint8Array, service: number, at: string) => Answer | undefined = () => ({
    kind: 'simple-ack',
  });
  /** What the link does to each datagram. */
  fate: Fate = () => [5];
  readonly #nodes = new Map<string, Endpoint>();
  readonly #due: Due[] = [];
  readonly #counts = new Map<string, number>();
  #order = 0;

  constructor(
    nodes: Readonly<Record<string, EndpointOptions>> = {
      [CLIENT]: endpointOptions(),
      [SERVER]: endpointOptions(),
    },
  ) {
    for (const [link, options] of Object.entries(nodes)) this.#nodes.set(link, new Endpoint(options));
  }

  node(link: string): Endpoint {
    const node = this.#nodes.get(link);
    if (node === undefined) throw new Error(`no endpoint at ${link}`);
    return node;
  }

  input(link: string, input: EndpointInput): void {
    this.#take(link, this.node(link).handle(input, this.now));
  }

  request(
    handle: number,
    payload: Uint8Array,
    more: Partial<Extract<EndpointInput, { kind: 'request' }>> = {},
  ): void {
    const peer = { maxApdu: 1476, segmentation: 'both', maxSegments: 65 } as const;
    const to: Address = { link: SERVER };
    this.input(CLIENT, { kind: 'request', handle, to, service: 6, payload, peer, ...more });
  }

  at(delayMs: number, act: () => void): void {
    this.#due.push({ at: this.now + delayMs, order: (this.#order += 1), act });
  }

  /** Lets everything happen, up to a virtual time; returns when nothing is left to happen. */
  run(limitMs = 600_000): this {
    for (;;) {
      this.#due.sort((a, b) => a.at - b.at || a.order - b.order);
      const deadlines = [...this.#nodes.values()].map((n) => n.nextDeadline() ?? Infinity);
      const next = Math.min(this.#due[0]?.at ?? Infinity, ...deadlines);
      if (next === Infinity || next > limitMs) return this;
      this.now = Math.max(this.now, next);
      while (this.#due[0] && this.#due[0].at <= this.now) this.#due.shift()?.act();
      for (const [link, node] of this.#nodes) {
        if ((node.nextDeadline() ?? Infinity) <= this.now) this.input(link, { kind: 'tick' });
      }
    }
  }

  #take(link: string, outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.kind === 'send') this.#send(link, output.to, output.datagram);
      else this.#event(link, output.event);
    }
  }

  #send(from: string, to: string, octets: Uint8Array): void {
    const apdu = apduOf(octets);
    if (apdu) this.sent.push({ from, to, apdu });
    const nth = (this.#counts.get(from) ?? 0) + 1;
    this.#counts.set(from, nth);
    const fate = this.fate({ octets, from, to, nth });
    const delays = fate instanceof Uint8Array ? [5] : fate;
    const arriving = fate instanceof Uint8Array ? fate : octets;
    for (const delay of delays) {
      this.at(delay, () => {
        if (this.#nodes.has(to)) this.input(to, { kind: 'datagram', from, octets: arriving });
      });
    }
  }

  #event(link: string, event: EndpointEvent): void {
    this.events.push({ at: link, event });
    if (event.kind === 'outcome') {
      if (this.outcomes.has(event.handle)) throw new Error(`request ${event.handle} ended twice`);
      this.outcomes.set(event.handle, event.outcome);
    }
    if (event.kind === 'indication') {
      const { handle, payload, service } = event;
      this.indications.push({ at: link, handle, service, payload });
      const answer = this.answer(payload, service, link);
      if (answer !== undefined) this.input(link, { kind: 'answer', handle, answer });
    }
  }
}

/** The APDU in a B/IP datagram, where there is one. */
export function apduOf(octets: Uint8Array): Apdu | undefined {
  const bvll = decodeBvll(octets);
  if (!('npdu' in bvll)) return undefined;
  const { content } = decodeNpdu(bvll.npdu);
  return content.kind === 'apdu' ? decodeApdu(content.apdu) : undefined;
}

/** Octets that differ from place to place, so that a misplaced one shows. */
export function pattern(length: number, salt = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + (i >> 16) * 13 + salt) & 0xff);
}
