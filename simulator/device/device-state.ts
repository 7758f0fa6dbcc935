// Everything a simulated device is, without its network: files, procedure, revisions, silence. Services
// act on it, quirks and tests look at it. Time is an input; nothing here sends or receives.

import type { DeviceConfig, DeviceEvent, DeviceView, FileSummary, ProcedureEvent, Quirk } from '../types.js';
import { WORLD_START_UNIX_TIME } from '../world/virtual-clock.js';
import { DeviceFiles, type FileObject } from './device-files.js';
import { type Moved, PHASES, Procedure } from './procedure.js';
import { refused } from './refused.js';

export class DeviceState implements DeviceView {
  readonly config: DeviceConfig;
  readonly quirks: readonly Quirk[];
  readonly shelf: DeviceFiles;
  readonly procedure: Procedure;
  databaseRevision: number;
  /** Last_Restore_Time, ms since 1970; undefined = never. */
  lastRestoreUnixTime: number | undefined;
  /** How often the device has restarted: who holds transactions forgets them when it changes. */
  restarts = 0;
  readonly #startUnixTime: number;
  readonly #observe: (event: DeviceEvent) => void;
  /** Says nothing before this time, and I-Am at it. */
  #returnsAtMs: number | undefined;
  #configurationAccessed = false;
  #restartAskedMs: number | undefined;

  constructor(config: DeviceConfig, observe: (event: DeviceEvent) => void = () => undefined) {
    this.quirks = config.quirks ?? [];
    this.config = this.quirks.reduce(
      (odd, { procedure }) => ({ ...odd, procedure: { ...odd.procedure, ...procedure } }),
      config,
    );
    this.#startUnixTime = config.unixTimeAtZero ?? WORLD_START_UNIX_TIME;
    this.shelf = new DeviceFiles(config.files, this.#startUnixTime);
    this.procedure = new Procedure(this.config.procedure);
    this.databaseRevision = config.databaseRevision;
    this.#observe = observe;
  }

  get instance(): number {
    const { instance } = this.config;
    for (const quirk of this.quirks) {
      const other = quirk.instance?.(instance);
      if (other !== undefined) return other;
    }
    return instance;
  }

  get backupState(): number {
    return this.procedure.row.state;
  }

  get systemStatus(): number {
    return this.procedure.row.status;
  }

  get files(): readonly FileSummary[] {
    return this.shelf.summaries;
  }

  fileOctets(instance: number): Uint8Array | undefined {
    return this.shelf.octets(instance);
  }

  fileRecords(instance: number): readonly Uint8Array[] | undefined {
    return this.shelf.records(instance);
  }

  setFile(instance: number, content: Uint8Array | readonly Uint8Array[], now: number): void {
    this.shelf.replace(instance, content, now);
  }

  removeFile(instance: number): void {
    this.shelf.remove(instance);
  }

  restart(silentMs: number, now: number): void {
    this.#move('restarted', now);
    this.restarts++;
    this.#returnsAtMs = now + silentMs;
    this.#observe({ kind: 'restarting', silentMs, now });
  }

  /** Asks for a restart as soon as what is being answered has been sent. */
  restartSoon(silentMs: number): void {
    this.#restartAskedMs = silentMs;
  }

  /** Restarts, when that was asked for. */
  restartIfAsked(now: number): void {
    if (this.#restartAskedMs === undefined) return;
    const silentMs = this.#restartAskedMs;
    this.#restartAskedMs = undefined;
    this.restart(silentMs, now);
  }

  /** When something happens by itself. */
  get nextDeadline(): number | undefined {
    const times = [this.procedure.due?.atMs, this.#returnsAtMs].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Lets everything happen that is due by now. True when the device has just returned and shall say I-Am. */
  settle(now: number): boolean {
    this.#letTimePass(now);
    if (this.#returnsAtMs === undefined || this.#returnsAtMs > now) return false;
    this.#returnsAtMs = undefined;
    return true;
  }

  /** What a ReinitializeDevice asks for; false when the table has no such move. */
  request(event: ProcedureEvent, now: number): boolean {
    if (this.#move(event, now)) {
      this.#letTimePass(now);
      return true;
    }
    this.#observe({ kind: 'refused', on: event, state: this.backupState, now });
    return false;
  }

  /** Whether the device neither hears nor says anything. */
  isSilent(now: number): boolean {
    if (this.#returnsAtMs !== undefined && now < this.#returnsAtMs) return true;
    const { answersWhilePreparing } = this.config.procedure;
    if (this.procedure.isChanging && (!answersWhilePreparing || this.#isRestartingAfterRestore)) return true;
    return this.quirks.some((quirk) => quirk.isDeaf?.({ device: this, now }) ?? false);
  }

  /** Whether a file may be written now: Read_Only, as it is now, is the opposite. */
  isWritable(file: FileObject): boolean {
    return (file.configuration && this.procedure.isRestoring) || !file.readOnly;
  }

  /** Refuses what would touch a configuration file while it is being prepared or activated. */
  requireConfigurationAtRest(file: FileObject): void {
    if (file.configuration && this.procedure.isChanging) throw refused.device('configurationInProgress');
  }

  /** Notes that a request directly accesses a File object (clause 19.1: only this keeps the procedure alive). */
  access(file: FileObject): void {
    this.#configurationAccessed ||= file.configuration;
  }

  /** Whether a configuration file was accessed since the last time this was asked. */
  takeConfigurationAccess(): boolean {
    const accessed = this.#configurationAccessed;
    this.#configurationAccessed = false;
    return accessed;
  }

  /** Puts a created file on the shelf. */
  keepFile(file: FileObject, now: number): void {
    this.shelf.keep(file);
    this.access(file);
    this.#observe({ kind: 'file-created', instance: file.instance, now });
  }

  get #isRestartingAfterRestore(): boolean {
    return this.config.procedure.restartsAfterRestore && this.procedure.phase === 'completing-restore';
  }

  #letTimePass(now: number): void {
    for (let due = this.procedure.due; due !== undefined && due.atMs <= now; due = this.procedure.due) {
      const event = this.#asQuirksHaveIt(due.event, now);
      if (event === null || !this.#move(event, due.atMs)) this.procedure.stick();
    }
  }

  #asQuirksHaveIt(event: ProcedureEvent, now: number): ProcedureEvent | null {
    for (const quirk of this.quirks) {
      const verdict = quirk.procedureEvent?.({ device: this, event, now });
      if (verdict !== undefined) return verdict;
    }
    return event;
  }

  #move(event: ProcedureEvent, now: number): boolean {
    const moved = this.procedure.handle(event, now);
    if (moved === undefined) return false;
    const [from, to] = [PHASES[moved.from].state, PHASES[moved.to].state];
    this.#observe({ kind: 'state', from, to, on: event, now });
    this.#takeEffect(moved);
    return true;
  }

  /** What a move does to the rest of the device. */
  #takeEffect({ on, from, now }: Moved): void {
    const restarts = this.config.procedure.restartsAfterRestore;
    if (on === 'end-restore' && restarts) {
      this.restarts++;
      this.#observe({ kind: 'restarting', silentMs: this.config.procedure.restoreCompletionMs, now });
    }
    if (from === 'completing-restore' && on !== 'restarted' && restarts) this.#returnsAtMs = now;
    if (on === 'completed') {
      this.databaseRevision++;
      this.lastRestoreUnixTime = this.#startUnixTime + now;
      this.#observe({ kind: 'restored', databaseRevision: this.databaseRevision, now });
    }
  }
}
