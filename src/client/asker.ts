// Asks one confirmed service along a path: the right timers, the right lane, the right priority, and the
// path learns from the outcome. Everything a client sends to a device passes through here; what the
// endpoint repeats or segments by itself is charged to the lane afterwards.

import {
  addressKey,
  COMPLEX_ACK_HEADER_OCTETS,
  COMPLEX_ACK_SEGMENT_HEADER_OCTETS,
  CONFIRMED_REQUEST_HEADER_OCTETS,
  CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS,
  NetworkRejectReason,
  WINDOW_SIZE_DEFAULT,
  WINDOW_SIZE_MAX,
} from '../../protocol/index.js';
import type { Outcome } from '../../protocol/index.js';
import type { AnswerTimes, Place, RequestQueue } from '../pacing/index.js';
import type { Clock } from '../ports.js';
import { cancelledError } from './cancelling.js';
import { type CallKind, type ClientOptions, laneOf, timersFor } from './options.js';
import type { Path } from './path.js';
import type { CallOptions } from './types.js';
import { asUsage, encoded } from './usage.js';
import type { Wire } from './wire.js';

export interface Question {
  readonly kind: CallKind;
  readonly service: number;
  /** Makes the service data; an EncodeError of it becomes EngineError `usage`. */
  readonly encode: () => Uint8Array;
}

export class Asker {
  readonly #wire: Wire;
  readonly #queue: RequestQueue;
  readonly #clock: Clock;
  readonly #options: ClientOptions;

  constructor(wire: Wire, queue: RequestQueue, clock: Clock, options: ClientOptions) {
    this.#wire = wire;
    this.#queue = queue;
    this.#clock = clock;
    this.#options = options;
  }

  /**
   * The outcome, whatever it is. Rejects with EngineError `cancelled` when the call's signal aborts (a
   * "release" ignores it) or the client closes, and `usage` when the question has no encoding.
   */
  async ask(path: Path, question: Question, call: CallOptions): Promise<Outcome> {
    const payload = encoded(question.encode);
    const lane = laneOf(path.address);
    const priority = call.priority ?? 'bulk';
    const signal = priority === 'release' ? undefined : call.signal;
    const times = path.answerTimes(question.service);
    let repeated = false;
    const send = async (place: Place): Promise<Outcome> => {
      const sentOctets = Math.min(payload.length + CONFIRMED_REQUEST_HEADER_OCTETS, path.limits.maxApdu);
      const sentMs = this.#clock.now();
      let heardMs: number | undefined;
      const outcome = await this.#wire.request(
        {
          to: path.address,
          service: question.service,
          payload,
          peer: path.limits,
          timers: timersFor(
            question.kind,
            path.address,
            this.#options,
            call,
            call.adapts === true ? times.waitMs : undefined,
          ),
          maxApduAccepted: path.accepts.maxApdu,
          ...windowFor(requestFrames(payload.length, path), path),
        },
        {
          signal,
          onRetry: (attempt) => {
            repeated = true;
            this.#queue.charge(lane, 1);
            call.onRetry?.(attempt);
          },
          onHeard: () => {
            heardMs = this.#clock.now();
            place.keep();
          },
        },
      );
      this.#queue.charge(lane, answerFrames(outcome, path) - 1);
      noteTime(times, outcome, repeated, (heardMs ?? this.#clock.now()) - sentMs);
      this.#noteTrouble(lane, outcome, repeated && path.address.network !== undefined);
      path.note(outcome, sentOctets);
      return outcome;
    };
    try {
      return await this.#queue.run(lane, send, {
        priority,
        frames: requestFrames(payload.length, path),
        party: addressKey(path.address),
        outstanding: path.address.network === undefined ? call.outstanding : undefined,
        signal,
      });
    } catch (error) {
      throw signal?.aborted === true || this.#wire.closing.aborted ? cancelledError(error) : asUsage(error);
    }
  }

  /**
   * A lost frame says something of the network only when the peer is there; one that is off says nothing of it.
   * On our own link it is chance: there is no router whose queue it could be.
   */
  #noteTrouble(lane: string, outcome: Outcome, repeated: boolean): void {
    const answered = isAnswer(outcome);
    if (outcome.kind === 'network-reject' && outcome.reason === NetworkRejectReason.routerBusy)
      this.#queue.trouble(lane, 'router-busy');
    if (repeated && answered) this.#queue.trouble(lane, 'repeated');
    this.#queue.settled(lane, answered);
  }
}

/** A segmented answer counts from its first segment. */
function noteTime(times: AnswerTimes, outcome: Outcome, repeated: boolean, ms: number): void {
  if (outcome.kind === 'timeout') times.silent();
  else if (!isAnswer(outcome) || outcome.kind === 'cancelled') return;
  else if (repeated) times.answeredAfterRepetition(ms);
  else times.answered(ms);
}

/** Whether the peer itself said something, and not a router, or nobody. */
function isAnswer({ kind }: Outcome): boolean {
  return kind !== 'timeout' && kind !== 'network-reject';
}

/** Frames of a request, segmented where it does not fit one APDU. */
function requestFrames(octets: number, path: Path): number {
  const { maxApdu } = path.limits;
  if (octets + CONFIRMED_REQUEST_HEADER_OCTETS <= maxApdu) return 1;
  return Math.ceil(octets / (maxApdu - CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS));
}

/**
 * Who sends more segments than a window has proposes to send them at once; the device says how many it takes. Behind a
 * router our own window is enough.
 */
function windowFor(segments: number, { address }: Path): { readonly windowSize?: number } {
  if (address.network !== undefined || segments <= WINDOW_SIZE_DEFAULT) return {};
  return { windowSize: Math.min(segments, WINDOW_SIZE_MAX) };
}

/** Frames that an answer must have taken: a long one came in segments, which use up the same lane. */
function answerFrames(outcome: Outcome, path: Path): number {
  const { maxApdu } = path.accepts;
  if (outcome.kind !== 'ack' || outcome.payload.length + COMPLEX_ACK_HEADER_OCTETS <= maxApdu) return 1;
  return Math.ceil(outcome.payload.length / (maxApdu - COMPLEX_ACK_SEGMENT_HEADER_OCTETS));
}
