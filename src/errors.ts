// Every way the engine fails, in one table: exit status, whether trying again can help, and what to do.
// A code without a row does not compile. Errors are wrapped once per layer, with `cause`, never logged
// and thrown.

/** One row: what the process exits with, whether a later try may succeed, and the next step in words. */
export interface ErrorRow {
  readonly exitCode: number;
  readonly retriable: boolean;
  readonly hint: string;
}

export const ERRORS = {
  usage: { exitCode: 2, retriable: false, hint: 'See "bacvault help".' },
  'site-file': {
    exitCode: 2,
    retriable: false,
    hint: 'Correct the file; "bacvault site check" tells when it is right, "bacvault site init" writes an example. Nothing was sent.',
  },
  'device-refused': {
    exitCode: 1,
    retriable: false,
    hint: 'The device does not allow this; its own words are above.',
  },
  'device-password': {
    exitCode: 12,
    retriable: false,
    hint: 'Give the ReinitializeDevice password with --password-file or --password-env. Do not guess: devices lock out.',
  },
  'device-busy': {
    exitCode: 13,
    retriable: true,
    hint: 'Another backup or restore is running on the device. Try again after its Backup_Failure_Timeout.',
  },
  'device-silent': {
    exitCode: 14,
    retriable: true,
    hint: 'Check address, network number, MAC and router; raise --apdu-timeout for slow networks.',
  },
  'device-not-found': {
    exitCode: 14,
    retriable: true,
    hint: 'No I-Am came back. Try a static address (INSTANCE@HOST or INSTANCE@NET:MAC@ROUTER), --broadcast or --bbmd. With --local ADDRESS:0 answers that are broadcast are not heard.',
  },
  'device-no-route': {
    exitCode: 14,
    retriable: true,
    hint: 'No router knows that network number. Check NET in the target, and the router.',
  },
  'device-duplicate': {
    exitCode: 16,
    retriable: false,
    hint: 'Two devices answer to this instance. Give the address of the one you mean.',
  },
  'device-unsupported': {
    exitCode: 15,
    retriable: false,
    hint: 'The device has no DM-BR-B: it cannot be backed up or restored over BACnet.',
  },
  'device-mismatch': {
    exitCode: 16,
    retriable: false,
    hint: 'Check instance and address; "bacvault discover" lists who answers. Nothing was written.',
  },
  'transfer-failed': {
    exitCode: 17,
    retriable: true,
    hint: 'The file could not be copied whole. Nothing of it was kept.',
  },
  'transfer-changed': {
    exitCode: 17,
    retriable: true,
    hint: 'The file kept changing while it was read. Try again when the device is quiet.',
  },
  'transfer-unreadable': {
    exitCode: 17,
    retriable: false,
    hint: 'A record is larger than device and client can move in one answer.',
  },
  'transfer-differs': {
    exitCode: 17,
    retriable: true,
    hint: 'What was written did not read back the same. The restore was aborted; restore again.',
  },
  'procedure-failed': {
    exitCode: 17,
    retriable: true,
    hint: 'The device gave up the procedure by itself. Look at its state, then try again.',
  },
  'release-failed': {
    exitCode: 18,
    retriable: true,
    hint: 'The device may still be in backup or restore. Run "bacvault recover" for it; it frees itself after its Backup_Failure_Timeout.',
  },
  'restore-failed': {
    exitCode: 17,
    retriable: true,
    hint: 'The device did not accept the configuration. Restore again, or put the device back by its own tool.',
  },
  'restore-unverified': {
    exitCode: 17,
    retriable: false,
    hint: 'Compare device and image with "bacvault verify" before you rely on it.',
  },
  'not-verified': {
    exitCode: 17,
    retriable: false,
    hint: 'Restore the image to bring it back, or back up again to keep what the device has now.',
  },
  'drill-failed': {
    exitCode: 17,
    retriable: false,
    hint: 'Do not rely on this image before you know why. No device was touched.',
  },
  'readings-differ': {
    exitCode: 17,
    retriable: true,
    hint: 'The image is kept, but nothing proves it. Back up again when the device is quiet.',
  },
  'repository-not-found': {
    exitCode: 10,
    retriable: false,
    hint: 'Make one with "bacvault init", or give its folder with --repo.',
  },
  'repository-exists': {
    exitCode: 2,
    retriable: false,
    hint: 'There is a repository already. Nothing was changed.',
  },
  'repository-locked': {
    exitCode: 11,
    retriable: true,
    hint: 'Try again later, or wait for it with --lock-wait where the command has that. What was left by a process that is gone is recognised after five minutes.',
  },
  'repository-format': {
    exitCode: 19,
    retriable: false,
    hint: 'A newer bacvault made this repository. Use that version.',
  },
  'repository-corrupt': {
    exitCode: 20,
    retriable: false,
    hint: 'Run "bacvault check". Damaged images are never restored.',
  },
  'check-found': {
    exitCode: 20,
    retriable: false,
    hint: 'Each finding says what cures it; with --repair damaged files are moved aside. Damaged images are never restored.',
  },
  'archive-damaged': {
    exitCode: 20,
    retriable: false,
    hint: 'Nothing was imported. Export the images again, or get another copy of the file.',
  },
  'image-not-found': { exitCode: 10, retriable: false, hint: 'List images with "bacvault images".' },
  'image-ambiguous': { exitCode: 2, retriable: false, hint: 'Give more digits of the image id.' },
  'store-exists': { exitCode: 20, retriable: false, hint: 'Images and objects are write-once.' },
  'store-missing': { exitCode: 20, retriable: false, hint: 'Run "bacvault check".' },
  'store-no-space': {
    exitCode: 21,
    retriable: true,
    hint: 'Free disk space, or give another folder with --repo. Nothing was lost.',
  },
  'store-io': {
    exitCode: 20,
    retriable: true,
    hint: 'See whether the folder may be written to, and whether its disk or share answers. What was saved is there.',
  },
  'port-in-use': {
    exitCode: 2,
    retriable: true,
    hint: 'Another BACnet program holds the port. Give --local ADDRESS:0 for any free port.',
  },
  'network-failed': {
    exitCode: 14,
    retriable: true,
    hint: 'The local network refused: check --local and the interface.',
  },
  partial: { exitCode: 3, retriable: true, hint: 'Some devices failed; each is listed.' },
  'not-protected': {
    exitCode: 3,
    retriable: true,
    hint: 'Each of them is listed with its reason. "bacvault run" backs up those that a rule means.',
  },
  'window-ended': {
    exitCode: 4,
    retriable: true,
    hint: 'The time window ended; the rest waits for the next run.',
  },
  cancelled: { exitCode: 130, retriable: true, hint: '' },
  internal: {
    exitCode: 70,
    retriable: false,
    hint: 'This is a defect of bacvault. Please report it with the details.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** What an error says about the device it left behind. */
export type Release =
  /** The procedure was ended or aborted and the device says so. */
  | 'released'
  /** END or ABORT was acknowledged or not, but the device could not be seen to leave the procedure. */
  | 'unproven'
  /** Nothing was started on the device. */
  | 'not-started';

export interface ErrorDetails {
  /** Device instance. */
  readonly device?: number;
  /** File instance. */
  readonly file?: number;
  /** The device's own words, as "SECURITY: PASSWORD_FAILURE" or "ABORT: SEGMENTATION_NOT_SUPPORTED". */
  readonly words?: string;
  /** Set on every error that leaves a procedure. */
  readonly release?: Release;
  /** What is known of such devices about this failure, in sentences. */
  readonly advice?: readonly string[];
  /** Departures from the standard that were met before it failed. */
  readonly deviations?: readonly string[];
  /** What could not be written into run log or facts, and why. */
  readonly unrecorded?: readonly string[];
  readonly [key: string]: unknown;
}

/** The one error of the engine. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get retriable(): boolean {
    return ERRORS[this.code].retriable;
  }

  get exitCode(): number {
    return ERRORS[this.code].exitCode;
  }

  get hint(): string {
    return ERRORS[this.code].hint;
  }
}

export function isEngineError(error: unknown, code?: ErrorCode): error is EngineError {
  return error instanceof EngineError && (code === undefined || error.code === code);
}
