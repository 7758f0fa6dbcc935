// The receiver of segments: the windows, gaps, duplicates and timers of clauses 5.4.4.4 and 5.4.5.2.

import { expect } from 'chai';
import fc from 'fast-check';
import { SegmentReceiver } from '../../../protocol/segmentation/receiver.js';
import type { ReceiverOptions, ReceiverOutput } from '../../../protocol/segmentation/receiver.js';
import { pattern } from '../../support/pair.js';

const TIMEOUT = 500;
const COUNT = 10;

function receiverOf(changes: Partial<ReceiverOptions> = {}): SegmentReceiver {
  return new SegmentReceiver({
    windowSize: 4,
    segmentTimeoutMs: TIMEOUT,
    segmentsMax: Infinity,
    octetsMax: 100_000,
    ...changes,
  });
}

const partOf = (index: number): Uint8Array => pattern(8, index);

/** Gives it the segment with this index of a message of COUNT; outputs as short texts. */
function give(
  receiver: SegmentReceiver,
  index: number,
  { now = 0, window = 4, count = COUNT, payload = partOf(index) } = {},
): string[] {
  const header = { sequence: index % 256, window, moreFollows: index < count - 1 };
  return receiver.handle({ kind: 'segment', header, payload }, now).map(brief);
}

function brief(output: ReceiverOutput): string {
  switch (output.kind) {
    case 'acknowledge':
      return `${output.negative ? 'nak' : 'ack'} ${output.sequence}`;
    case 'message':
      return `message ${output.payload.length}`;
    case 'failed':
      return `failed ${output.reason}`;
    default:
      return output.kind;
  }
}

describe('receiver', () => {
  it('acknowledges the first segment, each full window and the last one, and is silent between', () => {
    const receiver = receiverOf({ windowSize: 3 });
    const said = Array.from({ length: COUNT }, (_, index) => give(receiver, index));
    expect(said).to.deep.equal([
      ['ack 0'],
      [],
      [],
      ['ack 3'],
      [],
      [],
      ['ack 6'],
      [],
      [],
      ['ack 9', 'message 80'],
    ]);
    expect(receiver.nextDeadline()).to.equal(undefined);
  });

  it('takes the smaller of the proposed window and its own', () => {
    const proposals = [1, 3, 4, 5, 127].map((window) => {
      const receiver = receiverOf({ windowSize: 4 });
      give(receiver, 0, { window });
      return receiver.window;
    });
    expect(proposals).to.deep.equal([1, 3, 4, 4, 4]);
  });

  it('fails with window size out of range for a proposal of 0 or more than 127', () => {
    for (const window of [0, 128, 255])
      expect(give(receiverOf(), 0, { window }), `${window}`).to.deep.equal(['failed 7']);
  });

  it('fails with invalid APDU in this state when the first segment is not number 0', () => {
    expect(give(receiverOf(), 1)).to.deep.equal(['failed 2']);
  });

  it('takes a message of one segment', () => {
    expect(give(receiverOf(), 0, { count: 1 })).to.deep.equal(['ack 0', 'message 8']);
  });

  it('drops a segment after a gap and names the last good one (SegmentReceivedOutOfOrder)', () => {
    const receiver = receiverOf();
    give(receiver, 0);
    give(receiver, 1);
    expect(give(receiver, 3)).to.deep.equal(['nak 1']);
    expect(give(receiver, 2)).to.deep.equal([]);
  });

  it('counts the window anew from a negative acknowledgement, as its sender does', () => {
    const receiver = receiverOf();
    give(receiver, 0);
    give(receiver, 1);
    give(receiver, 3);
    expect([2, 3, 4, 5].map((index) => give(receiver, index))).to.deep.equal([[], [], [], ['ack 5']]);
  });

  it('drops duplicates in silence (DuplicateSegmentReceived)', () => {
    const receiver = receiverOf();
    give(receiver, 0);
    give(receiver, 1);
    give(receiver, 2);
    expect([1, 2, 1, 2].map((index) => give(receiver, index))).to.deep.equal([[], [], [], []]);
    expect(give(receiver, 3)).to.deep.equal([]);
    expect(give(receiver, 4)).to.deep.equal(['ack 4']);
  });

  it('says where it is after a window of duplicates (TooManyDuplicateSegmentsReceived)', () => {
    const receiver = receiverOf();
    give(receiver, 0);
    give(receiver, 1);
    const said = Array.from({ length: 5 }, () => give(receiver, 1));
    expect(said).to.deep.equal([[], [], [], [], ['nak 1']]);
  });

  it('acknowledges at once when a window comes again whose acknowledgement was lost', () => {
    const receiver = receiverOf();
    for (const index of [0, 1, 2, 3, 4]) give(receiver, index);
    expect(give(receiver, 1)).to.deep.equal(['ack 4']);
    // It lacks something only when it sees what comes after.
    expect(give(receiver, 6)).to.deep.equal(['nak 4']);
  });

  it('does not answer a burst with a burst: three complaints, then one for each window', () => {
    const receiver = receiverOf({ windowSize: 4 });
    give(receiver, 0);
    const said = Array.from({ length: 40 }, (_, i) => give(receiver, 2 + (i % 3), { now: 1 })).flat();
    expect(said.length).to.be.within(4, 3 + 40 / 4);
    // The next burst, after the sender's timer, is a new matter.
    expect(give(receiver, 2, { now: TIMEOUT })).to.deep.equal(['nak 0']);
  });

  it('fails with buffer overflow beyond the segments that it takes', () => {
    const receiver = receiverOf({ segmentsMax: 2 });
    give(receiver, 0);
    expect(give(receiver, 1)).to.deep.equal([]);
    expect(give(receiver, 2)).to.deep.equal(['failed 1']);
    expect(give(receiver, 3)).to.deep.equal([]);
  });

  it('fails with buffer overflow beyond the octets that it takes, and empty segments count too', () => {
    const receiver = receiverOf({ octetsMax: 1000 });
    const said = Array.from({ length: 100 }, (_, index) =>
      give(receiver, index, { count: 1000, payload: new Uint8Array(0) }),
    );
    expect(said.flat()).to.include('failed 1');
  });

  it('waits four segment timeouts for the next segment, then ends (Timeout)', () => {
    const receiver = receiverOf();
    give(receiver, 0, { now: 100 });
    expect(receiver.nextDeadline()).to.equal(100 + 4 * TIMEOUT);
    expect(receiver.handle({ kind: 'tick' }, 99 + 4 * TIMEOUT)).to.deep.equal([]);
    expect(receiver.handle({ kind: 'tick' }, 100 + 4 * TIMEOUT).map(brief)).to.deep.equal(['silence']);
    expect(give(receiver, 1, { now: 3000 })).to.deep.equal([]);
  });

  it('waits anew after each segment, but not for ever on duplicates alone', () => {
    const receiver = receiverOf();
    give(receiver, 0, { now: 0 });
    give(receiver, 1, { now: 1000 });
    expect(receiver.nextDeadline()).to.equal(1000 + 4 * TIMEOUT);
    for (let now = 1100; now < 1000 + 16 * TIMEOUT; now += 100) give(receiver, 1, { now });
    expect(receiver.nextDeadline()).to.equal(1000 + 16 * TIMEOUT);
  });

  it('ends when a segment comes again with other octets: that is another message', () => {
    const receiver = receiverOf();
    give(receiver, 0);
    give(receiver, 1);
    expect(give(receiver, 0, { payload: pattern(8, 77) })).to.deep.equal(['conflict']);
    expect(receiver.nextDeadline()).to.equal(undefined);
  });

  it('does not take a segment that runs ahead over the wrap for an old one', () => {
    const receiver = receiverOf({ windowSize: 16 });
    for (let index = 0; index <= 250; index += 1) give(receiver, index, { window: 16, count: 400 });
    // 256 has number 0, as the first had; it is new.
    expect(give(receiver, 256, { window: 16, count: 400 })).to.deep.equal(['nak 250']);
  });

  it('gives the message once and whole, however its segments are repeated, delayed and lost', () => {
    const step = fc.record({ back: fc.integer({ min: -3, max: 6 }), skip: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 9 }), (steps, windowSize) => {
        const receiver = receiverOf({ windowSize });
        const count = 300;
        const messages: Uint8Array[] = [];
        const put = (index: number): void => {
          const header = { sequence: index % 256, window: 9, moreFollows: index < count - 1 };
          const outputs = receiver.handle({ kind: 'segment', header, payload: partOf(index) }, 0);
          for (const output of outputs) if (output.kind === 'message') messages.push(output.payload);
        };
        for (let next = 0; next < count; next += 1) {
          const { back, skip } = steps[next % Math.max(1, steps.length)] ?? { back: 0, skip: false };
          // Strays first: repeated ones, or ones from ahead; then the one that is due, though not at once.
          if (next > 6 && next + 3 < count) put(next - 1 - back);
          if (skip && next > 6 && next + 3 < count) put(next + 2);
          put(next);
        }
        expect(messages).to.have.length(1);
        const whole = Buffer.concat(Array.from({ length: count }, (_, index) => partOf(index)));
        expect(Buffer.from(messages[0]!)).to.deep.equal(whole);
      }),
      { numRuns: 50 },
    );
  });
});
