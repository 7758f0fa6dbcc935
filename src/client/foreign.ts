// Registration as a foreign device (Annex J.5), seen from the client: asked for at the start, renewed by the
// endpoint, watched here. A BBMD that refuses or is silent is an error at the start and a warning later,
// because unicast goes on without it.

import { enumName, BvllResult } from '../../protocol/index.js';
import type { LinkAddress } from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import type { Clock, Log } from '../ports.js';
import { Bell, cancelledError } from './cancelling.js';
import type { Wire } from './wire.js';

/** How long the BBMD gets to answer at the start; the endpoint asks again in the meantime. */
const ACCEPT_WAIT_MS = 10_000;

interface Registered {
  readonly registered: boolean;
  readonly result: number;
}

export class ForeignRegistration {
  readonly #wire: Wire;
  readonly #clock: Clock;
  readonly #bbmd: LinkAddress;
  readonly #bell = new Bell();
  #last: Registered | undefined;

  constructor(wire: Wire, clock: Clock, bbmd: LinkAddress, log: Log | undefined) {
    this.#wire = wire;
    this.#clock = clock;
    this.#bbmd = bbmd;
    wire.onEvent((event) => {
      if (event.kind !== 'foreign') return;
      if (this.#last?.registered === true && !event.registered) {
        log?.log(
          'warn',
          `The registration as a foreign device at ${bbmd} was lost; broadcasts reach nobody.`,
        );
      }
      if (this.#last?.registered === false && event.registered)
        log?.log('info', `Registered as a foreign device at ${bbmd} again.`);
      this.#last = event;
      this.#bell.ring();
    });
  }

  /** Resolves when the BBMD has accepted. Rejects `network-failed`, or `cancelled` when the wire closes. */
  async accepted(): Promise<void> {
    const { closing } = this.#wire;
    try {
      if (this.#last === undefined) await this.#bell.wait(this.#clock, ACCEPT_WAIT_MS, closing);
    } catch (error) {
      throw closing.aborted ? cancelledError(closing.reason) : error;
    }
    if (this.#last?.registered === true) return;
    const why =
      this.#last === undefined
        ? 'does not answer'
        : `refused with ${enumName(BvllResult, this.#last.result)} (it takes no foreign devices, or its table of them is full)`;
    throw new EngineError(
      'network-failed',
      `The BBMD ${this.#bbmd} ${why}: not registered as a foreign device.`,
      {
        details: { bbmd: this.#bbmd, ...(this.#last === undefined ? {} : { result: this.#last.result }) },
      },
    );
  }
}
