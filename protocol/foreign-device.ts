// Registration as a foreign device with a BBMD (Annex J.5.2), so that broadcasts reach us and go out from
// us. Asked for at the start, renewed at half its time to live, asked for again after a NAK or silence, ever
// more slowly but without end: whoever runs for months must find back when the BBMD does.

import type { LinkAddress } from './address.js';
import { BvllResult, encodeBvll } from './bvll.js';
import type { Machine, Output } from './exchange.js';
import { FOREIGN_GRACE_S, FOREIGN_RETRY_MS } from './limits.js';

/** The result that a `foreign` event tells when the BBMD was silent until the registration had run out. */
export const FOREIGN_SILENCE = 0xffff;

export interface ForeignDeviceOptions {
  readonly bbmd: LinkAddress;
  /** Time to live that we ask for, 1..65535 s. */
  readonly ttlSeconds: number;
}

export type ForeignDeviceInput =
  | { readonly kind: 'register' }
  /** A BVLC-Result that came from the BBMD. */
  | { readonly kind: 'result'; readonly code: number }
  | { readonly kind: 'tick' };

type State =
  | { readonly name: 'off' }
  /** A registration was sent, after so many in a row that failed. */
  | { readonly name: 'asking'; readonly deadline: number; readonly failures: number }
  | { readonly name: 'registered'; readonly deadline: number }
  | { readonly name: 'refused'; readonly deadline: number; readonly failures: number };

export class ForeignDevice implements Machine<ForeignDeviceInput, Output> {
  readonly #options: ForeignDeviceOptions;
  #state: State = { name: 'off' };
  /** When the BBMD forgets us unless it hears from us; undefined when it does not know us. */
  #knownUntil: number | undefined;

  constructor(options: ForeignDeviceOptions) {
    this.#options = options;
  }

  get bbmd(): LinkAddress {
    return this.#options.bbmd;
  }

  /** Where broadcasts go: to the BBMD, unless it will not have us. Then our own link is all there is. */
  get distributor(): LinkAddress | undefined {
    const { name } = this.#state;
    return name === 'asking' || name === 'registered' ? this.bbmd : undefined;
  }

  nextDeadline(): number | undefined {
    if (this.#state.name === 'off') return undefined;
    return Math.min(this.#state.deadline, this.#knownUntil ?? Infinity);
  }

  handle(input: ForeignDeviceInput, now: number): Output[] {
    switch (input.kind) {
      case 'register':
        return this.#ask(now, 0);
      case 'result':
        return this.#result(input.code, now);
      case 'tick':
        return this.#tick(now);
    }
  }

  /** Results that are about something else, or about nothing that we asked, give no output. */
  #result(code: number, now: number): Output[] {
    const { ttlSeconds } = this.#options;
    if (code === BvllResult.successful && this.#state.name === 'asking') {
      this.#knownUntil = now + (ttlSeconds + FOREIGN_GRACE_S) * 1000;
      this.#state = { name: 'registered', deadline: now + (ttlSeconds * 1000) / 2 };
      return [this.#event(true, code)];
    }
    if (code === BvllResult.registerForeignDeviceNak && this.#state.name === 'asking') {
      this.#knownUntil = undefined;
      const { failures } = this.#state;
      this.#state = { name: 'refused', deadline: now + retryMs(failures), failures };
      return [this.#event(false, code)];
    }
    // It does not know us any more: it restarted, say.
    if (code === BvllResult.distributeBroadcastNak && this.#state.name === 'registered') {
      this.#knownUntil = undefined;
      return [this.#event(false, code), ...this.#ask(now, 0)];
    }
    return [];
  }

  #tick(now: number): Output[] {
    if (this.#state.name === 'off') return [];
    const expired = this.#expired(now);
    if (now < this.#state.deadline) return expired;
    const failures = this.#state.name === 'registered' ? 0 : this.#state.failures + 1;
    return [...expired, ...this.#ask(now, failures)];
  }

  #expired(now: number): Output[] {
    if (this.#knownUntil === undefined || now < this.#knownUntil) return [];
    this.#knownUntil = undefined;
    return [this.#event(false, FOREIGN_SILENCE)];
  }

  #ask(now: number, failures: number): Output[] {
    this.#state = { name: 'asking', deadline: now + retryMs(failures), failures };
    const { bbmd, ttlSeconds } = this.#options;
    const datagram = encodeBvll({ kind: 'register-foreign-device', ttlSeconds });
    return [{ kind: 'send', to: bbmd, datagram }];
  }

  #event(registered: boolean, result: number): Output {
    return { kind: 'event', event: { kind: 'foreign', registered, bbmd: this.bbmd, result } };
  }
}

function retryMs(failures: number): number {
  return FOREIGN_RETRY_MS[Math.min(failures, FOREIGN_RETRY_MS.length - 1)] ?? FOREIGN_RETRY_MS[0];
}
