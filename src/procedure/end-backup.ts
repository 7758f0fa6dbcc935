// The last phase of a backup and of a comparison: the device is released, and asked what it says of it.

import { EngineError } from '../errors.js';
import type { Lease } from './lease.js';
import { showsFailure } from './release.js';
import { sightingWords } from './states.js';

/** Ends a backup. Rejects `procedure-failed` when the device then says that it failed, or that it was in none. */
export async function endBackup(lease: Lease): Promise<void> {
  const released = await lease.release();
  if (released.denied) {
    throw new EngineError(
      'procedure-failed',
      'the device says that it was in no backup when this one was to end',
    );
  }
  if (released.sighting !== undefined && showsFailure('backup', released.sighting)) {
    throw new EngineError(
      'procedure-failed',
      `the backup failed at its end: ${sightingWords(released.sighting)}`,
    );
  }
}
