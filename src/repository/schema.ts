// What repository.json and a manifest must look like (FORMAT.md sections 3 and 5), as schemas.
// Strict about every field that format 1 knows, silent about fields it does not: a later version may
// add some. The order of the fields here is the order in which they are written.

import { z } from 'zod';
import { siteFault, tagFault } from './names.js';
import type {
  ImageFact,
  ImageFile,
  ImageManifest,
  JournalEntry,
  JournalNote,
  RepositoryOptions,
  RunLine,
  LearnedHabits,
} from './types.js';
import type { LockFile } from './upkeep-types.js';
import { parseUtcText } from './utc.js';

const MAX_INSTANCE = 4_194_303;

const count = z.int().nonnegative();
const instance = count.max(MAX_INSTANCE);
const text = z.string();
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');
const time = z
  .string()
  .refine((value) => parseUtcText(value) !== undefined, 'must be a UTC time like 2026-03-01T02:15:00.000Z');
const site = z.string().superRefine((value, context) => {
  const fault = siteFault(value);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});
const tag = z.string().superRefine((value, context) => {
  const fault = tagFault(value);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});
const range = z
  .looseObject({ start: count, end: count })
  .refine(({ start, end }) => start < end, 'must end after its start');
const ranges = z
  .array(range)
  .refine(
    (all) => all.every(({ start }, at) => at === 0 || start > (all[at - 1]?.end ?? 0)),
    'must be in order and apart',
  );
const piece = z.looseObject({ sha256: hash, octets: count });

/** repository.json as far as every format has it: enough to say that a newer version made it. */
export const anyRepositorySchema = z.looseObject({
  kind: z.literal('bacvault-repository'),
  format: z.int().positive(),
});

/** repository.json of format 1. */
export interface RepositoryFile {
  readonly kind: 'bacvault-repository';
  readonly format: 1;
  readonly id: string;
  readonly createdAt: string;
  readonly options: RepositoryOptions;
  readonly sha256: string;
}

export const repositorySchema: z.ZodType<RepositoryFile> = z.looseObject({
  kind: z.literal('bacvault-repository'),
  format: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hex digits'),
  createdAt: time,
  options: z.looseObject({ defaultSite: site }),
  sha256: hash,
});

export const deviceSchema = z.looseObject({
  instance,
  name: text.exactOptional(),
  vendorId: count.exactOptional(),
  vendorName: text.exactOptional(),
  modelName: text.exactOptional(),
  firmwareRevision: text.exactOptional(),
  applicationSoftwareVersion: text.exactOptional(),
  protocolRevision: count.exactOptional(),
  serialNumber: text.exactOptional(),
  location: text.exactOptional(),
  description: text.exactOptional(),
});

const reachedAt = z.looseObject({
  address: text.min(1),
  network: count.min(1).max(65_534).exactOptional(),
  mac: z
    .string()
    .regex(/^([0-9a-f]{2})+$/, 'must be lower-case hex')
    .exactOptional(),
  maxApdu: count,
  segmentation: text,
});

const learnedSchema: z.ZodType<LearnedHabits> = z.looseObject({
  readOctets: count.min(1).exactOptional(),
  writeOctets: count.min(1).exactOptional(),
  recordsPerRead: count.min(1).exactOptional(),
  readsOutstanding: count.min(1).exactOptional(),
  endOfFile: z.enum(['late', 'refused', 'never']).exactOptional(),
  accessMethod: z.literal('swapped').exactOptional(),
  sizing: z.literal('refused').exactOptional(),
  configurationFiles: z.literal('by-index').exactOptional(),
  readPropertyMultiple: z.literal('unusable').exactOptional(),
});

const procedure = z.looseObject({
  startedAt: time,
  endedAt: time,
  databaseRevision: count.exactOptional(),
  lastRestoreTime: text.exactOptional(),
  backupFailureTimeoutS: count.exactOptional(),
  backupPreparationTimeS: count.exactOptional(),
  restorePreparationTimeS: count.exactOptional(),
  restoreCompletionTimeS: count.exactOptional(),
  statesSeen: z.array(text),
  systemStatusSeen: z.array(text),
  passwordUsed: z.boolean(),
  deviations: z.array(text),
  requests: count,
  retries: count,
  learned: learnedSchema.exactOptional(),
  timings: z.looseObject({ prepareMs: count, copyMs: count, endMs: count }).exactOptional(),
  objects: z.looseObject({ count, sha256: hash.exactOptional() }).exactOptional(),
});

const file: z.ZodType<ImageFile> = z
  .looseObject({
    objectIdentifier: text.min(1),
    instance,
    name: text.exactOptional(),
    fileType: text.exactOptional(),
    accessMethod: z.enum(['stream', 'record']),
    octets: count,
    fileSize: count.exactOptional(),
    recordCount: count.exactOptional(),
    modificationDate: text.exactOptional(),
    readOnly: z.boolean().exactOptional(),
    archive: z.boolean().exactOptional(),
    sha256: hash,
    objects: z.array(piece),
    recordLengths: piece.exactOptional(),
    volatileRanges: ranges.exactOptional(),
  })
  .superRefine((value, context) => {
    for (const message of fileFaults(value)) context.addIssue({ code: 'custom', message });
  });

function fileFaults(value: ImageFile): string[] {
  const faults: string[] = [];
  const [only] = value.objects;
  if (value.objects.reduce((sum, object) => sum + object.octets, 0) !== value.octets)
    faults.push('the octets of its objects do not add up to its own');
  if (value.objects.length === 1 && only?.sha256 !== value.sha256)
    faults.push('its one object has another hash than the file');
  if ((value.accessMethod === 'record') !== (value.recordLengths !== undefined))
    faults.push('record lengths are for record files, and only for them');
  return faults;
}

/** A manifest of format 1. */
export const manifestSchema: z.ZodType<ImageManifest> = z.looseObject({
  kind: z.literal('bacvault-image'),
  format: z.literal(1),
  site,
  createdAt: time,
  tool: text,
  tags: z.array(tag).exactOptional(),
  imported: z
    .looseObject({ layout: text.min(1), madeAt: text.exactOptional(), unknown: z.array(text) })
    .exactOptional(),
  device: deviceSchema,
  reachedAt,
  procedure,
  files: z.array(file),
});

const how = z.enum(['second-reading', 'restored', 'drill']);
const run = text.min(1).exactOptional();

/** A fact of format 1. */
export const factSchema: z.ZodType<ImageFact> = z.looseObject({
  kind: z.literal('bacvault-fact'),
  format: z.literal(1),
  image: hash,
  recordedAt: time,
  tool: text,
  fact: z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('verified'), how, run }),
    z.looseObject({ type: z.enum(['tag', 'untag']), tag }),
    z.looseObject({ type: z.literal('note'), text: text.min(1) }),
    z.looseObject({
      type: z.literal('drill'),
      passed: z.boolean(),
      run,
      report: z.record(z.string(), z.unknown()),
    }),
    z.looseObject({ type: z.literal('learned'), learned: learnedSchema }),
  ]),
});

/** One line of a run log. */
export const runLineSchema: z.ZodType<RunLine> = z.looseObject({ at: time, event: text, previous: hash });

/** An entry of the journal; its notes are files of their own. */
export const journalEntrySchema: z.ZodType<Omit<JournalEntry, 'note' | 'notes'>> = z.looseObject({
  id: z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 lower-case hex digits'),
  openedAt: time,
  procedure: z.enum(['backup', 'restore']),
  site,
  instance,
  deviceName: text.exactOptional(),
  target: text.min(1),
  backupFailureTimeoutS: count.exactOptional(),
  tool: text,
  processId: count.exactOptional(),
  host: text.exactOptional(),
  processMark: text.exactOptional(),
});

/** A note of the journal. */
export const journalNoteSchema: z.ZodType<JournalNote> = z.looseObject({
  standing: z.enum(['starting', 'held', 'ending']),
  heldAt: time.exactOptional(),
  statusFollows: z.boolean().exactOptional(),
  left: z.boolean().exactOptional(),
});

/** A lock. */
export const lockSchema: z.ZodType<LockFile> = z.looseObject({
  kind: z.literal('bacvault-lock'),
  format: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 lower-case hex digits'),
  mode: z.enum(['use', 'upkeep', 'serve']),
  command: text.min(1),
  since: time,
  tool: text,
  processId: count.exactOptional(),
  host: text.exactOptional(),
  processMark: text.exactOptional(),
});

/** What a schema found wrong, in one line: "device.instance: Too big; files.0.sha256: ...". */
export function schemaFault(error: z.ZodError): string {
  const shown = error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}`);
  const more = error.issues.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${more} more` : '');
}
