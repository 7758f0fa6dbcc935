// Sequence numbers of segments are octets: all arithmetic on them is modulo 256 (clause 5.4.2). Messages
// may have more than 256 segments, so nothing here may compare two sequence numbers with "<".

import { WINDOW_SIZE_MAX } from '../limits.js';

/** So many sequence numbers there are (clause 20.1.2.7). */
export const SEQUENCE_NUMBERS = 256;

/** The sequence number of the segment with this index; the first of a message has index 0. */
export function sequenceOf(index: number): number {
  return index % SEQUENCE_NUMBERS;
}

/** How many steps lead from one sequence number up to another, 0..255. */
export function distance(from: number, to: number): number {
  return (to - from) & (SEQUENCE_NUMBERS - 1);
}

/** InWindow (clause 5.4.2.1): the sequence number is one of `window` numbers that begin with `initial`. */
export function inWindow(sequence: number, initial: number, window: number): boolean {
  return distance(initial, sequence) < window;
}

/**
 * DuplicateInWindow (clause 5.4.2.2, as amended by 135-2020 ch): the segment was received already, in the
 * window that is being filled (`first` is its first number, `last` the last one received), or in the one
 * before when the new one has only its first segment.
 */
export function duplicateInWindow(sequence: number, first: number, last: number, window: number): boolean {
  const received = distance(first, last);
  if (received > window) return false;
  if (distance(first, sequence) <= received) return true;
  return received === 0 && distance(sequence, first) <= window;
}

/** A window size that may be on the wire, 1..127 (clause 20.1.2.8). */
export function isWindowSize(window: number): boolean {
  return window >= 1 && window <= WINDOW_SIZE_MAX;
}
