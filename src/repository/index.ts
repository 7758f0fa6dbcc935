// The repository: images at rest, on any Store. Knows no BACnet and no file system.
// FORMAT.md says what lies in the store, octet by octet.

export { checkRepository, type CheckContext } from './check.js';
export { sha256Of } from './digest.js';
export { LAYOUTS } from './foreign/import.js';
export type { ForeignWords, Layout } from './foreign/types.js';
export { standingOf } from './facts.js';
export { FORMAT } from './repository-file.js';
export { isOwn, isUndo } from './catalogue.js';
export { requireSite, siteFault, tagFault, UNDO_TAG } from './names.js';
export { initRepository, openRepository, type InitOptions, type OpenOptions } from './repository.js';
export { MemoryStore } from './memory-store.js';
export { TOOL } from './tool.js';
export { parseUtcText, utcText } from './utc.js';
export type { ImageFilter } from './catalogue.js';
export type {
  DeviceIdentity,
  FactBody,
  ImageDraft,
  ImageFact,
  ImageFile,
  ImageId,
  ImageManifest,
  ImageStanding,
  DatedImage,
  ImageSummary,
  ImportedFrom,
  Journal,
  JournalEntry,
  Memo,
  JournalNote,
  JournalStanding,
  NewJournalEntry,
  ObjectListFacts,
  ProcedureFacts,
  LearnedHabits,
  ProcedureTimings,
  ReachedAt,
  Repository,
  RepositoryOptions,
  RunLine,
  RunLog,
  RunReading,
  Sha256,
  UnitRange,
} from './types.js';
export type {
  ExportReport,
  ForeignImportReport,
  FoundImage,
  ImageQuery,
  ImportReport,
} from './catalogue-types.js';
export { localTime, parseSpan, type CalendarSpan, type RetentionPolicy } from './retention.js';
export type {
  CheckFinding,
  CheckOptions,
  CheckReport,
  DeviceReference,
  ForgetDecision,
  ForgetOptions,
  ForgetReport,
  Hold,
  LockHolder,
  ObjectCount,
  PruneOptions,
  PruneReport,
  ReadData,
  SoleHold,
} from './upkeep-types.js';
