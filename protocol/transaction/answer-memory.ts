// The answers that a server gave a moment ago, for clients whose retry crosses with the answer or whose
// answer was lost: the same request under the same invoke id is not executed twice. Bounded in number and
// size; what is too large to keep is executed again, as most devices do with everything.

import { ANSWER_REMEMBERED_OCTETS_MAX, ANSWERS_REMEMBERED_MAX } from '../limits.js';
import type { Answer } from '../outcome.js';
import { sameOctets } from '../segmentation/receiver.js';

interface Remembered {
  readonly service: number;
  readonly payload: Uint8Array;
  readonly answer: Answer;
  readonly until: number;
}

export class AnswerMemory {
  readonly #memoryMs: number;
  /** By client and invoke id; the oldest comes first. */
  readonly #answers = new Map<string, Remembered>();

  /** `memoryMs` 0 remembers nothing. */
  constructor(memoryMs: number) {
    this.#memoryMs = memoryMs;
  }

  remember(key: string, service: number, payload: Uint8Array, answer: Answer, now: number): void {
    this.#answers.delete(key);
    const octets = payload.length + (answer.kind === 'complex-ack' ? answer.payload.length : 0);
    if (this.#memoryMs <= 0 || answer.kind === 'silence' || octets > ANSWER_REMEMBERED_OCTETS_MAX) return;
    for (const [oldest, { until }] of this.#answers) {
      if (until > now && this.#answers.size < ANSWERS_REMEMBERED_MAX) break;
      this.#answers.delete(oldest);
    }
    this.#answers.set(key, { service, payload, answer, until: now + this.#memoryMs });
  }

  /** The answer that this very request got. */
  recall(key: string, service: number, payload: Uint8Array, now: number): Answer | undefined {
    const known = this.#answers.get(key);
    if (known === undefined || now >= known.until || known.service !== service) return undefined;
    return sameOctets(known.payload, payload) ? known.answer : undefined;
  }
}
