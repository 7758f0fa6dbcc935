// `check` of the run logs and of the locks: chains that do not hold, and locks of those who are gone.
// Never changes anything.

import { isEngineError } from '../errors.js';
import type { Store } from '../ports.js';
import { type JudgedFinding, leftover, unknownFile, unreadable } from './check-finding.js';
import { type Locks, readLock } from './lock.js';
import { isHostName, parseLockName, parseRunName } from './names.js';
import { readRun } from './run-log.js';
import type { ImageId } from './types.js';

const CURE =
  'Nothing brings it back. Images do not depend on it; what was proven by this run is to be proven again.';

/** What is wrong with run logs; `users` are the images whose facts speak of a run. */
export async function* checkRuns(
  store: Store,
  users: ReadonlyMap<string, ReadonlySet<ImageId>>,
  between: () => void,
): AsyncIterable<JudgedFinding> {
  for await (const name of store.list('runs')) {
    between();
    const place = `runs/${name}`;
    const run = parseRunName(name);
    if (run === undefined) {
      yield unknownFile(place);
      continue;
    }
    const damaged = { severity: 'error', code: 'run-damaged', place, devices: [], cure: CURE } as const;
    const images = [...(users.get(run) ?? [])];
    try {
      const { faults, torn } = await readRun(store, run);
      if (torn)
        yield leftover(
          place,
          'its last line was not written to its end: the run was stopped, or is under way',
        );
      else if (faults.length > 0) yield { ...damaged, message: faults.join('; '), images, isProven: true };
    } catch (error) {
      if (!isEngineError(error)) throw error;
      if (error.code !== 'store-missing') yield { ...damaged, message: unreadable(error), images };
    }
  }
}

/** Locks that nobody holds any more. */
export async function* checkLocks(store: Store, locks: Locks | undefined): AsyncIterable<JudgedFinding> {
  for await (const name of store.list('locks')) {
    const place = `locks/${name}`;
    const id = parseLockName(name);
    if (id === undefined) {
      if (!isHostName(name)) yield unknownFile(place);
      continue;
    }
    if (!locks) continue;
    try {
      const reading = await readLock(store, id);
      if (reading.kind !== 'gone' && (await locks.isGone(id, reading)))
        yield leftover(place, 'the lock of a process that is gone; the next prune takes it away');
    } catch (error) {
      // How old it is, a folder that cannot be written to does not tell.
      if (!isEngineError(error)) throw error;
    }
  }
}
