// Known deviations of devices as data: what a quirk may say, which devices it is about, and how a file of
// them is read. A file with a mistake is refused whole, with the place of the mistake; nothing is guessed.

import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { z } from 'zod';
import { EngineError } from '../errors.js';
import type { DeviceIdentity } from '../repository/index.js';
import shipped from './quirks.json' with { type: 'json' };

/** What the engine does differently for a device. Everything is optional, and wrong ones cost time, not octets. */
export interface Remedies {
  /** It may take at least this long to prepare, whatever it says itself. */
  readonly preparationSeconds?: number;
  /** Nothing is asked of it for so long after START. */
  readonly quietAfterStartSeconds?: number;
  /** It may stay away at least this long after ENDRESTORE. */
  readonly returnSeconds?: number;
  /** Most octets of one AtomicReadFile, of one AtomicWriteFile. */
  readonly readOctetsMax?: number;
  readonly writeOctetsMax?: number;
  /** Most records of one request. */
  readonly recordsMax?: number;
  /** File_Size and Record_Count := 0 are left out where the writing makes the size right all the same. */
  readonly sizing?: 'not-written';
  /** Configuration_Files is read element by element from the start. */
  readonly configurationFiles?: 'by-index';
  /** START is sent without the password first, and with it when the device asks for one. */
  readonly password?: 'when-asked';
  /** An End_Of_File before File_Size is not believed: the rest is read. */
  readonly endOfFile?: 'not-trusted';
}

/** What people should know, where it matters. */
export interface QuirkAdvice {
  /** When START is refused. */
  readonly start?: string;
  /** When a file cannot be copied or written. */
  readonly transfer?: string;
  /** Before a restore. */
  readonly restore?: string;
  /** About what an image of it holds, and what not. */
  readonly image?: string;
  /** About its Configuration_Files outside a procedure. */
  readonly files?: string;
}

/** One known deviation of the devices of a vendor or model. */
export interface DeviceQuirk {
  readonly name: string;
  readonly match: {
    /** Vendor_Identifier: one of these. */
    readonly vendorId: number | readonly number[];
    /** Model_Name, with * for anything; capitals do not count. */
    readonly model?: string;
    /** Firmware_Revision from this on, and before that; compared number by number. */
    readonly firmware?: { readonly from?: string; readonly before?: string };
  };
  readonly remedies?: Remedies;
  readonly advice?: QuirkAdvice;
  /** Where this is known from, in words. */
  readonly source: string;
}

const text = z.string().trim().min(1);
const seconds = z.int().min(1).max(86_400);
const octets = z.int().min(16).max(65_535);
const vendor = z.int().min(0).max(65_535);

const quirkSchema: z.ZodType<DeviceQuirk> = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be small letters, digits and hyphens'),
  match: z.strictObject({
    vendorId: z.union([vendor, z.array(vendor).min(1)], 'must be a vendor identifier, or a list of them'),
    model: text.exactOptional(),
    firmware: z.strictObject({ from: text.exactOptional(), before: text.exactOptional() }).exactOptional(),
  }),
  remedies: z
    .strictObject({
      preparationSeconds: seconds.exactOptional(),
      quietAfterStartSeconds: seconds.exactOptional(),
      returnSeconds: seconds.exactOptional(),
      readOctetsMax: octets.exactOptional(),
      writeOctetsMax: octets.exactOptional(),
      recordsMax: z.int().min(1).max(255).exactOptional(),
      sizing: z.literal('not-written').exactOptional(),
      configurationFiles: z.literal('by-index').exactOptional(),
      password: z.literal('when-asked').exactOptional(),
      endOfFile: z.literal('not-trusted').exactOptional(),
    })
    .exactOptional(),
  advice: z
    .strictObject({
      start: text.exactOptional(),
      transfer: text.exactOptional(),
      restore: text.exactOptional(),
      image: text.exactOptional(),
      files: text.exactOptional(),
    })
    .exactOptional(),
  source: text,
});

const fileSchema = z.strictObject({ quirks: z.array(quirkSchema) }).superRefine(({ quirks }, context) => {
  for (const [i, { name }] of quirks.entries()) {
    if (quirks.findIndex((other) => other.name === name) < i)
      context.addIssue({ code: 'custom', path: ['quirks', i, 'name'], message: `"${name}" is there twice` });
  }
});

/** What bacvault knows by itself: facts of documents and measurements, each with its source. */
export const KNOWN_QUIRKS: readonly DeviceQuirk[] = fileSchema.parse(shipped).quirks;

/**
 * Reads a file of quirks: JSON, with comments if need be. `place` is its name in messages. Rejects `usage`
 * with line and column of the first mistakes.
 */
export function parseQuirks(content: string, place: string): readonly DeviceQuirk[] {
  const errors: ParseError[] = [];
  const root = parseTree(content, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined || root === undefined) {
    const what = first === undefined ? 'it is empty' : inWords(printParseErrorCode(first.error));
    throw mistake(place, [`${placeOf(content, first?.offset ?? 0)} ${what}`]);
  }
  const parsed = fileSchema.safeParse(getNodeValue(root));
  if (parsed.success) return parsed.data.quirks;
  throw mistake(
    place,
    parsed.error.issues.map((issue) => `${placeOf(content, offsetOf(root, issue))} ${issueWords(issue)}`),
  );
}

/** What is known by itself and what a user adds: an entry of a known name takes that one's place. */
export function withKnownQuirks(own: readonly DeviceQuirk[] = []): readonly DeviceQuirk[] {
  return [...KNOWN_QUIRKS.filter(({ name }) => !own.some((quirk) => quirk.name === name)), ...own];
}

/** The quirks of one device. What it does not tell of itself matches nothing. */
export function quirksOf(device: DeviceIdentity, quirks: readonly DeviceQuirk[]): readonly DeviceQuirk[] {
  return quirks.filter(({ match }) => {
    const vendors: readonly number[] = typeof match.vendorId === 'number' ? [match.vendorId] : match.vendorId;
    if (device.vendorId === undefined || !vendors.includes(device.vendorId)) return false;
    if (match.model !== undefined && !matchesModel(match.model, device.modelName)) return false;
    return match.firmware === undefined || isWithin(match.firmware, device.firmwareRevision);
  });
}

function matchesModel(pattern: string, model: string | undefined): boolean {
  if (model === undefined) return false;
  const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${escaped.join('.*')}$`, 'is').test(model);
}

function isWithin(
  range: { readonly from?: string; readonly before?: string },
  firmware: string | undefined,
): boolean {
  if (firmware === undefined) return false;
  const { from, before } = range;
  return (
    (from === undefined || compareFirmware(firmware, from) >= 0) &&
    (before === undefined || compareFirmware(firmware, before) < 0)
  );
}

/** "4.10.1" against "4.9": number by number; what is missing at the end is 0. */
function compareFirmware(one: string, other: string): number {
  const [a, b] = [one, other].map((revision) => (revision.match(/\d+/g) ?? []).map(Number));
  for (let i = 0; i < Math.max(a?.length ?? 0, b?.length ?? 0); i += 1) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Remedies in words, for progress, reports and manifests. */
export function remedyWords(remedies: Remedies): readonly string[] {
  return Object.entries(remedies).map(([name, value]) => `${name} ${String(value)}`);
}

function mistake(place: string, mistakes: readonly string[]): EngineError {
  const shown = mistakes.slice(0, 5);
  const more = mistakes.length - shown.length;
  const text = `${shown.map((line) => `${place}:${line}`).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  return new EngineError('usage', `The file of quirks has mistakes: ${text}.`, { details: { mistakes } });
}

/** "LINE:COLUMN:" of an offset, counted from 1. */
function placeOf(content: string, offset: number): string {
  const lines = content.slice(0, offset).split('\n');
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}:`;
}

/** Where an issue is: its value, the key that is not known, or the nearest thing around it. */
function offsetOf(root: Node, issue: z.core.$ZodIssue): number {
  const path = issue.path.filter((step): step is string | number => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const parent = findNodeAtLocation(root, path);
    const key = parent?.children?.find(({ children }) => children?.[0]?.value === issue.keys[0]);
    if (key !== undefined) return key.offset;
  }
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, depth));
    if (node !== undefined) return node.offset;
  }
  return root.offset;
}

function issueWords(issue: z.core.$ZodIssue): string {
  const where = issue.path.map(String).join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}

/** "PropertyNameExpected" as "property name expected". */
function inWords(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
