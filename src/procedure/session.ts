// One run of one procedure on one device: every request of it goes through here, is counted and named,
// and what was learnt on the way is kept. It must never decide what to do next.

import {
  type BacnetValue,
  characterCount,
  type CreateObjectRequest,
  type ObjectId,
  ObjectType,
  PASSWORD_CHARACTERS_MAX,
  PropertyId,
  ReinitializeState,
} from '../../protocol/index.js';
import type { CallOptions, Device, RebindOptions, Reply } from '../client/index.js';
import { EngineError, isEngineError } from '../errors.js';
import { ChunkSizes, type ReadPace, ReadWindow } from '../pacing/index.js';
import type { Clock } from '../ports.js';
import { type Habits, habitsOf, numberOf } from '../transfer/index.js';
import type { LearnedHabits } from '../repository/index.js';
import type { Services } from './abilities.js';
import type { MultipleReads } from './at-once.js';
import type { Remembered } from './equip.js';
import type { OpenEntry } from './open-entry.js';
import type { DeviceQuirk, QuirkAdvice, Remedies } from './quirks.js';
import { type Sighting, stateName, statusName } from './states.js';
import { outageLimitMs, PATIENCE_MS, REBIND_WAIT_MS, REINITIALIZE_TIMEOUT_MS } from './timing.js';
import type { AppliedQuirk, Phase, ProcedureOptions, ProgressEvent } from './types.js';

const STARTS: readonly number[] = [ReinitializeState.startBackup, ReinitializeState.startRestore];

/** How a question is asked: as part of the work, or on the way out, which nothing may hold up or cancel. */
export type Manner = 'work' | 'release';

export class Session {
  readonly device: Device;
  readonly clock: Clock;
  sizes: ChunkSizes;
  readWindow: ReadWindow;
  readonly password: string | undefined;
  /** Backup_And_Restore_State and System_Status in the order they were seen, repeats left out. */
  readonly statesSeen: string[] = [];
  readonly systemStatusSeen: string[] = [];
  /** Object_Name of the device, once known, for messages. */
  deviceName: string | undefined;
  /** How the device behaves while its files move. */
  habits: Habits = habitsOf();
  /** What is known of such devices, in force: see equip.ts. */
  remedies: Remedies = {};
  advice: readonly QuirkAdvice[] = [];
  quirks: readonly AppliedQuirk[] = [];
  /** What an earlier procedure learned of the device, and what of it still holds. */
  remembered: Remembered | undefined;
  learnedBefore: LearnedHabits = {};
  /** ReinitializeDevice goes without the password until the device asks for one. */
  withholdsPassword = false;
  /** Arrays of the Device object that are read, or had to be read, element by element. */
  readonly arraysByIndex = new Set<number>();
  /** Whether several properties may be asked for at once. */
  multipleReads: MultipleReads = 'usable';
  /** What the device says that it executes, once it was asked. */
  services: Services | undefined;
  /** How long busy answers to file services are waited out. */
  patienceMs = PATIENCE_MS;
  /** How long a device that falls silent in the middle of the work is waited for. */
  outageMs = outageLimitMs(undefined);
  /** Rejects when the device has left our procedure; whoever holds it says how that is seen. */
  stillOurs: () => Promise<void> = () => Promise.resolve();
  /** Clock.now() of the last answered request that directly accessed a configuration File object. */
  fileTouchedMs: number;
  /** The phases in the order they were entered, with Clock.now(). */
  readonly phases: { readonly phase: Phase; readonly atMs: number }[] = [];
  /** The journal's entry of the procedure that it runs; without one nothing is started. */
  entry: OpenEntry | undefined;
  requests = 0;
  retries = 0;
  /** A request that changes files was sent, or ENDRESTORE: from then on they are not known to be what they were. */
  filesTouched = false;
  readonly #options: ProcedureOptions;
  readonly #deviations = new Set<string>();
  #listenerFailure: EngineError | undefined;

  constructor(device: Device, options: ProcedureOptions) {
    this.device = device;
    this.clock = device.client.clock;
    this.sizes = new ChunkSizes(device.limits, device.accepts);
    this.readWindow = new ReadWindow({ pace: 'gentle' });
    this.password = checkedPassword(options.password);
    this.fileTouchedMs = this.clock.now();
    this.#options = options;
  }

  get deviations(): readonly string[] {
    return [...this.#deviations];
  }

  /** "Device 1201 (AHU 3)", the subject of every message. */
  get subject(): string {
    const name = this.deviceName === undefined || this.deviceName === '' ? '' : ` (${this.deviceName})`;
    return `Device ${this.device.instance}${name}`;
  }

  /** Quirks that the caller adds to the known ones. */
  get ownQuirks(): readonly DeviceQuirk[] | undefined {
    return this.#options.quirks;
  }

  /** Whether a password was sent, and the device did not refuse it. */
  get passwordUsed(): boolean {
    return this.password !== undefined && !this.withholdsPassword;
  }

  now(): number {
    return this.clock.now();
  }

  /** How eagerly the device is read. */
  get pace(): ReadPace {
    return this.#options.pace ?? 'auto';
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** The Device object. */
  get object(): ObjectId {
    return { type: ObjectType.device, instance: this.device.instance };
  }

  /** Tells the caller. A listener that throws stops the work at its next step, and never the release. */
  emit(event: ProgressEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      this.#listenerFailure ??= new EngineError('internal', 'the listener of its progress events failed', {
        cause: error,
      });
    }
  }

  enter(phase: Phase): void {
    this.phases.push({ phase, atMs: this.clock.now() });
    this.emit({ kind: 'phase', phase, device: this.device.instance });
  }

  deviation(text: string): void {
    if (this.#deviations.has(text)) return;
    this.#deviations.add(text);
    this.emit({ kind: 'deviation', device: this.device.instance, text });
  }

  /** A request is asked again by us; what the client repeats by itself comes here too. */
  repeated(attempt: number, reason: string): void {
    this.retries += 1;
    this.emit({ kind: 'retry', device: this.device.instance, attempt, reason });
  }

  /** Throws when the work must not go on: cancelled, or its listener failed. */
  throwIfCancelled(): void {
    if (this.#listenerFailure !== undefined) throw this.#listenerFailure;
    if (this.signal?.aborted === true) throw cancelled(this.signal.reason);
  }

  /** Waits, and says so; rejects `cancelled`. */
  async pause(ms: number, reason: string): Promise<void> {
    this.throwIfCancelled();
    const untilMs = this.clock.now() + ms;
    this.emit({ kind: 'waiting', device: this.device.instance, reason, untilMs });
    await this.sleep(ms);
  }

  /** Waits; rejects `cancelled`. */
  async sleep(ms: number): Promise<void> {
    try {
      await this.clock.sleep(ms, this.signal);
    } catch (error) {
      throw this.signal?.aborted === true ? cancelled(error) : error;
    }
  }

  /** ReadProperty of the Device object or any other. */
  read(
    object: ObjectId,
    property: number,
    options: CallOptions & { index?: number } = {},
  ): Promise<Reply<BacnetValue[]>> {
    return this.#counted(() =>
      this.device.readProperty(object, property, {
        ...this.#call({ priority: 'control', adapts: true }),
        ...options,
      }),
    );
  }

  /** ReadPropertyMultiple of one object. */
  readProperties(object: ObjectId, properties: readonly number[]): Promise<Reply<Reply<BacnetValue[]>[]>> {
    const call = this.#call({ priority: 'control' });
    return this.#counted(() => this.device.readProperties(object, properties, call));
  }

  /**
   * ReinitializeDevice, once. START is not cancelled halfway: without its answer nobody knows whose the device
   * is. What is about to be sent is in the journal before.
   */
  async reinitialize(state: number, manner: Manner): Promise<Reply<void>> {
    if (!STARTS.includes(state)) await this.entry?.ending();
    else if (this.entry === undefined) throw new Error('a START that is not in the journal');
    const priority = manner === 'release' ? 'release' : 'control';
    return this.#counted(() =>
      this.device.reinitialize(state, this.withholdsPassword ? undefined : this.password, {
        priority,
        apduTimeoutMs: REINITIALIZE_TIMEOUT_MS,
        retries: 0,
        onRetry: this.#onRetry,
      }),
    );
  }

  createObject(request: CreateObjectRequest): Promise<Reply<ObjectId>> {
    this.filesTouched = true;
    return this.#counted(() => this.device.createObject(request, this.#call({ priority: 'control' })));
  }

  /** What file services of the transfer need of a call. */
  fileCall(extra: CallOptions = {}): CallOptions {
    return this.#call(extra);
  }

  /** Counts a request on a File object, and notes when one that keeps the procedure alive was answered. */
  async fileRequest<T>(ask: () => Promise<Reply<T>>, touches: boolean): Promise<Reply<T>> {
    this.requests += 1;
    const reply = await ask();
    this.#throwIfCancelled(reply);
    if (touches && (reply.ok || reply.refusal.kind === 'error')) this.fileTouchedMs = this.clock.now();
    return reply;
  }

  /**
   * One look at Backup_And_Restore_State and System_Status. `patient` repeats the question on silence;
   * else one lost answer is silence. Never rejects in the manner "release".
   */
  async look(manner: Manner, patient: boolean): Promise<Sighting> {
    const options: CallOptions = {
      ...(manner === 'release' ? { priority: 'release' } : this.#call({ priority: 'control' })),
      // No shorter wait than for any question: behind a slow router an answer takes seconds, and a look that
      // is over before it comes sees nothing, however often it is repeated.
      ...(patient ? { adapts: true } : { retries: 0 }),
    };
    const state = await this.#lookAt(PropertyId.backupAndRestoreState, options, manner);
    if (!state.ok && isUnreached(state)) return { silent: true };
    const status = await this.#lookAt(PropertyId.systemStatus, options, manner);
    const [stateNumber, statusNumber] = [valueOf(state), valueOf(status)];
    this.#saw(stateNumber, statusNumber);
    return {
      silent: false,
      ...(stateNumber === undefined ? {} : { state: stateNumber }),
      ...(state.ok ? {} : { untold: state.refusal }),
      ...(statusNumber === undefined ? {} : { status: statusNumber }),
    };
  }

  /** Looks for the device where it may be now. Gives back why it was not found. Rejects `cancelled`. */
  async rebind(how: Pick<RebindOptions, 'instance' | 'mayMove'> = {}): Promise<EngineError | undefined> {
    const { signal } = this;
    try {
      await this.device.rebind({
        ...how,
        waitMs: REBIND_WAIT_MS,
        ...(signal === undefined ? {} : { signal }),
      });
      return undefined;
    } catch (error) {
      if (!isEngineError(error) || error.code === 'cancelled') throw error;
      return error;
    }
  }

  async #lookAt(property: number, options: CallOptions, manner: Manner): Promise<Reply<BacnetValue[]>> {
    try {
      return await this.#counted(() => this.device.readProperty(this.object, property, options));
    } catch (error) {
      // On the way out a client that is being closed is a device that cannot be seen, not another error.
      if (manner === 'release') return { ok: false, refusal: { kind: 'timeout', attempts: 0 } };
      throw error;
    }
  }

  #saw(state: number | undefined, status: number | undefined): void {
    if (state !== undefined && this.statesSeen.at(-1) !== stateName(state)) {
      this.statesSeen.push(stateName(state));
      this.emit({ kind: 'state', device: this.device.instance, state: stateName(state) });
    }
    if (status !== undefined && this.systemStatusSeen.at(-1) !== statusName(status)) {
      this.systemStatusSeen.push(statusName(status));
    }
  }

  #call(extra: CallOptions): CallOptions {
    const { signal } = this;
    const onRetry = this.#onRetry;
    return signal === undefined ? { onRetry, ...extra } : { onRetry, signal, ...extra };
  }

  readonly #onRetry = (attempt: number): void => this.repeated(attempt, 'no answer');

  async #counted<T>(ask: () => Promise<Reply<T>>): Promise<Reply<T>> {
    this.requests += 1;
    const reply = await ask();
    this.#throwIfCancelled(reply);
    return reply;
  }

  #throwIfCancelled(reply: Reply<unknown>): void {
    if (!reply.ok && reply.refusal.kind === 'cancelled') throw cancelled(this.signal?.reason);
  }
}

function cancelled(reason: unknown): EngineError {
  return new EngineError('cancelled', 'cancelled', { cause: reason });
}

/** Nobody answered, or not yet: a device that prepares may also say that it is busy. */
function isUnreached(reply: Reply<unknown> & { readonly ok: false }): boolean {
  const { refusal } = reply;
  return refusal.kind === 'timeout' || refusal.kind === 'network-reject' || refusal.kind === 'malformed';
}

function valueOf(reply: Reply<BacnetValue[]>): number | undefined {
  return reply.ok ? numberOf(reply.value) : undefined;
}

/** Clause 16.4: 1 to 20 characters. Told before anything is sent. */
function checkedPassword(password: string | undefined): string | undefined {
  if (password === undefined || password === '') return undefined;
  if (characterCount(password) <= PASSWORD_CHARACTERS_MAX) return password;
  throw new EngineError(
    'usage',
    `A ReinitializeDevice password has at most ${PASSWORD_CHARACTERS_MAX} characters.`,
  );
}
