// What a comparison of two images says. Types only, all of it plain values: it can be printed as JSON as it is.
// Texts in it came from devices and files and may hold anything; whoever shows them escapes them.

import type { Release } from '../errors.js';
import type { ImageId, Sha256, UnitRange } from '../repository/index.js';
import type { ChangedRange } from './ranges.js';

/**
 * "equal": nothing differs that counts. "volatile": only parts that are known to change by themselves differ.
 * "different": anything else.
 */
export type Verdict = 'equal' | 'volatile' | 'different';

/** A comparison goes from `a`, the earlier or wanted, to `b`, the later or found. */
export interface ImageDiff {
  readonly kind: 'image-diff';
  readonly verdict: Verdict;
  readonly a: DiffSide;
  readonly b: DiffSide;
  /** What differs in identity and circumstances of the device. */
  readonly device: readonly FieldChange[];
  /** Every file of either side: those of `b` in their order, then those that only `a` has. */
  readonly files: readonly FileDiff[];
}

/** A comparison with a live device. */
export interface DeviceDiff extends ImageDiff {
  /** What became of the device: "released", or "unproven" when it was not seen to leave the procedure. */
  readonly release: Release;
}

export interface DiffSide {
  readonly from: 'image' | 'device';
  /** Absent for a device: what was read from it was not kept. */
  readonly imageId?: ImageId;
  readonly site: string;
  readonly instance: number;
  readonly name?: string;
  /** When the image was made, or the device was read. */
  readonly createdAt: string;
  readonly files: number;
  readonly octets: number;
}

/** One field that differs; absent on the side that does not tell it. */
export interface FieldChange {
  /** As manifests name it: "firmwareRevision". */
  readonly field: string;
  readonly a?: string | number | boolean;
  readonly b?: string | number | boolean;
  /** Whether it makes the images different. Dates, revisions and addresses are told only. */
  readonly counts: boolean;
}

export interface FileDiff {
  /** "file,12". */
  readonly objectIdentifier: string;
  readonly instance: number;
  readonly status: 'equal' | 'volatile' | 'changed' | 'added' | 'removed';
  readonly a?: FileSide;
  readonly b?: FileSide;
  /** Properties of the File object that differ. */
  readonly properties: readonly FieldChange[];
  /** It has another place among the files that both sides have. */
  readonly moved: boolean;
  /** Added or removed: the file of the other side that has the same content and is there no more, or not yet. */
  readonly sameContentAs?: string;
  /** Where the contents differ; absent when they are equal, are not both there, or cannot be compared. */
  readonly content?: ContentDiff;
}

export interface FileSide {
  /** Its place in Configuration_Files, from 0. */
  readonly position: number;
  readonly name?: string;
  readonly access: 'stream' | 'record';
  readonly octets: number;
  readonly sha256: Sha256;
}

export interface ContentDiff {
  readonly unit: 'octets' | 'records';
  /** "in-place": unit for unit at the same place. "aligned": what moved is matched where it is now. */
  readonly method: 'in-place' | 'aligned';
  /** The first of them; `total` counts all. Ascending and disjoint; what lies between them is equal. */
  readonly ranges: readonly ChangedRange[];
  readonly total: number;
  readonly volatileTotal: number;
  /** Units in all ranges, each counted as the larger of its sides. */
  readonly units: number;
  readonly volatileUnits: number;
  /** The change as people read it, the best form first. */
  readonly views: readonly ContentView[];
}

export type ContentView = TextView | TreeView | ZipView | RecordView | HexView;

/** Lines of a text. */
export interface TextView {
  readonly kind: 'text';
  readonly charset: Charset;
  readonly hunks: readonly TextHunk[];
  /** Hunks that are not shown. */
  readonly more: number;
}

export type Charset = 'utf-8' | 'utf-16le' | 'utf-16be' | 'iso-8859-1';

export interface TextHunk {
  /** First line of each side, from 1. */
  readonly a: number;
  readonly b: number;
  readonly lines: readonly TextLine[];
  /** Lines of it that are not shown. */
  readonly more: number;
}

export interface TextLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: Excerpt;
}

/** A text, or a part of one that is too long. */
export interface Excerpt {
  readonly text: string;
  /** Characters left out before and after. */
  readonly before?: number;
  readonly after?: number;
}

/** Values of a structure. */
export interface TreeView {
  readonly kind: 'tree';
  readonly format: TreeFormat;
  readonly changes: readonly TreeChange[];
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly more: number;
}

export type TreeFormat = 'json' | 'xml' | 'bacnet-objects';

export interface TreeChange {
  readonly change: 'added' | 'removed' | 'changed';
  /** Names from the outside to the inside: ["points", "[3]", "setpoint"]. */
  readonly path: readonly string[];
  readonly a?: Excerpt;
  readonly b?: Excerpt;
}

/** Members of a ZIP archive. */
export interface ZipView {
  readonly kind: 'zip';
  readonly members: readonly MemberDiff[];
  readonly more: number;
  /** Members that are the same, and the octets of the archives beside them differ: times, order, packing. */
  readonly equal: number;
}

export interface MemberDiff {
  readonly name: Excerpt;
  readonly change: 'added' | 'removed' | 'changed' | 'unread';
  readonly a?: MemberSide;
  readonly b?: MemberSide;
  readonly view?: ContentView;
  /** Why it was not unpacked. */
  readonly reason?: string;
}

export interface MemberSide {
  readonly octets: number;
  readonly packedOctets: number;
  /** 8 hex digits, as the archive says it. */
  readonly crc32: string;
}

/** Records of a record file. */
export interface RecordView {
  readonly kind: 'records';
  readonly records: readonly RecordChange[];
  readonly more: number;
}

/** One side is absent where a record was added or removed. */
export interface RecordChange {
  readonly volatile: boolean;
  readonly a?: RecordSide;
  readonly b?: RecordSide;
}

export interface RecordSide {
  readonly index: number;
  readonly octets: number;
  /** Where what is shown begins. */
  readonly from: number;
  /** As text where it is text, else in hexadecimal. */
  readonly text?: string;
  readonly hex?: string;
}

/** Octets around changes. */
export interface HexView {
  readonly kind: 'hex';
  readonly windows: readonly HexWindow[];
  /** Ranges that no window shows. */
  readonly more: number;
}

export interface HexWindow {
  readonly a: HexSide;
  readonly b: HexSide;
  /** The changes that it shows, or of which it shows the beginning. */
  readonly ranges: readonly ChangedRange[];
  /** Octets of the last change that are not shown, on either side. */
  readonly cut: number;
}

export interface HexSide {
  readonly start: number;
  readonly hex: string;
}

export interface DiffOptions {
  readonly signal?: AbortSignal;
}

export type { ChangedRange, UnitRange };
