// Questions to the catalogue and what comes in and goes out of a repository. Types only.

import type { Layout } from './foreign/types.js';
import type { DeviceIdentity, ImageId, ImageStanding } from './types.js';

export interface ExportReport {
  readonly kind: 'export-report';
  readonly place: string;
  readonly images: readonly ImageId[];
  /** Configuration files, and their octets. */
  readonly files: number;
  readonly octets: number;
}

export interface ImportReport {
  readonly kind: 'import-report';
  readonly place: string;
  readonly imported: readonly ImageId[];
  /** Were there already, and are as they were. */
  readonly present: readonly ImageId[];
  /** Facts that are new here. */
  readonly facts: number;
}

export interface ForeignImportReport {
  readonly kind: 'foreign-import-report';
  readonly place: string;
  readonly layout: Layout;
  readonly image: ImageId;
  readonly unknown: readonly string[];
}

/** A question to the catalogue. Everything that is given must fit. */
export interface ImageQuery {
  readonly site?: string;
  readonly instance?: number;
  /** A part of a name that the device has, or once had. */
  readonly name?: string;
  /** A part of Vendor_Name, or the Vendor_Identifier. */
  readonly vendor?: string;
  readonly model?: string;
  /** A part of Firmware_Revision or Application_Software_Version. */
  readonly firmware?: string;
  readonly tags?: readonly string[];
  /** true: of the device's own backups alone, none taken to undo a restore and none imported. false: only those. */
  readonly own?: boolean;
  /** None of these. */
  readonly withoutTags?: readonly string[];
  /** From this day or time in UTC on: "2026-03-01" or "2026-03-01T02:15:00Z". */
  readonly since?: string;
  /** Up to the end of this day, or this time in UTC. */
  readonly until?: string;
  readonly verified?: boolean;
  /** Each a part of the device's name, location or description, or of a note, now or once. */
  readonly text?: readonly string[];
  /** Only the newest of the images of each device that fit. */
  readonly newest?: boolean;
}

/** An image as the catalogue knows it, without its files. */
export interface FoundImage {
  readonly id: ImageId;
  /** The manifest's name in the folder "images". */
  readonly name: string;
  readonly site: string;
  readonly instance: number;
  readonly createdAt: string;
  readonly device: DeviceIdentity;
  readonly files: number;
  /** Of all files. */
  readonly octets: number;
  /** Where it comes from when not from a backup: taken to undo a restore, or made by another program. */
  readonly origin?: 'undo' | 'imported';
  readonly standing: ImageStanding;
}
