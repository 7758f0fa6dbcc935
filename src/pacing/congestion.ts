// How much slower a lane goes because its network says, or shows, that it is full. Pure: it counts trouble and
// gives a pause. One lost frame is chance and slows nothing down; a router that says "busy", or losses one after
// the other, do. Every answer takes some of the pause back, so that no lane stays slow for what is long over.

/** What a lane has met. */
export type Trouble =
  /** A request had to be repeated: a frame was lost, or is stuck in a queue. */
  | 'repeated'
  /** A router said that it takes nothing for now (clauses 6.4.4, 6.4.6). */
  | 'router-busy';

const WEIGHT = { repeated: 1, 'router-busy': 3 } as const satisfies Record<Trouble, number>;

/** What is left of the score after one answer: a lone loss is forgotten within a few of them. */
const DECAY = 0.85;

/** A score up to here is chance. */
const CHANCE = 1.2;

/** Pause between two requests for each point of the score, ms. */
const PAUSE_PER_POINT_MS = 500;

/** A lane that is never slower than this goes on proving that it is, or is no longer, full. */
export const PAUSE_MAX_MS = 4000;

export class Congestion {
  #score = 0;

  trouble(what: Trouble): void {
    const most = CHANCE + PAUSE_MAX_MS / PAUSE_PER_POINT_MS;
    this.#score = Math.min(most, this.#score + WEIGHT[what]);
  }

  /** An answer came. */
  smooth(): void {
    this.#score = this.#score < 0.1 ? 0 : this.#score * DECAY;
  }

  /** How long the lane rests between two requests, besides its pace, ms. */
  get pauseMs(): number {
    return Math.max(0, Math.round((this.#score - CHANCE) * PAUSE_PER_POINT_MS));
  }
}
