// Finds the log in which the last process that served a site wrote down how its rules stood. Reads only.

import { EngineError } from '../../errors.js';
import { parseUtcText, type Repository, type RunLine } from '../../repository/index.js';
import { type Standings, standingsIn } from './standing.js';

/** No clock that is looked after is off by more. */
const WRONG_MS = 26 * 3_600_000;

export interface History {
  readonly standings: Standings;
  /** Number of that log among all serve logs of the site; 0 when there was none. */
  readonly serial: number;
}

/**
 * The names of logs tell when they were begun, by a clock that may have been wrong or set since, and not in which order
 * within a second. So of all logs around the newest the one with the highest serial counts.
 */
export async function lastHistory(repository: Repository, site: string, now: number): Promise<History> {
  const names: string[] = [];
  for await (const name of repository.runs()) names.push(name);
  let last: History = { standings: new Map(), serial: 0 };
  let until = -Infinity;
  for (const name of names.reverse()) {
    const begun = begunAt(name);
    if (begun < until) break;
    const lines = await linesOf(repository, name);
    const [first] = lines;
    if (first?.event !== 'begin' || first['command'] !== 'serve' || first['site'] !== site) continue;
    const serial = typeof first['serial'] === 'number' ? first['serial'] : 0;
    if (serial > last.serial) last = { standings: standingsIn(lines), serial };
    if (begun <= now + WRONG_MS) until = Math.max(until, begun - 2 * WRONG_MS);
  }
  return last;
}

/** "2026-03-01T021500Z-1f2e3d4c" as ms since 1970. */
function begunAt(name: string): number {
  const text = `${name.slice(0, 13)}:${name.slice(13, 15)}:${name.slice(15, 17)}.000Z`;
  return parseUtcText(text) ?? 0;
}

/** A log that was taken away meanwhile has no lines. */
async function linesOf(repository: Repository, name: string): Promise<readonly RunLine[]> {
  try {
    return (await repository.readRun(name)).lines;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'store-missing') return [];
    throw error;
  }
}
