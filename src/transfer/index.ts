// Transfer: which part of a file comes next, whether it is still the same file, and the loops that move
// octets and records between a device and an image. Knows nothing of START and END.

export { askPatiently, askPersistently, fileError, refusalCode, refusalOf } from './asking.js';
export { READ_BACK_PATIENCE_MS } from './check-part.js';
export { compareFile, type Comparison, type ExpectedContent } from './compare-file.js';
export { copyFile, type CopyListener } from './copy-file.js';
export { Download, type DownloadOptions, type DownloadVerdict, isTooLarge } from './download.js';
export {
  changeBetween,
  FILE_RESTARTS_MAX,
  type FileExtent,
  type FileProperties,
  type FileShape,
  onlyDateChanged,
  readFileExtent,
  readFileProperties,
  readFileShape,
  readFileUnits,
  restlessWords,
  sizeName,
  unitsOf,
} from './file-properties.js';
export { earlyEndWords, type EndOfFile, type Habits, habitsOf } from './habits.js';
export { type DifferentRange, NEAR_OCTETS } from './ranges.js';
export { FileChanged, type MayResume, resumeUnchanged } from './resume.js';
export { download, type DownloadEnd, OtherAccess } from './run-download.js';
export { uploadFile, type UploadResult } from './run-upload.js';
export { isLost, Silence, SILENCES_MAX } from './silence.js';
export type { FileAccess, FilePort, PropertyValues, ReadTogether } from './types.js';
export { Upload, type UploadOptions, type UploadStep } from './upload.js';
export { booleanOf, dateTimeOf, numberOf, textOf, timeStampOf } from './values.js';
