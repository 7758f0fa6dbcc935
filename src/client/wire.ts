// The endpoint as promises: one for each confirmed request, by its handle, and listeners for everything
// that comes unasked. Knows nothing of devices, queues and defaults; the caller of `request` decides when
// and how. After `close` every promise has settled and nothing is pending.

import type {
  Answer,
  Destination,
  EndpointEvent,
  EndpointInput,
  Machine,
  NetworkMessage,
  Outcome,
  Output,
} from '../../protocol/index.js';
import { PassingMap } from '../../protocol/index.js';
import { onAbort } from '../pacing/index.js';
import type { Clock, Log, Transport, Unsubscribe } from '../ports.js';
import { cancelledError, throwIfCancelled } from './cancelling.js';
import { Pump } from './pump.js';

/** A confirmed request as the endpoint takes it, without the handle. */
export type WireRequest = Omit<Extract<EndpointInput, { kind: 'request' }>, 'kind' | 'handle'>;

/** What the endpoint says that is not the outcome of a request. */
export type WireEvent = Exclude<EndpointEvent, { kind: 'outcome' } | { kind: 'retried' } | { kind: 'heard' }>;

interface Pending {
  readonly settle: (outcome: Outcome) => void;
  readonly fail: (reason: unknown) => void;
  readonly retried: ((attempt: number) => void) | undefined;
  readonly heard: (() => void) | undefined;
  readonly stopWatching: (() => void) | undefined;
}

/** What the asker may want to hear and do while the request is out. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** The same APDU was sent again; attempt 2 is the first repetition. */
  readonly onRetry?: (attempt: number) => void;
  /** The peer takes or sends segments, or its router is busy: there is no silence. Called once at most. */
  readonly onHeard?: () => void;
}

export interface WireOptions {
  readonly endpoint: Machine<EndpointInput, Output>;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly log?: Log | undefined;
}

export class Wire {
  readonly #pump: Pump;
  readonly #log: Log | undefined;
  readonly #pending = new PassingMap<number, Pending>();
  readonly #listeners = new Set<(event: WireEvent) => void>();
  readonly #closing = new AbortController();
  #lastHandle = 0;

  constructor(options: WireOptions) {
    this.#log = options.log;
    this.#pump = new Pump({ ...options, onEvent: (event) => this.#take(event) });
  }

  /** Aborts when the wire is closed, with the reason. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Requests whose outcome is not known yet. */
  get outstanding(): number {
    return this.#pending.size;
  }

  start(): void {
    this.#pump.input({ kind: 'start' });
  }

  /**
   * Sends a confirmed request and gives its outcome, whatever it is. Rejects with EngineError `cancelled`
   * when the signal aborts or the wire closes, with EncodeError when the request has no encoding.
   */
  request(request: WireRequest, options: RequestOptions = {}): Promise<Outcome> {
    // No async function: what one keeps while it waits is most of what a request holds.
    return new Promise<Outcome>((settle, fail) => {
      const { signal, onRetry: retried, onHeard: heard } = options;
      throwIfCancelled(signal, this.#closing.signal);
      const handle = ++this.#lastHandle;
      const stopWatching = signal && onAbort(signal, () => this.#cancel(handle, signal.reason));
      this.#pending.set(handle, { settle, fail, retried, heard, stopWatching });
      try {
        this.#pump.input({ ...request, kind: 'request', handle });
      } catch (error) {
        this.#over(handle);
        throw error;
      }
    });
  }

  #cancel(handle: number, reason: unknown): void {
    const pending = this.#over(handle);
    if (pending === undefined) return;
    pending.fail(cancelledError(reason));
    this.#pump.input({ kind: 'cancel', handle });
  }

  /** Forgets a request. Undefined: it was over already. */
  #over(handle: number): Pending | undefined {
    const pending = this.#pending.get(handle);
    this.#pending.delete(handle);
    pending?.stopWatching?.();
    return pending;
  }

  unconfirmed(to: Destination, service: number, payload: Uint8Array): void {
    this.#pump.input({ kind: 'unconfirmed', to, service, payload });
  }

  networkMessage(to: Destination, message: NetworkMessage): void {
    this.#pump.input({ kind: 'network-message', to, message });
  }

  answer(handle: number, answer: Answer): void {
    this.#pump.input({ kind: 'answer', handle, answer });
  }

  /** Calls the listener for everything that comes unasked, until it is taken away again. */
  onEvent(listener: (event: WireEvent) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Rejects every outstanding request with the reason. The transport is not closed: it is its owner's. */
  close(reason: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#pump.close();
    this.#closing.abort(reason);
    for (const handle of [...this.#pending.keys()]) this.#over(handle)?.fail(cancelledError(reason));
    this.#listeners.clear();
  }

  #take(event: EndpointEvent): void {
    if (event.kind === 'outcome') {
      this.#over(event.handle)?.settle(event.outcome);
      return;
    }
    if (event.kind === 'retried') {
      this.#pending.get(event.handle)?.retried?.(event.attempt);
      return;
    }
    if (event.kind === 'heard') {
      this.#pending.get(event.handle)?.heard?.();
      return;
    }
    if (event.kind === 'discarded') {
      this.#log?.log('debug', `A datagram from ${event.from} was discarded: ${event.reason}.`, {
        error: event.error,
      });
    }
    for (const listener of [...this.#listeners]) this.#tell(listener, event);
  }

  /** One listener's defect must not keep an event from the others. */
  #tell(listener: (event: WireEvent) => void, event: WireEvent): void {
    try {
      listener(event);
    } catch (error) {
      this.#log?.log('error', `A listener failed on a ${event.kind} event.`, { error });
    }
  }
}
