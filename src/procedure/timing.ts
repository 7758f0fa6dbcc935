// How long the procedures wait for what (clause 19.1, protocol facts 1.3, 2.2, 4.3), each number with its
// reason. Numbers and arithmetic only.

/** A START or END that is not answered for this long has an unknown outcome. */
export const REINITIALIZE_TIMEOUT_MS = 10_000;

/** How often a START or END whose outcome is unknown, or that a device was too busy for, is sent in all. */
export const REINITIALIZE_TRIES = 3;

/** Between two looks at a device that prepares, ends or comes back. */
export const POLL_MS = 2000;

/** Looks that may show "idle" after START was acknowledged: some devices publish the state late. */
export const IDLE_LOOKS_MAX = 5;

/** How often an empty Configuration_Files is read again: some devices fill it late. */
export const EMPTY_LIST_LOOKS_MAX = 5;

/** Least preparation time that is believed: devices say 0 and take seconds. */
const PREPARATION_MIN_MS = 60_000;

/** How long a device may prepare, silent or not, from the START acknowledgement on. */
export function preparationLimitMs(preparationTimeS: number | undefined): number {
  return Math.max((preparationTimeS ?? 0) * 1000, PREPARATION_MIN_MS) * 2 + 30_000;
}

/** How long "busy" answers are waited out once the device has said that it is ready. */
export const PATIENCE_MS = 60_000;

/** How long a device may take to leave a procedure after an END or ABORT that it acknowledged. */
export const LEAVE_MS = 30_000;

/** Longest Backup_Failure_Timeout: it is an Unsigned16. */
export const LONGEST_FAILURE_TIMEOUT_S = 65_535;

/** How long a recovery waits at most for a device to end a procedure by itself that may be ours. */
export const RECOVERY_WAIT_MS = 600_000;

/** After its Backup_Failure_Timeout a device may need so much more time to have left. */
export const LEAVES_LATE_MS = 5000;

/** How long the disk may take to write the journal before a device that waits gets its turn. */
export const JOURNAL_WAIT_MS = 10_000;

/** Least and most time between two touches of a configuration file. */
const KEEP_ALIVE_MIN_MS = 1000;
const KEEP_ALIVE_MAX_MS = 60_000;

/**
 * How often a configuration File object is touched, for a Backup_Failure_Timeout in s. We never write that
 * property: three touches in its time do the same, and a crash cannot leave another value behind.
 */
export function keepAliveMs(backupFailureTimeoutS: number | undefined): number {
  if (backupFailureTimeoutS === undefined || backupFailureTimeoutS === 0) return KEEP_ALIVE_MAX_MS;
  return Math.min(KEEP_ALIVE_MAX_MS, Math.max(KEEP_ALIVE_MIN_MS, (backupFailureTimeoutS * 1000) / 3));
}

/** How long an outage is borne where the device does not tell its Backup_Failure_Timeout. */
const OUTAGE_UNTOLD_MS = 60_000;

/** And the longest, where it tells hours or, with 0, that it never frees itself. */
const OUTAGE_MAX_MS = 600_000;

/**
 * How long a device that falls silent in the middle of the work is waited for: as long as it keeps the
 * procedure open for us. After that it has freed itself, and there is nothing to go on with.
 */
export function outageLimitMs(backupFailureTimeoutS: number | undefined): number {
  if (backupFailureTimeoutS === undefined) return OUTAGE_UNTOLD_MS;
  return backupFailureTimeoutS === 0 ? OUTAGE_MAX_MS : Math.min(OUTAGE_MAX_MS, backupFailureTimeoutS * 1000);
}

/** Quiet after the last request that may empty a file, before reading back: duplicates arrive within this. */
export const QUIET_MS = 2000;

/** The same when such a request went unanswered: a delayed packet may be under way for this long. */
export const QUIET_AFTER_SILENCE_MS = 60_000;

/** How often a file that does not read back equal is written again. */
export const REWRITES_MAX = 2;

/** A device that seems back may still be about to restart: facts that prove nothing are believed only after this. */
export const SETTLE_MS = 5000;

/** How long System_Status may show download-required or non-operational while a device starts up. */
export const START_UP_MS = 30_000;

/** The same where Restore_Completion_Time is not told: it may still be at work on the restore. */
export const START_UP_UNTOLD_MS = 120_000;

/** Between two Who-Is for a device that has not come back. */
export const REBIND_WAIT_MS = 8000;

/** How long a device may stay away after ENDRESTORE. */
export function returnLimitMs(restoreCompletionTimeS: number | undefined): number {
  return Math.max((restoreCompletionTimeS ?? 0) * 3000, 600_000);
}

/** Who-Is for a second device of the instance, before a restore: I-Ams get lost. */
export const DUPLICATE_QUESTIONS = 3;

/** Listening after the last of them: time for a token to go round on the slowest network behind a router. */
export const DUPLICATE_LISTEN_MS = 5000;

/** Between two of the questions: the client's own spacing. */
const DUPLICATE_SPACING_MS = 1000;

/** How long it takes to hear who answers to an instance. */
export const HEARING_MS = (DUPLICATE_QUESTIONS - 1) * DUPLICATE_SPACING_MS + DUPLICATE_LISTEN_MS;

/** How often a restored device is backed up again before it is called not proven, and the pause between. */
export const PROOF_TRIES = 3;
export const PROOF_PAUSE_MS = 15_000;

/** How long a device is looked for that was not seen to leave the backup of a proof. */
export const PROOF_LEAVE_MS = 180_000;

/** Between two looks at a device that is to be put back, and how long it gets to answer and be free. */
export const FREE_POLL_MS = 5000;
const FREE_MIN_MS = 300_000;
const FREE_MAX_MS = 900_000;

/** A device that was left in a restore frees itself after its Backup_Failure_Timeout, in s. */
export function freeLimitMs(backupFailureTimeoutS: number | undefined): number {
  return Math.min(FREE_MAX_MS, Math.max(FREE_MIN_MS, (backupFailureTimeoutS ?? 0) * 1000 + 30_000));
}
