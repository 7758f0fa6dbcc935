// A simulated device under observation: who started the procedure that it is in, what happened inside it,
// and which of its quirks were ever met.

import { BackupState, decodeNpdu } from '../../protocol/index.js';
import {
  createDevice,
  deviceConfig,
  type DeviceEvent,
  type DeviceView,
  type ProcedureEvent,
  type Quirk,
  type Sending,
  type SimulatedNode,
} from '../../simulator/index.js';
import { quirkNamed } from '../../simulator/device/index.js';
import { macFromBip } from '../../simulator/network/bip-mac.js';
import { counter, restless } from '../support/living.js';
import type { DeviceSpec } from './site-spec.js';

/** The octets of a stream file, or the records of a record file. */
export type Content = readonly Uint8Array[];

const STARTS: readonly string[] = ['start-backup', 'start-restore'];
const ENDS: readonly string[] = ['end-backup', 'end-restore', 'abort-restore'];

export class WatchedDevice implements SimulatedNode {
  readonly spec: DeviceSpec;
  readonly view: DeviceView & SimulatedNode;
  readonly events: DeviceEvent[] = [];
  /** Called when it restarts to activate a restore. */
  onRestart: (() => void) | undefined;
  /** Called with every Backup_And_Restore_State that it comes into. */
  onState: ((state: number) => void) | undefined;
  /** Called when ENDRESTORE is done, before anything comes of it. */
  onEndRestore: (() => void) | undefined;
  /** How often each client has started a procedure here. */
  readonly #starts = new Map<string, number>();
  /** How often each client has ended a procedure of somebody else. */
  readonly #endsOfOthers = new Map<string, number>();
  #owner: string | undefined;
  #speaker = '';
  #isStarted = false;
  /** Its quirks are in force. */
  #isOdd: boolean;
  /** What it held whenever a backup of it was over, with the number of events until then. */
  readonly #readings: { readonly events: number; readonly held: Map<number, Content> }[] = [];
  readonly #framing: 'bip' | 'npdu';

  constructor(spec: DeviceSpec, met: (what: string) => void, told?: (event: DeviceEvent) => void) {
    this.spec = spec;
    this.#framing = spec.lane === undefined ? 'bip' : 'npdu';
    this.#isOdd = spec.oddLater !== true;
    const isOdd = (): boolean => this.#isOdd;
    const quirks = spec.quirks.map(({ draw, value }) => metBy(quirkNamed(draw.name, value), met, isOdd));
    const living = livingQuirk(spec);
    if (living !== undefined) quirks.push(living);
    this.view = createDevice(deviceConfig({ ...spec.config, quirks }), {
      framing: this.#framing,
      onEvent: (event) => {
        this.events.push(event);
        this.#note(event);
        met(wordsOf(event));
        told?.(event);
      },
    });
  }

  get instance(): number {
    return this.spec.config.instance;
  }

  set onDue(due: (() => void) | undefined) {
    this.view.onDue = due;
  }

  get onDue(): (() => void) | undefined {
    return this.view.onDue;
  }

  /** Whether the procedure that it is in was started by this client. */
  isHeldBy(address: string): boolean {
    return this.#owner !== undefined && this.#owner === this.#nameOf(address);
  }

  get isHeld(): boolean {
    return this.#owner !== undefined;
  }

  startsBy(address: string): number {
    return this.#starts.get(this.#nameOf(address)) ?? 0;
  }

  /** How often anybody else has started a procedure here. */
  startsByOthers(address: string): number {
    const all = [...this.#starts.values()].reduce((sum, count) => sum + count, 0);
    return all - this.startsBy(address);
  }

  /** How often this client has ended a procedure of somebody else. */
  endsOfOthersBy(address: string): number {
    return this.#endsOfOthers.get(this.#nameOf(address)) ?? 0;
  }

  /** What has happened in it since there were so many events. */
  since(events: number): DeviceEvent[] {
    return this.events.slice(events);
  }

  /**
   * Whether a START came after an END since there were so many events, and not before `lookedMs`: a duplicate
   * that was long under way, on a device that was seen to be free. Nobody can prevent or notice it, and the
   * device frees itself by its watchdog.
   */
  reopenedSince(events: number, lookedMs: number): boolean {
    const moves = this.since(events).flatMap((event) => (event.kind === 'state' ? [event] : []));
    const start = moves.findLastIndex(({ on }) => STARTS.includes(on));
    if ((moves[start]?.now ?? -Infinity) < lookedMs) return false;
    return moves
      .slice(0, Math.max(0, start))
      .some(({ on }) => on.startsWith('end-') || on === 'abort-restore');
  }

  /**
   * Whether all STARTs since there were so many events came not before `lookedMs`, on a device that refused ours and
   * was then seen to be free: late duplicates, which nobody can prevent or notice. Its watchdog frees it.
   */
  startedOnlyAfter(events: number, lookedMs: number | undefined): boolean {
    if (lookedMs === undefined) return false;
    return this.since(events).every(
      (event) => event.kind !== 'state' || !STARTS.includes(event.on) || event.now >= lookedMs,
    );
  }

  /** Whether a restart was what came of the last START since there were so many events. */
  forgotStartSince(events: number): boolean {
    const moves = this.since(events).flatMap((event) => (event.kind === 'state' ? [event.on] : []));
    const start = moves.findLastIndex((on) => STARTS.includes(on));
    return start >= 0 && moves.slice(start + 1).find((on) => on !== 'prepared') === 'restarted';
  }

  hasQuirk(...names: string[]): boolean {
    return this.spec.quirks.some(({ draw }) => names.includes(draw.name));
  }

  /** Whether it has the quirk with this value, or with a list of properties that this one is in. */
  hasQuirkOf(name: string, value: string): boolean {
    return this.spec.quirks.some(
      ({ draw, value: own = '' }) => draw.name === name && own.split('+').includes(value),
    );
  }

  /** What bounds the content of its files is not told. */
  hidesSize(access: 'stream' | 'record'): boolean {
    if (access === 'record') return this.hasQuirkOf('property-missing', '141');
    return this.hasQuirkOf('property-missing', '42') || this.hasQuirk('file-size-unreadable');
  }

  /** Its System_Status tells nothing of a procedure. */
  get hidesStatus(): boolean {
    return this.hasQuirkOf('property-missing', '112') || this.hasQuirk('system-status-static');
  }

  /** Whether one of its stream files has so many octets. */
  holdsAtLeast(octets: number): boolean {
    return this.view.files.some(({ access, size }) => access === 'stream' && size >= octets);
  }

  /** From now on it is as odd as it is. */
  turnOdd(): void {
    this.#isOdd = true;
  }

  /**
   * What a backup may have found since there were so many events: what it holds, or, where content changes by
   * itself at every backup, what it held when one of them was over; the last may not be over yet.
   */
  readings(events: number): readonly Map<number, Content>[] {
    const now = this.configuration();
    if (this.spec.living === undefined) return [now];
    const earlier = this.#readings.filter((reading) => reading.events > events).map(({ held }) => held);
    return [...earlier, now];
  }

  /** What its configuration files hold now, by instance. */
  configuration(): Map<number, Content> {
    const files = this.view.files.filter((file) => file.configuration);
    return new Map(files.map(({ instance, access }) => [instance, this.content(instance, access)]));
  }

  content(instance: number, access: 'stream' | 'record'): Content {
    if (access === 'record') return this.view.fileRecords(instance) ?? [];
    return [this.view.fileOctets(instance) ?? new Uint8Array(0)];
  }

  start(now: number): Sending[] {
    // One that was moved says I-Am when it has restarted, not when it was unplugged.
    if (this.#isStarted) return [];
    this.#isStarted = true;
    return this.view.start(now);
  }

  receive(datagram: Uint8Array, from: string, now: number): Sending[] {
    this.#speaker = this.#framing === 'bip' ? from : (sourceMac(datagram) ?? from);
    return this.view.receive(datagram, from, now);
  }

  tick(now: number): Sending[] {
    return this.view.tick(now);
  }

  nextDeadline(): number | undefined {
    return this.view.nextDeadline();
  }

  /** How a client's address looks here: itself, or its MAC behind a router. */
  #nameOf(address: string): string {
    return this.#framing === 'bip' ? address : macFromBip(address);
  }

  #note(event: DeviceEvent): void {
    if (event.kind === 'restarting' && this.view.backupState === BackupState.performingARestore)
      this.onRestart?.();
    if (event.kind !== 'state') return;
    if (event.from === BackupState.performingABackup && this.spec.living !== undefined)
      this.#readings.push({ events: this.events.length, held: this.configuration() });
    this.onState?.(event.to);
    if (event.on === 'end-restore') this.onEndRestore?.();
    if (ENDS.includes(event.on) && this.#owner !== this.#speaker)
      this.#endsOfOthers.set(this.#speaker, (this.#endsOfOthers.get(this.#speaker) ?? 0) + 1);
    if (STARTS.includes(event.on)) {
      this.#owner = this.#speaker;
      this.#starts.set(this.#speaker, (this.#starts.get(this.#speaker) ?? 0) + 1);
    } else if ([0, 5, 6].includes(event.to)) {
      this.#owner = undefined;
    }
  }
}

function sourceMac(npdu: Uint8Array): string | undefined {
  try {
    return decodeNpdu(npdu).source?.mac;
  } catch {
    return undefined;
  }
}

function wordsOf(event: DeviceEvent): string {
  return event.kind === 'state' ? `row ${event.from} ${event.on} ${event.to}` : `device-event ${event.kind}`;
}

/** Quirks that only do something and answer nothing: asked is met. */
const SILENT: readonly string[] = ['file-changes', 'truncates-at-zero', 'write-corrupts'];

/** Quirks that are a procedure of another kind: met when it comes to this. */
const SHOWN_BY: Readonly<Record<string, ProcedureEvent>> = {
  'restarts-after-restore': 'completed',
  'slow-preparation': 'prepared',
  'watchdog-short': 'timed-out',
};

/** What changes by itself in its first stream file, where that has room for it. */
function livingQuirk({ living, config }: DeviceSpec): Quirk | undefined {
  const file = config.files?.find((one) => one.access === 'stream' && one.configuration !== false);
  if (file?.access !== 'stream' || file.content.length < LIVING_OCTETS) return undefined;
  if (living === 'counter') return counter(file.instance, 8, 12);
  if (living !== 'restless') return undefined;
  return restless(file.instance, (count, before) => before.map((octet) => (octet + count) & 0xff));
}

/** A counter among fewer octets would be most of the file. */
const LIVING_OCTETS = 60;

/** The same quirk, which does nothing before its time, and says when it did anything at all. */
function metBy(quirk: Quirk, met: (what: string) => void, isOdd: () => boolean): Quirk {
  const { name, beforeRequest, afterRequest, property, procedureEvent, keepsAlive, isDeaf, delayMs } = quirk;
  const noted = <T>(value: T): T => {
    if ((value !== undefined && value !== false) || SILENT.includes(name)) met(`quirk ${name}`);
    return value;
  };
  if (quirk.ignoresClientLimits === true) met(`quirk ${name}`);
  if (quirk.procedure !== undefined) {
    const shown: Quirk['procedureEvent'] = ({ event }) => {
      if (event === SHOWN_BY[name]) met(`quirk ${name}`);
      return undefined;
    };
    return { ...quirk, procedureEvent: shown };
  }
  const { instance } = quirk;
  return {
    ...quirk,
    ...(instance && { instance: (own) => (isOdd() ? noted(instance(own)) : undefined) }),
    ...(beforeRequest && {
      beforeRequest: (context) => (isOdd() ? noted(beforeRequest(context)) : undefined),
    }),
    ...(afterRequest && {
      afterRequest: (context) => (isOdd() ? noted(afterRequest(context)) : undefined),
    }),
    ...(property && { property: (context) => (isOdd() ? noted(property(context)) : undefined) }),
    ...(procedureEvent && {
      procedureEvent: (context) => (isOdd() ? noted(procedureEvent(context)) : undefined),
    }),
    ...(keepsAlive && { keepsAlive: (context) => (isOdd() ? noted(keepsAlive(context)) : undefined) }),
    ...(isDeaf && { isDeaf: (context) => isOdd() && noted(isDeaf(context)) }),
    ...(delayMs && { delayMs: (context) => (isOdd() ? noted(delayMs(context)) : undefined) }),
  };
}
