// Somebody forgets an image and prunes while it is being restored, or compared: whoever has begun to read it
// reads it to the end.

import { expect } from 'chai';
import type { ProgressEvent } from '../../src/procedure/index.js';
import { damaged, expectExact, GOOD, scene, type Scene } from '../support/restores.js';

/** Does it once, in the first phase of this name. */
function inPhase(name: string, act: () => Promise<unknown>): (event: ProgressEvent) => Promise<unknown> {
  let done: Promise<unknown> = Promise.resolve();
  let isDone = false;
  return (event) => {
    if (!isDone && event.kind === 'phase' && event.phase === name) {
      isDone = true;
      done = act();
    }
    return done;
  };
}

/** Takes the image away, and everything that no other needs. */
async function takeAway({ stage, image }: Scene): Promise<void> {
  await stage.repository.forget({ ids: [image] });
  await stage.repository.prune();
}

describe('an image that is forgotten and pruned while it is used', () => {
  for (const phase of ['start', 'write', 'read-back', 'compare'])
    it(`is restored and proven all the same: in the phase ${phase}`, async () => {
      const set = await scene({ before: damaged(GOOD, 100) });
      const events: ProgressEvent[] = [];
      let pruned: Promise<unknown> | undefined;
      const meanwhile = inPhase(phase, () => takeAway(set));
      const report = await set.stage.restore(set.image, {
        undo: 'none',
        onEvent: (event) => {
          events.push(event);
          pruned = meanwhile(event);
        },
      });
      await pruned;
      expect(report.verdict).to.equal('verified');
      expectExact(set);
      expect(await set.stage.repository.images()).to.deep.equal([]);
      expect((await set.stage.repository.prune()).freed.objects).to.be.greaterThan(0);
    });

  it('is not restored when it was forgotten before anything was written: it says so, and nothing is started', async () => {
    const set = await scene({ before: damaged(GOOD, 100) });
    const meanwhile = inPhase('plan', () => takeAway(set));
    const error = await set.stage.expectFailure(
      set.stage.restore(set.image, { undo: 'none', onEvent: (event) => void meanwhile(event) }),
      'repository-corrupt',
    );
    expect(error.message).to.contain('is missing');
    expect(error.details.release).to.equal('not-started');
    expect(set.stage.deviceEvents).to.deep.equal([]);
  });

  it('is compared all the same', async () => {
    const set = await scene({ before: GOOD });
    let pruned: Promise<unknown> | undefined;
    const meanwhile = inPhase('compare', () => takeAway(set));
    const { equal } = await set.stage.verify(set.image, {
      onEvent: (event) => {
        pruned = meanwhile(event);
      },
    });
    await pruned;
    expect(equal).to.equal(true);
  });
});
