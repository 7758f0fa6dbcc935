// Registration as a foreign device with a BBMD (Annex J.5.2): sent at the start, renewed at half of its
// time to live, and tried again after silence or a NAK, ever more slowly but without end: a night job
// must find its way back when the BBMD does. Pure: time is an input.

import type { LinkAddress } from '../address.js';
import { BvllResult, encodeBvll } from '../bvll.js';
import type { Output } from '../exchange.js';
import { FOREIGN_RETRY_MS } from './limits2.js';

export class ForeignDevice {
  readonly bbmd: LinkAddress;
  readonly #ttlSeconds: number;
  #deadline: number | undefined;
  #silences = 0;
  #waiting = false;

  constructor(options: { readonly bbmd: LinkAddress; readonly ttlSeconds: number }) {
    this.bbmd = options.bbmd;
    this.#ttlSeconds = options.ttlSeconds;
  }

  nextDeadline(): number | undefined {
    return this.#deadline;
  }

  register(now: number): Output[] {
    this.#waiting = true;
    this.#deadline = now + this.#retryMs();
    const datagram = encodeBvll({ kind: 'register-foreign-device', ttlSeconds: this.#ttlSeconds });
    return [{ kind: 'send', to: this.bbmd, datagram }];
  }

  /** A BVLC-Result of the BBMD; only those about a registration are ours. */
  result(code: number, now: number): Output[] {
    const { successful, registerForeignDeviceNak } = BvllResult;
    if (!this.#waiting || (code !== successful && code !== registerForeignDeviceNak)) return [];
    const registered = code === successful;
    this.#waiting = false;
    if (registered) this.#silences = 0;
    this.#deadline = now + (registered ? (this.#ttlSeconds * 1000) / 2 : this.#retryMs());
    return [{ kind: 'event', event: { kind: 'foreign', registered, bbmd: this.bbmd, result: code } }];
  }

  tick(now: number): Output[] {
    if (this.#deadline === undefined || now < this.#deadline) return [];
    if (this.#waiting) this.#silences += 1;
    return this.register(now);
  }

  #retryMs(): number {
    return FOREIGN_RETRY_MS[Math.min(this.#silences, FOREIGN_RETRY_MS.length - 1)] ?? FOREIGN_RETRY_MS[0];
  }
}
