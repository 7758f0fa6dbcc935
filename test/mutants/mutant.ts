// What a planted fault is, and who may notice it.

export interface Mutant {
  /** What the engine then does wrong. */
  readonly name: string;
  /** Built file below dist/. */
  readonly file: string;
  /** This text, there exactly once, */
  readonly from: string;
  /** becomes this. */
  readonly to: string;
  /** Who must notice: the swarm, within a bounded number of nights from `first`, or these tests. */
  readonly killedBy: { readonly first: number } | { readonly tests: readonly string[] };
}

export const swarm = (first = 1): { readonly first: number } => ({ first });
export const tests = (...names: string[]): { readonly tests: readonly string[] } => ({ tests: names });
