// How long each procedure of an act took, and each phase of it, as the progress events tell it. It only
// listens: whatever the caller's own listener does is the caller's.

import type { Clock } from '../ports.js';
import type { Phase, ProgressEvent, StepTime } from './types.js';

interface Entered {
  readonly step: StepTime['step'];
  readonly atMs: number;
  readonly phases: { readonly phase: Phase; readonly atMs: number }[];
}

export class Timeline {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #listener: ((event: ProgressEvent) => void) | undefined;
  readonly #steps: Entered[];

  constructor(clock: Pick<Clock, 'now'>, listener: ((event: ProgressEvent) => void) | undefined) {
    this.#clock = clock;
    this.#listener = listener;
    this.#steps = [{ step: 'plan', atMs: clock.now(), phases: [] }];
  }

  /** For the options of every procedure of the act. */
  readonly onEvent = (event: ProgressEvent): void => {
    const atMs = this.#clock.now();
    if (event.kind === 'step') this.#steps.push({ step: event.step, atMs, phases: [] });
    if (event.kind === 'phase') this.#steps.at(-1)?.phases.push({ phase: event.phase, atMs });
    this.#listener?.(event);
  };

  /** Every step so far, the last one until now. Steps in which no phase was entered are left out. */
  get times(): readonly StepTime[] {
    const now = this.#clock.now();
    return this.#steps.flatMap(({ step, atMs, phases }, at) => {
      if (phases.length === 0) return [];
      const endMs = this.#steps[at + 1]?.atMs ?? now;
      const lasting = phases.map((entered, index) => ({
        phase: entered.phase,
        durationMs: Math.round((phases[index + 1]?.atMs ?? endMs) - entered.atMs),
      }));
      return [{ step, durationMs: Math.round(endMs - atMs), phases: lasting }];
    });
  }
}

/** From START until the device was back, or given up: how long it may not have controlled its plant. */
export function outageOf(times: readonly StepTime[]): number {
  const phases = times.filter(({ step }) => step === 'write').flatMap((time) => time.phases);
  const start = phases.findIndex(({ phase }) => phase === 'start');
  return start < 0 ? 0 : phases.slice(start).reduce((sum, { durationMs }) => sum + durationMs, 0);
}
