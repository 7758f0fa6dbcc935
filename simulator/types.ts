// What the simulated world is made of, seen from outside: how a device is described, and what a
// simulated node does with datagrams and time. Types only.

import type { Answer, ApduLimits, BacnetValue, LinkAddress, ObjectId } from '../protocol/index.js';

/** A datagram to send, on the link the node stands on. */
export interface Sending {
  readonly to: LinkAddress;
  readonly datagram: Uint8Array;
}

/** Anything with an address on a link: a device, a router, a BBMD. Time is an input, in ms. */
export interface SimulatedNode {
  start(now: number): Sending[];
  receive(datagram: Uint8Array, from: LinkAddress, now: number): Sending[];
  tick(now: number): Sending[];
  nextDeadline(): number | undefined;
  /** Set by whoever serves the node: the node calls it when something outside brought its deadline nearer. */
  onDue?: (() => void) | undefined;
}

export interface StreamFileConfig {
  readonly access: 'stream';
  readonly content: Uint8Array;
}

export interface RecordFileConfig {
  readonly access: 'record';
  readonly records: readonly Uint8Array[];
}

/** One File object. */
export type FileConfig = (StreamFileConfig | RecordFileConfig) & {
  readonly instance: number;
  readonly name?: string;
  readonly fileType?: string;
  /** Outside a restore; default: what is in Configuration_Files cannot be written, the rest can. */
  readonly readOnly?: boolean;
  readonly archive?: boolean;
  /** Whether it is in Configuration_Files; default true. */
  readonly configuration?: boolean;
  /** Milliseconds since 1970; default the world's start. */
  readonly modifiedUnixTime?: number;
};

/** The DM-BR-B procedure of one device (protocol.md 2.9). */
export interface ProcedureConfig {
  /** How long the device really takes, ms. */
  readonly backupPreparationMs: number;
  readonly restorePreparationMs: number;
  readonly restoreCompletionMs: number;
  /** What properties 339, 341, 340 say, s; default rounded up from the above. */
  readonly backupPreparationTimeS?: number;
  readonly restorePreparationTimeS?: number;
  readonly restoreCompletionTimeS?: number;
  /** Property 153, s; 0 = never. */
  readonly backupFailureTimeoutS: number;
  /** False: answers nothing at all while it prepares or completes. */
  readonly answersWhilePreparing: boolean;
  /** False: a device from before 135-2008n, without properties 338..341. */
  readonly stateProperties: boolean;
  /** Restarts after ENDRESTORE: silent for restoreCompletionMs, then I-Am. */
  readonly restartsAfterRestore: boolean;
  /** State after the watchdog: "failure" = 5/6, "idle" = 0. */
  readonly watchdogLeadsTo: 'failure' | 'idle';
  /** Missing File objects may be made with CreateObject during a restore. */
  readonly createsFiles: boolean;
}

export interface DeviceConfig {
  /** 0..4194302; 4194303 for a device that was never configured. */
  readonly instance: number;
  readonly name: string;
  readonly vendorId: number;
  readonly vendorName: string;
  readonly modelName: string;
  readonly firmwareRevision: string;
  readonly applicationSoftwareVersion: string;
  readonly protocolRevision: number;
  readonly serialNumber?: string;
  readonly location?: string;
  readonly description?: string;
  readonly limits: ApduLimits;
  readonly windowSize: number;
  readonly apduTimeoutMs: number;
  readonly segmentTimeoutMs: number;
  readonly retries: number;
  readonly password?: string;
  readonly databaseRevision: number;
  /** Whether it executes ReadPropertyMultiple, and says so. */
  readonly readsMultiple: boolean;
  readonly procedure: ProcedureConfig;
  readonly files: readonly FileConfig[];
  readonly quirks?: readonly Quirk[];
  /** Milliseconds since 1970 when `now` is 0; default the world's start. */
  readonly unixTimeAtZero?: number;
  /** How a Who-Is is answered; default "broadcast", as the standard has it. */
  readonly announces?: 'broadcast' | 'unicast';
}

/** What of a device description may be left out: everything. */
export type DeviceConfigInput = Partial<Omit<DeviceConfig, 'limits' | 'procedure'>> & {
  readonly limits?: Partial<ApduLimits>;
  readonly procedure?: Partial<ProcedureConfig>;
};

/** What moves the procedure: ReinitializeDevice, and the device's own time. */
export type ProcedureEvent =
  | 'start-backup'
  | 'end-backup'
  | 'start-restore'
  | 'end-restore'
  | 'abort-restore'
  | 'prepared'
  | 'preparation-failed'
  | 'completed'
  | 'completion-failed'
  | 'timed-out'
  | 'restarted';

/** What an observer of a device is told. Times are the device's `now`, ms. */
export type DeviceEvent =
  | {
      readonly kind: 'state';
      readonly from: number;
      readonly to: number;
      readonly on: ProcedureEvent;
      readonly now: number;
    }
  | { readonly kind: 'refused'; readonly on: ProcedureEvent; readonly state: number; readonly now: number }
  | { readonly kind: 'restored'; readonly databaseRevision: number; readonly now: number }
  | { readonly kind: 'file-created'; readonly instance: number; readonly now: number }
  | { readonly kind: 'restarting'; readonly silentMs: number; readonly now: number };

export interface DeviceOptions {
  /** "bip" on a B/IP link (default), "npdu" behind a router. */
  readonly framing?: 'bip' | 'npdu';
  readonly onEvent?: (event: DeviceEvent) => void;
}

/** What a quirk may look at. */
export interface QuirkContext {
  readonly device: DeviceView;
  /** Who asks, and under which invoke id: the same text, the same transaction. Absent: nobody on a link. */
  readonly asker?: string;
  readonly service: number;
  readonly payload: Uint8Array;
  readonly now: number;
}

/** One File object as it is now. `size` in octets of a stream file, in records of a record file. */
export interface FileSummary {
  readonly instance: number;
  readonly name: string;
  readonly access: 'stream' | 'record';
  readonly size: number;
  readonly configuration: boolean;
}

/** The inside of a simulated device, for quirks and for tests to compare with. */
export interface DeviceView {
  readonly instance: number;
  /** Backup_And_Restore_State 0..6, whether or not the property is published. */
  readonly backupState: number;
  readonly systemStatus: number;
  readonly databaseRevision: number;
  /** Every File object that exists, in the order of Object_List. */
  readonly files: readonly FileSummary[];
  /** A copy of the octets of a stream file; records of a record file joined. */
  fileOctets(instance: number): Uint8Array | undefined;
  fileRecords(instance: number): readonly Uint8Array[] | undefined;
  /** Replaces a file's content behind the client's back. Throws RangeError when there is no such file. */
  setFile(instance: number, content: Uint8Array | readonly Uint8Array[], now: number): void;
  removeFile(instance: number): void;
  /** Power-cycles: forgets every transaction and procedure, stays silent, then says I-Am. */
  restart(silentMs: number, now: number): void;
}

/** An error in the place of a property's value. */
export interface PropertyRefusal {
  readonly errorClass: number;
  readonly errorCode: number;
}

/**
 * A named deviation of a real device. Each hook may decline by returning undefined; the first quirk of
 * the list that answers wins. One file each in quirks/. A quirk may keep state: one object serves one device.
 */
export interface Quirk {
  readonly name: string;
  /** One sentence for --list-quirks: what it does, and where it was seen. */
  readonly summary: string;
  /** Before the device acts: an answer given instead of acting. */
  readonly beforeRequest?: (context: QuirkContext) => Answer | undefined;
  /** After the device acted: another answer than the one it would give. */
  readonly afterRequest?: (context: QuirkContext & { readonly answer: Answer }) => Answer | undefined;
  /** Another value of a property (for an array, its elements); null = the property does not exist. */
  readonly property?: (context: {
    readonly device: DeviceView;
    readonly object: ObjectId;
    readonly property: number;
    readonly now: number;
  }) => readonly BacnetValue[] | PropertyRefusal | null | undefined;
  /** Another event in the procedure than the one that is due; null = it does not happen. */
  readonly procedureEvent?: (context: {
    readonly device: DeviceView;
    readonly event: ProcedureEvent;
    readonly now: number;
  }) => ProcedureEvent | null | undefined;
  /** How the procedure of the device is, whatever its description says. */
  readonly procedure?: Partial<ProcedureConfig>;
  /** Another device instance than its own, from now on. */
  readonly instance?: (own: number) => number | undefined;
  /** Whether a request that was executed, or refused, restarts the Backup_Failure_Timeout. */
  readonly keepsAlive?: (context: QuirkContext) => boolean | undefined;
  /** True: the device neither hears nor says anything now. */
  readonly isDeaf?: (context: { readonly device: DeviceView; readonly now: number }) => boolean;
  /** The answer leaves this much later, ms. */
  readonly delayMs?: (context: QuirkContext) => number | undefined;
  /** Sends an acknowledgement in one APDU, however little the client said that it accepts. */
  readonly ignoresClientLimits?: boolean;
}
