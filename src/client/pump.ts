// Drives one protocol endpoint: datagrams in, datagrams out, and a tick when a deadline is due. At most
// one sleep is pending at any time, and none when the endpoint waits for nothing or is closed. Whatever a
// datagram does to the endpoint, it must never end the process.

import {
  DecodeError,
  type EndpointEvent,
  type EndpointInput,
  type Machine,
  type Output,
} from '../../protocol/index.js';
import type { Clock, Log, Transport, Unsubscribe } from '../ports.js';

export interface PumpOptions {
  readonly endpoint: Machine<EndpointInput, Output>;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly log?: Log | undefined;
  readonly onEvent: (event: EndpointEvent) => void;
}

interface Alarm {
  readonly at: number;
  readonly letGo: () => void;
}

export class Pump {
  readonly #options: PumpOptions;
  readonly #unsubscribe: Unsubscribe;
  readonly #outputs: Output[] = [];
  #draining = false;
  #alarm: Alarm | undefined;
  #closed = false;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#unsubscribe = options.transport.onDatagram((octets, from) => {
      this.#guarded({ kind: 'datagram', from, octets });
    });
  }

  /** Gives the endpoint an input. Throws what the endpoint throws (EncodeError); does nothing once closed. */
  input(input: EndpointInput): void {
    if (this.#closed) return;
    const { endpoint, clock } = this.#options;
    this.#outputs.push(...endpoint.handle(input, clock.now()));
    this.#drain();
    this.#arm();
  }

  /** Hears and says nothing more, and waits for nothing. */
  close(): void {
    this.#closed = true;
    this.#outputs.length = 0;
    this.#unsubscribe();
    this.#disarm();
  }

  /** An event may cause the next input at once; its outputs go behind those that are still waiting. */
  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let output = this.#outputs.shift(); output !== undefined; output = this.#outputs.shift()) {
        if (output.kind === 'send') this.#options.transport.send(output.datagram, output.to);
        else this.#options.onEvent(output.event);
      }
    } finally {
      this.#draining = false;
    }
  }

  #arm(): void {
    const due = this.#closed ? undefined : this.#options.endpoint.nextDeadline();
    if (due === undefined) {
      this.#disarm();
      return;
    }
    // A later deadline needs no new alarm: the early tick is harmless and arms the right one.
    if (this.#alarm !== undefined && this.#alarm.at <= due) return;
    this.#disarm();
    // At least 1 ms: a deadline that is due and stays due must not become a busy loop.
    const ms = Math.max(1, Math.ceil(due - this.#options.clock.now()));
    const letGo = this.#options.clock.after(ms, () => {
      this.#alarm = undefined;
      this.#guarded({ kind: 'tick' });
    });
    this.#alarm = { at: due, letGo };
  }

  #disarm(): void {
    this.#alarm?.letGo();
    this.#alarm = undefined;
  }

  /** For inputs nobody waits for: what goes wrong is reported to the log, because there is nobody else. */
  #guarded(input: EndpointInput): void {
    try {
      this.input(input);
    } catch (error) {
      const level = error instanceof DecodeError ? 'warn' : 'error';
      this.#options.log?.log(level, `A ${input.kind} could not be handled.`, { error });
      this.#arm();
    }
  }
}
