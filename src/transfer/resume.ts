// Whether a transfer that was interrupted may go on where it was: only on a device that is still in our
// procedure, and in a file whose size and date are the ones it had when the transfer began. It never
// starts anything over by itself: who began the transfer does.

import type { ObjectId } from '../../protocol/index.js';
import { changeBetween, type FileExtent, readFileExtent } from './file-properties.js';
import type { FileAccess, FilePort } from './types.js';

/** Thrown out of a transfer: the file is not the one whose transfer began. */
export class FileChanged extends Error {
  override readonly name: string = 'FileChanged';
}

/** Told when a transfer was interrupted and could go on at this position: throws when it must not. */
export type MayResume = (position: number, silentMs: number) => Promise<void>;

/**
 * For the reading of a file that was like `before` when it began. The check rejects FileChanged, or as
 * `stillOurs` does.
 */
export function resumeUnchanged(
  port: FilePort,
  file: ObjectId,
  access: FileAccess,
  before: FileExtent,
): MayResume {
  return async (position, silentMs) => {
    await port.stillOurs();
    const change = changeBetween(before, await readFileExtent(port, file, access));
    if (change !== undefined) throw new FileChanged(`during an interruption at ${position} ${change}`);
    port.resumed(file.instance, position, silentMs);
  };
}
