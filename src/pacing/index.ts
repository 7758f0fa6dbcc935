// Pacing: how fast, how big, when again. Nothing here knows a device or a socket.

export { answerGroups } from './answer-size.js';
export { AnswerTimes, type AnswerTimesOptions } from './answer-time.js';
export { backoffMs, isBusy } from './backoff.js';
export { CHUNK_OCTETS_MIN, type ChunkHints, GROW_AFTER, type Moved } from './chunk-ladder.js';
export {
  CHUNK_RECORDS_MAX,
  CHUNK_SEGMENTS_MAX,
  ChunkSizes,
  longestOctetString,
  octetStringOctets,
  positionOctets,
  type SizeHints,
  streamOctets,
  type TransferDirection,
  WIDE_OCTETS_MAX,
  WIDE_SEGMENTS_MAX,
} from './chunk-size.js';
export { Congestion, PAUSE_MAX_MS, type Trouble } from './congestion.js';
export { onAbort } from './on-abort.js';
export { PRIORITIES, type Priority } from './priority.js';
export { type ReadPace, READS_OUTSTANDING_MAX, ReadWindow, type ReadWindowOptions } from './read-window.js';
export {
  type LaneLimits,
  type Place,
  RequestQueue,
  type RequestQueueOptions,
  type WorkOptions,
} from './request-queue.js';
export { type Pace, TokenBucket, UNPACED } from './token-bucket.js';
