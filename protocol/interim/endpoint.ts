// One BACnet station on one link, for many peers at a time: datagrams, requests, answers and time in;
// datagrams and events out. Any datagram whatsoever gives events or nothing; none throws, none touches a
// transaction that it does not belong to. Decodes APDU headers only: service data is the application's.

import { type Address, addressKey, type Destination, isBroadcast, type LinkAddress } from '../address.js';
import { type Apdu, decodeApdu, encodeApdu } from '../apdu.js';
import { AbortReason, NetworkRejectReason } from '../enums.js';
import { open, seal } from './envelope.js';
import { DecodeError } from '../errors.js';
import type { EndpointEvent, EndpointInput, EndpointOptions, Machine, Output } from '../exchange.js';
import { ForeignDevice } from './foreign-device.js';
import { ROUTER_BUSY_MS } from './limits2.js';
import type { NetworkMessage } from '../npdu.js';
import type { Outcome } from '../outcome.js';
import { type ClientEntry, ClientTransactions } from './transaction/clients.js';
import { type ServerEntry, ServerTransactions } from './transaction/servers.js';
import type { OwnSide, Step } from './transaction/steps.js';

type Input<Kind extends EndpointInput['kind']> = Extract<EndpointInput, { kind: Kind }>;

export class Endpoint implements Machine<EndpointInput, Output> {
  readonly #options: EndpointOptions;
  readonly #clients: ClientTransactions;
  readonly #servers: ServerTransactions;
  readonly #foreign: ForeignDevice | undefined;
  /** Networks behind a busy router, by "link#network" or "link#*", until when. */
  readonly #busy = new Map<string, number>();

  constructor(options: EndpointOptions) {
    this.#options = options;
    const own: OwnSide = { ...options.timers, limits: options.limits, windowSize: options.windowSize };
    this.#clients = new ClientTransactions(own, options.firstInvokeId);
    this.#servers = new ServerTransactions(own, options.answerMemoryMs ?? 0);
    this.#foreign = options.foreign && new ForeignDevice(options.foreign);
  }

  /** Takes one input. EncodeError only for an input of ours that has no encoding. */
  handle(input: EndpointInput, now: number): Output[] {
    switch (input.kind) {
      case 'start':
        return this.#foreign?.register(now) ?? [];
      case 'datagram':
        return this.#datagram(input.octets, input.from, now);
      case 'request':
        return this.#request(input, now);
      case 'cancel':
        return this.#cancel(input.handle, now);
      case 'answer':
        return this.#answer(input, now);
      case 'unconfirmed': {
        const { service, payload } = input;
        return [this.#sendApdu(input.to, { type: 'unconfirmed-request', service, payload }, 0)];
      }
      case 'network-message':
        return [this.#seal(input.to, { kind: 'network-message', message: input.message }, 0, false)];
      case 'tick':
        return this.#tick(now);
    }
  }

  nextDeadline(): number | undefined {
    const all = [this.#clients.nextDeadline(), this.#servers.nextDeadline(), this.#foreign?.nextDeadline()];
    const due = all.filter((deadline) => deadline !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  #tick(now: number): Output[] {
    for (const [key, until] of this.#busy) if (until <= now) this.#busy.delete(key);
    return [
      ...(this.#foreign?.tick(now) ?? []),
      ...this.#clients.tick(now).flatMap(({ entry, steps }) => this.#clientOutputs(entry, steps, now)),
      ...this.#servers.tick(now).flatMap(({ entry, steps }) => this.#serverOutputs(entry, steps)),
    ];
  }

  #datagram(octets: Uint8Array, from: LinkAddress, now: number): Output[] {
    try {
      return this.#opened(octets, from, now);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return [event({ kind: 'discarded', from, reason: error.message, error })];
    }
  }

  #opened(octets: Uint8Array, link: LinkAddress, now: number): Output[] {
    const opened = open(octets, link, this.#options.framing);
    switch (opened.kind) {
      case 'result': {
        const outputs = link === this.#foreign?.bbmd ? this.#foreign.result(opened.code, now) : [];
        return outputs.length > 0 ? outputs : [discarded(link, `BVLC-Result ${opened.code}`)];
      }
      case 'not-for-us':
        return [discarded(link, opened.reason)];
      case 'npdu':
        if (opened.content.kind === 'network-message') {
          return this.#networkMessage(opened.from, opened.content.message, now);
        }
        return this.#apdu(opened.from, decodeApdu(opened.content.apdu), opened.broadcast, opened.priority, now);
    }
  }

  #apdu(from: Address, apdu: Apdu, broadcast: boolean, priority: number, now: number): Output[] {
    if (apdu.type === 'unconfirmed-request') {
      const { service, payload } = apdu;
      return [event({ kind: 'unconfirmed', from, service, payload })];
    }
    // Confirmed services are never broadcast (clause 5.1): answering one would be a storm.
    if (broadcast) return [discarded(from.link, `a broadcast ${apdu.type}`)];
    const outputs = isForServer(apdu) ? this.#toServer(from, apdu, priority, now) : this.#toClient(from, apdu, now);
    return outputs ?? [discarded(from.link, `${apdu.type} of no transaction with ${addressKey(from)}`)];
  }

  #toClient(from: Address, apdu: Apdu, now: number): Output[] | undefined {
    const entry = this.#clients.find(from, apdu);
    const steps = entry?.transaction.receive(apdu, now);
    return entry && steps && this.#clientOutputs(entry, steps, now);
  }

  #toServer(from: Address, apdu: Apdu, priority: number, now: number): Output[] | undefined {
    const known = this.#servers.find(from, apdu);
    if (known && (apdu.type !== 'confirmed-request' || known.transaction.keeps(apdu))) {
      const steps = known.transaction.receive(apdu, now);
      return steps && this.#serverOutputs(known, steps);
    }
    if (apdu.type !== 'confirmed-request') return undefined;
    const entry = this.#servers.begin(from, priority, apdu);
    if (entry === undefined) {
      const { invokeId } = apdu;
      return [this.#sendApdu(from, { type: 'abort', server: true, invokeId, reason: AbortReason.outOfResources }, priority)];
    }
    return this.#serverOutputs(entry, entry.transaction.start(now));
  }

  #request(input: Input<'request'>, now: number): Output[] {
    const { limits, timers } = this.#options;
    const { handle, to, service, payload, peer } = input;
    const request = {
      service,
      payload,
      peer,
      timers: { ...timers, ...input.timers },
      maxApduAccepted: input.maxApduAccepted ?? limits.maxApdu,
      segmentedAnswer: input.segmentedAnswer ?? true,
    };
    const entry = this.#clients.begin(handle, to, input.priority ?? 0, request, now);
    // All 255 invoke ids are out or resting: nothing was sent, and nothing can be said of the peer.
    if (entry === undefined) return [event({ kind: 'outcome', handle, outcome: { kind: 'timeout', attempts: 0 } })];
    const busyUntil = this.#busyUntil(to);
    return this.#clientOutputs(entry, entry.transaction.start(now, busyUntil), now);
  }

  #cancel(handle: number, now: number): Output[] {
    const entry = this.#clients.get(handle);
    return entry ? this.#clientOutputs(entry, entry.transaction.end({ kind: 'cancelled' }), now) : [];
  }

  #answer(input: Input<'answer'>, now: number): Output[] {
    const entry = this.#servers.get(input.handle);
    return entry ? this.#serverOutputs(entry, entry.transaction.answer(input.answer, now)) : [];
  }

  #networkMessage(from: Address, message: NetworkMessage, now: number): Output[] {
    const outputs = this.#routerOutputs(from.link, message, now);
    return [...outputs, event({ kind: 'network-message', from, message })];
  }

  /** What a router says about networks behind it, for the requests that travel there (clause 6.4). */
  #routerOutputs(router: LinkAddress, message: NetworkMessage, now: number): Output[] {
    switch (message.kind) {
      case 'reject-message-to-network': {
        const { network, reason } = message;
        if (reason === NetworkRejectReason.routerBusy) return this.#routerBusy(router, [network], now);
        const outcome: Outcome = { kind: 'network-reject', network, reason };
        const ended = network === 0 ? [] : this.#clients.through(router, [network]);
        return ended.flatMap((entry) => this.#clientOutputs(entry, entry.transaction.end(outcome), now));
      }
      case 'router-busy-to-network':
        return this.#routerBusy(router, message.networks, now);
      case 'router-available-to-network':
        this.#clients.through(router, message.networks).forEach(({ transaction }) => transaction.resume(now));
        for (const key of busyKeys(router, message.networks)) this.#busy.delete(key);
        if (message.networks.length === 0) this.#forgetBusy(router);
        return this.#tick(now);
      default:
        return [];
    }
  }

  #routerBusy(router: LinkAddress, networks: readonly number[], now: number): Output[] {
    const until = now + ROUTER_BUSY_MS;
    for (const { transaction } of this.#clients.through(router, networks)) transaction.hold(until);
    for (const key of busyKeys(router, networks).slice(0, BUSY_MAX - this.#busy.size)) this.#busy.set(key, until);
    return [];
  }

  #forgetBusy(router: LinkAddress): void {
    for (const key of this.#busy.keys()) if (key.startsWith(`${router}#`)) this.#busy.delete(key);
  }

  #busyUntil({ link, network }: Address): number | undefined {
    if (network === undefined) return undefined;
    return this.#busy.get(`${link}#${network}`) ?? this.#busy.get(`${link}#*`);
  }

  #clientOutputs(entry: ClientEntry, steps: readonly Step[], now: number): Output[] {
    return steps.flatMap((step): Output[] => {
      switch (step.kind) {
        case 'apdu':
          return [this.#sendApdu(entry.to, step.apdu, entry.priority)];
        case 'outcome':
          this.#clients.settle(entry, step.outcome, now);
          return [event({ kind: 'outcome', handle: entry.handle, outcome: step.outcome })];
        case 'retried':
          return [event({ kind: 'retried', handle: entry.handle, attempt: step.attempt })];
        case 'indication':
          return [];
      }
    });
  }

  #serverOutputs(entry: ServerEntry, steps: readonly Step[]): Output[] {
    const { handle, from, transaction } = entry;
    if (transaction.done) this.#servers.forget(entry);
    return steps.flatMap((step): Output[] => {
      if (step.kind === 'apdu') return [this.#sendApdu(from, step.apdu, entry.priority)];
      if (step.kind !== 'indication') return [];
      const { service, invokeId, answerOctetsMax } = transaction;
      return [event({ kind: 'indication', handle, from, service, invokeId, payload: step.payload, answerOctetsMax })];
    });
  }

  #sendApdu(to: Destination, apdu: Apdu, priority: number): Output {
    return this.#seal(to, { kind: 'apdu', apdu: encodeApdu(apdu) }, priority, expectsReply(apdu));
  }

  #seal(to: Destination, content: Parameters<typeof seal>[1]['content'], priority: number, expectingReply: boolean): Output {
    const bbmd = isBroadcast(to) ? this.#foreign?.bbmd : undefined;
    return seal(to, { content, priority, expectingReply }, this.#options.framing, bbmd);
  }
}

/** Busy networks remembered at a time: more than a site has, less than a flood. */
const BUSY_MAX = 1024;

function busyKeys(router: LinkAddress, networks: readonly number[]): string[] {
  return networks.length === 0 ? [`${router}#*`] : networks.map((network) => `${router}#${network}`);
}

/** Whether an APDU is part of a request to us, rather than of an answer. */
function isForServer(apdu: Apdu): boolean {
  if (apdu.type === 'segment-ack' || apdu.type === 'abort') return !apdu.server;
  return apdu.type === 'confirmed-request';
}

/** The data_expecting_reply bit (clause 6.2.2): requests, and segments that want their acknowledgement. */
function expectsReply(apdu: Apdu): boolean {
  return apdu.type === 'confirmed-request' || (apdu.type === 'complex-ack' && apdu.segment !== undefined);
}

function event(content: EndpointEvent): Output {
  return { kind: 'event', event: content };
}

function discarded(from: LinkAddress, reason: string): Output {
  return event({ kind: 'discarded', from, reason });
}
