// What the parts of `check` say in the same words: files that are none of a repository, files that are of no use to
// an image, and files that cannot be read. Decides nothing.

import type { CheckFinding } from './upkeep-types.js';

/** A finding, and whether the file is surely wrong, not merely unreadable. */
export type JudgedFinding = CheckFinding & { readonly isProven?: boolean };

export function unknownFile(place: string): CheckFinding {
  const message = 'it is not a file of a repository; it was left alone';
  return { severity: 'warning', code: 'unknown-file', place, message, images: [], devices: [] };
}

export function leftover(place: string, message: string): CheckFinding {
  return { severity: 'warning', code: 'leftover', place, message, images: [], devices: [] };
}

/** The message of a finding on a file whose octets could not be had. */
export function unreadable(error: unknown): string {
  return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
