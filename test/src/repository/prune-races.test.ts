// Prune against backups and against another prune, in every order that two switches make and in many random ones,
// with locks that nobody believes: each process takes the others for gone, as when a computer has slept for an
// hour. What was reported saved must be whole afterwards, and what was not must leave no broken image.

import { expect } from 'chai';
import { SeededRandom } from '../../../simulator/index.js';
import type { ImageSummary, Repository } from '../../../src/repository/index.js';
import { Computers } from '../../support/computers.js';
import { Turns } from '../../support/turns.js';
import { all, chunks, imageFile, manifest, saveImage } from './samples.js';

interface Outcome {
  readonly operations: number;
  readonly saved: boolean;
}

/** A backup whose content is partly there already, though no image needs it any more. */
async function backup(repository: Repository, createdAt: string): Promise<ImageSummary> {
  const draft = await repository.begin();
  try {
    const old = imageFile(1, await draft.addStream(chunks('left behind')));
    return await draft.publish(
      manifest([old, imageFile(2, await draft.addStream(chunks('new')))], { createdAt }),
    );
  } finally {
    await draft.close();
  }
}

const BACKUPS = ['2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z'];

/** One meeting of backups and prunes; `next` decides who does the next operation. */
async function meet(
  actors: readonly ('backup' | 'prune')[],
  next: (ready: readonly string[]) => string,
): Promise<Outcome> {
  const computers = await Computers.open();
  const setup = await computers.repository('setup');
  const gone = await saveImage(setup, 'left behind');
  await saveImage(setup, 'kept', { createdAt: '2026-03-01T05:00:00Z' });
  await setup.forget({ ids: [gone.id] });

  // Nobody remembers that anybody was here: no prune waits for what it cannot see yet.
  for (const name of await all(computers.store.list('locks')))
    await computers.store.remove({ area: 'locks', name });

  const turns = new Turns();
  const saved: ImageSummary[] = [];
  let backups = 0;
  const work: Record<string, () => Promise<unknown>> = {};
  for (const [at, what] of actors.entries()) {
    const host = `${at} ${what}`;
    computers.gone.add(`${host} 1`);
    const repository = await computers.repository(host, 1, turns.store(host, computers.store));
    const createdAt = BACKUPS[backups] ?? '';
    if (what === 'backup') backups += 1;
    work[host] =
      what === 'prune'
        ? () => repository.prune()
        : async () => saved.push(await backup(repository, createdAt));
  }
  const { operations } = await turns.run(work, next);

  const expectWhole = async (): Promise<void> => {
    for (const image of saved) await setup.verifyImage(image);
    const { findings } = await setup.check();
    expect(findings.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
  };
  await expectWhole();
  await setup.prune();
  await expectWhole();
  return { operations, saved: saved.length === backups };
}

/** One does so many operations, then the other does so many, and then both go on to the end. */
async function afterNap(
  first: string,
  second: string,
  sleepAt: number,
  wakeAt: number,
): Promise<Outcome & { readonly slept: boolean; readonly woken: boolean }> {
  let [own, others] = [0, 0];
  let [slept, woken] = [false, false];
  const outcome = await meet(['backup', 'prune'], (ready) => {
    const sleeps = own >= sleepAt && others < wakeAt && ready.includes(second);
    const actor = inOrder(ready, sleeps ? [second] : [first, second]);
    if (actor === first) own += 1;
    else others += 1;
    slept ||= sleeps;
    woken ||= sleeps && others >= wakeAt;
    return actor;
  });
  return { ...outcome, slept, woken };
}

/** The first of the order who can. */
const inOrder = (ready: readonly string[], order: readonly string[]): string =>
  order.find((actor) => ready.includes(actor)) ?? ready[0] ?? '';

describe('a prune that meets', () => {
  for (const [first, second] of [
    ['0 backup', '1 prune'],
    ['1 prune', '0 backup'],
  ] as const) {
    it(`the other, stopped at every point, for as long as it likes: ${first} sleeps`, async function () {
      this.timeout(60_000);
      let lost = 0;
      let runs = 0;
      for (let sleepAt = 0, slept = true; slept; sleepAt += 1) {
        slept = false;
        for (let wakeAt = 1, woken = true; woken; wakeAt += 1) {
          const nap = await afterNap(first, second, sleepAt, wakeAt);
          runs += 1;
          if (!nap.saved) lost += 1;
          slept ||= nap.slept;
          // When the other comes to its end before it is time to wake, later times are all the same.
          woken = nap.woken;
        }
      }
      expect(runs).to.be.greaterThan(200);
      // A backup that was overtaken fails and says so; that is rare, and it can happen.
      if (first === '0 backup') expect(lost).to.be.greaterThan(0);
      expect(lost).to.be.lessThan(runs / 2);
    });
  }

  for (const actors of [
    ['backup', 'prune', 'prune'],
    ['backup', 'backup', 'prune', 'prune'],
  ] as const) {
    it(`others in any order: ${actors.join(', ')}`, async function () {
      this.timeout(60_000);
      let saved = 0;
      for (let seed = 0; seed < 150; seed += 1) {
        const random = new SeededRandom(`${actors.join()} ${seed}`);
        // Long turns are what breaks things: somebody goes on for a while, and then somebody else.
        let actor = '';
        const outcome = await meet(actors, (ready) => {
          if (!ready.includes(actor) || random.chance(0.15)) actor = ready[random.below(ready.length)] ?? '';
          return actor;
        });
        if (outcome.saved) saved += 1;
      }
      expect(saved).to.be.greaterThan(50);
    });
  }
});
