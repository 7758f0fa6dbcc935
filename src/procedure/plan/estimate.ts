// How long a restore will take, from what the image recorded of its backup and what the device says of
// itself. An estimate and called one: what is not known stays out and is named. Pure.

import { parseUtcText } from '../../repository/index.js';
import { HEARING_MS, POLL_MS, QUIET_MS } from '../timing.js';
import type { UndoChoice } from '../types.js';
import type { PlanFacts } from './facts.js';
import type { RestoreEstimate } from './types.js';

/** How long one reading of all files took, and getting in and out of the procedure, ms. */
interface Backup {
  readonly prepareMs: number;
  readonly copyMs: number;
  readonly endMs: number;
  readonly from: string;
}

/** Undefined parts are those for which neither image nor device says enough. */
export function estimate(facts: PlanFacts): RestoreEstimate {
  const { image, live } = facts;
  const recorded = backupOf(facts);
  if (recorded === undefined)
    return { basis: ['not known: the image does not say how long its backup took'] };
  const slower = slowing(facts);
  const copyMs = Math.round(recorded.copyMs * slower);
  const { restorePreparationTimeS, restoreCompletionTimeS } = live.facts;
  const prepareMs = Math.max((restorePreparationTimeS ?? 0) * 1000, recorded.prepareMs);
  // A device that is away is looked at again after this time, not before.
  const endMs = Math.max((restoreCompletionTimeS ?? 0) * 1000, recorded.endMs, POLL_MS);
  const backupMs = recorded.prepareMs + copyMs + recorded.endMs;
  const undoMs = UNDO_BACKUPS[facts.undo] * backupMs;
  // Every file is written once, and read back once before the end.
  const outageMs = prepareMs + 2 * copyMs + QUIET_MS + endMs;
  const octets = image.manifest.files.reduce((sum, file) => sum + file.octets, 0);
  const stated = (name: string, seconds: number | undefined): string[] =>
    seconds === undefined ? [`${name} is not told`] : [`${name} ${seconds} s`];
  return {
    undoMs,
    outageMs,
    proofMs: backupMs,
    totalMs: planMs(facts) + undoMs + outageMs + backupMs,
    basis: [
      `${recorded.from}, for ${octets} octets`,
      'writing is taken to be as fast as reading, and everything is read back once',
      BEFORE_AND_AFTER[facts.undo],
      ...stated('Restore_Preparation_Time', restorePreparationTimeS),
      ...stated('Restore_Completion_Time', restoreCompletionTimeS),
      ...(slower === 1 ? [] : [`${slower.toFixed(1)} times as many requests as then, for the smaller APDU`]),
    ],
  };
}

/** Every reading of the undo image is a backup of its own. */
const UNDO_BACKUPS = { twice: 2, once: 1, none: 0 } as const satisfies Record<UndoChoice, number>;

const BEFORE_AND_AFTER = {
  twice: 'the device is backed up twice before, and once after',
  once: 'the device is backed up once before, and once after',
  none: 'the device is not backed up before, and once after',
} as const satisfies Record<UndoChoice, string>;

/** Who else answers is asked again right before: of the device's instance, and of one that it replaces. */
function planMs({ own, old }: PlanFacts): number {
  return [own, old].filter((hearing) => hearing !== undefined).length * HEARING_MS;
}

function backupOf({ image }: PlanFacts): Backup | undefined {
  const { timings, startedAt, endedAt } = image.manifest.procedure;
  if (timings !== undefined) {
    const { prepareMs, copyMs, endMs } = timings;
    const from = `its backup took ${prepareMs} ms to prepare, ${copyMs} ms to copy, ${endMs} ms to end`;
    return { prepareMs, copyMs, endMs, from };
  }
  const wholeMs = (parseUtcText(endedAt) ?? 0) - (parseUtcText(startedAt) ?? 0);
  // An image from elsewhere has one time for everything.
  if (wholeMs <= 0) return undefined;
  return { prepareMs: 0, copyMs: wholeMs, endMs: 0, from: `its whole backup took ${wholeMs} ms` };
}

/** How many times as many requests the device's APDU makes necessary as when the image was made; 1 or more. */
function slowing({ image, live }: PlanFacts): number {
  const [was, is] = [image.manifest.reachedAt.maxApdu, live.reachedAt.maxApdu];
  return was > is && is > 0 ? was / is : 1;
}
