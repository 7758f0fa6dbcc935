// The ports between the engine and the world: time, datagrams, chance, bytes at rest, processes, and the log.
// Each has a real implementation in src/io and a simulated twin. Nothing above them may reach around.

import type { LinkAddress } from '../protocol/index.js';

/** Time. `now` never jumps; `unixTime` is the calendar and may. */
export interface Clock {
  /** Milliseconds since an arbitrary origin, monotonic. For every duration and deadline. */
  now(): number;
  /** Milliseconds since 1970-01-01T00:00:00Z. For timestamps that people read, and nothing else. */
  unixTime(): number;
  /** Resolves after `ms`; rejects with `signal.reason` when the signal is or becomes aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `act` once after `ms`, in a turn of its own, unless the function that it gives was called before; that is
   * harmless at any time. A sleep for what is let go again far more often than it comes: it costs a tenth.
   */
  after(ms: number, act: () => void): () => void;
}

export type Unsubscribe = () => void;

/** Datagrams of one link. Loses, duplicates and reorders as networks do; never changes an octet count. */
export interface Transport {
  /** Our own address on the link, "a.b.c.d:port". */
  readonly localAddress: LinkAddress;
  /** Sends one datagram, or broadcasts it when `to` is BROADCAST. Failures are not reported: they are losses. */
  send(datagram: Uint8Array, to: LinkAddress): void;
  onDatagram(listener: (datagram: Uint8Array, from: LinkAddress) => void): Unsubscribe;
  close(): Promise<void>;
}

/** Chance, for identifiers and jitter. Not for secrets. */
export interface Random {
  /** Uniform in 0..2^32-1. */
  uint32(): number;
}

/** The folders of the format; "repository" is the top one, for its files alone. */
export const STORE_AREAS = [
  'repository',
  'objects',
  'images',
  'runs',
  'journal',
  'locks',
  'trash',
  'aside',
  'cache',
] as const;

/** Where a file of a repository is: a folder of the format and a name inside it ("objects", "ab/ab12..."). */
export interface StoreHandle {
  readonly area: (typeof STORE_AREAS)[number];
  /** Relative, "/"-separated, without "..", colons or trailing dots. */
  readonly name: string;
}

/** A file that an interrupted save left behind, or that a save under way is still writing. */
export interface Leftover {
  /** Where it is, for people: "tmp/9f0c...". */
  readonly place: string;
  readonly octets: number;
}

/**
 * Says what is wrong with a handle's name, or undefined when it is fine: every segment is a plain name on
 * every platform, so that no name leaves its area and no two names fall together. Every Store refuses with it.
 */
export function handleFault(handle: StoreHandle): string | undefined {
  const { area, name } = handle;
  if (name.length === 0 || name.length > 200) return 'the name is empty or longer than 200 characters';
  const segments = name.split('/');
  if (area === 'repository' && segments.length > 1) return 'the top folder holds no named folders';
  for (const segment of segments) {
    if (!/^[A-Za-z0-9_=.-]+$/.test(segment))
      return `"${segment}" has a character that not every platform allows`;
    if (segment.endsWith('.')) return `"${segment}" ends in a dot`;
    if (/^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i.test(segment))
      return `"${segment}" is a device name of Windows`;
  }
  return undefined;
}

/** How a change is made. */
export interface StoreChange {
  /** Not to wait until it is durable: a power cut may undo it. For many files at once that nobody misses. */
  readonly lazily?: boolean;
}

/** How content is read. */
export interface LoadOptions {
  /** Each chunk is over when the next is asked for: all may be in one buffer. For octets that nobody keeps. */
  readonly passing?: boolean;
}

/**
 * Bytes at rest. Every method rejects with an EngineError coded `store-...` and with nothing else, but for two:
 * an error of the `content` or `name` that was passed in comes through as it is, and a name with a
 * `handleFault` is `internal`.
 */
export interface Store {
  /**
   * Saves all chunks under the handle, atomically and write-once: afterwards the whole content is there
   * and durable, or nothing is. An existing handle is an error (`store-exists`) and stays untouched.
   * Returns the number of octets written.
   */
  save(handle: StoreHandle, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<number>;
  /**
   * Saves content whose name is known only when it has been read to its end (objects are named by hash).
   * The chunks are written to a temporary place; `name` is called once after the last (it may look at the
   * store, and remove a damaged object of that name); an object of that name that exists then wins and the
   * new copy is dropped. Returns what `name` returned.
   */
  saveNamed(
    area: StoreHandle['area'],
    content: AsyncIterable<Uint8Array>,
    name: () => string | Promise<string>,
  ): Promise<string>;
  /**
   * Adds octets at the end of a file, which is made when it is missing; durable when it resolves. Not atomic:
   * after a failure or a crash a part of them may be there. For run logs alone: everything else is write-once.
   */
  append(handle: StoreHandle, octets: Uint8Array): Promise<void>;
  /** The content in chunks of bounded size; rejects `store-missing` when there is none. */
  load(handle: StoreHandle, options?: LoadOptions): AsyncIterable<Uint8Array>;
  exists(handle: StoreHandle): Promise<boolean>;
  size(handle: StoreHandle): Promise<number>;
  /**
   * All names in an area, or only those below the folder `prefix`, sorted by code unit; temporary leftovers
   * are not listed. The area "repository" has the files of the top folder alone.
   */
  list(area: StoreHandle['area'], prefix?: string): AsyncIterable<string>;
  /** What `save` and `saveNamed` have not finished, in this process or another, now or long ago. */
  leftovers(): AsyncIterable<Leftover>;
  /** Removes; a missing handle is not an error. */
  remove(handle: StoreHandle, change?: StoreChange): Promise<void>;
  /**
   * Gives a file another place. It is at one of the two at any moment; a crash may leave it at both. Never
   * replaces (`store-exists`, both stay as they are); `store-missing` when it is not there.
   */
  move(from: StoreHandle, to: StoreHandle, change?: StoreChange): Promise<void>;
  /** Marks a file as written to just now and leaves its octets; `store-missing` when it is not there. */
  touch(handle: StoreHandle): Promise<void>;
  /**
   * Milliseconds since a file was last written to, by the one clock of the place where the files are: the
   * clocks of two computers that share it need not agree. `store-missing` when it is not there.
   */
  age(handle: StoreHandle): Promise<number>;
}

/** A process, so that another one can tell later whether it still runs. */
export interface ProcessIdentity {
  readonly processId: number;
  /** Name of its computer. */
  readonly host: string;
  /** Tells it from every other process that had or will have its id; absent where the platform has no such thing. */
  readonly processMark?: string;
}

/** The processes of this computer: which one we are, and which of the others still run. Never rejects. */
export interface Processes {
  own(): Promise<ProcessIdentity>;
  /** "elsewhere": a process of another computer, which cannot be seen from here. */
  stateOf(process: ProcessIdentity): Promise<'running' | 'gone' | 'elsewhere'>;
}

/** An archive while it is written. Nothing is under its final name before `finish` has resolved. */
export interface ArchiveWriter {
  /** Where it will be, for messages. */
  readonly place: string;
  /** Adds one file. An error of the content comes through as it is. */
  add(name: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<void>;
  /** Completes the archive and gives it its name, durably. */
  finish(): Promise<void>;
  /** Takes away what was written so far. Never rejects; after `finish` it does nothing. */
  discard(): Promise<void>;
}

export interface ArchiveEntry {
  /** "/"-separated and relative; never leaves the archive. */
  readonly name: string;
  readonly octets: number;
}

/** An archive to be read, in any order. */
export interface ArchiveReader {
  readonly place: string;
  readonly entries: readonly ArchiveEntry[];
  /** The content of one file in chunks; rejects `archive-damaged` when it is not all there. */
  read(name: string): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** A folder of somebody else's files, to be read. */
export interface SourceFolder {
  /** Its whole path, for messages, and its own name. */
  readonly place: string;
  readonly name: string;
  /** The plain files in it, sorted. */
  readonly names: readonly string[];
  read(name: string): AsyncIterable<Uint8Array>;
}

/** A message to people or programs outside, and how long it may take. */
interface Outgoing {
  readonly timeLimitMs: number;
}

/** Whether what is sent to this URL passes other computers in clear: then no secret may be in it. */
export function isReadableOnTheWay(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const isOwnComputer = /^(127(\.\d+){3}|localhost|\[::1\])$/.test(hostname);
  return !isOwnComputer && !['https:', 'smtps:', 'mqtts:'].includes(protocol);
}

/** A POST of JSON. A token is only sent encrypted, but to this computer itself. */
export interface WebhookMessage extends Outgoing {
  readonly url: string;
  readonly json: string;
  /** Sent as "Authorization: Bearer ...". */
  readonly bearer?: string;
}

export interface MailMessage extends Outgoing {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** "smtp://HOST[:PORT]" or "smtps://HOST[:PORT]". A password is only sent encrypted, but to this computer itself. */
  readonly server: string;
  readonly login?: { readonly user: string; readonly password: string };
}

export interface MqttMessage extends Outgoing {
  /** "mqtt://HOST[:PORT]" or "mqtts://HOST[:PORT]". A password is only sent encrypted, but to this computer itself. */
  readonly broker: string;
  readonly topic: string;
  readonly json: string;
  readonly retain: boolean;
  readonly login?: { readonly user: string; readonly password: string };
}

/** Ways to tell somebody outside. Each resolves when the other side has taken the message, and rejects otherwise. */
export interface Messengers {
  post(message: WebhookMessage): Promise<void>;
  mail(message: MailMessage): Promise<void>;
  publish(message: MqttMessage): Promise<void>;
}

/** One number for whoever watches; measures of one name have the same help, kind and label names. */
export interface Measure {
  readonly name: string;
  readonly help: string;
  readonly kind: 'gauge' | 'counter';
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What is told to whoever watches, asked for at each look. */
export interface MonitorSource {
  health(): { readonly isWell: boolean } & Readonly<Record<string, unknown>>;
  measures(): Promise<readonly Measure[]>;
}

/** A place on this computer where it is told. */
export interface Monitor {
  readonly port: number;
  close(): Promise<void>;
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Diagnostics for people who debug; results and progress go through return values and events. */
export interface Log {
  log(level: LogLevel, message: string, details?: Readonly<Record<string, unknown>>): void;
}
