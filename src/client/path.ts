// What may travel between us and one device: its own limits, ours, and what the path carries. A path is
// only ever found to be narrower, never wider: routers do not say what they carry, they reject or lose.

import {
  APDU_OCTETS_MAX,
  APDU_OCTETS_MIN,
  APDU_SIZES,
  ConfirmedService,
  NetworkRejectReason,
} from '../../protocol/index.js';
import { AnswerTimes, type AnswerTimesOptions } from '../pacing/index.js';
import { LATE_FLOOR_MS } from './options.js';
import type { Address, ApduLimits, Outcome, Segmentation } from '../../protocol/index.js';

/** What is known of a device's own limits, whoever said it. */
export interface StatedLimits {
  /** The smaller of I-Am's and Max_APDU_Length_Accepted, where either is known. */
  readonly maxApdu?: number | undefined;
  readonly segmentation?: Segmentation | undefined;
  readonly maxSegments?: number | undefined;
}

/**
 * For a device that says nothing about itself: what MS/TP, ARCNET and Ethernet carry alike. Segmentation is
 * only used where the device says that it has it.
 */
const UNSTATED_MAX_APDU = 480;

/** One device's address and limits. `note` narrows the path. */
export class Path {
  readonly address: Address;
  readonly #own: ApduLimits;
  readonly #stated: StatedLimits;
  readonly #answerTimes: Map<number, AnswerTimes>;
  #carries: number;
  /** Made anew when they change only: every request asks for them. */
  #limits: ApduLimits;
  #accepts: ApduLimits;

  constructor(
    address: Address,
    own: ApduLimits,
    stated: StatedLimits,
    carries = APDU_OCTETS_MAX,
    answerTimes = new Map<number, AnswerTimes>(),
  ) {
    this.address = address;
    this.#own = own;
    this.#stated = stated;
    this.#carries = carries;
    this.#limits = limitsOf(stated, carries);
    this.#accepts = acceptsOf(own, carries);
    this.#answerTimes = answerTimes;
  }

  /** The same path once the device has said more about itself: how fast it answered is not forgotten. */
  stating(stated: StatedLimits): Path {
    return new Path(this.address, this.#own, stated, this.#carries, this.#answerTimes);
  }

  /** Most octets of one APDU that the path is believed to carry. */
  get carries(): number {
    return this.#carries;
  }

  /** What may be sent to the device in one request. */
  get limits(): ApduLimits {
    return this.#limits;
  }

  /** What the device may send to us in one answer. */
  get accepts(): ApduLimits {
    return this.#accepts;
  }

  /** How long answers to a service take here: octets of a file come slower than a property. */
  answerTimes(service: number): AnswerTimes {
    let times = this.#answerTimes.get(service);
    if (times === undefined) {
      times = new AnswerTimes(this.#timesOf(service));
      this.#answerTimes.set(service, times);
    }
    return times;
  }

  /** On our own link a repetition costs nobody else; behind a router no answer is late before it is sure to be. */
  #timesOf(service: number): AnswerTimesOptions {
    if (this.address.network !== undefined) return { floorMs: LATE_FLOOR_MS.routed };
    const { readProperty } = ConfirmedService;
    const common = { floorMs: LATE_FLOOR_MS.direct, early: true };
    return service === readProperty ? common : { ...common, others: this.answerTimes(readProperty) };
  }

  /**
   * Learns from the outcome of a request whose longest APDU had this many octets: "message too long" means
   * the next smaller of the standard's sizes from now on (1476, 1024, 480, 206, 128, 50).
   */
  note(outcome: Outcome, apduOctets: number): void {
    if (outcome.kind !== 'network-reject' || outcome.reason !== NetworkRejectReason.messageTooLong) return;
    const lower = APDU_SIZES.findLast((size) => size < apduOctets) ?? APDU_OCTETS_MIN;
    this.#carries = Math.min(this.#carries, lower);
    this.#limits = limitsOf(this.#stated, this.#carries);
    this.#accepts = acceptsOf(this.#own, this.#carries);
  }
}

function limitsOf(stated: StatedLimits, carries: number): ApduLimits {
  const { maxApdu = UNSTATED_MAX_APDU, segmentation = 'none', maxSegments } = stated;
  return {
    maxApdu: Math.min(Math.max(maxApdu, APDU_OCTETS_MIN), carries),
    segmentation,
    ...(maxSegments === undefined ? {} : { maxSegments }),
  };
}

function acceptsOf(own: ApduLimits, carries: number): ApduLimits {
  return { ...own, maxApdu: Math.min(own.maxApdu, carries) };
}
