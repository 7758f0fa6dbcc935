// How long one request waits, and when it is sent again, where the answer times of its peer are known: soon at first,
// patiently later, and in all neither longer nor shorter than without.

import { expect } from 'chai';
import type { TransactionTimers } from '../../../protocol/index.js';
import { ClientTransaction } from '../../../protocol/transaction/client-transaction.js';
import { pattern } from '../../support/pair.js';

const TIMERS: TransactionTimers = { apduTimeoutMs: 1000, segmentTimeoutMs: 300, retries: 2 };

/** When the request leaves again, and when it is given up, ms. */
function waits(timers: Partial<TransactionTimers>, segmented = false): { again: number[]; over: number } {
  const apdu = {
    type: 'confirmed-request',
    invokeId: 9,
    service: 6,
    segmentedAnswerAccepted: true,
    maxApdu: 1476,
    payload: pattern(20),
  } as const;
  const transaction = new ClientTransaction({
    handle: 5,
    key: 'peer#9',
    to: { link: '10.0.0.2:47808' },
    priority: 0,
    apdu,
    ...(segmented && { segmentOctets: 10 }),
    timers: { ...TIMERS, ...timers },
    own: { limits: { maxApdu: 1476, segmentation: 'both' }, timers: TIMERS, windowSize: 4 },
  });
  const again: number[] = [];
  transaction.start(0);
  for (const sequence of segmented ? [0, 1] : []) {
    const { invokeId } = apdu;
    transaction.receive(
      { type: 'segment-ack', negative: false, server: true, invokeId, sequence, window: 4 },
      0,
    );
  }
  for (;;) {
    const now = transaction.nextDeadline()!;
    transaction.tick(now);
    if (transaction.outcome !== undefined || transaction.stateName !== 'waiting') return { again, over: now };
    again.push(now);
  }
}

describe('the waits of a request', () => {
  it('are all alike where nothing is known of the peer', () => {
    expect(waits({})).to.deep.equal({ again: [1000, 2000], over: 3000 });
  });

  it('begin short, grow by three up to APDU_Timeout, and last as long in all', () => {
    expect(waits({ firstTimeoutMs: 100 })).to.deep.equal({ again: [100, 400, 1300, 2300], over: 3000 });
  });

  it('of a slow peer begin long, and last as long in all', () => {
    expect(waits({ firstTimeoutMs: 2500 })).to.deep.equal({ again: [2500], over: 3000 });
    expect(waits({ firstTimeoutMs: 9000 })).to.deep.equal({ again: [], over: 3000 });
  });

  it('never end with a sliver: no copy leaves when there is hardly time for its answer', () => {
    for (let firstTimeoutMs = 10; firstTimeoutMs <= 4000; firstTimeoutMs += 1) {
      const { again, over } = waits({ firstTimeoutMs });
      expect(over, `first ${firstTimeoutMs}`).to.equal(3000);
      expect(over - (again.at(-1) ?? 0), `first ${firstTimeoutMs}`).to.be.at.least(250);
    }
    expect(waits({ firstTimeoutMs: 2999 })).to.deep.equal({ again: [], over: 3000 });
    expect(waits({ firstTimeoutMs: 950 })).to.deep.equal({ again: [950, 1950], over: 3000 });
  });

  it('are never shorter for what must not be repeated', () => {
    expect(waits({ firstTimeoutMs: 100, retries: 0 })).to.deep.equal({ again: [], over: 1000 });
  });

  it('are never shorter for a request in segments', () => {
    expect(waits({ firstTimeoutMs: 100 }, true)).to.deep.equal({ again: [], over: 1000 });
  });
});
