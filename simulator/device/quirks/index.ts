// Every quirk there is, by name: known deviations of real devices, each in a file of its own. To add
// one, write its file and its line in the list below.

import type { Quirk } from '../../types.js';
import { abortAbove } from './abort-above.js';
import { accessMethodSwapped } from './access-method-swapped.js';
import { appendEchoed } from './append-echoed.js';
import { createByTypeOnly } from './create-by-type-only.js';
import { createRefused } from './create-refused.js';
import { emptyFileError } from './empty-file-error.js';
import { emptyWriteRefused } from './empty-write-refused.js';
import { endAlwaysAcked } from './end-always-acked.js';
import { endRefused } from './end-refused.js';
import { endRefusedWhilePreparing } from './end-refused-while-preparing.js';
import { eofEarly } from './eof-early.js';
import { eofLate } from './eof-late.js';
import { eofNever } from './eof-never.js';
import { errorClass } from './error-class.js';
import { failureTimeoutFixed } from './failure-timeout-fixed.js';
import { fileChanges } from './file-changes.js';
import { fileSizeInRecords } from './file-size-in-records.js';
import { fileSizeRefused } from './file-size-refused.js';
import { fileSizeUnreadable } from './file-size-unreadable.js';
import { filesByIndex } from './files-by-index.js';
import { filesLate } from './files-late.js';
import { filesOnlyInProcedure } from './files-only-in-procedure.js';
import { filesReversed } from './files-reversed.js';
import { ignoresClientLimits } from './ignores-client-limits.js';
import { QuirkError, type QuirkKind } from './kind.js';
import { longReads } from './long-reads.js';
import { lostAck } from './lost-ack.js';
import { maxApduClaimed } from './max-apdu-claimed.js';
import { multipleRefused } from './multiple-refused.js';
import { multipleWrong } from './multiple-wrong.js';
import { neverPrepared } from './never-prepared.js';
import { oneRecordOnly } from './one-record-only.js';
import { passwordUnexpected } from './password-unexpected.js';
import { preparationFails } from './preparation-fails.js';
import { propertyMissing } from './property-missing.js';
import { readOnlyStays } from './read-only-stays.js';
import { readsQueued } from './reads-queued.js';
import { readsRefused } from './reads-refused.js';
import { recordCountMismatch } from './record-count-mismatch.js';
import { restartsAfterReads } from './restarts-after-reads.js';
import { restartsAfterRestore } from './restarts-after-restore.js';
import { restoreChangesInstance } from './restore-changes-instance.js';
import { restoreChangesPassword } from './restore-changes-password.js';
import { restoreFails } from './restore-fails.js';
import { restoreIgnored } from './restore-ignored.js';
import { restoreTimeSequence } from './restore-time-sequence.js';
import { restoreUnrecorded } from './restore-unrecorded.js';
import { restoreWrecks } from './restore-wrecks.js';
import { secondRead } from './second-read.js';
import { shortReads } from './short-reads.js';
import { silentAbove } from './silent-above.js';
import { silentAfterEnd } from './silent-after-end.js';
import { silentAfterReads } from './silent-after-reads.js';
import { silentAfterTimeout } from './silent-after-timeout.js';
import { silentAfterWrites } from './silent-after-writes.js';
import { slowAnswers } from './slow-answers.js';
import { slowPreparation } from './slow-preparation.js';
import { staleAnswers } from './stale-answers.js';
import { startRefused } from './start-refused.js';
import { stateLate } from './state-late.js';
import { stateShows } from './state-shows.js';
import { statusAfterRestore } from './status-after-restore.js';
import { systemStatusStatic } from './system-status-static.js';
import { truncatesAtZero } from './truncates-at-zero.js';
import { watchdogAnyRead } from './watchdog-any-read.js';
import { watchdogNever } from './watchdog-never.js';
import { watchdogShort } from './watchdog-short.js';
import { writeCorrupts } from './write-corrupts.js';
import { writeDropped } from './write-dropped.js';
import { writesRefused } from './writes-refused.js';
import { wrongReadPosition } from './wrong-read-position.js';
import { wrongWritePosition } from './wrong-write-position.js';
import { zeroOctets } from './zero-octets.js';

export { QuirkError } from './kind.js';
export type { QuirkKind } from './kind.js';

/** All quirks, in the order of their names. */
export const quirks: readonly QuirkKind[] = [
  abortAbove,
  accessMethodSwapped,
  appendEchoed,
  createByTypeOnly,
  createRefused,
  emptyFileError,
  emptyWriteRefused,
  endAlwaysAcked,
  endRefused,
  endRefusedWhilePreparing,
  eofEarly,
  eofLate,
  eofNever,
  errorClass,
  failureTimeoutFixed,
  fileChanges,
  fileSizeInRecords,
  fileSizeRefused,
  fileSizeUnreadable,
  filesByIndex,
  filesLate,
  filesOnlyInProcedure,
  filesReversed,
  ignoresClientLimits,
  longReads,
  lostAck,
  maxApduClaimed,
  multipleRefused,
  multipleWrong,
  neverPrepared,
  oneRecordOnly,
  passwordUnexpected,
  preparationFails,
  propertyMissing,
  readOnlyStays,
  readsQueued,
  readsRefused,
  recordCountMismatch,
  restartsAfterReads,
  restartsAfterRestore,
  restoreChangesInstance,
  restoreChangesPassword,
  restoreFails,
  restoreIgnored,
  restoreTimeSequence,
  restoreUnrecorded,
  restoreWrecks,
  secondRead,
  shortReads,
  silentAbove,
  silentAfterEnd,
  silentAfterReads,
  silentAfterTimeout,
  silentAfterWrites,
  slowAnswers,
  slowPreparation,
  staleAnswers,
  startRefused,
  stateLate,
  stateShows,
  statusAfterRestore,
  systemStatusStatic,
  truncatesAtZero,
  watchdogAnyRead,
  watchdogNever,
  watchdogShort,
  writeCorrupts,
  writeDropped,
  writesRefused,
  wrongReadPosition,
  wrongWritePosition,
  zeroOctets,
];

/** A quirk for one device, by name and value. Throws QuirkError, whose message is for the user. */
export function quirkNamed(name: string, value?: string): Quirk {
  const kind = quirks.find((candidate) => candidate.name === name);
  if (kind === undefined) throw new QuirkError(`there is no quirk "${name}"`);
  if (value !== undefined && kind.value === undefined) throw new QuirkError(`quirk ${name} takes no value`);
  try {
    return { name, summary: kind.summary, ...kind.make(value) };
  } catch (error) {
    if (error instanceof QuirkError) throw new QuirkError(`quirk ${name}: ${error.message}`);
    throw error;
  }
}
