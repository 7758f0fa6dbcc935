// One request of a client (clause 5.4.5): every cell of the table, every timer, and what becomes of answers
// that do not fit. The table itself is server-states.ts.

import { expect } from 'chai';
import type { Answer, ApduLimits, ConfirmedRequest, EndpointEvent } from '../../../protocol/index.js';
import type { TransactionOutput } from '../../../protocol/transaction/outputs.js';
import { SERVER_MOVES } from '../../../protocol/transaction/server-states.js';
import type {
  RequestKind,
  ServerMove,
  ServerStateName,
} from '../../../protocol/transaction/server-states.js';
import { ServerTransaction } from '../../../protocol/transaction/server-transaction.js';
import type { RequestApdu } from '../../../protocol/transaction/server-transaction.js';
import { pattern } from '../../support/pair.js';

const ID = 9;
const BOTH: ApduLimits = { maxApdu: 1476, segmentation: 'both', maxSegments: 65 };

const requestOf = (changes: Partial<ConfirmedRequest> = {}): ConfirmedRequest => ({
  type: 'confirmed-request',
  invokeId: ID,
  service: 6,
  segmentedAnswerAccepted: true,
  maxSegments: 65,
  maxApdu: 50,
  payload: pattern(20),
  ...changes,
});

const segmentOf = (sequence: number, moreFollows = true, window = 4): ConfirmedRequest =>
  requestOf({ segment: { sequence, window, moreFollows }, payload: pattern(10, sequence) });

const segmentAck = (sequence: number, window = 4): RequestApdu => ({
  type: 'segment-ack',
  negative: false,
  server: false,
  invokeId: ID,
  sequence,
  window,
});

const ABORT: RequestApdu = { type: 'abort', server: false, invokeId: ID, reason: 0 };

function transactionOf(
  first: ConfirmedRequest,
  limits: ApduLimits = BOTH,
  recall?: Answer,
): ServerTransaction {
  return new ServerTransaction({
    handle: 5,
    from: { link: '10.0.0.1:47808' },
    priority: 2,
    first,
    own: { limits, timers: { apduTimeoutMs: 1000, segmentTimeoutMs: 300, retries: 2 }, windowSize: 4 },
    recall: () => recall,
  });
}

const sentIn = (outputs: readonly TransactionOutput[]) =>
  outputs.flatMap((output) => (output.kind === 'apdu' ? [output.apdu] : []));

function indicationIn(
  outputs: readonly TransactionOutput[],
): Extract<EndpointEvent, { kind: 'indication' }> | undefined {
  for (const output of outputs) {
    if (output.kind === 'event' && output.event.kind === 'indication') return output.event;
  }
  return undefined;
}

function take(transaction: ServerTransaction, apdu: RequestApdu, now = 0): TransactionOutput[] {
  const received = transaction.receive(apdu, now);
  if (received.kind !== 'taken') throw new Error(JSON.stringify(received));
  return received.outputs;
}

/** A transaction in each state: one whose request came whole, and one whose request came in segments. */
const ROADS: Readonly<Record<ServerStateName, (first: ConfirmedRequest) => ServerTransaction>> = {
  assembling: () => {
    const transaction = transactionOf(segmentOf(0));
    transaction.start(0);
    return transaction;
  },
  thinking: (first) => {
    const transaction = transactionOf(first);
    transaction.start(0);
    return transaction;
  },
  answering: (first) => {
    const transaction = transactionOf(first);
    transaction.start(0);
    transaction.answer({ kind: 'complex-ack', payload: pattern(200) }, 0);
    return transaction;
  },
  ended: (first) => {
    const transaction = transactionOf(first);
    transaction.start(0);
    transaction.answer({ kind: 'simple-ack' }, 0);
    return transaction;
  },
};

const WHOLE = requestOf();
const LONE_SEGMENT = segmentOf(0, false);

/** The first APDU of the request that is in hand, and what comes. */
const COMING: Readonly<Record<RequestKind, readonly [ConfirmedRequest, RequestApdu]>> = {
  'same-request': [WHOLE, WHOLE],
  'other-request': [WHOLE, requestOf({ payload: pattern(20, 1) })],
  segment: [LONE_SEGMENT, LONE_SEGMENT],
  'other-first-segment': [LONE_SEGMENT, { ...LONE_SEGMENT, service: 7 }],
  'segment-ack': [WHOLE, segmentAck(0)],
  abort: [WHOLE, ABORT],
};

const SIGNS: Readonly<Record<ServerMove, (transaction: ServerTransaction, apdu: RequestApdu) => void>> = {
  collect: (transaction, apdu) => {
    // Its acknowledgement was lost: it is told where the message stands.
    expect(sentIn(take(transaction, apdu))).to.deep.equal([{ ...segmentAck(0), server: true }]);
    expect(transaction.stateName).to.equal('assembling');
  },
  advance: (transaction, apdu) => {
    expect(sentIn(take(transaction, apdu)).map(({ type }) => type)).to.deep.equal(
      new Array(4).fill('complex-ack'),
    );
  },
  'acknowledge-again': (transaction, apdu) => {
    expect(sentIn(take(transaction, apdu))).to.deep.equal([{ ...segmentAck(0), server: true }]);
    expect(transaction.stateName).to.equal('thinking');
  },
  end: (transaction, apdu) => {
    expect(take(transaction, apdu)).to.deep.equal([]);
    expect(transaction.stateName).to.equal('ended');
  },
  ignore: (transaction, apdu) => {
    const before = [transaction.stateName, transaction.nextDeadline()];
    expect(transaction.receive(apdu, 77).kind).to.equal('ignored');
    expect([transaction.stateName, transaction.nextDeadline()]).to.deep.equal(before);
  },
  refuse: (transaction, apdu) => {
    expect(sentIn(take(transaction, apdu))).to.deep.equal([
      { type: 'abort', server: true, invokeId: ID, reason: 2 },
    ]);
    expect(transaction.stateName).to.equal('ended');
  },
  replace: (transaction, apdu) => {
    expect(transaction.receive(apdu, 0).kind).to.equal('replaced');
  },
};

describe('server-transaction', () => {
  for (const [state, row] of Object.entries(SERVER_MOVES)) {
    for (const [kind, move] of Object.entries(row)) {
      // While the segments of one come, no whole request can be the same one.
      if (state === 'assembling' && kind === 'same-request') continue;
      it(`in state "${state}" lets ${kind} ${move}`, () => {
        const [first, coming] = COMING[kind as RequestKind];
        const transaction = ROADS[state as ServerStateName](first);
        expect(transaction.stateName).to.equal(state);
        SIGNS[move](transaction, coming);
      });
    }
  }

  it('tells the application of a request once, with the room that an answer has', () => {
    const transaction = transactionOf(requestOf({ maxSegments: 4 }));
    expect(indicationIn(transaction.start(0))).to.deep.equal({
      kind: 'indication',
      handle: 5,
      from: { link: '10.0.0.1:47808' },
      service: 6,
      invokeId: ID,
      payload: pattern(20),
      answerOctetsMax: 4 * 45,
    });
  });

  it('puts a segmented request together, acknowledging windows, and indicates it once', () => {
    const transaction = transactionOf(segmentOf(0, true, 2));
    const first = transaction.start(0);
    expect(sentIn(first)).to.deep.equal([{ ...segmentAck(0, 2), server: true }]);
    expect(take(transaction, segmentOf(1))).to.deep.equal([]);
    expect(sentIn(take(transaction, segmentOf(2)))).to.deep.equal([{ ...segmentAck(2, 2), server: true }]);
    const last = take(transaction, segmentOf(3, false));
    expect(sentIn(last)).to.deep.equal([{ ...segmentAck(3, 2), server: true }]);
    const payload = Buffer.concat([0, 1, 2, 3].map((sequence) => pattern(10, sequence)));
    expect(Buffer.from(indicationIn(last)!.payload)).to.deep.equal(payload);
    // Its last acknowledgement was lost: it is given again, and nothing is executed again.
    expect(sentIn(take(transaction, segmentOf(3, false)))).to.deep.equal(sentIn(last));
    expect(take(transaction, segmentOf(2))).to.deep.equal([]);
  });

  it('refuses segments that it cannot take, and says why', () => {
    const refusals: [number, ConfirmedRequest, ApduLimits][] = [
      [4, segmentOf(0), { maxApdu: 50, segmentation: 'none' }],
      [4, segmentOf(0), { maxApdu: 50, segmentation: 'transmit' }],
      [2, segmentOf(1), BOTH],
      [7, segmentOf(0, true, 0), BOTH],
      [7, segmentOf(0, true, 128), BOTH],
    ];
    for (const [reason, first, limits] of refusals) {
      expect(sentIn(transactionOf(first, limits).start(0))).to.deep.equal([
        { type: 'abort', server: true, invokeId: ID, reason },
      ]);
    }
  });

  it('aborts with buffer overflow what has more segments than it takes', () => {
    const transaction = transactionOf(segmentOf(0), { ...BOTH, maxSegments: 2 });
    transaction.start(0);
    take(transaction, segmentOf(1));
    expect(sentIn(take(transaction, segmentOf(2)))).to.deep.equal([
      { type: 'abort', server: true, invokeId: ID, reason: 1 },
    ]);
  });

  it('forgets a request whose segments cease after four segment timeouts (Timeout)', () => {
    const transaction = ROADS.assembling(WHOLE);
    expect(transaction.nextDeadline()).to.equal(1200);
    expect(transaction.tick(1199)).to.deep.equal([]);
    expect(transaction.tick(1200)).to.deep.equal([]);
    expect(transaction.stateName).to.equal('ended');
  });

  it('takes another message under the same invoke id for another, and mixes no octet of the two', () => {
    const transaction = ROADS.assembling(WHOLE);
    const other = { ...segmentOf(0), payload: pattern(10, 99) };
    expect(transaction.receive(other, 0).kind).to.equal('replaced');
    const later = ROADS.assembling(WHOLE);
    take(later, segmentOf(1));
    expect(sentIn(take(later, { ...segmentOf(1), payload: pattern(10, 99) }))).to.deep.equal([
      { type: 'abort', server: true, invokeId: ID, reason: 2 },
    ]);
    expect(ROADS.assembling(WHOLE).receive({ ...segmentOf(1), service: 7 }, 0).kind).to.equal('ignored');
  });

  it('knows the 257th segment, which has number 0 again, for its own when it comes late', () => {
    const transaction = transactionOf(segmentOf(0));
    transaction.start(0);
    for (let index = 1; index < 300; index += 1) {
      take(transaction, {
        ...segmentOf(index % 256, index < 299),
        payload: pattern(10, index),
      });
    }
    transaction.answer({ kind: 'complex-ack', payload: pattern(200) }, 0);
    expect(transaction.receive({ ...segmentOf(0), payload: pattern(10, 256) }, 0).kind).to.equal('ignored');
    expect(transaction.receive({ ...segmentOf(0), payload: pattern(10, 7) }, 0).kind).to.equal('replaced');
  });

  it('aborts when the application takes more than 60 s (Timeout of AWAIT_RESPONSE)', () => {
    const transaction = ROADS.thinking(WHOLE);
    expect(transaction.nextDeadline()).to.equal(60_000);
    expect(sentIn(transaction.tick(60_000))).to.deep.equal([
      { type: 'abort', server: true, invokeId: ID, reason: 8 },
    ]);
    expect(transaction.answer({ kind: 'simple-ack' }, 60_001)).to.deep.equal([]);
  });

  it('sends every kind of short answer, and nothing for silence', () => {
    const answers: [Answer, unknown][] = [
      [{ kind: 'simple-ack' }, { type: 'simple-ack', invokeId: ID, service: 6 }],
      [
        { kind: 'complex-ack', payload: pattern(47) },
        { type: 'complex-ack', invokeId: ID, service: 6, payload: pattern(47) },
      ],
      [
        { kind: 'error', errorClass: 2, errorCode: 31 },
        { type: 'error', invokeId: ID, service: 6, payload: Uint8Array.from([0x91, 2, 0x91, 31]) },
      ],
      [
        { kind: 'reject', reason: 9 },
        { type: 'reject', invokeId: ID, reason: 9 },
      ],
      [
        { kind: 'abort', reason: 9 },
        { type: 'abort', server: true, invokeId: ID, reason: 9 },
      ],
      [{ kind: 'silence' }, undefined],
    ];
    for (const [answer, apdu] of answers) {
      const transaction = ROADS.thinking(WHOLE);
      const outputs = transaction.answer(answer, 0);
      expect(outputs).to.deep.equal(
        apdu === undefined ? [] : [{ kind: 'apdu', to: { link: '10.0.0.1:47808' }, apdu, priority: 2 }],
      );
      expect(transaction.stateName).to.equal('ended');
    }
  });

  it('sends a long answer in segments of no more than the client takes, header and all', () => {
    const transaction = ROADS.thinking(WHOLE);
    const [first] = sentIn(transaction.answer({ kind: 'complex-ack', payload: pattern(48) }, 0));
    expect(first).to.deep.include({
      type: 'complex-ack',
      segment: { sequence: 0, window: 4, moreFollows: true },
    });
    expect(first).to.have.property('payload').with.length(45);
    const [second] = sentIn(take(transaction, segmentAck(0)));
    expect(second).to.have.property('payload').with.length(3);
    expect(take(transaction, segmentAck(1))).to.deep.equal([]);
    expect(transaction.stateName).to.equal('ended');
  });

  it('keeps an answer that it has to cut, though the application uses its buffer again', () => {
    const transaction = ROADS.thinking(WHOLE);
    const payload = pattern(90);
    transaction.answer({ kind: 'complex-ack', payload }, 0);
    payload.fill(0);
    const [second] = sentIn(take(transaction, segmentAck(0)));
    expect(second).to.have.property('payload').that.deep.equals(pattern(90).subarray(45));
  });

  it('sends no more in one APDU than it takes itself, whatever the client takes', () => {
    const transaction = transactionOf(requestOf({ maxApdu: 1476 }), { maxApdu: 206, segmentation: 'both' });
    const indication = indicationIn(transaction.start(0));
    expect(indication?.answerOctetsMax).to.be.greaterThan(1_000_000);
    const [first] = sentIn(transaction.answer({ kind: 'complex-ack', payload: pattern(300) }, 0));
    expect(first).to.have.property('payload').with.length(201);
  });

  it('aborts an answer that cannot be sent (CannotSendSegmentedComplexACK), and says why', () => {
    const refusals: [number, number, Partial<ConfirmedRequest>, ApduLimits][] = [
      [4, 48, { segmentedAnswerAccepted: false }, BOTH],
      [4, 48, {}, { maxApdu: 1476, segmentation: 'receive' }],
      [4, 48, {}, { maxApdu: 1476, segmentation: 'none' }],
      [1, 2 * 45 + 1, { maxSegments: 2 }, BOTH],
    ];
    for (const [reason, octets, changes, limits] of refusals) {
      const transaction = transactionOf(requestOf(changes), limits);
      const max = indicationIn(transaction.start(0))!.answerOctetsMax;
      expect(max).to.equal(octets - 1);
      expect(sentIn(transaction.answer({ kind: 'complex-ack', payload: pattern(octets) }, 0))).to.deep.equal([
        { type: 'abort', server: true, invokeId: ID, reason },
      ]);
    }
  });

  it('lets a client that names no number of segments say itself when it is enough', () => {
    const unspecified: ConfirmedRequest = {
      type: 'confirmed-request',
      invokeId: ID,
      service: 6,
      segmentedAnswerAccepted: true,
      maxApdu: 50,
      payload: pattern(20),
    };
    const transaction = transactionOf(unspecified);
    transaction.start(0);
    transaction.answer({ kind: 'complex-ack', payload: pattern(5000) }, 0);
    expect(transaction.stateName).to.equal('answering');
  });

  it('sends segments again after silence, then forgets the answer (Timeout, FinalTimeout)', () => {
    const transaction = ROADS.answering(WHOLE);
    for (const now of [300, 600]) expect(sentIn(transaction.tick(now))).to.have.length(1);
    expect(transaction.tick(900)).to.deep.equal([]);
    expect(transaction.stateName).to.equal('ended');
  });

  it('aborts with reason 7 when the client wants a window that cannot be', () => {
    expect(sentIn(take(ROADS.answering(WHOLE), segmentAck(0, 0)))).to.deep.equal([
      { type: 'abort', server: true, invokeId: ID, reason: 7 },
    ]);
  });

  it('gives a remembered answer without asking the application', () => {
    const transaction = transactionOf(WHOLE, BOTH, { kind: 'simple-ack' });
    const outputs = transaction.start(0);
    expect(indicationIn(outputs)).to.equal(undefined);
    expect(sentIn(outputs)).to.deep.equal([{ type: 'simple-ack', invokeId: ID, service: 6 }]);
  });
});
