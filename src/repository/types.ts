// What a repository holds, as the rest of the engine and the users of the library see it.
// Types only. Knows no BACnet: identifiers, names and numbers are plain values.

/** Lower-case hex SHA-256 of the plain octets. */
export type Sha256 = string & { readonly brand?: 'sha256' };

/** Lower-case hex SHA-256 of the manifest's octets; 8 digits of it are in the file name. */
export type ImageId = string & { readonly brand?: 'image' };

export interface RepositoryOptions {
  /** Site used where none is named. */
  readonly defaultSite: string;
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
}

/** One image. Written once, never changed. */
export interface ImageManifest {
  readonly kind: 'bacvault-image';
  readonly format: 1;
  readonly site: string;
  readonly createdAt: string;
  readonly tool: string;
  readonly device: DeviceIdentity;
  readonly reachedAt: ReachedAt;
  readonly procedure: ProcedureFacts;
  readonly files: readonly ImageFile[];
}

export interface ImageSummary {
  readonly id: ImageId;
  readonly manifest: ImageManifest;
}

/** One thing that `check` found wrong. */
export interface CheckFinding {
  readonly severity: 'error' | 'warning';
  readonly code:
    | 'object-missing'
    | 'object-damaged'
    | 'manifest-damaged'
    | 'manifest-misplaced'
    | 'leftover'
    | 'unknown-file'
    | 'repository-damaged';
  readonly place: string;
  readonly message: string;
  /** Images that need the damaged thing. */
  readonly images: readonly ImageId[];
}

export interface CheckReport {
  readonly images: number;
  readonly objects: number;
  readonly octets: number;
  readonly findings: readonly CheckFinding[];
}

/** Takes in the files of one image while they are read, and publishes the image in one step, or never. */
export interface ImageDraft {
  /** Saves one file's content; the digests come back. Records: the iterable yields one record at a time. */
  addStream(content: AsyncIterable<Uint8Array>): Promise<Pick<ImageFile, 'octets' | 'sha256' | 'objects'>>;
  addRecords(
    records: AsyncIterable<Uint8Array>,
  ): Promise<Pick<ImageFile, 'octets' | 'sha256' | 'objects' | 'recordLengths'>>;
  /** Writes the manifest. Only now is the image visible. */
  publish(manifest: ImageManifest): Promise<ImageSummary>;
}

export interface Repository {
  readonly id: string;
  readonly options: RepositoryOptions;
  readonly place: string;
  begin(): ImageDraft;
  /** Newest first. Damaged manifests are left out here and reported by `check`. */
  images(filter?: { readonly site?: string; readonly instance?: number }): Promise<ImageSummary[]>;
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
  /** Reads everything. Never changes anything. */
  check(options?: { readonly signal?: AbortSignal }): Promise<CheckReport>;
  close(): Promise<void>;
}
