// Comparing images, with one another and with live devices. Above the procedures and the repository; changes
// neither a device nor a repository.

export { diffDevice, type DiffDeviceOptions, type Scratch } from './diff-device.js';
export { diffImages } from './diff-images.js';
export {
  type Change,
  type HistoryOptions,
  type JudgedImage,
  judgeHistory,
  judgeImages,
} from './judge-images.js';
export type * from './types.js';
