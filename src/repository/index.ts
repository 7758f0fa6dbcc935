// The repository: images at rest, on any Store. Knows no BACnet and no file system.
// FORMAT.md says what lies in the store, octet by octet.

export { checkRepository } from './check.js';
export { sha256Of } from './digest.js';
export { standingOf } from './facts.js';
export { decodeRecordLengths } from './record-lengths.js';
export { FORMAT } from './repository-file.js';
export { requireSite, siteFault, tagFault } from './names.js';
export { initRepository, openRepository, type InitOptions, type OpenOptions } from './repository.js';
export { MemoryStore } from './memory-store.js';
export { TOOL } from './tool.js';
export { parseUtcText, utcText } from './utc.js';
export type { ImageFilter } from './catalogue.js';
export type {
  DeviceIdentity,
  ExportReport,
  FactBody,
  FoundImage,
  ImageDraft,
  ImageFact,
  ImageFile,
  ImageId,
  ImageManifest,
  ImageQuery,
  ImageStanding,
  ImageSummary,
  ImportReport,
  Journal,
  JournalEntry,
  JournalNote,
  JournalStanding,
  NewJournalEntry,
  ObjectListFacts,
  ProcedureFacts,
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
export { parseSpan, type CalendarSpan, type RetentionPolicy } from './retention.js';
export type {
  CheckFinding,
  CheckReport,
  ForgetDecision,
  ForgetOptions,
  ForgetReport,
  Hold,
  LockHolder,
  ObjectCount,
  PruneOptions,
  PruneReport,
} from './upkeep-types.js';
