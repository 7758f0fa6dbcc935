// The word that somebody meant who wrote another one. Never offers what is far from it.

import leven from 'leven';

/** The candidate that is fewest changes of letters away, when those are few for the length of the word. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[_\s-]/g, '');
  const [best] = candidates
    .map((candidate) => ({ candidate, changes: leven(plain(word), plain(candidate)) }))
    .sort((a, b) => a.changes - b.changes);
  return best && best.changes <= Math.max(1, Math.floor(word.length * 0.4)) ? best.candidate : undefined;
}
