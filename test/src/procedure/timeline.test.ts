// timeline: how long the steps and phases of an act took, and the outage among them.

import { expect } from 'chai';
import type { Phase, ProgressEvent, Step } from '../../../src/procedure/index.js';
import { outageOf, Timeline } from '../../../src/procedure/timeline.js';

function played(listener?: (event: ProgressEvent) => void): {
  readonly timeline: Timeline;
  readonly step: (step: Step, phases: readonly (readonly [Phase, number])[]) => void;
} {
  let now = 1000;
  const timeline = new Timeline({ now: () => now }, listener);
  const enter = (phases: readonly (readonly [Phase, number])[]): void => {
    for (const [phase, ms] of phases) {
      timeline.onEvent({ kind: 'phase', phase, device: 7 });
      now += ms;
    }
  };
  enter([['plan', 100]]);
  return {
    timeline,
    step: (step, phases) => {
      timeline.onEvent({ kind: 'step', step, device: 7 });
      enter(phases);
    },
  };
}

describe('the timeline of a restore', () => {
  it('has every step with its phases, which add up to it', () => {
    const { timeline, step } = played();
    step('undo', [['identify', 1], ['start', 2], ['copy', 30]]); // prettier-ignore
    step('write', [['identify', 5], ['start', 10], ['write', 200], ['return', 50]]); // prettier-ignore
    expect(timeline.times).to.deep.equal([
      { step: 'plan', durationMs: 100, phases: [{ phase: 'plan', durationMs: 100 }] },
      {
        step: 'undo',
        durationMs: 33,
        phases: [
          { phase: 'identify', durationMs: 1 },
          { phase: 'start', durationMs: 2 },
          { phase: 'copy', durationMs: 30 },
        ],
      },
      {
        step: 'write',
        durationMs: 265,
        phases: [
          { phase: 'identify', durationMs: 5 },
          { phase: 'start', durationMs: 10 },
          { phase: 'write', durationMs: 200 },
          { phase: 'return', durationMs: 50 },
        ],
      },
    ]);
    expect(outageOf(timeline.times), 'from START on').to.equal(260);
  });

  it('counts no outage for what never started, and leaves out steps of which nothing was heard', () => {
    const { timeline, step } = played();
    step('roll-back', []);
    step('write', [['identify', 5]]);
    expect(outageOf(timeline.times)).to.equal(0);
    expect(timeline.times.map((time) => time.step)).to.deep.equal(['plan', 'write']);
  });

  it('hands every event on', () => {
    const heard: string[] = [];
    const { step } = played((event) => heard.push(event.kind));
    step('undo', [['identify', 1]]);
    expect(heard).to.deep.equal(['phase', 'step', 'phase']);
  });
});
