// The sender of segments: FillWindow, the acknowledgements and the segment timer of clauses 5.4.4.2 and
// 5.4.5.4.

import { expect } from 'chai';
import { SegmentSender } from '../../../protocol/segmentation/sender.js';
import type { SenderOptions, SenderOutput } from '../../../protocol/segmentation/sender.js';
import { pattern } from '../../support/pair.js';

const TIMEOUT = 500;

function senderOf(segments: number, changes: Partial<SenderOptions> = {}): SegmentSender {
  return new SegmentSender({
    payload: pattern(segments * 10 - 3),
    segmentOctets: 10,
    windowSize: 4,
    segmentTimeoutMs: TIMEOUT,
    retries: 2,
    ...changes,
  });
}

/** What was sent, as sequence numbers; other outputs as their kind. */
function brief(outputs: readonly SenderOutput[]): (number | string)[] {
  return outputs.map((output) => (output.kind === 'segment' ? output.header.sequence : output.kind));
}

function acknowledge(
  sender: SegmentSender,
  sequence: number,
  window: number,
  now = 0,
  negative = false,
): (number | string)[] {
  return brief(sender.handle({ kind: 'acknowledgement', negative, sequence, window }, now));
}

describe('sender', () => {
  it('sends the first segment alone, proposing its window, and waits for what the peer takes', () => {
    const sender = senderOf(6);
    expect(sender.handle({ kind: 'start' }, 100)).to.deep.equal([
      {
        kind: 'segment',
        header: { sequence: 0, window: 4, moreFollows: true },
        payload: pattern(57).subarray(0, 10),
      },
    ]);
    expect(sender.nextDeadline()).to.equal(100 + TIMEOUT);
    expect(sender.sentAll).to.equal(false);
  });

  it('fills the actual window after each acknowledgement (NewACK_Received)', () => {
    const sender = senderOf(6);
    sender.handle({ kind: 'start' }, 0);
    expect(acknowledge(sender, 0, 3)).to.deep.equal([1, 2, 3]);
    expect(acknowledge(sender, 3, 2)).to.deep.equal([4, 5]);
    expect(sender.sentAll).to.equal(true);
  });

  it('never sends more at once than it proposed, whatever the peer asks for', () => {
    const sender = senderOf(20, { windowSize: 2 });
    sender.handle({ kind: 'start' }, 0);
    expect(acknowledge(sender, 0, 127)).to.deep.equal([1, 2]);
  });

  it('marks the last segment, and every other as followed by more', () => {
    const sender = senderOf(3);
    const outputs = [
      ...sender.handle({ kind: 'start' }, 0),
      ...sender.handle({ kind: 'acknowledgement', negative: false, sequence: 0, window: 4 }, 0),
    ];
    const more = outputs.map((output) => output.kind === 'segment' && output.header.moreFollows);
    expect(more).to.deep.equal([true, true, false]);
    const lengths = outputs.map((output) => output.kind === 'segment' && output.payload.length);
    expect(lengths).to.deep.equal([10, 10, 7]);
  });

  it('is done only when the last segment is acknowledged (FinalACK_Received)', () => {
    const sender = senderOf(4);
    sender.handle({ kind: 'start' }, 0);
    acknowledge(sender, 0, 4);
    // Part of the last window: the rest goes again, the message is not done.
    expect(acknowledge(sender, 2, 4)).to.deep.equal([3]);
    expect(acknowledge(sender, 3, 4)).to.deep.equal(['acknowledged']);
    expect(sender.nextDeadline()).to.equal(undefined);
  });

  it('goes on after the segment that a negative acknowledgement names', () => {
    const sender = senderOf(9);
    sender.handle({ kind: 'start' }, 0);
    acknowledge(sender, 0, 4);
    expect(acknowledge(sender, 2, 4, 0, true)).to.deep.equal([3, 4, 5, 6]);
  });

  it('sends a window again at once, but once, when its first segment is missing', () => {
    const sender = senderOf(9);
    sender.handle({ kind: 'start' }, 0);
    acknowledge(sender, 0, 3, 0);
    expect(acknowledge(sender, 0, 3, 50, true)).to.deep.equal([1, 2, 3]);
    expect(sender.nextDeadline()).to.equal(50 + TIMEOUT);
    expect(acknowledge(sender, 0, 3, 60, true)).to.deep.equal([]);
    // Anything else that is not in the window is an old copy.
    expect(acknowledge(sender, 255, 3, 60, true)).to.deep.equal([]);
    sender.handle({ kind: 'tick' }, 60 + TIMEOUT);
    expect(acknowledge(sender, 0, 3, 70 + TIMEOUT, true)).to.deep.equal([1, 2, 3]);
  });

  it('restarts its timer for a duplicate acknowledgement, and sends nothing (DuplicateACK_Received)', () => {
    const sender = senderOf(9);
    sender.handle({ kind: 'start' }, 0);
    acknowledge(sender, 0, 4, 100);
    expect(acknowledge(sender, 0, 4, 300)).to.deep.equal([]);
    expect(sender.nextDeadline()).to.equal(300 + TIMEOUT);
  });

  it('sends the window again in the end, though duplicate acknowledgements never cease', () => {
    const sender = senderOf(9);
    sender.handle({ kind: 'start' }, 0);
    acknowledge(sender, 0, 4, 0);
    for (let now = 100; now <= 4 * TIMEOUT; now += 100) acknowledge(sender, 0, 4, now);
    expect(sender.nextDeadline()).to.equal(4 * TIMEOUT);
    expect(brief(sender.handle({ kind: 'tick' }, 4 * TIMEOUT))).to.deep.equal([1, 2, 3, 4]);
  });

  it('takes no acknowledgement of what it never sent', () => {
    const sender = senderOf(3);
    sender.handle({ kind: 'start' }, 0);
    for (const sequence of [1, 2, 3, 100, 255])
      expect(acknowledge(sender, sequence, 4), `${sequence}`).to.deep.equal([]);
    expect(acknowledge(sender, 0, 4)).to.deep.equal([1, 2]);
  });

  it('understands an acknowledgement of what went out before the window shrank', () => {
    const sender = senderOf(20);
    sender.handle({ kind: 'start' }, 0);
    acknowledge(sender, 0, 4);
    // A gap after 1, and a smaller window: 2 and 3 go again, while 4 is still on its way.
    expect(acknowledge(sender, 1, 1)).to.deep.equal([2]);
    expect(acknowledge(sender, 4, 1)).to.deep.equal([5]);
  });

  it('sends the window again after silence, as often as it may, then gives up (Timeout, FinalTimeout)', () => {
    const sender = senderOf(9);
    sender.handle({ kind: 'start' }, 0);
    acknowledge(sender, 0, 2, 0);
    expect(sender.handle({ kind: 'tick' }, TIMEOUT - 1)).to.deep.equal([]);
    expect(brief(sender.handle({ kind: 'tick' }, TIMEOUT))).to.deep.equal([1, 2]);
    expect(brief(sender.handle({ kind: 'tick' }, 2 * TIMEOUT))).to.deep.equal([1, 2]);
    expect(brief(sender.handle({ kind: 'tick' }, 3 * TIMEOUT))).to.deep.equal(['silence']);
    expect(sender.nextDeadline()).to.equal(undefined);
    expect(acknowledge(sender, 2, 2)).to.deep.equal([]);
  });

  it('counts retries for each window anew', () => {
    const sender = senderOf(30);
    sender.handle({ kind: 'start' }, 0);
    let now = 0;
    for (let sequence = 0; sequence < 20; sequence += 1) {
      now += TIMEOUT;
      expect(brief(sender.handle({ kind: 'tick' }, now))).to.deep.equal([sequence]);
      now += TIMEOUT;
      expect(brief(sender.handle({ kind: 'tick' }, now))).to.deep.equal([sequence]);
      expect(acknowledge(sender, sequence, 1, now)).to.deep.equal([sequence + 1]);
    }
  });

  it('sends what is not acknowledged again on demand, without counting a retry', () => {
    const sender = senderOf(9, { retries: 0 });
    sender.handle({ kind: 'start' }, 0);
    acknowledge(sender, 0, 2, 0);
    expect(brief(sender.handle({ kind: 'repeat' }, 10))).to.deep.equal([1, 2]);
    expect(sender.nextDeadline()).to.equal(10 + TIMEOUT);
  });

  it('refuses a window size out of 1..127, but not when nothing is left to send', () => {
    for (const window of [0, 128, 255]) {
      const sender = senderOf(2);
      sender.handle({ kind: 'start' }, 0);
      expect(acknowledge(sender, 0, window)).to.deep.equal(['window-out-of-range']);
      const finished = senderOf(1);
      finished.handle({ kind: 'start' }, 0);
      expect(acknowledge(finished, 0, window)).to.deep.equal(['acknowledged']);
    }
  });

  for (const windowSize of [1, 2, 3, 16, 127]) {
    it(`carries more than 256 segments in windows of ${windowSize}`, () => {
      const sender = senderOf(700, { windowSize });
      const parts: Uint8Array[] = [];
      let outputs = sender.handle({ kind: 'start' }, 0);
      for (;;) {
        const sent = outputs.flatMap((output) => (output.kind === 'segment' ? [output] : []));
        const last = sent.at(-1);
        if (last === undefined) break;
        parts.push(...sent.map(({ payload }) => payload));
        outputs = sender.handle(
          { kind: 'acknowledgement', negative: false, sequence: last.header.sequence, window: windowSize },
          0,
        );
      }
      expect(brief(outputs)).to.deep.equal(['acknowledged']);
      expect(Buffer.concat(parts)).to.deep.equal(Buffer.from(pattern(6997)));
    });
  }

  it('sends an empty message as one empty segment', () => {
    const sender = senderOf(1, { payload: new Uint8Array(0) });
    const [segment] = sender.handle({ kind: 'start' }, 0);
    expect(segment).to.deep.equal({
      kind: 'segment',
      header: { sequence: 0, window: 4, moreFollows: false },
      payload: new Uint8Array(0),
    });
  });
});
