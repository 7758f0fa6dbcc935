// A process killed at many points of one procedure, each in a world of its own, and every aftermath judged: then
// no device is in a procedure that we started, nobody else's was ended, and the repository is whole.

import { expect } from 'chai';
import { type Aftermath, killed, type Killing } from './killed.js';
import { streamFile } from './world.js';

const device = {
  instance: 1001,
  files: [streamFile(1, 60)],
  limits: { maxApdu: 480, segmentation: 'none' },
  procedure: { backupPreparationMs: 300, restorePreparationMs: 300, backupFailureTimeoutS: 60 },
} as const;

export interface Sweep extends Omit<Killing, 'atPoint' | 'device'> {
  /** Only every n-th point, from `offset`; default all. */
  readonly every?: number;
  readonly offset?: number;
}

/** Kills at each of these points. Gives back what happened, how often, as lines. */
export async function sweep(
  name: string,
  { every = 1, offset = 0, ...killing }: Sweep,
  judged: (after: Aftermath, where: string) => void,
): Promise<string[]> {
  const { points, succeeded } = await killed({ ...killing, device });
  expect(succeeded, 'with nobody killed').to.equal(killing.rival !== 'first');
  const counts = new Map<string, number>();
  for (let atPoint = offset; atPoint < points; atPoint += every) {
    const after = await killed({ ...killing, device, atPoint });
    const where = `killed at point ${atPoint} of ${points}: ${JSON.stringify(after)}`;
    expect(after.faults, where).to.deep.equal([]);
    expect(after.wrongEnds, where).to.equal(0);
    if (after.heldAtDeath === 'rival') expect(after.heldInTheEnd, where).to.equal('rival');
    judged(after, where);
    const what = work(after);
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const which = every === 1 ? `${points} points` : `one of ${every} of ${points} points`;
  return [`${name}: ${which}`, ...[...counts].map(([what, count]) => `  ${count} x ${what}`)];
}

/** What the next process found, did, and how long that took. */
function work({ entries, report, refused, tookMs }: Aftermath): string {
  const [entry] = entries;
  const done = refused ?? report?.entries[0]?.verdict ?? 'done';
  if (entry === undefined) return `nothing open: ${done}`;
  return `"${entry.note.standing}": ${done} ${tookMs > 1000 ? `in ${Math.round(tookMs / 1000)} s` : 'at once'}`;
}

/** The device is free of us, and the journal is empty unless somebody else is at work on the device. */
export function settled(after: Aftermath, where: string): void {
  expect(after.heldInTheEnd, where).to.not.equal('us');
  if (after.heldInTheEnd === 'nobody') expect(after.left, where).to.deep.equal([]);
}

/** Recovered: and only while START or END was on its way had the device to be waited for. */
export function recovered(after: Aftermath, where: string): void {
  settled(after, where);
  if (after.entries[0]?.note.standing === 'held') expect(after.tookMs, where).to.be.below(1000);
}

/** The next backup worked, unless START or END was on its way. */
export function backedUpNext(after: Aftermath, where: string): void {
  const [entry] = after.entries;
  if (entry === undefined || entry.note.standing === 'held') expect(after.refused, where).to.equal(undefined);
  if (after.refused === undefined) settled(after, where);
  else expect(after.refused, where).to.equal('device-busy');
}
