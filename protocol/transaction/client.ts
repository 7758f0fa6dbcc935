// All confirmed requests that we have out, and which answer belongs to which (clause 5.4.4): by peer,
// invoke id and service. What belongs to none is reported and touches none; where it shows that a peer is
// still sending segments to nobody, the peer is told to stop.

import { addressKey } from '../address.js';
import type { Address, LinkAddress } from '../address.js';
import type { ConfirmedRequest } from '../apdu.js';
import { AbortReason, NetworkRejectReason } from '../enums.js';
import { EncodeError } from '../errors.js';
import type { ApduLimits, EndpointInput, Machine } from '../exchange.js';
import {
  APDU_OCTETS_MIN,
  CONFIRMED_REQUEST_HEADER_OCTETS,
  CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS,
  INVOKE_ID_REST_FACTOR,
  INVOKE_ID_REST_MS_MAX,
  MESSAGE_OCTETS_MAX,
  SEGMENTS_ASSUMED,
  SEGMENTS_UNLIMITED,
} from '../limits.js';
import type { Outcome } from '../outcome.js';
import { PassingMap } from '../passing-map.js';
import { BusyRouters, concerns } from './busy-routers.js';
import type { AnswerApdu } from './client-states.js';
import { ClientTransaction } from './client-transaction.js';
import { InvokeIds } from './invoke-ids.js';
import { isWindowSize } from '../segmentation/window.js';
import { discarded, earliest, sendsSegments, takesSegments } from './outputs.js';
import type { OwnSide, TransactionOutput } from './outputs.js';

type Request = Extract<EndpointInput, { kind: 'request' }>;

export type ClientInput =
  | Request
  | { readonly kind: 'cancel'; readonly handle: number }
  | { readonly kind: 'answer-apdu'; readonly from: Address; readonly apdu: AnswerApdu }
  /** Reject-Message-To-Network, but for reason 2. */
  | {
      readonly kind: 'network-reject';
      readonly router: LinkAddress;
      readonly network: number;
      readonly reason: number;
    }
  | {
      readonly kind: 'router-busy' | 'router-available';
      readonly router: LinkAddress;
      readonly networks: readonly number[];
    }
  | { readonly kind: 'tick' };

export class ClientTransactions implements Machine<ClientInput, TransactionOutput> {
  readonly #own: OwnSide;
  readonly #ids: InvokeIds;
  readonly #busy = new BusyRouters();
  readonly #byHandle = new PassingMap<number, ClientTransaction>();
  readonly #byPeer = new PassingMap<string, ClientTransaction>();

  constructor(own: OwnSide, firstInvokeId = 1) {
    this.#own = own;
    this.#ids = new InvokeIds(firstInvokeId);
  }

  /** Requests whose outcome is not known yet. */
  get outstanding(): number {
    return this.#byHandle.size;
  }

  nextDeadline(): number | undefined {
    return earliest(this.#byHandle.values());
  }

  handle(input: ClientInput, now: number): TransactionOutput[] {
    switch (input.kind) {
      case 'request':
        return this.#request(input, now);
      case 'cancel': {
        const transaction = this.#byHandle.get(input.handle);
        return transaction === undefined ? [] : this.#settled(transaction, transaction.cancel(), now);
      }
      case 'answer-apdu':
        return this.#answer(input.from, input.apdu, now);
      case 'network-reject': {
        const rejected = this.#rejected(input);
        return this.#each(now, (transaction) =>
          rejected.includes(transaction) ? transaction.rejectedByNetwork(input.network, input.reason) : [],
        );
      }
      case 'router-busy': {
        const until = this.#busy.busy(input.router, input.networks, now);
        return this.#each(now, (transaction) =>
          concerns(input.router, input.networks, transaction.to) ? transaction.hold(now, until) : [],
        );
      }
      case 'router-available':
        this.#busy.available(input.router, input.networks);
        return this.#each(now, (transaction) =>
          concerns(input.router, input.networks, transaction.to) ? transaction.resume(now) : [],
        );
      case 'tick':
        return this.#each(now, (transaction) => transaction.tick(now));
    }
  }

  /**
   * The requests that a router has thrown away. It names the network alone: a message that was too long is the
   * longest that is out, and none that everything carries.
   */
  #rejected({
    router,
    network,
    reason,
  }: Extract<ClientInput, { kind: 'network-reject' }>): ClientTransaction[] {
    const all = [...this.#byHandle.values()].filter(({ to }) => concerns(router, [network], to));
    if (reason !== NetworkRejectReason.messageTooLong) return all;
    const most = Math.max(...all.map(({ payloadOctets }) => payloadOctets));
    const shortest = APDU_OCTETS_MIN - CONFIRMED_REQUEST_HEADER_OCTETS;
    return all.filter(({ payloadOctets }) => payloadOctets === most && payloadOctets > shortest);
  }

  #request(request: Request, now: number): TransactionOutput[] {
    const { handle, to, priority = 0, timers, windowSize } = request;
    if (this.#byHandle.has(handle)) throw new EncodeError(`handle ${handle} has a request out already`);
    if (windowSize !== undefined && !isWindowSize(windowSize))
      throw new EncodeError(`no window has ${windowSize} segments`);
    const fit = fitOf(request.payload.length, request.peer, this.#own.limits);
    if ('kind' in fit) return [outcomeEvent(handle, fit)];
    const peer = addressKey(to);
    const invokeId = this.#ids.next(peer, (id) => this.#byPeer.has(transactionKey(peer, id)), now);
    // Clause 5.4.4 knows no such case. It is the same as any lack of ours: an abort that nobody sent.
    if (invokeId === undefined) {
      return [outcomeEvent(handle, { kind: 'abort', reason: AbortReason.outOfResources, server: false })];
    }
    const key = transactionKey(peer, invokeId);
    const transaction = new ClientTransaction({
      handle,
      key,
      to,
      priority,
      apdu: this.#apdu(request, invokeId),
      ...fit,
      ...(windowSize === undefined ? {} : { windowSize }),
      timers: { ...this.#own.timers, ...timers },
      own: this.#own,
    });
    this.#byHandle.set(handle, transaction);
    this.#byPeer.set(key, transaction);
    const busyUntil = this.#busy.until(to, now);
    const outputs = busyUntil === undefined ? transaction.start(now) : transaction.hold(now, busyUntil);
    return this.#settled(transaction, outputs, now);
  }

  #apdu(request: Request, invokeId: number): ConfirmedRequest {
    const { limits } = this.#own;
    const segmentedAnswerAccepted = (request.segmentedAnswer ?? true) && takesSegments(limits);
    return {
      type: 'confirmed-request',
      invokeId,
      service: request.service,
      segmentedAnswerAccepted,
      ...(segmentedAnswerAccepted && limits.maxSegments !== undefined && { maxSegments: limits.maxSegments }),
      maxApdu: request.maxApduAccepted ?? limits.maxApdu,
      // A copy: it may have to be sent again when the caller's buffer has other octets.
      payload: request.payload.slice(),
    };
  }

  #answer(from: Address, apdu: AnswerApdu, now: number): TransactionOutput[] {
    const transaction = this.#byPeer.get(transactionKey(addressKey(from), apdu.invokeId));
    const what = `${apdu.type} with invoke id ${apdu.invokeId}`;
    if (transaction === undefined) {
      return [...stopSegments(from, apdu), discarded(from, `${what}: no such request is out to this peer`)];
    }
    const received = transaction.receive(apdu, now);
    if (received.kind === 'taken') return this.#settled(transaction, received.outputs, now);
    return [discarded(from, received.kind === 'ignored' ? `${what}: ${received.reason}` : what)];
  }

  #each(now: number, act: (transaction: ClientTransaction) => TransactionOutput[]): TransactionOutput[] {
    return [...this.#byHandle.values()].flatMap((transaction) =>
      this.#settled(transaction, act(transaction), now),
    );
  }

  /** Forgets a transaction that has ended; lets its invoke id rest where another answer may be under way. */
  #settled(transaction: ClientTransaction, outputs: TransactionOutput[], now: number): TransactionOutput[] {
    const { outcome, to, invokeId, handle, key, timers, attempts } = transaction;
    if (outcome === undefined) return outputs;
    this.#byHandle.delete(handle);
    this.#byPeer.delete(key);
    if (attempts > 1 || (attempts === 1 && !isAnswer(outcome))) {
      const restMs = Math.min(INVOKE_ID_REST_FACTOR * timers.apduTimeoutMs, INVOKE_ID_REST_MS_MAX);
      this.#ids.rest(addressKey(to), invokeId, now + restMs, now);
    }
    return outputs;
  }
}

type Fit = { readonly segmentOctets?: number } | Extract<Outcome, { kind: 'unsendable' }>;

/** Whether a request goes in one APDU, in segments, or not at all (clauses 5.2.1, 5.4.4.1 CannotSend). */
function fitOf(payloadOctets: number, peer: ApduLimits, own: ApduLimits): Fit {
  const octets = payloadOctets + CONFIRMED_REQUEST_HEADER_OCTETS;
  if (octets <= peer.maxApdu) return {};
  const segmentOctets = peer.maxApdu - CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS;
  if (segmentOctets < 1 || !sendsSegments(own) || !takesSegments(peer)) {
    return { kind: 'unsendable', octets, limit: peer.maxApdu };
  }
  const said = peer.maxSegments ?? SEGMENTS_ASSUMED;
  const segments = said >= SEGMENTS_UNLIMITED ? Infinity : said;
  const room = Math.min(segments * segmentOctets, MESSAGE_OCTETS_MAX);
  if (payloadOctets <= room) return { segmentOctets };
  return { kind: 'unsendable', octets, limit: room + CONFIRMED_REQUEST_HEADER_OCTETS };
}

/** UnexpectedSegmentInfoReceived (clause 5.4.4.1): a peer that sends us segments, or waits for ours, may stop. */
function stopSegments(from: Address, apdu: AnswerApdu): TransactionOutput[] {
  const segments = apdu.type === 'segment-ack' || (apdu.type === 'complex-ack' && apdu.segment !== undefined);
  if (!segments) return [];
  const reason = AbortReason.invalidApduInThisState;
  const abort = { type: 'abort', server: false, invokeId: apdu.invokeId, reason } as const;
  return [{ kind: 'apdu', to: from, apdu: abort, priority: 0 }];
}

/** The peer has said its last word on the request. */
function isAnswer(outcome: Outcome): boolean {
  if (outcome.kind === 'abort') return outcome.server;
  return ['ack', 'error', 'reject', 'malformed'].includes(outcome.kind);
}

function outcomeEvent(handle: number, outcome: Outcome): TransactionOutput {
  return { kind: 'event', event: { kind: 'outcome', handle, outcome } };
}

function transactionKey(peer: string, invokeId: number): string {
  return `${peer}#${invokeId}`;
}
