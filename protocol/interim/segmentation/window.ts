// Sequence numbers of segments (clause 5.4): one octet, so all arithmetic is modulo 256. A message may
// have more than 256 segments; nothing here may compare two sequence numbers with < or >.

const MODULUS_MASK = 0xff;

/** How many steps forward from one sequence number to another, 0..255. */
export function stepsFrom(from: number, to: number): number {
  return (to - from) & MODULUS_MASK;
}

/** Whether `sequence` is one of the `window` numbers that begin with `first` (clause 5.4, InWindow). */
export function inWindow(sequence: number, first: number, window: number): boolean {
  return stepsFrom(first, sequence) < window;
}

/**
 * Whether a receiver has had `sequence` already (clause 5.4, DuplicateInWindow as amended by addendum
 * 135-2020ch): in the window that began after `first` and has been received up to `last`, or, when
 * nothing of the window came yet, in the window before it.
 */
export function isDuplicate(sequence: number, first: number, last: number, window: number): boolean {
  const received = stepsFrom(first, last);
  if (received > window) return false;
  if (stepsFrom(first, sequence) <= received) return true;
  return received === 0 && stepsFrom(sequence, first) <= window;
}
