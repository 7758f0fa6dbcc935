// One request that we sent (clause 5.4.4): every cell of the table (client-states.ts), every timer, busy routers.

import { expect } from 'chai';
import type { ApduLimits, Outcome, TransactionTimers } from '../../../protocol/index.js';
import { CLIENT_MOVES } from '../../../protocol/transaction/client-states.js';
import type {
  AnswerApdu,
  AnswerKind,
  ClientMove,
  ClientStateName,
} from '../../../protocol/transaction/client-states.js';
import { ClientTransaction } from '../../../protocol/transaction/client-transaction.js';
import type { TransactionOutput } from '../../../protocol/transaction/outputs.js';
import { pattern } from '../../support/pair.js';

const SERVICE = 12;
const ID = 9;
const TIMERS: TransactionTimers = { apduTimeoutMs: 1000, segmentTimeoutMs: 300, retries: 2 };

interface Setup {
  readonly segmented?: boolean;
  readonly timers?: Partial<TransactionTimers>;
  readonly segmentation?: ApduLimits['segmentation'];
  readonly octets?: number;
}

function transactionOf({
  segmented = false,
  timers = {},
  segmentation = 'both',
  octets = 100,
}: Setup = {}): ClientTransaction {
  return new ClientTransaction({
    handle: 5,
    key: 'peer#1',
    to: { link: '10.0.0.2:47808', network: 2001, mac: '0a' },
    priority: 0,
    apdu: {
      type: 'confirmed-request',
      invokeId: ID,
      service: SERVICE,
      segmentedAnswerAccepted: true,
      maxApdu: 1476,
      payload: pattern(octets),
    },
    ...(segmented && { segmentOctets: 10 }),
    timers: { ...TIMERS, ...timers },
    own: { limits: { maxApdu: 1476, segmentation }, timers: TIMERS, windowSize: 4 },
  });
}

const segmentAck = (sequence: number, window = 4): AnswerApdu => ({
  type: 'segment-ack',
  negative: false,
  server: true,
  invokeId: ID,
  sequence,
  window,
});

const segment = (sequence: number, moreFollows = true, window = 4): AnswerApdu => ({
  type: 'complex-ack',
  invokeId: ID,
  service: SERVICE,
  segment: { sequence, window, moreFollows },
  payload: pattern(10, sequence),
});

const ANSWERS: Readonly<Record<AnswerKind, AnswerApdu>> = {
  'simple-ack': { type: 'simple-ack', invokeId: ID, service: SERVICE },
  'whole-complex-ack': { type: 'complex-ack', invokeId: ID, service: SERVICE, payload: pattern(3) },
  'first-segment': segment(0),
  'later-segment': segment(1),
  'segment-ack': segmentAck(0),
  error: {
    type: 'error',
    invokeId: ID,
    service: SERVICE,
    payload: Uint8Array.from([0x91, 2, 0x91, 31]),
  },
  reject: { type: 'reject', invokeId: ID, reason: 9 },
  abort: { type: 'abort', server: true, invokeId: ID, reason: 3 },
};

/** How to get a transaction into each state. */
const ROADS: Readonly<Record<ClientStateName, () => ClientTransaction>> = {
  held: () => {
    const transaction = transactionOf();
    transaction.hold(0, 30_000);
    return transaction;
  },
  sending: () => {
    const transaction = transactionOf({ segmented: true });
    transaction.start(0);
    return transaction;
  },
  sent: () => {
    const transaction = transactionOf({ segmented: true, octets: 30 });
    transaction.start(0);
    transaction.receive(segmentAck(0), 0);
    return transaction;
  },
  waiting: () => {
    const transaction = transactionOf();
    transaction.start(0);
    return transaction;
  },
  assembling: () => {
    const transaction = transactionOf();
    transaction.start(0);
    transaction.receive(segment(0), 0);
    return transaction;
  },
  ended: () => {
    const transaction = transactionOf();
    transaction.start(0);
    transaction.receive(ANSWERS['simple-ack'], 0);
    return transaction;
  },
};

/** Takes an APDU that must not be ignored. */
function take(transaction: ClientTransaction, apdu: AnswerApdu, now = 0): TransactionOutput[] {
  const received = transaction.receive(apdu, now);
  if (received.kind !== 'taken') throw new Error(JSON.stringify(received));
  return received.outputs;
}

function outcomeIn(outputs: readonly TransactionOutput[]): Outcome | undefined {
  for (const output of outputs) {
    if (output.kind === 'event' && output.event.kind === 'outcome') return output.event.outcome;
  }
  return undefined;
}

const sentIn = (outputs: readonly TransactionOutput[]) =>
  outputs.flatMap((output) => (output.kind === 'apdu' ? [output.apdu] : []));

/** Sequence numbers of the segments sent. */
const sequencesIn = (outputs: readonly TransactionOutput[]) =>
  sentIn(outputs).map((apdu) => ('segment' in apdu ? apdu.segment.sequence : undefined));

/** What shows that the move was made. */
const SIGNS: Readonly<Record<ClientMove, (transaction: ClientTransaction, apdu: AnswerApdu) => void>> = {
  confirm: (transaction, apdu) => {
    const outcome = outcomeIn(take(transaction, apdu));
    const kinds = { 'simple-ack': 'ack', 'complex-ack': 'ack', error: 'error' } as const;
    expect(outcome?.kind).to.equal(apdu.type in kinds ? kinds[apdu.type as 'error'] : apdu.type);
  },
  assemble: (transaction, apdu) => {
    expect(sentIn(take(transaction, apdu))).to.deep.equal([{ ...segmentAck(0), server: false }]);
    expect(transaction.stateName).to.equal('assembling');
  },
  collect: (transaction, apdu) => {
    take(transaction, apdu);
    expect(transaction.stateName).to.equal('assembling');
  },
  advance: (transaction, apdu) => {
    const before = transaction.stateName;
    take(transaction, apdu);
    expect(transaction.stateName).to.be.oneOf([before, 'sending', 'sent', 'waiting']);
  },
  ignore: (transaction, apdu) => {
    const before = [transaction.stateName, transaction.nextDeadline()];
    expect(transaction.receive(apdu, 77).kind).to.equal('ignored');
    expect([transaction.stateName, transaction.nextDeadline()]).to.deep.equal(before);
  },
  refuse: (transaction, apdu) => {
    const outputs = take(transaction, apdu);
    expect(sentIn(outputs)).to.deep.equal([{ type: 'abort', server: false, invokeId: ID, reason: 2 }]);
    expect(outcomeIn(outputs)).to.deep.equal({ kind: 'abort', reason: 2, server: false });
  },
};

describe('client-transaction', () => {
  for (const [state, row] of Object.entries(CLIENT_MOVES)) {
    for (const [kind, move] of Object.entries(row)) {
      it(`in state "${state}" lets ${kind} ${move}`, () => {
        const transaction = ROADS[state as ClientStateName]();
        expect(transaction.stateName).to.equal(state);
        SIGNS[move](transaction, ANSWERS[kind as AnswerKind]);
      });
    }
  }

  it('ignores an answer about another service, whatever its state', () => {
    for (const [state, road] of Object.entries(ROADS)) {
      for (const apdu of Object.values(ANSWERS)) {
        if (!('service' in apdu)) continue;
        expect(road().receive({ ...apdu, service: 13 }, 0).kind, state).to.equal('ignored');
      }
    }
  });

  it('sends the same APDU again after silence, then gives up (TimeoutUnsegmented, FinalTimeout)', () => {
    const transaction = transactionOf();
    const first = transaction.start(0);
    expect(transaction.tick(999)).to.deep.equal([]);
    for (const attempt of [2, 3]) {
      const now = (attempt - 1) * 1000;
      expect(transaction.nextDeadline()).to.equal(now);
      const outputs = transaction.tick(now);
      expect(outputs[0]).to.deep.equal({ kind: 'event', event: { kind: 'retried', handle: 5, attempt } });
      expect(sentIn(outputs)).to.deep.equal(sentIn(first));
    }
    expect(outcomeIn(transaction.tick(3000))).to.deep.equal({ kind: 'timeout', attempts: 3 });
    expect(transaction.nextDeadline()).to.equal(undefined);
  });

  it('begins a segmented request again from its first segment (TimeoutSegmented)', () => {
    const transaction = transactionOf({ segmented: true, octets: 30 });
    transaction.start(0);
    take(transaction, segmentAck(0), 10);
    expect(take(transaction, segmentAck(2), 20)).to.deep.equal([]);
    expect(transaction.nextDeadline()).to.equal(1020);
    expect(sequencesIn(transaction.tick(1020))).to.deep.equal([0]);
    // All of it was sent before: an answer is an answer, wherever the repetition stands.
    expect(transaction.stateName).to.equal('sent');
    expect(outcomeIn(take(transaction, ANSWERS['simple-ack'], 1030))?.kind).to.equal('ack');
  });

  it('tells once that it is not met with silence: by segments either way, or by a busy router', () => {
    const told = (outputs: TransactionOutput[]): number =>
      outputs.filter((output) => output.kind === 'event' && output.event.kind === 'heard').length;
    const asking = transactionOf({ segmented: true, octets: 30 });
    asking.start(0);
    expect(told(take(asking, segmentAck(0), 10))).to.equal(1);
    expect(told(take(asking, segmentAck(2), 20))).to.equal(0);
    const asked = transactionOf();
    asked.start(0);
    expect(told(take(asked, segment(0), 10))).to.equal(1);
    expect(told(take(asked, segment(1), 20))).to.equal(0);
    const held = transactionOf();
    held.start(0);
    expect(told(held.hold(10, 1000))).to.equal(1);
    expect(told(held.hold(20, 1000))).to.equal(0);
  });

  it('repeats segments by its own retries, even when the request itself must not be repeated', () => {
    const transaction = transactionOf({ segmented: true, octets: 30, timers: { retries: 0 } });
    transaction.start(0);
    expect(sequencesIn(transaction.tick(300))).to.deep.equal([0]);
    take(transaction, segmentAck(0), 310);
    expect(sequencesIn(transaction.tick(610))).to.deep.equal([1, 2]);
    take(transaction, segmentAck(2), 620);
    expect(outcomeIn(transaction.tick(1620))).to.deep.equal({ kind: 'timeout', attempts: 1 });
  });

  it('times out when segments are never acknowledged (FinalTimeout of SEGMENTED_REQUEST)', () => {
    const transaction = transactionOf({ segmented: true });
    transaction.start(0);
    transaction.tick(300);
    transaction.tick(600);
    expect(outcomeIn(transaction.tick(900))).to.deep.equal({ kind: 'timeout', attempts: 1 });
  });

  it('aborts with reason 7 for a window size that cannot be, in acknowledgements and in answers', () => {
    for (const [state, apdu] of [
      ['sending', segmentAck(0, 0)],
      ['sending', segmentAck(0, 128)],
      ['waiting', segment(0, true, 0)],
      ['waiting', segment(0, true, 128)],
    ] as const) {
      const transaction = ROADS[state]();
      const outputs = take(transaction, apdu);
      expect(sentIn(outputs)).to.deep.equal([{ type: 'abort', server: false, invokeId: ID, reason: 7 }]);
      expect(outcomeIn(outputs)).to.deep.equal({ kind: 'abort', reason: 7, server: false });
    }
  });

  it('aborts a segmented answer with reason 4 when we cannot take segments', () => {
    for (const segmentation of ['none', 'transmit'] as const) {
      const transaction = transactionOf({ segmentation });
      transaction.start(0);
      const outputs = take(transaction, segment(0));
      expect(sentIn(outputs)).to.deep.equal([{ type: 'abort', server: false, invokeId: ID, reason: 4 }]);
    }
  });

  it('puts a segmented answer together and gives it once', () => {
    const transaction = ROADS.assembling();
    expect(take(transaction, segment(1), 5)).to.deep.equal([]);
    const outputs = take(transaction, segment(2, false), 6);
    expect(sentIn(outputs)).to.deep.equal([{ ...segmentAck(2), server: false }]);
    const payload = Buffer.concat([0, 1, 2].map((sequence) => pattern(10, sequence)));
    const outcome = outcomeIn(outputs);
    expect(outcome).to.deep.equal({
      kind: 'ack',
      service: SERVICE,
      simple: false,
      payload: new Uint8Array(payload),
    });
  });

  it('asks for the rest when a segment is missing', () => {
    const transaction = ROADS.assembling();
    const outputs = take(transaction, segment(2));
    expect(sentIn(outputs)).to.deep.equal([{ ...segmentAck(0), negative: true, server: false }]);
  });

  it('waits four segment timeouts for the next segment of an answer, then times out', () => {
    const transaction = ROADS.assembling();
    expect(transaction.nextDeadline()).to.equal(1200);
    expect(outcomeIn(transaction.tick(1200))).to.deep.equal({ kind: 'timeout', attempts: 1 });
  });

  it('aborts with reason 2 rather than mix two answers', () => {
    const transaction = ROADS.assembling();
    const outputs = take(transaction, { ...segment(0), payload: pattern(10, 99) } as AnswerApdu);
    expect(outcomeIn(outputs)).to.deep.equal({ kind: 'abort', reason: 2, server: false });
  });

  it('calls an Error that does not decode malformed, and still ends', () => {
    const transaction = ROADS.waiting();
    const outputs = take(transaction, {
      type: 'error',
      invokeId: ID,
      service: SERVICE,
      payload: Uint8Array.of(0xff),
    });
    expect(outcomeIn(outputs)?.kind).to.equal('malformed');
    expect(transaction.stateName).to.equal('ended');
  });

  it('ends as cancelled, and tells the peer only in the middle of segments', () => {
    const told = (['held', 'sending', 'sent', 'waiting', 'assembling', 'ended'] as const).map((state) => {
      const outputs = ROADS[state]().cancel();
      return [sentIn(outputs).map(({ type }) => type), outcomeIn(outputs)?.kind];
    });
    expect(told).to.deep.equal([
      [[], 'cancelled'],
      [['abort'], 'cancelled'],
      [['abort'], 'cancelled'],
      [[], 'cancelled'],
      [['abort'], 'cancelled'],
      [[], undefined],
    ]);
  });

  describe('behind a busy router', () => {
    it('is sent when the router is free, if it could not be sent before', () => {
      const transaction = ROADS.held();
      expect(transaction.nextDeadline()).to.equal(30_000);
      expect(transaction.tick(29_999)).to.deep.equal([]);
      expect(sentIn(transaction.resume(500))).to.have.length(1);
      expect(transaction.attempts).to.equal(1);
      expect(transaction.nextDeadline()).to.equal(1500);
    });

    it('is sent again when the router is free, which costs no retry', () => {
      const transaction = ROADS.waiting();
      transaction.hold(100, 30_100);
      expect(transaction.tick(1000)).to.deep.equal([]);
      expect(sentIn(transaction.tick(30_100))).to.have.length(1);
      expect(sentIn(transaction.tick(31_100))).to.have.length(1);
      expect(sentIn(transaction.tick(32_100))).to.have.length(1);
      expect(outcomeIn(transaction.tick(33_100))).to.deep.equal({ kind: 'timeout', attempts: 4 });
    });

    it('is only given its time again when it must not be repeated', () => {
      const transaction = transactionOf({ timers: { retries: 0 } });
      transaction.start(0);
      transaction.hold(100, 30_100);
      expect(transaction.tick(30_100)).to.deep.equal([]);
      expect(outcomeIn(transaction.tick(31_100))).to.deep.equal({ kind: 'timeout', attempts: 1 });
    });

    it('sends its unacknowledged segments again', () => {
      const transaction = ROADS.sent();
      transaction.hold(100, 30_100);
      expect(sequencesIn(transaction.tick(30_100))).to.deep.equal([1, 2]);
    });

    it('goes on at once when the peer acknowledges a segment all the same', () => {
      const transaction = ROADS.sending();
      transaction.hold(0, 30_000);
      expect(sequencesIn(take(transaction, segmentAck(0), 100))).to.deep.equal([1, 2, 3, 4]);
      expect(transaction.nextDeadline()).to.equal(400);
    });

    it('takes an answer that comes all the same', () => {
      const transaction = ROADS.waiting();
      transaction.hold(0, 30_000);
      expect(outcomeIn(take(transaction, ANSWERS['simple-ack']))?.kind).to.equal('ack');
    });

    it('ends after five minutes without progress, as rejected by its network', () => {
      const transaction = ROADS.waiting();
      let now = 0;
      let outputs: TransactionOutput[] = [];
      while (outcomeIn(outputs) === undefined && now < 1_000_000) {
        outputs = transaction.hold(now, now + 30_000);
        now += 30_000;
        transaction.tick(now);
      }
      expect(outcomeIn(outputs)).to.deep.equal({ kind: 'network-reject', network: 2001, reason: 2 });
      expect(now).to.be.within(300_000, 360_000);
    });
  });
});
