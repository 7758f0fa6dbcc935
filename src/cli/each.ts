// The same work on several devices, one after the other: a failure of one does not stop the next, unless
// it would fail there too. Every failure is said when it happens and counted at the end.

import { EngineError, type Target } from '../index.js';
import { asEngineError, Reported } from './exit.js';
import type { Session } from './session.js';

/** What was done to a device, for the last line: "backed up". */
export interface EachOptions {
  readonly done: string;
}

/**
 * Works through the targets. With one target its error is thrown as it is. With several each error is said
 * at once; then `partial` is thrown when some succeeded, or the run ends with the first error's status.
 */
export async function forEachTarget(
  session: Session,
  targets: readonly Target[],
  options: EachOptions,
  work: (target: Target) => Promise<void>,
): Promise<void> {
  const succeeded: number[] = [];
  const failed: number[] = [];
  let status: number | undefined;
  let stopped = false;
  for (const target of targets) {
    if (stopped) break;
    try {
      await work(target);
      succeeded.push(target.instance);
    } catch (thrown) {
      if (targets.length === 1) throw thrown;
      const error = asEngineError(thrown);
      const own = session.fail(error);
      failed.push(target.instance);
      stopped = endsTheRun(error);
      status = stopped ? own : (status ?? own);
    }
    stopped ||= session.interrupt.happened;
  }
  const skipped = targets.slice(succeeded.length + failed.length).map((target) => target.instance);
  if (failed.length === 0 && skipped.length === 0) return;
  const counts = `${succeeded.length} of ${targets.length} devices ${options.done}`;
  const message = `${counts}; ${[...listed('failed', failed), ...listed('not tried', skipped)].join('; ')}.`;
  if (status === undefined) throw new EngineError('cancelled', message, { details: { succeeded, failed } });
  if (!stopped && succeeded.length > 0) {
    throw new EngineError('partial', message, { details: { succeeded, failed } });
  }
  session.output.say(message);
  throw new Reported(status);
}

/** Whether the next device would meet the same: the repository, the disk or our own network is at fault. */
function endsTheRun(error: EngineError): boolean {
  return /^(repository-|store-|port-in-use|network-failed|internal|cancelled)/.test(error.code);
}

function listed(what: string, instances: readonly number[]): string[] {
  return instances.length === 0 ? [] : [`${what}: ${instances.join(', ')}`];
}
