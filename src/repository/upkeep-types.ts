// How a repository is kept in order over the years: locks, what `check` finds, what is forgotten and pruned.
// Types only.

import type { ImageId } from './types.js';

/** "use": take nothing away that I may have seen. "upkeep": I take things away, and no one else does. */
export type LockMode = 'use' | 'upkeep';

/** The file of a lock. Written once; its time of writing shows that the holder is alive. */
export interface LockFile {
  readonly kind: 'bacvault-lock';
  readonly format: 1;
  readonly id: string;
  readonly mode: LockMode;
  readonly command: string;
  readonly since: string;
  readonly tool: string;
  readonly processId?: number;
  readonly host?: string;
  readonly processMark?: string;
}

/** Who holds a lock; of one that cannot be read only the id is known. */
export interface LockHolder {
  readonly id: string;
  readonly command?: string;
  readonly since?: string;
  readonly processId?: number;
  readonly host?: string;
}

/** As long as it is held, nothing that an image needs or may soon need is taken out of the repository. */
export interface Hold {
  /** Never rejects; more than once does no harm. */
  release(): Promise<void>;
}

/** One thing that `check` found wrong. */
export interface CheckFinding {
  readonly severity: 'error' | 'warning';
  readonly code:
    | 'object-missing'
    | 'object-damaged'
    | 'manifest-damaged'
    | 'manifest-misplaced'
    | 'fact-damaged'
    | 'journal-damaged'
    | 'leftover'
    | 'unknown-file'
    | 'repository-damaged';
  readonly place: string;
  readonly message: string;
  /** Images that need the damaged thing. */
  readonly images: readonly ImageId[];
}

export interface CheckReport {
  readonly images: number;
  readonly objects: number;
  readonly octets: number;
  readonly findings: readonly CheckFinding[];
}
