// Puts the results of a run together: how it ended, what it ends with, and the counts. Pure.

import { ERRORS, type ErrorCode } from '../../errors.js';
import type { Ending } from './window.js';
import { type DeviceResult, type FleetCounts, type FleetOutcome, PROTECTING } from './types.js';

/** Whether somebody should look at it: not protected, or protected with something wrong. */
export function isProblem({ outcome, code }: DeviceResult): boolean {
  return !PROTECTING.includes(outcome) || code !== undefined;
}

export function countsOf(results: readonly DeviceResult[]): FleetCounts {
  const count = (fits: (result: DeviceResult) => boolean): number => results.filter(fits).length;
  return {
    devices: results.length,
    protected: count(({ outcome }) => PROTECTING.includes(outcome)),
    backedUp: count(({ outcome }) => outcome === 'backed-up'),
    unchanged: count(({ outcome }) => outcome === 'unchanged'),
    present: count(({ outcome }) => outcome === 'present'),
    failed: count(({ outcome }) => outcome === 'failed'),
    interrupted: count(({ outcome }) => outcome === 'interrupted'),
    notBegun: count(({ outcome }) => outcome === 'not-begun'),
    changed: count(({ outcome, change }) => outcome === 'backed-up' && change === 'changed'),
    first: count(({ outcome, change }) => outcome === 'backed-up' && change === 'first'),
  };
}

/** How a run ended. That its window was over matters only when somebody lost their turn by it. */
export function outcomeOf(results: readonly DeviceResult[], ending: Ending | undefined): FleetOutcome {
  if (ending === 'broken' || ending === 'cancelled') return ending;
  if (results.some(({ outcome }) => outcome === 'interrupted' || outcome === 'not-begun'))
    return 'window-ended';
  if (!results.some(isProblem)) return 'done';
  return results.some(({ outcome }) => PROTECTING.includes(outcome)) ? 'partial' : 'failed';
}

/** The exit status; where all devices failed that of the first of them, as for any command. */
export function exitCodeOf(
  outcome: FleetOutcome,
  results: readonly DeviceResult[],
  problem: { readonly code: ErrorCode } | undefined,
): number {
  switch (outcome) {
    case 'done':
      return 0;
    case 'partial':
      return ERRORS.partial.exitCode;
    case 'window-ended':
      return ERRORS['window-ended'].exitCode;
    case 'cancelled':
      return ERRORS.cancelled.exitCode;
    case 'broken':
      return ERRORS[problem?.code ?? 'internal'].exitCode;
    case 'failed': {
      const code = results.find((result) => result.code !== undefined)?.code;
      return ERRORS[code ?? problem?.code ?? 'partial'].exitCode;
    }
  }
}
