// Killed at every point of a backup and of a restore: every operation of the disk, every datagram. The next
// process recovers, and then no device is in a procedure that we started, and nobody else's was ended. Undo image,
// proof and rollback are swept too, at some of their points; at all of them by `npm run kills`.

import { backedUpNext, recovered, settled, sweep, type Sweep } from '../support/kill-sweep.js';

/** Of the points of a whole restore, and of one that is rolled back, one in so many. */
const SAMPLE = 29;

/** How often what happened, over all points of all sweeps. */
const summary: string[] = [];

async function swept(name: string, how: Sweep, judged: Parameters<typeof sweep>[2]): Promise<void> {
  summary.push(...(await sweep(name, how, judged)));
}

describe('killed at every point', () => {
  after(() => {
    console.log(`\n\nKilled at every point, and then:\n${summary.join('\n')}`);
  });

  for (const procedure of ['backup', 'restore'] as const) {
    it(`of a ${procedure}: recover leaves nothing of ours on the device`, async () => {
      const how = { procedure, powerFails: false, from: 'the beginning', next: 'recover' } as const;
      await swept(`${procedure}, recover`, how, recovered);
    }).timeout(300_000);

    it(`of a ${procedure}, with the power: the next backup works, unless START or END was on its way`, async () => {
      const how = { procedure, powerFails: true, from: 'START', next: 'backup' } as const;
      await swept(`${procedure} and the power, next backup`, how, backedUpNext);
    }).timeout(300_000);

    it(`of a ${procedure} on a device that somebody else waits for: what they then do is not ended`, async () => {
      const how = { procedure, powerFails: true, rival: 'next', from: 'START', next: 'recover' } as const;
      await swept(`${procedure}, somebody waits`, how, settled);
    }).timeout(300_000);

    it(`of a ${procedure} that somebody else forestalls: theirs is not ended`, async () => {
      const how = { procedure, powerFails: false, rival: 'first', from: 'START', next: 'recover' } as const;
      await swept(`${procedure}, forestalled`, how, settled);
    }).timeout(300_000);
  }

  for (const procedure of ['whole restore', 'rollback'] as const) {
    it(`of a ${procedure}, one of ${SAMPLE}: recover leaves nothing of ours on the device`, async () => {
      const how = { procedure, powerFails: false, from: 'the beginning', next: 'recover' } as const;
      await swept(`${procedure}, recover`, { ...how, every: SAMPLE, offset: 3 }, recovered);
    }).timeout(300_000);

    it(`of a ${procedure}, one of ${SAMPLE}, with the power: the next backup works, or START or END was on its way`, async () => {
      const how = { procedure, powerFails: true, from: 'START', next: 'backup' } as const;
      const name = `${procedure} and the power, next backup`;
      await swept(name, { ...how, every: SAMPLE, offset: 11 }, backedUpNext);
    }).timeout(300_000);
  }
});
