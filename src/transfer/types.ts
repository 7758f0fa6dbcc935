// What the transfer loops need of the world: the services on one device's File objects, a pause, and
// somebody to tell. The procedure gives it; a test gives a fake. Nothing here knows START or END.

import type {
  BacnetValue,
  ObjectId,
  ReadFileAck,
  ReadFileRequest,
  WriteFileRequest,
} from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import type { ChunkSizes, ReadWindow } from '../pacing/index.js';
import type { Habits } from './habits.js';

/** BACnetFileAccessMethod as a word. */
export type FileAccess = 'stream' | 'record';

/** Values by property. */
export type PropertyValues = ReadonlyMap<number, readonly BacnetValue[]>;

/** What a read needs that is not asked for alone. */
export interface ReadTogether {
  /** Reads that may be outstanding, this one among them. */
  readonly outstanding: number;
  /** It is sent again, for nobody answered in time. */
  readonly onRepeat: () => void;
}

/** The device as a transfer sees it. Rejects only with EngineError, `cancelled` among them. */
export interface FilePort {
  readonly sizes: ChunkSizes;
  /** How many reads may be outstanding, and what was learnt about it. */
  readonly readWindow: ReadWindow;
  /** How the device behaves; what a transfer finds out is noted here. */
  readonly habits: Habits;
  /** How long answers like DEVICE: CONFIGURATION_IN_PROGRESS are waited out, ms. */
  readonly patienceMs: number;
  /** How long a device that does not answer is waited for, ms, from the first unanswered question on. */
  readonly outageMs: number;
  /** Clock.now(). */
  now(): number;
  /**
   * AtomicReadFile; repeated on silence before it gives up, unless `once`. An answer to a repetition may come from a
   * device that restarted: alone, that is looked at before it is given; `together` with others, by `settleDoubt`.
   */
  readFile(request: ReadFileRequest, once?: boolean, together?: ReadTogether): Promise<Reply<ReadFileAck>>;
  /** Whether what was read together came from a device in our procedure. Rejects as `stillOurs` does. */
  settleDoubt(): Promise<void>;
  /** AtomicWriteFile; sent once. */
  writeFile(request: WriteFileRequest): Promise<Reply<{ readonly start: number }>>;
  /** ReadProperty of a File object; repeated on silence before it gives up. */
  readProperty(file: ObjectId, property: number): Promise<Reply<BacnetValue[]>>;
  /**
   * The values of these properties that the device gives at once; none where it cannot, or does it wrongly. What is not
   * among them is asked for alone.
   */
  readAtOnce(file: ObjectId, properties: readonly number[]): Promise<PropertyValues>;
  /** WriteProperty of a File object; sent once. */
  writeProperty(file: ObjectId, property: number, value: BacnetValue): Promise<Reply<void>>;
  /** Waits; rejects `cancelled`. */
  pause(ms: number, reason: string): Promise<void>;
  /**
   * After an outage: whether the device is still in our procedure. Rejects `procedure-failed` when it left
   * it, `device-silent` when it falls silent again for too long.
   */
  stillOurs(): Promise<void>;
  /** A transfer goes on at this position, in octets or records, after so long a silence, ms. */
  resumed(file: number, position: number, silentMs: number): void;
  /** A request is asked again. */
  repeated(attempt: number, reason: string): void;
  /** A departure from the standard that was met and handled. */
  deviation(text: string): void;
  /** Octets (and records) of this file done so far, in the current direction. */
  progress(file: number, octetsDone: number, recordsDone?: number): void;
}
