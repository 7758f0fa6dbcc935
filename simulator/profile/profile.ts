// A device profile: JSON that describes a whole simulated device, so that adding a device needs no code.
// Whatever is not understood is an error that names its place, never ignored.

import * as z from 'zod';
import { octetsFromHex } from '../../protocol/index.js';
import { QuirkError, quirkNamed } from '../device/index.js';
import type { DeviceConfigInput, FileConfig } from '../types.js';
import { SeededRandom } from '../world/random.js';
import { recordsOf } from './content-spec.js';

const unsigned = z.int().min(0).max(0xffffffff);
const unsigned16 = z.int().min(0).max(0xffff);
const ms = z.int().min(0).max(86_400_000);
const hex = z.string().regex(/^([0-9a-f]{2})*$/, 'is lower-case hex, two digits an octet');
const seed = z.union([z.int(), z.string()]);

const fileCommon = {
  instance: z.int().min(0).max(4194302),
  name: z.string().exactOptional(),
  fileType: z.string().exactOptional(),
  readOnly: z.boolean().exactOptional(),
  archive: z.boolean().exactOptional(),
  configuration: z.boolean().exactOptional(),
};

const streamFile = z.strictObject({
  ...fileCommon,
  access: z.literal('stream'),
  /** One of: so many octets from the seed, a text in UTF-8, or the octets themselves. */
  content: z.union([
    z.strictObject({
      octets: z
        .int()
        .min(0)
        .max(128 * 1024 * 1024),
      seed: seed.exactOptional(),
    }),
    z.strictObject({ text: z.string() }),
    z.strictObject({ hex }),
  ]),
});

const recordFile = z.strictObject({
  ...fileCommon,
  access: z.literal('record'),
  /** One of: so many records of so many octets from the seed, texts, or the records themselves. */
  records: z.union([
    z.strictObject({
      count: z.int().min(0).max(100_000),
      octets: z.int().min(0).max(100_000),
      octetsMax: z.int().min(0).max(100_000).exactOptional(),
      seed: seed.exactOptional(),
    }),
    z.strictObject({ texts: z.array(z.string()) }),
    z.strictObject({ hex: z.array(hex) }),
  ]),
});

const procedure = z.strictObject({
  backupPreparationMs: ms.exactOptional(),
  restorePreparationMs: ms.exactOptional(),
  restoreCompletionMs: ms.exactOptional(),
  backupPreparationTimeS: unsigned16.exactOptional(),
  restorePreparationTimeS: unsigned16.exactOptional(),
  restoreCompletionTimeS: unsigned16.exactOptional(),
  backupFailureTimeoutS: unsigned16.exactOptional(),
  answersWhilePreparing: z.boolean().exactOptional(),
  stateProperties: z.boolean().exactOptional(),
  restartsAfterRestore: z.boolean().exactOptional(),
  watchdogLeadsTo: z.enum(['failure', 'idle']).exactOptional(),
  createsFiles: z.boolean().exactOptional(),
});

const profileSchema = z.strictObject({
  /** One sentence: what kind of device this is. */
  summary: z.string().min(1),
  device: z.strictObject({
    name: z.string().exactOptional(),
    vendorId: unsigned16,
    vendorName: z.string().min(1),
    modelName: z.string().min(1),
    firmwareRevision: z.string().min(1),
    applicationSoftwareVersion: z.string().min(1),
    protocolRevision: z.int().min(1).max(255),
    serialNumber: z.string().exactOptional(),
    location: z.string().exactOptional(),
    description: z.string().exactOptional(),
    databaseRevision: unsigned.exactOptional(),
  }),
  limits: z.strictObject({
    maxApdu: z.int().min(50).max(1476),
    segmentation: z.enum(['both', 'transmit', 'receive', 'none']),
    maxSegments: z.int().min(2).max(255).exactOptional(),
  }),
  windowSize: z.int().min(1).max(127).exactOptional(),
  apduTimeoutMs: ms.exactOptional(),
  segmentTimeoutMs: ms.exactOptional(),
  retries: z.int().min(0).max(10).exactOptional(),
  password: z.string().min(1).max(20).exactOptional(),
  procedure: procedure.exactOptional(),
  files: z.array(z.discriminatedUnion('access', [streamFile, recordFile])),
  /** "name" or "name=value". */
  quirks: z.array(z.string()).exactOptional(),
});

type Profile = z.infer<typeof profileSchema>;
type ProfileFile = Profile['files'][number];

/** A profile that cannot be. The message names every place at fault. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
}

/** The device that a parsed JSON profile describes. Throws ProfileError. */
export function deviceFromProfile(json: unknown): DeviceConfigInput & { readonly summary: string } {
  const result = profileSchema.safeParse(json);
  if (!result.success) throw new ProfileError(result.error.issues.map(issueWords).join('; '));
  const { summary, device, files, quirks = [], ...rest } = result.data;
  return {
    summary,
    ...device,
    ...rest,
    files: files.map(fileFromProfile),
    quirks: quirks.map(quirkFromText),
  };
}

/** "name" or "name=value" as a quirk. Throws QuirkError. */
export function quirkOf(text: string): ReturnType<typeof quirkNamed> {
  const at = text.indexOf('=');
  return at < 0 ? quirkNamed(text) : quirkNamed(text.slice(0, at), text.slice(at + 1));
}

function quirkFromText(text: string): ReturnType<typeof quirkNamed> {
  try {
    return quirkOf(text);
  } catch (error) {
    if (error instanceof QuirkError) throw new ProfileError(`quirks: ${error.message}`);
    throw error;
  }
}

function issueWords({
  path,
  message,
}: {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
}

function fileFromProfile(file: ProfileFile): FileConfig {
  if (file.access === 'stream') {
    const { content, ...common } = file;
    return { ...common, content: streamContent(content, file.instance) };
  }
  const { records, ...common } = file;
  return { ...common, records: recordContent(records, file.instance) };
}

function streamContent(
  content: Extract<ProfileFile, { access: 'stream' }>['content'],
  instance: number,
): Uint8Array {
  if ('text' in content) return utf8(content.text);
  if ('hex' in content) return octetsFromHex(content.hex, 'content');
  return new SeededRandom(`${content.seed ?? 0}/file ${instance}`).octets(content.octets);
}

function recordContent(
  records: Extract<ProfileFile, { access: 'record' }>['records'],
  instance: number,
): Uint8Array[] {
  if ('texts' in records) return records.texts.map(utf8);
  if ('hex' in records) return records.hex.map((record) => octetsFromHex(record, 'record'));
  const random = new SeededRandom(`${records.seed ?? 0}/file ${instance}`);
  return recordsOf(random, records.count, records.octets, records.octetsMax ?? records.octets);
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
