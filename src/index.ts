// The public API of bacvault, by name. Whatever is not here is not for users; the command line uses
// nothing else either.

export type {
  Announcement,
  CallOptions,
  Client,
  Device,
  DeviceInstance,
  DiscoverOptions,
  Reply,
  Target,
} from './client/index.js';
export { formatTarget, parseTarget } from './client/index.js';
export type {
  ChangedRange,
  ContentDiff,
  ContentView,
  DeviceDiff,
  DiffOptions,
  DiffSide,
  Excerpt,
  FieldChange,
  FileDiff,
  FileSide,
  HexView,
  HexWindow,
  ImageDiff,
  MemberDiff,
  MemberSide,
  RecordChange,
  RecordSide,
  RecordView,
  TextHunk,
  TextLine,
  TextView,
  TreeChange,
  TreeView,
  Verdict,
  ZipView,
} from './diff/index.js';
export { diffImages, judgeImages } from './diff/index.js';
export type { ErrorDetails, ErrorRow, Release } from './errors.js';
export { EngineError, type ErrorCode, ERRORS, isEngineError } from './errors.js';
export {
  consoleLog,
  diffDevice,
  type DiffDeviceOptions,
  initRepository,
  type InitRepositoryOptions,
  openClient,
  type OpenClientOptions,
  openRepository,
  type OpenRepositoryOptions,
} from './open.js';
export type { Pace, Priority } from './pacing/index.js';
export type {
  Clock,
  Log,
  LogLevel,
  Processes,
  ProcessIdentity,
  Random,
  Store,
  StoreHandle,
  Transport,
  Unsubscribe,
} from './ports.js';
export type {
  BackupOptions,
  BackupReport,
  Capabilities,
  DifferentRange,
  FileComparison,
  Phase,
  ProbeOptions,
  ProcedureOptions,
  ProgressEvent,
  RestoreOptions,
  RestoreReport,
  VerifyOptions,
  VerifyReport,
} from './procedure/index.js';
export { backup, probe, restore, verify } from './procedure/index.js';
export type {
  CheckFinding,
  CheckReport,
  DeviceIdentity,
  FactBody,
  FoundImage,
  ImageFact,
  ImageFile,
  ImageId,
  ImageManifest,
  ImageQuery,
  ImageStanding,
  ImageSummary,
  Journal,
  JournalEntry,
  JournalNote,
  JournalStanding,
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
} from './repository/index.js';
export { MemoryStore, standingOf, tagFault } from './repository/index.js';
