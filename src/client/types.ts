// What a program sees of a BACnet client: a client that finds devices, and a device that answers.
// Types only. Silence and refusals of a device are values (Reply), never exceptions.

import type {
  Address,
  ApduLimits,
  BacnetValue,
  CreateObjectRequest,
  LinkAddress,
  ObjectId,
  ReadFileAck,
  ReadFileRequest,
  Refusal,
  Segmentation,
  WriteFileRequest,
} from '../../protocol/index.js';
import type { Priority } from '../pacing/index.js';
import type { Clock } from '../ports.js';

/** Device instance 0..4194302; 4194303 for a device that has none yet, which only its address names. */
export type DeviceInstance = number;

/** How to reach a device: found by Who-Is, or said by the user. */
export interface Target {
  readonly instance: DeviceInstance;
  /** Absent: ask with Who-Is. `link` is then the device's address, or its router's. */
  readonly address?: Address;
}

export type Reply<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** One I-Am. */
export interface Announcement {
  readonly instance: DeviceInstance;
  readonly address: Address;
  readonly maxApdu: number;
  readonly segmentation: Segmentation;
  readonly vendorId: number;
}

/** Options of one request. All have defaults that suit the device's path (CALL_DEFAULTS). */
export interface CallOptions {
  /**
   * Aborting it rejects the call with EngineError `cancelled`, as `Client.close` does; a cancelled call is
   * never a Reply. Ignored with the priority "release": a release happens.
   */
  readonly signal?: AbortSignal;
  readonly apduTimeoutMs?: number;
  readonly retries?: number;
  /**
   * Repeats the question when its answer is late for this device, and not only after `apduTimeoutMs`; in all it waits
   * as long. For a device that is there and at work, not where silence is to be expected. Default false.
   */
  readonly adapts?: boolean;
  /**
   * Requests that may be outstanding at the device with this one among them; default 1. Only for a device on our own
   * link: a network behind a router carries one at a time, whatever is said here.
   */
  readonly outstanding?: number | undefined;
  /** Place in the lane's queue; default "bulk". */
  readonly priority?: Priority;
  /** Called when the same APDU had to be sent again; attempt 2 is the first repetition. */
  readonly onRetry?: (attempt: number) => void;
}

export interface DiscoverOptions {
  /** Lowest and highest instance; default all. */
  readonly low?: DeviceInstance;
  readonly high?: DeviceInstance;
  /** Only this remote network, or with 0 only our own; default everywhere. */
  readonly network?: number;
  /** How long to listen after the last question; default 3000 ms. */
  readonly waitMs?: number;
  /** How often the question is repeated (I-Ams get lost); default 2 times more. */
  readonly repeats?: number;
  /** Also hands on who was not asked for and is heard meanwhile: late answers to an earlier question. */
  readonly unasked?: boolean;
  readonly signal?: AbortSignal;
}

/** A router, and the networks that it says it reaches (clause 6.4.2). */
export interface Route {
  readonly router: LinkAddress;
  /** Network numbers, ascending. */
  readonly networks: readonly number[];
}

export interface RouteOptions {
  /** Only the way to this network; default all that any router reaches. */
  readonly network?: number;
  /** How long to listen, ms; default 3000. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

/** How long to look for a device again, ms, and what stops it. */
export interface RebindOptions {
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  /** The device may answer to this instance now, and is looked for under it alone: it was just restored. */
  readonly instance?: DeviceInstance;
  /** Leaves an address that the user gave, when nobody answers there: it is known that no other device has the instance. */
  readonly mayMove?: boolean;
}

/** A device that has been found. Its address and limits may change with `rebind`. */
export interface Device {
  readonly instance: DeviceInstance;
  readonly address: Address;
  /** What may be sent to it in one request: its own limits and those of the path, whichever is less. */
  readonly limits: ApduLimits;
  /** What we tell it we accept. */
  readonly accepts: ApduLimits;
  readonly vendorId: number | undefined;
  readonly client: Client;

  readProperty(
    object: ObjectId,
    property: number,
    options?: CallOptions & { index?: number },
  ): Promise<Reply<BacnetValue[]>>;
  /**
   * ReadPropertyMultiple (clause 15.7) of one object: a reply for each property, in their order. An answer that is not
   * exactly that is a refusal. It must fit the limits of both sides: too many properties are refused, or not answered.
   */
  readProperties(
    object: ObjectId,
    properties: readonly number[],
    options?: CallOptions,
  ): Promise<Reply<Reply<BacnetValue[]>[]>>;
  writeProperty(
    object: ObjectId,
    property: number,
    value: BacnetValue | readonly BacnetValue[],
    options?: CallOptions & { index?: number; priority8?: number },
  ): Promise<Reply<void>>;
  /** ReinitializeDevice (clause 16.4). Never repeated by itself: a START or END that is retried means something else. */
  reinitialize(state: number, password: string | undefined, options?: CallOptions): Promise<Reply<void>>;
  /** AtomicReadFile (clause 14.1). Repeated by itself; reading twice is harmless. */
  readFile(request: ReadFileRequest, options?: CallOptions): Promise<Reply<ReadFileAck>>;
  /** AtomicWriteFile (clause 14.2). Never repeated by itself. Gives the start position of the ACK. */
  writeFile(request: WriteFileRequest, options?: CallOptions): Promise<Reply<{ readonly start: number }>>;
  createObject(request: CreateObjectRequest, options?: CallOptions): Promise<Reply<ObjectId>>;
  /**
   * Looks the device up again, by Who-Is and where it was (address and limits may have changed), for about
   * `waitMs`, default 10 s; rejects like `client.device` and then changes nothing. An address that the user
   * gave is kept: nobody else is taken for the device, unless `mayMove` says so.
   */
  rebind(options?: RebindOptions): Promise<void>;
}

export interface Client {
  /** Our own address, "a.b.c.d:port". */
  readonly localAddress: LinkAddress;
  /** The clock this client runs on; procedures measure and wait by it. */
  readonly clock: Clock;
  /**
   * I-Ams as they come, each device and address once, until the time is up. The first question is asked when
   * the first announcement is asked for. Rejects with EngineError `usage` (a range that is none), `cancelled`.
   */
  discover(options?: DiscoverOptions): AsyncIterable<Announcement>;
  /**
   * Asks Who-Is-Router-To-Network once and gives what the routers said. Some never answer: a way to a device is
   * learned from its I-Am as well. Rejects with EngineError `cancelled`.
   */
  routes(options?: RouteOptions): Promise<Route[]>;
  /**
   * Finds a device and reads its limits: at its static address, or by Who-Is for `waitMs`, default 10 s, and
   * then one second more in which a second device of the instance would be heard. Rejects with EngineError
   * `device-not-found`, `device-silent`, `device-no-route`, `device-duplicate` (I-Ams of one instance from two
   * places), `device-mismatch` (another instance answers at the static address), `device-refused` (what
   * answers there does not say who it is), `usage` (a text that is no target), `cancelled`. A device that is
   * called unconfigured (4194303) must not say otherwise when it is asked directly.
   */
  device(
    target: Target | string,
    options?: { readonly signal?: AbortSignal; readonly waitMs?: number },
  ): Promise<Device>;
  close(): Promise<void>;
}
