// Killed at every point of a backup and of a restore: every operation of the disk, every datagram. The next
// process recovers, and then no device is in a procedure that we started, and nobody else's was ended.

import { expect } from 'chai';
import { type Aftermath, killed, type Killing } from '../support/killed.js';
import { streamFile } from '../support/world.js';

const device = {
  instance: 1001,
  files: [streamFile(1, 60)],
  limits: { maxApdu: 480, segmentation: 'none' },
  procedure: { backupPreparationMs: 300, restorePreparationMs: 300, backupFailureTimeoutS: 60 },
} as const;

/** How often what happened, over all points of all sweeps. */
const summary: string[] = [];

/** Kills at every point, and has every aftermath judged. */
async function swept(
  name: string,
  killing: Omit<Killing, 'atPoint' | 'device'>,
  judged: (after: Aftermath, where: string) => void,
): Promise<void> {
  const { points, succeeded } = await killed({ ...killing, device });
  expect(succeeded, 'with nobody killed').to.equal(killing.rival !== 'first');
  const counts = new Map<string, number>();
  for (let atPoint = 0; atPoint < points; atPoint += 1) {
    const after = await killed({ ...killing, device, atPoint });
    const where = `killed at point ${atPoint} of ${points}: ${JSON.stringify(after)}`;
    expect(after.faults, where).to.deep.equal([]);
    expect(after.wrongEnds, where).to.equal(0);
    if (after.heldAtDeath === 'rival') expect(after.heldInTheEnd, where).to.equal('rival');
    judged(after, where);
    const what = work(after);
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  summary.push(`${name}: ${points} points`, ...[...counts].map(([what, count]) => `  ${count} x ${what}`));
}

/** What the next process found, did, and how long that took. */
function work({ entries, report, refused, tookMs }: Aftermath): string {
  const [entry] = entries;
  const done = refused ?? report?.entries[0]?.verdict ?? 'done';
  if (entry === undefined) return `nothing open: ${done}`;
  return `"${entry.note.standing}": ${done} ${tookMs > 1000 ? `in ${Math.round(tookMs / 1000)} s` : 'at once'}`;
}

/** The device is free of us, and the journal is empty unless somebody else is at work on the device. */
function settled(after: Aftermath, where: string): void {
  expect(after.heldInTheEnd, where).to.not.equal('us');
  if (after.heldInTheEnd === 'nobody') expect(after.left, where).to.deep.equal([]);
}

describe('killed at every point', () => {
  after(() => {
    console.log(`\n\nKilled at every point, and then:\n${summary.join('\n')}`);
  });

  for (const procedure of ['backup', 'restore'] as const) {
    it(`of a ${procedure}: recover leaves nothing of ours on the device`, async () => {
      const killing = { procedure, powerFails: false, from: 'the beginning', next: 'recover' } as const;
      await swept(`${procedure}, recover`, killing, (after, where) => {
        settled(after, where);
        // Only while START or END was on its way must the device be waited for.
        if (after.entries[0]?.note.standing === 'held') expect(after.tookMs, where).to.be.below(1000);
      });
    }).timeout(300_000);

    it(`of a ${procedure}, with the power: the next backup works, unless START or END was on its way`, async () => {
      const killing = { procedure, powerFails: true, from: 'START', next: 'backup' } as const;
      await swept(`${procedure} and the power, next backup`, killing, (after, where) => {
        const [entry] = after.entries;
        if (entry === undefined || entry.note.standing === 'held')
          expect(after.refused, where).to.equal(undefined);
        if (after.refused === undefined) settled(after, where);
        else expect(after.refused, where).to.equal('device-busy');
      });
    }).timeout(300_000);

    it(`of a ${procedure} on a device that somebody else waits for: what they then do is not ended`, async () => {
      const killing = { procedure, powerFails: true, rival: 'next', from: 'START', next: 'recover' } as const;
      await swept(`${procedure}, somebody waits`, killing, settled);
    }).timeout(300_000);

    it(`of a ${procedure} that somebody else forestalls: theirs is not ended`, async () => {
      const killing = {
        procedure,
        powerFails: false,
        rival: 'first',
        from: 'START',
        next: 'recover',
      } as const;
      await swept(`${procedure}, forestalled`, killing, settled);
    }).timeout(300_000);
  }
});
