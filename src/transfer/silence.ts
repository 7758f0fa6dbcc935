// How long a device that does not answer is waited for in the middle of a transfer: a switch that restarts
// must not cost a whole backup. Counts and measures; it never asks by itself, and what must be looked at
// before a transfer goes on is resume.ts.

import { NetworkRejectReason, type Refusal } from '../../protocol/index.js';
import { backoffMs } from '../pacing/index.js';
import type { FilePort } from './types.js';

/** Unanswered questions in a row that are borne in any case, each repeated by the client itself. */
export const SILENCES_MAX = 4;

/** What a silence needs to know of the world. */
export type SilencePort = Pick<FilePort, 'now' | 'outageMs' | 'pause'>;

/** Nobody answered, or a router on the way has lost the device: both may pass. */
export function isLost(refusal: Refusal): boolean {
  if (refusal.kind !== 'network-reject') return refusal.kind === 'timeout';
  const { other, notDirectlyConnected } = NetworkRejectReason;
  return refusal.reason === other || refusal.reason === notDirectlyConnected;
}

/** One silence after another, in one transfer. */
export class Silence {
  readonly #port: SilencePort;
  #count = 0;
  #sinceMs: number | undefined;

  constructor(port: SilencePort) {
    this.#port = port;
  }

  /** Unanswered questions in a row. */
  get count(): number {
    return this.#count;
  }

  /** A question is asked: a silence is measured from here on. */
  asked(): void {
    if (this.#count === 0) this.#sinceMs = this.#port.now();
  }

  /** Nobody answered. Whether to ask again: pauses where a router answered at once. */
  async goesOn(refusal: Refusal): Promise<boolean> {
    this.#count += 1;
    const lastedMs = this.#port.now() - (this.#sinceMs ?? this.#port.now());
    if (this.#count >= SILENCES_MAX && lastedMs >= this.#port.outageMs) return false;
    if (refusal.kind === 'network-reject') {
      await this.#port.pause(backoffMs(this.#count), 'the router on the way does not reach the device');
    }
    return true;
  }

  /** The device answered. How long it had been silent, ms; undefined when it had not. */
  over(): number | undefined {
    const since = this.#sinceMs;
    const silent = this.#count > 0;
    this.#count = 0;
    this.#sinceMs = undefined;
    return silent && since !== undefined ? this.#port.now() - since : undefined;
  }
}
