// Ctrl-C and its kin. The first aborts the command's signal, so that the engine ends the procedure on the
// device; every further one says that this is still being waited for. None may skip the release.

import { EngineError } from '../index.js';
import type { Interruption, Io } from './io.js';
import type { Output } from './output.js';

export class Interrupt {
  readonly #controller = new AbortController();
  readonly #output: Output;
  readonly #stopListening: () => void;
  #device: number | undefined;
  #crash: { readonly error: unknown } | undefined;

  constructor(io: Io, output: Output) {
    this.#output = output;
    this.#stopListening = io.onInterrupt((cause) => this.#onInterrupt(cause));
  }

  /** Aborted by the first interrupt, with an EngineError `cancelled` as reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get happened(): boolean {
    return this.#controller.signal.aborted;
  }

  /** What was thrown where nobody catches, when that is why the command was stopped. */
  get crash(): { readonly error: unknown } | undefined {
    return this.#crash;
  }

  /** Runs a procedure on a device, so that an interrupt can say what it waits for. */
  async during<T>(device: number, work: () => Promise<T>): Promise<T> {
    this.throwIfHappened();
    this.#device = device;
    try {
      return await work();
    } finally {
      this.#device = undefined;
    }
  }

  /** Runs what outlives an interrupt only by accident: after one, `cancelled` is thrown whatever came of it. */
  async orThrow<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.throwIfHappened();
    }
  }

  /** Throws the EngineError `cancelled` once an interrupt has come. */
  throwIfHappened(): void {
    this.#controller.signal.throwIfAborted();
  }

  /** Stops listening. */
  close(): void {
    this.#stopListening();
  }

  #onInterrupt(cause: Interruption): void {
    if (cause.kind === 'crash') this.#crash ??= { error: cause.error };
    const again = this.happened;
    const device = this.#device;
    if (device === undefined) this.#output.say(again ? 'Still stopping, please wait.' : 'Stopping.');
    else if (!again) this.#output.say(`Ending the procedure on device ${device}, please wait...`);
    else {
      this.#output.say(
        `Still waiting for device ${device} to leave the procedure. This is never skipped: the device would ` +
          'stay in backup or restore until its own Backup_Failure_Timeout.',
      );
    }
    const by = cause.kind === 'signal' ? ` (${cause.name})` : '';
    if (!again) this.#controller.abort(new EngineError('cancelled', `Stopped on request${by}.`));
  }
}
