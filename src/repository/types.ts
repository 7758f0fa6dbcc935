// What a repository holds, as the rest of the engine and the users of the library see it.
// Types only. Knows no BACnet: identifiers, names and numbers are plain values.

import type { ArchiveReader, ArchiveWriter, SourceFolder } from '../ports.js';
import type {
  ExportReport,
  ImportReport,
  ForeignImportReport,
  ImageQuery,
  FoundImage,
} from './catalogue-types.js';
import type { ForeignWords, Layout } from './foreign/types.js';
import type { Journal, RunLog, RunReading } from './run-types.js';
import type {
  CheckOptions,
  CheckReport,
  DeviceReference,
  ForgetOptions,
  ForgetReport,
  Hold,
  PruneOptions,
  PruneReport,
  SoleHold,
} from './upkeep-types.js';

export type {
  Journal,
  JournalEntry,
  JournalNote,
  JournalStanding,
  NewJournalEntry,
  RunLine,
  RunLog,
  RunReading,
} from './run-types.js';

/** Lower-case hex SHA-256 of the plain octets. */
export type Sha256 = string & { readonly brand?: 'sha256' };

/** Lower-case hex SHA-256 of the manifest's octets; 8 digits of it are in the file name. */
export type ImageId = string & { readonly brand?: 'image' };

export interface RepositoryOptions {
  /** Site used where none is named. */
  readonly defaultSite: string;
}

/** Half-open range [start, end): octets of a stream file, records of a record file. */
export interface UnitRange {
  readonly start: number;
  readonly end: number;
}

/** One configuration file in an image. */
export interface ImageFile {
  /** "file,12": the File object's identifier on the device. */
  readonly objectIdentifier: string;
  readonly instance: number;
  readonly name?: string;
  readonly fileType?: string;
  readonly accessMethod: 'stream' | 'record';
  /** Octets of content: for record files the sum of all record lengths. */
  readonly octets: number;
  /** What the device said, where it said it. */
  readonly fileSize?: number;
  readonly recordCount?: number;
  readonly modificationDate?: string;
  readonly readOnly?: boolean;
  readonly archive?: boolean;
  /** SHA-256 of the content. */
  readonly sha256: Sha256;
  /** The objects that hold the content, in order; joined they are the content. */
  readonly objects: readonly { readonly sha256: Sha256; readonly octets: number }[];
  /**
   * Record files: an object of the repository that lists each record's length in octets, in order, as
   * decimal text, one a line. Absent for stream files.
   */
  readonly recordLengths?: { readonly sha256: Sha256; readonly octets: number };
  /** What changed by itself between two readings in a row, in ascending order and apart from one another. */
  readonly volatileRanges?: readonly UnitRange[];
}

export interface DeviceIdentity {
  readonly instance: number;
  readonly name?: string;
  readonly vendorId?: number;
  readonly vendorName?: string;
  readonly modelName?: string;
  readonly firmwareRevision?: string;
  readonly applicationSoftwareVersion?: string;
  readonly protocolRevision?: number;
  readonly serialNumber?: string;
  readonly location?: string;
  readonly description?: string;
}

export interface ReachedAt {
  /** "192.168.1.10:47808": the device, or its router. */
  readonly address: string;
  readonly network?: number;
  readonly mac?: string;
  readonly maxApdu: number;
  readonly segmentation: string;
}

/** What the procedure saw (protocol.md 1). */
export interface ProcedureFacts {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly databaseRevision?: number;
  /** As the device gave it: a date and time, a time, or "sequence N". */
  readonly lastRestoreTime?: string;
  readonly backupFailureTimeoutS?: number;
  readonly backupPreparationTimeS?: number;
  readonly restorePreparationTimeS?: number;
  readonly restoreCompletionTimeS?: number;
  /** Backup_And_Restore_State values in the order they were seen, repeats left out. */
  readonly statesSeen: readonly string[];
  readonly systemStatusSeen: readonly string[];
  readonly passwordUsed: boolean;
  /** Departures from the standard that were met and handled, in words. */
  readonly deviations: readonly string[];
  readonly requests: number;
  readonly retries: number;
  readonly timings?: ProcedureTimings;
  /** What the procedure found out about the device's ways; absent when everything was as it should be. */
  readonly learned?: LearnedHabits;
  /** Object_List outside the procedure, where the device told it. */
  readonly objects?: ObjectListFacts;
}

/**
 * How a device behaved, for the next procedure on it: hints, true of this firmware at most, and never believed
 * against what the device shows.
 */
export interface LearnedHabits {
  /** Most octets of one AtomicReadFile, of one AtomicWriteFile, that worked, where the limits told allow more. */
  readonly readOctets?: number;
  readonly writeOctets?: number;
  /** Most records of one AtomicReadFile that worked. */
  readonly recordsPerRead?: number;
  /** Most AtomicReadFile requests outstanding at once that it was found to bear. */
  readonly readsOutstanding?: number;
  /** How it says the end of a file, where not with the last octet or record. */
  readonly endOfFile?: 'late' | 'refused' | 'never';
  /** File_Access_Method says the opposite. */
  readonly accessMethod?: 'swapped';
  /** File_Size and Record_Count cannot be written. */
  readonly sizing?: 'refused';
  /** Configuration_Files cannot be read as a whole. */
  readonly configurationFiles?: 'by-index';
  /** It says that it has ReadPropertyMultiple, and does not answer it as it should. */
  readonly readPropertyMultiple?: 'unusable';
}

/** Object_List in short: enough to see that another one is another. */
export interface ObjectListFacts {
  readonly count: number;
  /**
   * SHA-256 of its elements as decimal "TYPE,INSTANCE" lines, each ended by a line feed, in ascending order of
   * type, then instance. Absent when the device only told how many there are.
   */
  readonly sha256?: Sha256;
}

/**
 * How long the parts of a backup took, ms: from START until the device was ready, from the list of files until
 * the last octet, and from END until it was seen to be out. What a restore will take is estimated from it.
 */
export interface ProcedureTimings {
  readonly prepareMs: number;
  readonly copyMs: number;
  readonly endMs: number;
}

/** Where an image comes from that bacvault did not take from a device. */
export interface ImportedFrom {
  readonly layout: string;
  /** When it was made, in the words of its maker; `createdAt` is when it was imported. */
  readonly madeAt?: string;
  /** What an image should say, and nobody knew: "modelName", "file,1 accessMethod". */
  readonly unknown: readonly string[];
}

/** One image. Written once, never changed. */
export interface ImageManifest {
  readonly kind: 'bacvault-image';
  readonly format: 1;
  readonly site: string;
  readonly createdAt: string;
  readonly tool: string;
  /** Given when it was made, as "undo" or "as-built"; later ones are facts. */
  readonly tags?: readonly string[];
  /** For a backup that another program made. */
  readonly imported?: ImportedFrom;
  readonly device: DeviceIdentity;
  readonly reachedAt: ReachedAt;
  readonly procedure: ProcedureFacts;
  readonly files: readonly ImageFile[];
}

export interface ImageSummary {
  readonly id: ImageId;
  readonly manifest: ImageManifest;
}

/** An image among those of its device. */
export interface DatedImage {
  readonly image: ImageSummary;
  /** The one before it of the same site and instance; absent for the first. */
  readonly before?: ImageSummary;
}

/** What was learnt or said of an image after it was made. */
export type FactBody =
  /** Its content was proven: read twice and equal, restored and compared, or restored onto a twin. */
  | {
      readonly type: 'verified';
      readonly how: 'second-reading' | 'restored' | 'drill';
      /** The run log that tells how. */
      readonly run?: string;
    }
  | { readonly type: 'tag' | 'untag'; readonly tag: string }
  | { readonly type: 'note'; readonly text: string }
  /** A rehearsal of its restore, and the report of it. */
  | {
      readonly type: 'drill';
      readonly passed: boolean;
      readonly run?: string;
      readonly report: Readonly<Record<string, unknown>>;
    }
  /** What a restore of it found out about the device's ways, which the backup could not. */
  | { readonly type: 'learned'; readonly learned: LearnedHabits };

/** One fact, in a file beside the manifest. Written once, never changed. */
export interface ImageFact {
  readonly kind: 'bacvault-fact';
  readonly format: 1;
  readonly image: ImageId;
  readonly recordedAt: string;
  readonly tool: string;
  readonly fact: FactBody;
}

/** What the facts of an image come to. */
export interface ImageStanding {
  /** The newest proof. */
  readonly verified?: {
    readonly how: 'second-reading' | 'restored' | 'drill';
    readonly at: string;
    readonly run?: string;
  };
  /** In the order in which they were given. */
  readonly tags: readonly string[];
  /** Oldest first. */
  readonly notes: readonly { readonly at: string; readonly text: string }[];
}

/** Takes in the files of one image while they are read, and publishes the image in one step, or never. */
export interface ImageDraft {
  /** Saves one file's content; the digests come back. Records: the iterable yields one record at a time. */
  addStream(content: AsyncIterable<Uint8Array>): Promise<Pick<ImageFile, 'octets' | 'sha256' | 'objects'>>;
  addRecords(
    records: AsyncIterable<Uint8Array>,
  ): Promise<Pick<ImageFile, 'octets' | 'sha256' | 'objects' | 'recordLengths'>>;
  /** Writes the manifest. Only now is the image visible. What was published is closed. */
  publish(manifest: ImageManifest): Promise<ImageSummary>;
  /** The same for a manifest that another repository made: its octets, and so its id, stay as they are. */
  publishOctets(octets: Uint8Array): Promise<ImageSummary>;
  /** Ends the draft, published or not: always call it. Never rejects; more than once does no harm. */
  close(): Promise<void>;
}

/** Answers that never change, and that may be forgotten at any time. */
export interface Memo {
  /** undefined when it is not known, or not known any more. Never rejects. */
  recall(question: string): Promise<string | undefined>;
  /** Never rejects: what cannot be kept is worked out again. */
  keep(question: string, answer: string): Promise<void>;
}

export interface Repository {
  readonly id: string;
  readonly options: RepositoryOptions;
  readonly place: string;
  /**
   * Begins an image: from now on, and until the draft is closed, the content that it takes in is safe beside
   * every prune. Never waits for others. Rejects with `store-...` when the repository cannot be written to.
   */
  begin(command?: string): Promise<ImageDraft>;
  /** For whoever reads an image for long, and must not lose it half-way. Rejects with `store-...`. */
  hold(command: string): Promise<Hold>;
  /**
   * For the one process that runs rules on time. Rejects `repository-locked`, with who that is, when there is one
   * already, and with `store-...`.
   */
  serving(command: string): Promise<SoleHold>;
  /** Every device that has a file of an image's name, in no order that means anything. Reads names alone. */
  devices(filter?: { readonly site?: string; readonly instance?: number }): AsyncIterable<DeviceReference>;
  /** Newest first, all at once in memory. Damaged manifests are left out here and reported by `check`. */
  images(filter?: { readonly site?: string; readonly instance?: number }): Promise<ImageSummary[]>;
  /** The same over all devices, one by one: for lists of any length, of which little more than names is in memory. */
  history(filter?: { readonly site?: string; readonly instance?: number }): AsyncIterable<DatedImage>;
  /** By id, by a prefix of 4 or more hex digits, or "latest" (then `instance` is needed). */
  image(
    which: string,
    filter?: { readonly site?: string; readonly instance?: number },
  ): Promise<ImageSummary>;
  /** A stream file's content in chunks; every object is hashed on the way and a damaged one rejects at its end. */
  content(file: ImageFile): AsyncIterable<Uint8Array>;
  /** A record file's records, one at a time, empty ones too. */
  records(file: ImageFile): AsyncIterable<Uint8Array>;
  /** Hashes everything an image needs without keeping it; rejects `repository-corrupt` with what is wrong. */
  verifyImage(image: ImageSummary): Promise<void>;
  /**
   * Images that answer a question: device by device, newest first in each. Rejects `usage` for a question that
   * cannot be asked. Damaged images are left out and reported by `check`.
   */
  find(query?: ImageQuery): AsyncIterable<FoundImage>;
  /**
   * Writes images with their facts and files into an archive. Rejects `usage`, `repository-corrupt` or with
   * `store-...`; nothing is left of the archive then.
   */
  export(images: readonly ImageSummary[], archive: ArchiveWriter): Promise<ExportReport>;
  /**
   * Takes in the images and facts of an archive, when everything in it is right; what is there already stays.
   * Rejects `archive-damaged` before anything is written.
   */
  import(archive: ArchiveReader): Promise<ImportReport>;
  /**
   * Takes in a folder that another program made, as one image. Rejects `usage` with everything that is missing or
   * wrong before anything is written.
   */
  importForeign(folder: SourceFolder, layout: Layout, words: ForeignWords): Promise<ForeignImportReport>;
  /** Writes a fact beside the image's manifest. */
  record(image: ImageSummary, fact: FactBody): Promise<ImageFact>;
  /** Oldest first. Damaged ones are left out here and reported by `check`. */
  facts(image: ImageSummary): Promise<ImageFact[]>;
  /** Begins the log of a run with a line `begin` that says which command it is. */
  beginRun(command: string, details?: Readonly<Record<string, unknown>>): Promise<RunLog>;
  /** Names of the run logs, oldest first. */
  runs(): AsyncIterable<string>;
  /** Rejects `store-missing` when there is no such run. */
  readRun(name: string): Promise<RunReading>;
  readonly journal: Journal;
  /** For whoever asks long questions about things that never change, as two images. */
  readonly memo: Memo;
  /**
   * Takes images out of the repository: those named by id, or those that a policy does not keep. Their content
   * stays until `prune`. Rejects `repository-locked` when another upkeep is at work.
   */
  forget(options: ForgetOptions): Promise<ForgetReport>;
  /** Deletes what no image needs, safe beside backups. Rejects `repository-locked`, `repository-corrupt`. */
  prune(options?: PruneOptions): Promise<PruneReport>;
  /**
   * Says what is wrong and whom it hurts. Changes nothing, but with `repair` (then it may reject
   * `repository-locked`): that moves damaged things aside, and deletes nothing.
   */
  check(options?: CheckOptions): Promise<CheckReport>;
  /** Lets go of what drafts and holds still have. */
  close(): Promise<void>;
}
