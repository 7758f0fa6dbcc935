// One BACnet station on one link, asking and answering many peers at a time: inputs and time in, datagrams
// and events out. Any datagram whatsoever gives events or nothing: none throws, none touches a transaction
// that it does not belong to. Decodes APDU headers only; service data is the application's.

import { isBroadcast } from './address.js';
import type { Address, Destination, LinkAddress } from './address.js';
import { decodeApdu, encodeApdu } from './apdu.js';
import type { Apdu } from './apdu.js';
import { NetworkRejectReason } from './enums.js';
import { openDatagram, resultDatagram, sealDatagram } from './envelope.js';
import type { Envelope } from './envelope.js';
import { DecodeError } from './errors.js';
import type { EndpointEvent, EndpointInput, EndpointOptions, Machine, Output } from './exchange.js';
import { ForeignDevice } from './foreign-device.js';
import { APDU_OCTETS_MIN, WINDOW_SIZE_MAX } from './limits.js';
import type { NetworkMessage } from './npdu.js';
import { ClientTransactions } from './transaction/client.js';
import { earliest, takesSegments } from './transaction/outputs.js';
import type { TransactionOutput } from './transaction/outputs.js';
import { ServerTransactions } from './transaction/server.js';

type Request = Extract<EndpointInput, { kind: 'request' }>;

export class Endpoint implements Machine<EndpointInput, Output> {
  readonly #options: EndpointOptions;
  readonly #client: ClientTransactions;
  readonly #server: ServerTransactions;
  readonly #foreign: ForeignDevice | undefined;
  /** The last request that was found to be encodable: most are like the one before. */
  #encodable: Request | undefined;

  /** RangeError for options that cannot be. */
  constructor(options: EndpointOptions) {
    requireSound(options);
    this.#options = options;
    this.#client = new ClientTransactions(options, options.firstInvokeId);
    this.#server = new ServerTransactions(options, options.answerMemoryMs);
    this.#foreign = options.foreign && new ForeignDevice(options.foreign);
  }

  /**
   * Takes one input. EncodeError for a request or message of ours that has no encoding; it then changed
   * nothing. An answer to an indication that is over, and cancelling what has ended, give nothing.
   */
  handle(input: EndpointInput, now: number): Output[] {
    switch (input.kind) {
      case 'start':
        return this.#foreign?.handle({ kind: 'register' }, now) ?? [];
      case 'datagram':
        return this.#datagram(input.octets, input.from, now);
      case 'request':
        this.#requireEncodable(input);
        return this.#outputs(this.#client.handle(input, now));
      case 'cancel':
        return this.#outputs(this.#client.handle(input, now));
      case 'answer':
        return this.#outputs(this.#server.handle(input, now));
      case 'unconfirmed': {
        const { to, service, payload } = input;
        return [this.#sendApdu(to, { type: 'unconfirmed-request', service, payload }, 0)];
      }
      case 'network-message': {
        const content = { kind: 'network-message', message: input.message } as const;
        return [this.#send(input.to, { content, priority: 0, expectingReply: false })];
      }
      case 'tick':
        return [
          ...(this.#foreign?.handle({ kind: 'tick' }, now) ?? []),
          ...this.#outputs(this.#client.handle({ kind: 'tick' }, now)),
          ...this.#outputs(this.#server.handle({ kind: 'tick' }, now)),
        ];
    }
  }

  nextDeadline(): number | undefined {
    return earliest([this.#client, this.#server, this.#foreign]);
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
    const opened = openDatagram(octets, link, this.#options.framing);
    switch (opened.kind) {
      case 'result':
        return this.#result(link, opened.code, now);
      case 'not-for-us': {
        const { reason, refusal } = opened;
        const refused = refusal === undefined ? [] : [resultDatagram(link, refusal)];
        return [...refused, discarded(link, reason)];
      }
      case 'npdu': {
        const { from, content, broadcast, priority } = opened;
        if (content.kind === 'network-message') return this.#networkMessage(from, content.message, now);
        return this.#apdu(from, owned(decodeApdu(content.apdu)), broadcast, priority, now);
      }
    }
  }

  #result(link: LinkAddress, code: number, now: number): Output[] {
    const ours = link === this.#foreign?.bbmd ? this.#foreign.handle({ kind: 'result', code }, now) : [];
    return ours.length > 0 ? ours : [discarded(link, `BVLC-Result ${code} to nothing that we asked`)];
  }

  #apdu(from: Address, apdu: Apdu, broadcast: boolean, priority: number, now: number): Output[] {
    switch (apdu.type) {
      case 'unconfirmed-request': {
        const { service, payload } = apdu;
        return [event({ kind: 'unconfirmed', from, service, payload })];
      }
      case 'confirmed-request':
        // ConfirmedBroadcastReceived (clause 5.4.5.1): everybody's answers at once would be a storm.
        if (broadcast) return [discarded(from.link, 'a confirmed request must not be broadcast')];
        return this.#outputs(this.#server.handle({ kind: 'request-apdu', from, apdu, priority }, now));
      case 'segment-ack':
        return apdu.server
          ? this.#outputs(this.#client.handle({ kind: 'answer-apdu', from, apdu }, now))
          : this.#outputs(this.#server.handle({ kind: 'request-apdu', from, apdu, priority }, now));
      case 'abort':
        return apdu.server
          ? this.#outputs(this.#client.handle({ kind: 'answer-apdu', from, apdu }, now))
          : this.#outputs(this.#server.handle({ kind: 'request-apdu', from, apdu, priority }, now));
      case 'simple-ack':
      case 'complex-ack':
      case 'error':
      case 'reject':
        return this.#outputs(this.#client.handle({ kind: 'answer-apdu', from, apdu }, now));
    }
  }

  /** What a router says of networks behind it is for the requests that travel there, and for the application. */
  #networkMessage(from: Address, message: NetworkMessage, now: number): Output[] {
    const told = event({ kind: 'network-message', from, message });
    const router = from.link;
    switch (message.kind) {
      case 'reject-message-to-network': {
        const { network, reason } = message;
        const input =
          reason === NetworkRejectReason.routerBusy
            ? ({ kind: 'router-busy', router, networks: [network] } as const)
            : ({ kind: 'network-reject', router, network, reason } as const);
        return [...this.#outputs(this.#client.handle(input, now)), told];
      }
      case 'router-busy-to-network':
      case 'router-available-to-network': {
        const kind = message.kind === 'router-busy-to-network' ? 'router-busy' : 'router-available';
        const { networks } = message;
        return [...this.#outputs(this.#client.handle({ kind, router, networks }, now)), told];
      }
      default:
        return [told];
    }
  }

  /** Finds out what cannot be encoded before a transaction depends on it. */
  #requireEncodable(request: Request): void {
    const { to, service, maxApduAccepted, priority = 0 } = request;
    const last = this.#encodable;
    const known = last?.to === to && last.service === service && last.maxApduAccepted === maxApduAccepted;
    if (known && (last.priority ?? 0) === priority) return;
    const { limits } = this.#options;
    this.#sendApdu(
      to,
      {
        type: 'confirmed-request',
        invokeId: 1,
        service,
        segmentedAnswerAccepted: false,
        maxApdu: maxApduAccepted ?? limits.maxApdu,
        payload: new Uint8Array(0),
      },
      priority,
    );
    this.#encodable = request;
  }

  #outputs(outputs: readonly TransactionOutput[]): Output[] {
    return outputs.map((output) =>
      output.kind === 'event' ? output : this.#sendApdu(output.to, output.apdu, output.priority),
    );
  }

  #sendApdu(to: Destination, apdu: Apdu, priority: number): Output {
    const content = { kind: 'apdu', apdu: encodeApdu(apdu) } as const;
    return this.#send(to, { content, priority, expectingReply: expectsReply(apdu) });
  }

  #send(to: Destination, envelope: Envelope): Output {
    const distributor = isBroadcast(to) ? this.#foreign?.distributor : undefined;
    return sealDatagram(to, envelope, this.#options.framing, distributor);
  }
}

/**
 * With a payload of its own: a decoded one is a window on the datagram, and the link may use its buffer again. What
 * comes for a receiver of segments needs none: that copies.
 */
function owned(apdu: Apdu): Apdu {
  if (!('payload' in apdu) || (apdu.type === 'complex-ack' && apdu.segment !== undefined)) return apdu;
  return { ...apdu, payload: apdu.payload.slice() };
}

/** The data_expecting_reply bit (clauses 5.4, 6.2.2): requests, and segments that want a SegmentACK. */
function expectsReply(apdu: Apdu): boolean {
  return apdu.type === 'confirmed-request' || (apdu.type === 'complex-ack' && apdu.segment !== undefined);
}

function requireSound({ limits, windowSize, firstInvokeId = 1, foreign }: EndpointOptions): void {
  const { maxApdu, maxSegments } = limits;
  requireRange(maxApdu, APDU_OCTETS_MIN, 0xffff, 'max APDU');
  if (maxSegments !== undefined && takesSegments(limits)) {
    requireRange(maxSegments, 2, Number.MAX_SAFE_INTEGER, 'max segments');
  }
  requireRange(windowSize, 1, WINDOW_SIZE_MAX, 'window size');
  requireRange(firstInvokeId, 1, 255, 'first invoke id');
  if (foreign !== undefined) requireRange(foreign.ttlSeconds, 1, 0xffff, 'time to live');
}

function requireRange(value: number, min: number, max: number, what: string): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${what} ${value} is not a whole number in ${min}..${max}`);
  }
}

function event(content: EndpointEvent): Output {
  return { kind: 'event', event: content };
}

function discarded(from: LinkAddress, reason: string): Output {
  return event({ kind: 'discarded', from, reason });
}
