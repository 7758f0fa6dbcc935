// All requests in hand: found by client and invoke id, bounded in number, answered under their handle.

import { expect } from 'chai';
import type { Address, ConfirmedRequest } from '../../../protocol/index.js';
import type { OwnSide, TransactionOutput } from '../../../protocol/transaction/outputs.js';
import { ServerTransactions } from '../../../protocol/transaction/server.js';
import type { RequestApdu } from '../../../protocol/transaction/server-transaction.js';
import { pattern } from '../../support/pair.js';

const OWN: OwnSide = {
  limits: { maxApdu: 1476, segmentation: 'both', maxSegments: 65 },
  timers: { apduTimeoutMs: 1000, segmentTimeoutMs: 300, retries: 2 },
  windowSize: 4,
};
const CLIENT: Address = { link: '10.0.0.1:47808' };

const requestOf = (invokeId: number, changes: Partial<ConfirmedRequest> = {}): ConfirmedRequest => ({
  type: 'confirmed-request',
  invokeId,
  service: 6,
  segmentedAnswerAccepted: true,
  maxApdu: 50,
  payload: pattern(20),
  ...changes,
});

const FIRST_SEGMENT = { segment: { sequence: 0, window: 4, moreFollows: true } };

function give(server: ServerTransactions, apdu: RequestApdu, from = CLIENT, now = 0): TransactionOutput[] {
  return server.handle({ kind: 'request-apdu', from, apdu, priority: 0 }, now);
}

const kindsIn = (outputs: readonly TransactionOutput[]): string[] =>
  outputs.map((output) => (output.kind === 'apdu' ? output.apdu.type : output.event.kind));

function handleIn([output]: readonly TransactionOutput[]): number {
  if (output?.kind !== 'event' || output.event.kind !== 'indication') throw new Error('no indication');
  return output.event.handle;
}

const peer = (n: number): Address => ({ link: `10.0.${n >> 8}.${n & 255}:47808` });

describe('server', () => {
  it('keeps clients apart that use the same invoke id, behind one router too', () => {
    const server = new ServerTransactions(OWN);
    const behind: Address = { ...CLIENT, network: 7, mac: '01' };
    const handles = [CLIENT, behind, { ...behind, mac: '02' }].map((from) =>
      handleIn(give(server, requestOf(1), from)),
    );
    expect(new Set(handles).size).to.equal(3);
    const [output] = server.handle(
      { kind: 'answer', handle: handles[1]!, answer: { kind: 'simple-ack' } },
      0,
    );
    expect(output).to.deep.include({ kind: 'apdu', to: behind });
    expect(server.inHand).to.equal(2);
  });

  it('indicates a request once while it is in hand, and executes a retry afterwards, as most devices do', () => {
    const server = new ServerTransactions(OWN);
    const handle = handleIn(give(server, requestOf(1)));
    expect(kindsIn(give(server, requestOf(1)))).to.deep.equal(['discarded']);
    server.handle({ kind: 'answer', handle, answer: { kind: 'simple-ack' } }, 0);
    expect(kindsIn(give(server, requestOf(1)))).to.deep.equal(['indication']);
  });

  it('answers a retry from memory when it has one, and executes what differs', () => {
    const server = new ServerTransactions(OWN, 5000);
    const handle = handleIn(give(server, requestOf(1)));
    const answer = { kind: 'complex-ack', payload: pattern(9) } as const;
    const first = server.handle({ kind: 'answer', handle, answer }, 0);
    expect(give(server, requestOf(1), CLIENT, 4999)).to.deep.equal(first);
    expect(kindsIn(give(server, requestOf(1), peer(9), 4999))).to.deep.equal(['indication']);
    expect(kindsIn(give(server, requestOf(1), CLIENT, 5000))).to.deep.equal(['indication']);
    const other = new ServerTransactions(OWN, 5000);
    other.handle({ kind: 'answer', handle: handleIn(give(other, requestOf(1))), answer }, 0);
    expect(kindsIn(give(other, requestOf(1, { payload: pattern(20, 1) })))).to.deep.equal(['indication']);
  });

  it('remembers the first answer, not one that comes after it', () => {
    const server = new ServerTransactions(OWN, 5000);
    const handle = handleIn(give(server, requestOf(1)));
    const long = { kind: 'complex-ack', payload: pattern(60) } as const;
    server.handle({ kind: 'answer', handle, answer: long }, 0);
    server.handle({ kind: 'answer', handle, answer: { kind: 'simple-ack' } }, 0);
    give(server, { type: 'abort', server: false, invokeId: 1, reason: 0 });
    expect(kindsIn(give(server, requestOf(1)))).to.deep.equal(['complex-ack']);
  });

  it('answers a segmented retry from memory once it is whole', () => {
    const server = new ServerTransactions(OWN, 5000);
    const segments = [0, 1].map((sequence) =>
      requestOf(1, {
        segment: { sequence, window: 4, moreFollows: sequence === 0 },
        payload: pattern(30, sequence),
      }),
    );
    const both = (): string[] => segments.flatMap((segment) => kindsIn(give(server, segment)));
    expect(both()).to.deep.equal(['segment-ack', 'segment-ack', 'indication']);
    server.handle({ kind: 'answer', handle: 1, answer: { kind: 'simple-ack' } }, 0);
    expect(both()).to.deep.equal(['segment-ack', 'segment-ack', 'simple-ack']);
  });

  it('puts a new request in the place of one that its client has forgotten', () => {
    const server = new ServerTransactions(OWN);
    const handle = handleIn(give(server, requestOf(1)));
    const answer = { kind: 'complex-ack', payload: pattern(200) } as const;
    server.handle({ kind: 'answer', handle, answer }, 0);
    const next = handleIn(give(server, requestOf(1, { payload: pattern(20, 1) })));
    expect(next).to.not.equal(handle);
    expect(server.inHand).to.equal(1);
  });

  it('answers nothing for a handle that is unknown, over, or not yet indicated', () => {
    const server = new ServerTransactions(OWN);
    const answer = { kind: 'simple-ack' } as const;
    expect(server.handle({ kind: 'answer', handle: 77, answer }, 0)).to.deep.equal([]);
    give(server, requestOf(1, FIRST_SEGMENT));
    expect(server.handle({ kind: 'answer', handle: 1, answer }, 0)).to.deep.equal([]);
    const handle = handleIn(give(server, requestOf(2)));
    give(server, { type: 'abort', server: false, invokeId: 2, reason: 0 });
    expect(server.handle({ kind: 'answer', handle, answer }, 0)).to.deep.equal([]);
    expect(server.inHand).to.equal(1);
  });

  it('tells a client that waits for segments of nothing to stop, and ignores its strays', () => {
    const server = new ServerTransactions(OWN);
    const segmentAck = {
      type: 'segment-ack',
      negative: true,
      server: false,
      invokeId: 4,
      sequence: 1,
      window: 4,
    } as const;
    const outputs = give(server, segmentAck);
    expect(outputs[0]).to.deep.include({ apdu: { type: 'abort', server: true, invokeId: 4, reason: 2 } });
    expect(kindsIn(give(server, { type: 'abort', server: false, invokeId: 4, reason: 2 }))).to.deep.equal([
      'discarded',
    ]);
  });

  it('has 512 requests in hand at most, 128 of one client, and aborts what is more', () => {
    const server = new ServerTransactions(OWN);
    const kinds: string[] = [];
    for (let id = 1; id <= 140; id += 1) kinds.push(...kindsIn(give(server, requestOf(id))));
    expect(kinds.filter((kind) => kind === 'indication')).to.have.length(128);
    expect(kinds.slice(128)).to.deep.equal(new Array(12).fill('abort'));
    for (let n = 0; n < 500; n += 1) kinds.push(...kindsIn(give(server, requestOf(1), peer(n + 10))));
    expect(server.inHand).to.equal(512);
    const [last] = give(server, requestOf(1), peer(9999));
    expect(last).to.deep.include({ apdu: { type: 'abort', server: true, invokeId: 1, reason: 9 } });
    // Room again, for the client that had too many too.
    server.handle({ kind: 'answer', handle: 1, answer: { kind: 'silence' } }, 0);
    expect(kindsIn(give(server, requestOf(200)))).to.deep.equal(['indication']);
  });

  it('has room for 128 requests of a client again and again', () => {
    const server = new ServerTransactions(OWN);
    for (let round = 0; round < 3; round += 1) {
      const handles = Array.from({ length: 128 }, (_, i) => handleIn(give(server, requestOf(i + 1))));
      for (const handle of handles) server.handle({ kind: 'answer', handle, answer: { kind: 'silence' } }, 0);
      expect(server.inHand).to.equal(0);
    }
  });

  it('puts 16 segmented requests together at a time at most', () => {
    const server = new ServerTransactions(OWN);
    const kinds = Array.from({ length: 20 }, (_, n) =>
      kindsIn(give(server, requestOf(1, FIRST_SEGMENT), peer(n))),
    ).flat();
    expect(kinds).to.deep.equal([
      ...(new Array(16).fill('segment-ack') as string[]),
      ...(new Array(4).fill('abort') as string[]),
    ]);
    expect(kindsIn(give(server, requestOf(2)))).to.deep.equal(['indication']);
    // What ceases makes room.
    server.handle({ kind: 'tick' }, 1200);
    expect(kindsIn(give(server, requestOf(3, FIRST_SEGMENT), CLIENT, 1200))).to.deep.equal(['segment-ack']);
  });

  it('forgets everything in the end', () => {
    const server = new ServerTransactions(OWN);
    give(server, requestOf(1));
    give(server, requestOf(2, FIRST_SEGMENT));
    server.handle(
      {
        kind: 'answer',
        handle: handleIn(give(server, requestOf(3))),
        answer: { kind: 'complex-ack', payload: pattern(99) },
      },
      0,
    );
    for (let now = server.nextDeadline(); now !== undefined; now = server.nextDeadline()) {
      server.handle({ kind: 'tick' }, now);
    }
    expect(server.inHand).to.equal(0);
  });
});
