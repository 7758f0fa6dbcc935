// The repository: images at rest, on any Store. Knows no BACnet and no file system.
// FORMAT.md says what lies in the store, octet by octet.

export { checkRepository } from './check.js';
export { decodeRecordLengths } from './record-lengths.js';
export { FORMAT } from './repository-file.js';
export { requireSite, siteFault } from './names.js';
export { initRepository, openRepository, type InitOptions, type OpenOptions } from './repository.js';
export { MemoryStore } from './memory-store.js';
export { parseUtcText, utcText } from './utc.js';
export type { ImageFilter } from './catalogue.js';
export type {
  CheckFinding,
  CheckReport,
  DeviceIdentity,
  ImageDraft,
  ImageFile,
  ImageId,
  ImageManifest,
  ImageSummary,
  ProcedureFacts,
  ReachedAt,
  Repository,
  RepositoryOptions,
  Sha256,
} from './types.js';
