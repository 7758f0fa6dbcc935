// The summary of a run that could not even begin, so that it is told like every other. Pure.

import type { EngineError } from '../../errors.js';
import { utcText } from '../../repository/index.js';
import { countsOf } from '../run/summary.js';
import type { FleetSummary } from '../run/types.js';

export function brokenSummary(
  site: string,
  rule: string,
  error: EngineError,
  times: { readonly startedAtMs: number; readonly endedAtMs: number; readonly sinceMs: number },
): FleetSummary {
  return {
    kind: 'fleet-summary',
    site,
    rule,
    outcome: 'broken',
    exitCode: error.exitCode,
    startedAt: utcText(times.startedAtMs),
    endedAt: utcText(times.endedAtMs),
    durationMs: times.endedAtMs - times.startedAtMs,
    since: utcText(times.sinceMs),
    counts: countsOf([]),
    octets: 0,
    devices: [],
    problem: { code: error.code, message: error.message },
    warnings: [],
  };
}
