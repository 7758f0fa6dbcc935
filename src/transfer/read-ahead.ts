// Asks for the next parts of a stream file before they are needed, as many as the device bears (read-window.ts), and
// gives their answers in order, as if each had been asked for alone. An answer that is anything but the whole part
// is never given away when others were out: its octets are in doubt and are read again, alone. It must not outlive
// its reading: `drop` waits until nothing of it is on its way.

import { type ObjectId, PassingMap, type ReadFileAck } from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import type { ReadWindow } from '../pacing/index.js';
import { sameOctets } from './ranges.js';
import { FileChanged } from './resume.js';
import type { FilePort } from './types.js';

/** Octets that may be asked for at once. */
const OCTETS_OUT_MAX = 96 * 1024;

/** Octets that may be asked for, or be here, before their turn: one late part must not hold up the others. */
const OCTETS_AHEAD_MAX = 1024 * 1024;

/**
 * While fewer are out than this, it is so many parts for each: the device is at rest when a lost one is repeated, and
 * one that drops a second request does not drop the repetition, too.
 */
const FEW_OUT = { below: 8, partsEach: 4 } as const;

/** Asked for at each occasion, at most: when an answer comes, and when it is taken. A small device has no room for a burst. */
const ASKED_AT_ONCE_MAX = 2;

interface Part {
  readonly start: number;
  readonly count: number;
  readonly reply: Promise<Reply<ReadFileAck>>;
  /** Most parts that were out with it when it was asked for, or when the next one was; itself among them. */
  among: number;
  /** Undefined: it is out; else whether the answer was the whole part. */
  whole: boolean | undefined;
}

interface Sample {
  readonly start: number;
  readonly octets: Uint8Array;
}

export interface ReadAheadOptions {
  /** File_Size: nothing beyond it is asked for ahead. */
  readonly expected: number;
  /** How many octets the reader will ask for at a position. */
  readonly sizeAt: (start: number) => number;
}

export class ReadAhead {
  readonly #port: FilePort;
  readonly #file: ObjectId;
  readonly #window: ReadWindow;
  readonly #options: ReadAheadOptions;
  /** By position: what the reader needs next, and beyond. */
  readonly #parts = new PassingMap<number, Part>();
  /** The last part that came while others were out, for each doubling of their number that is not proven. */
  readonly #samples = new Map<number, Sample>();
  /** Where nothing was asked for yet. */
  #next = 0;
  #out = 0;
  /** The part that was asked for last. */
  #latest: Part | undefined;

  constructor(port: FilePort, file: ObjectId, window: ReadWindow, options: ReadAheadOptions) {
    this.#port = port;
    this.#file = file;
    this.#window = window;
    this.#options = options;
  }

  /**
   * The answer to a read of `count` octets at `start`; further ones are asked for meanwhile. `once`: alone, and not
   * repeated.
   */
  async read(start: number, count: number, once: boolean): Promise<Reply<ReadFileAck>> {
    if (once) {
      await this.drop();
      return this.#port.readFile({ file: this.#file, access: 'stream', start, count }, true);
    }
    const part = await this.#partAt(start, count);
    this.#fill();
    const reply = await part.reply;
    this.#parts.delete(start);
    if (part.among === 1 || isWhole(reply, part)) {
      if (part.among > this.#window.provenTo) this.#sample(part, reply);
      this.#fill();
      return reply;
    }
    if (!reply.ok && reply.refusal.kind === 'timeout') {
      this.#window.silent();
      await this.#settle();
      return reply;
    }
    this.#window.refused();
    await this.drop();
    return this.#port.readFile({ file: this.#file, access: 'stream', start, count });
  }

  /**
   * Reads a little of what was read together once more, alone: the first time that a device is read with so many
   * outstanding, it must have given the same. Throws FileChanged when it has not, and then it is read one at a time for good.
   */
  async prove(): Promise<void> {
    for (const [among, { start, octets }] of this.#samples) {
      const request = { file: this.#file, access: 'stream', start, count: octets.length } as const;
      const reply = await this.#port.readFile(request);
      // What it does not tell now is not another answer.
      if (!reply.ok) return;
      const { value } = reply;
      if (value.access === 'stream' && value.start === start && sameOctets(value.octets, octets)) {
        this.#window.provenTo = Math.max(this.#window.provenTo, among);
        continue;
      }
      this.#window.refused();
      throw new FileChanged(
        `what was read at ${start} together with other parts is different when read alone`,
      );
    }
  }

  /** Forgets what was asked for ahead, when all of it is answered or given up. */
  async drop(): Promise<void> {
    const dropped = [...this.#parts.values()];
    this.#parts.clear();
    await Promise.allSettled(dropped.map(({ reply }) => reply));
  }

  /** What was asked for at this position; it is asked for now when it was not, or not so. */
  async #partAt(start: number, count: number): Promise<Part> {
    const known = this.#parts.get(start);
    if (known?.count === count) return known;
    const fits = known === undefined && ![...this.#parts.keys()].some((at) => at < start + count);
    if (!fits) await this.drop();
    if (this.#parts.size === 0) this.#next = start + count;
    return this.#ask(start, count);
  }

  /** Waits for all that is out, and keeps what came whole: the rest is asked for again when it is needed. */
  async #settle(): Promise<void> {
    await Promise.allSettled([...this.#parts.values()].map(({ reply }) => reply));
    for (const { start, whole } of [...this.#parts.values()]) if (whole !== true) this.#parts.delete(start);
  }

  #sample({ among }: Part, reply: Reply<ReadFileAck>): void {
    if (!reply.ok || reply.value.access !== 'stream') return;
    const { start, octets } = reply.value;
    this.#samples.set(2 ** Math.ceil(Math.log2(among)), { start, octets });
  }

  #fill(): void {
    for (let asked = 0; asked < ASKED_AT_ONCE_MAX; asked += 1) {
      if (this.#parts.size === 0 || this.#next >= this.#options.expected) return;
      const start = this.#next;
      const count = this.#options.sizeAt(start);
      const room = Math.max(1, Math.floor(OCTETS_OUT_MAX / count));
      const most = Math.min(this.#window.size, room);
      if (most === 1 || this.#out >= most) return;
      if (this.#parts.size >= (most < FEW_OUT.below ? FEW_OUT.partsEach * most : OCTETS_AHEAD_MAX / count))
        return;
      this.#next = start + count;
      this.#ask(start, count);
    }
  }

  #ask(start: number, count: number): Part {
    const window = this.#window;
    const { size } = window;
    const sent = window.sent();
    const askedMs = this.#port.now();
    let repeated = false;
    this.#out += 1;
    const request = { file: this.#file, access: 'stream', start, count } as const;
    const reply = this.#port.readFile(request, false, {
      outstanding: size,
      onRepeat: () => {
        repeated = true;
        window.lost(sent);
      },
    });
    const part: Part = { start, count, reply, among: this.#out, whole: undefined };
    // Whatever else is out had others with it already, but for one that was asked for alone.
    if (this.#out > 1 && this.#latest?.among === 1) this.#latest.among = this.#out;
    this.#latest = part;
    this.#parts.set(start, part);
    const over = (whole: boolean): void => {
      part.whole = whole;
      this.#out -= 1;
      if (!whole || repeated) window.ended(sent);
      else window.answered(sent, this.#port.now() - askedMs);
      if (whole && this.#parts.get(start) === part) this.#fill();
    };
    // Whoever reads hears of what fails; nobody else asks.
    void reply.then(
      (answer) => over(isWhole(answer, part)),
      () => over(false),
    );
    return part;
  }
}

function isWhole(reply: Reply<ReadFileAck>, { start, count }: Part): boolean {
  if (!reply.ok || reply.value.access !== 'stream') return false;
  return reply.value.start === start && reply.value.octets.length === count;
}
