// What a backup that another program made turned out to be. Types only.

import type { DeviceIdentity, ImageFile } from '../types.js';

/** The layouts that are read. */
export type Layout = 'folder' | 'codesys' | 'vts' | 'bacnet4j' | 'niagara';

/** One configuration file of it. What is undefined was not said, and must be said by the user. */
export interface ForeignFile {
  /** Its name in the folder, as people see it. */
  readonly source: string;
  readonly instance: number | undefined;
  readonly accessMethod: ImageFile['accessMethod'] | undefined;
  readonly name?: string;
  readonly fileSize?: number;
  readonly recordCount?: number;
  /** The names of the files with its records in their order; absent for one file with all of the content. */
  readonly records?: readonly string[];
}

/** A backup as its layout describes it. */
export interface ForeignBackup {
  readonly layout: Layout;
  /** What the layout says of the device; the instance too, where it does. */
  readonly device: Partial<DeviceIdentity>;
  readonly databaseRevision?: number;
  readonly lastRestoreTime?: string;
  readonly maxApdu?: number;
  /** When it was made, in the layout's own words: mostly without a time zone. */
  readonly madeAt?: string;
  /** In the order in which they are written back. */
  readonly files: readonly ForeignFile[];
}

/** What the user says about it. */
export interface ForeignWords {
  readonly site: string;
  readonly instance?: number;
  /** By the file's name in the folder. */
  readonly files: ReadonlyMap<
    string,
    { readonly instance: number; readonly accessMethod?: ImageFile['accessMethod'] }
  >;
}
