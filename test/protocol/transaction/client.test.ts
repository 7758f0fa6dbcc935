// All requests that are out: which answer belongs to which, what fits a peer, and what routers do to them.

import { expect } from 'chai';
import type { Address, ApduLimits, EndpointInput, Outcome } from '../../../protocol/index.js';
import { EncodeError } from '../../../protocol/index.js';
import { ClientTransactions } from '../../../protocol/transaction/client.js';
import type { AnswerApdu } from '../../../protocol/transaction/client-states.js';
import type { OwnSide, TransactionOutput } from '../../../protocol/transaction/outputs.js';
import { pattern } from '../../support/pair.js';

type Request = Extract<EndpointInput, { kind: 'request' }>;

const OWN: OwnSide = {
  limits: { maxApdu: 1476, segmentation: 'both', maxSegments: 16 },
  timers: { apduTimeoutMs: 1000, segmentTimeoutMs: 300, retries: 1 },
  windowSize: 8,
};
const PEER: ApduLimits = { maxApdu: 50, segmentation: 'both', maxSegments: 4 };
const TO: Address = { link: '10.0.0.2:47808' };
const ROUTER = '10.0.0.1:47808';

const requestOf = (handle: number, changes: Partial<Request> = {}): Request => ({
  kind: 'request',
  handle,
  to: TO,
  service: 12,
  payload: pattern(20),
  peer: PEER,
  ...changes,
});

const ackOf = (invokeId: number, service = 12): AnswerApdu => ({ type: 'simple-ack', invokeId, service });

function outcomesIn(outputs: readonly TransactionOutput[]): [number, Outcome][] {
  return outputs.flatMap((output): [number, Outcome][] =>
    output.kind === 'event' && output.event.kind === 'outcome'
      ? [[output.event.handle, output.event.outcome]]
      : [],
  );
}

const kindsIn = (outputs: readonly TransactionOutput[]): string[] =>
  outputs.map((output) => (output.kind === 'apdu' ? output.apdu.type : output.event.kind));

function invokeIdIn([output]: readonly TransactionOutput[]): number {
  if (output?.kind !== 'apdu' || !('invokeId' in output.apdu)) throw new Error('nothing with an invoke id');
  return output.apdu.invokeId;
}

describe('client', () => {
  it('gives each answer to the request of its peer, invoke id and service, and to no other', () => {
    const client = new ClientTransactions(OWN);
    const other: Address = { link: TO.link, network: 5, mac: '02' };
    client.handle(requestOf(1), 0);
    client.handle(requestOf(2), 0);
    client.handle(requestOf(3, { to: other, service: 14 }), 0);
    const answer = (from: Address, apdu: AnswerApdu) => client.handle({ kind: 'answer-apdu', from, apdu }, 1);
    expect(kindsIn(answer(other, ackOf(1)))).to.deep.equal(['discarded']);
    expect(kindsIn(answer({ ...other, mac: '03' }, ackOf(1, 14)))).to.deep.equal(['discarded']);
    expect(kindsIn(answer({ link: '10.0.0.3:47808' }, ackOf(1)))).to.deep.equal(['discarded']);
    expect(kindsIn(answer(TO, ackOf(3)))).to.deep.equal(['discarded']);
    expect(client.outstanding).to.equal(3);
    expect(outcomesIn(answer(TO, ackOf(2)))[0]?.[0]).to.equal(2);
    expect(outcomesIn(answer({ ...other }, ackOf(2, 14)))[0]?.[0]).to.equal(3);
    expect(outcomesIn(answer(TO, ackOf(1)))[0]?.[0]).to.equal(1);
    expect(kindsIn(answer(TO, ackOf(1)))).to.deep.equal(['discarded']);
    expect(client.nextDeadline()).to.equal(undefined);
  });

  it('tells a peer that sends segments to nobody, or waits for some, to stop', () => {
    const client = new ClientTransactions(OWN);
    const segmentAck = {
      type: 'segment-ack',
      negative: false,
      server: true,
      invokeId: 9,
      sequence: 3,
      window: 4,
    } as const;
    const segment = {
      type: 'complex-ack',
      invokeId: 9,
      service: 12,
      segment: { sequence: 3, window: 4, moreFollows: true },
      payload: pattern(5),
    } as const;
    for (const apdu of [segmentAck, segment]) {
      const outputs = client.handle({ kind: 'answer-apdu', from: TO, apdu }, 0);
      expect(outputs[0]).to.deep.equal({
        kind: 'apdu',
        to: TO,
        apdu: { type: 'abort', server: false, invokeId: 9, reason: 2 },
        priority: 0,
      });
      expect(kindsIn(outputs)).to.deep.equal(['abort', 'discarded']);
    }
    const whole = { type: 'complex-ack', invokeId: 9, service: 12, payload: pattern(5) } as const;
    const stray: AnswerApdu[] = [whole, ackOf(9), { type: 'abort', server: true, invokeId: 9, reason: 0 }];
    for (const apdu of stray) {
      expect(kindsIn(client.handle({ kind: 'answer-apdu', from: TO, apdu }, 0))).to.deep.equal(['discarded']);
    }
  });

  it('sends in one APDU what fits with its header of 4 octets, and in segments what does not', () => {
    const client = new ClientTransactions(OWN);
    const whole = client.handle(requestOf(1, { payload: pattern(46) }), 0);
    expect(whole[0]).to.have.nested.property('apdu.payload').with.length(46);
    expect(whole[0]).to.not.have.nested.property('apdu.segment');
    const first = client.handle(requestOf(2, { payload: pattern(47) }), 0);
    expect(first[0]).to.have.nested.property('apdu.payload').with.length(44);
    expect(first[0]).to.have.nested.property('apdu.segment.moreFollows', true);
  });

  it('sends nothing that the peer cannot take, and says how much too long it is', () => {
    const unsendable: [number, Partial<Request>, number][] = [
      [51, { payload: pattern(47), peer: { ...PEER, segmentation: 'none' } }, 50],
      [51, { payload: pattern(47), peer: { ...PEER, segmentation: 'transmit' } }, 50],
      [4 * 44 + 5, { payload: pattern(4 * 44 + 1) }, 4 * 44 + 4],
      // A peer that does not say how many segments it takes is taken to take 2.
      [
        2 * 44 + 5,
        { payload: pattern(2 * 44 + 1), peer: { maxApdu: 50, segmentation: 'receive' } },
        2 * 44 + 4,
      ],
      [14, { payload: pattern(10), peer: { maxApdu: 5, segmentation: 'both' } }, 5],
    ];
    for (const [octets, changes, limit] of unsendable) {
      const client = new ClientTransactions(OWN);
      expect(client.handle(requestOf(1, changes), 0)).to.deep.equal([
        {
          kind: 'event',
          event: { kind: 'outcome', handle: 1, outcome: { kind: 'unsendable', octets, limit } },
        },
      ]);
      expect(client.outstanding).to.equal(0);
    }
    for (const segmentation of ['none', 'receive'] as const) {
      const client = new ClientTransactions({ ...OWN, limits: { maxApdu: 1476, segmentation } });
      const [, outcome] = outcomesIn(client.handle(requestOf(1, { payload: pattern(47) }), 0))[0]!;
      expect(outcome).to.deep.equal({ kind: 'unsendable', octets: 51, limit: 50 });
    }
  });

  it('sends as many segments as it takes to a peer that takes more than 64', () => {
    const client = new ClientTransactions(OWN);
    const peer = { ...PEER, maxSegments: 65 };
    expect(kindsIn(client.handle(requestOf(1, { payload: pattern(44 * 300), peer }), 0))).to.deep.equal([
      'confirmed-request',
    ]);
  });

  it('says what answer we take: max APDU, segments or none', () => {
    const apduFor = (own: OwnSide, changes: Partial<Request> = {}) => {
      const [output] = new ClientTransactions(own).handle(requestOf(1, changes), 0);
      if (output?.kind !== 'apdu' || output.apdu.type !== 'confirmed-request') throw new Error('no request');
      const { segmentedAnswerAccepted, maxSegments, maxApdu } = output.apdu;
      return [segmentedAnswerAccepted, maxSegments, maxApdu];
    };
    const with_ = (limits: ApduLimits): OwnSide => ({ ...OWN, limits });
    expect(apduFor(OWN)).to.deep.equal([true, 16, 1476]);
    expect(apduFor(OWN, { segmentedAnswer: false })).to.deep.equal([false, undefined, 1476]);
    expect(apduFor(OWN, { maxApduAccepted: 480 })).to.deep.equal([true, 16, 480]);
    expect(apduFor(with_({ maxApdu: 206, segmentation: 'transmit', maxSegments: 4 }))).to.deep.equal([
      false,
      undefined,
      206,
    ]);
    expect(apduFor(with_({ maxApdu: 206, segmentation: 'receive' }))).to.deep.equal([true, undefined, 206]);
  });

  it('uses each invoke id once at a time, and has an outcome when none is left', () => {
    const client = new ClientTransactions(OWN, 200);
    const ids = Array.from({ length: 255 }, (_, i) => invokeIdIn(client.handle(requestOf(i), 0)));
    expect(new Set(ids).size).to.equal(255);
    expect(ids[0]).to.equal(200);
    expect(outcomesIn(client.handle(requestOf(999), 0))).to.deep.equal([
      [999, { kind: 'abort', reason: 9, server: false }],
    ]);
    // Another peer has its own.
    expect(kindsIn(client.handle(requestOf(1000, { to: { link: ROUTER } }), 0))).to.deep.equal([
      'confirmed-request',
    ]);
  });

  it('lets the id of a request rest that ended without a clean answer: four APDU timeouts, 60 s at most', () => {
    const restOf = (apduTimeoutMs: number, end: (client: ClientTransactions, id: number) => void): number => {
      const client = new ClientTransactions(OWN, 7);
      const id = invokeIdIn(client.handle(requestOf(0, { timers: { apduTimeoutMs, retries: 1 } }), 0));
      end(client, id);
      for (let handle = 1; handle < 255; handle += 1) client.handle(requestOf(handle), 0);
      for (let now = 0; ; now += 1000) {
        if (kindsIn(client.handle(requestOf(1000 + now), now))[0] === 'confirmed-request') return now;
      }
    };
    const cancel = (client: ClientTransactions): void => void client.handle({ kind: 'cancel', handle: 0 }, 0);
    const answer = (client: ClientTransactions, id: number): void =>
      void client.handle({ kind: 'answer-apdu', from: TO, apdu: ackOf(id) }, 0);
    const repeatedAnswer = (client: ClientTransactions, id: number): void => {
      client.handle({ kind: 'tick' }, 2000);
      client.handle({ kind: 'answer-apdu', from: TO, apdu: ackOf(id) }, 2000);
    };
    expect(restOf(2000, cancel)).to.equal(8000);
    expect(restOf(20_000, cancel)).to.equal(60_000);
    expect(restOf(2000, answer)).to.equal(0);
    // It was asked twice: a second answer may be on its way.
    expect(restOf(2000, repeatedAnswer)).to.equal(10_000);
  });

  it('refuses a handle that has a request out, and touches nothing', () => {
    const client = new ClientTransactions(OWN);
    client.handle(requestOf(1), 0);
    expect(() => client.handle(requestOf(1), 0)).to.throw(EncodeError, 'handle 1');
    expect(client.outstanding).to.equal(1);
  });

  it('keeps what it has to repeat, though the caller uses its buffer again', () => {
    const client = new ClientTransactions(OWN);
    const payload = pattern(20);
    client.handle(requestOf(1, { payload }), 0);
    payload.fill(0);
    const [, output] = client.handle({ kind: 'tick' }, 1000);
    expect(output).to.have.nested.property('apdu.payload').that.deep.equals(pattern(20));
  });

  it('ends the requests whose network their router rejects, and only those', () => {
    const client = new ClientTransactions(OWN);
    client.handle(requestOf(1, { to: { link: ROUTER, network: 7, mac: '01' } }), 0);
    client.handle(requestOf(2, { to: { link: ROUTER, network: 8, mac: '01' } }), 0);
    client.handle(requestOf(3, { to: { link: '10.0.0.9:47808', network: 7, mac: '01' } }), 0);
    client.handle(requestOf(4, { to: { link: ROUTER } }), 0);
    const outputs = client.handle({ kind: 'network-reject', router: ROUTER, network: 7, reason: 1 }, 1);
    expect(outcomesIn(outputs)).to.deep.equal([[1, { kind: 'network-reject', network: 7, reason: 1 }]]);
    expect(client.outstanding).to.equal(3);
  });

  it('takes the longest request for the one that is too long for its network, and never one that all carry', () => {
    const client = new ClientTransactions(OWN);
    const to = (mac: string): Address => ({ link: ROUTER, network: 7, mac });
    const peer = { ...PEER, maxApdu: 480 };
    client.handle(requestOf(1, { to: to('01') }), 0);
    client.handle(requestOf(2, { to: to('02'), peer, payload: pattern(300) }), 0);
    client.handle(requestOf(3, { to: to('03'), peer, payload: pattern(200) }), 0);
    const reject = (): [number, Outcome][] =>
      outcomesIn(client.handle({ kind: 'network-reject', router: ROUTER, network: 7, reason: 4 }, 1));
    const outcome: Outcome = { kind: 'network-reject', network: 7, reason: 4 };
    expect(reject()).to.deep.equal([[2, outcome]]);
    expect(reject()).to.deep.equal([[3, outcome]]);
    expect(reject(), 'a duplicate of it is about none of ours').to.deep.equal([]);
    expect(client.outstanding).to.equal(1);
  });

  it('holds requests to a busy router, new ones too, and sends them when it is available', () => {
    const client = new ClientTransactions(OWN);
    const to: Address = { link: ROUTER, network: 7, mac: '01' };
    client.handle(requestOf(1, { to }), 0);
    client.handle({ kind: 'router-busy', router: ROUTER, networks: [7] }, 100);
    expect(kindsIn(client.handle(requestOf(2, { to }), 200))).to.deep.equal(['heard']);
    expect(client.handle({ kind: 'tick' }, 20_000)).to.deep.equal([]);
    expect(client.nextDeadline()).to.equal(30_100);
    const outputs = client.handle({ kind: 'router-available', router: ROUTER, networks: [7] }, 20_000);
    expect(kindsIn(outputs)).to.deep.equal(['retried', 'confirmed-request', 'confirmed-request']);
    expect(kindsIn(client.handle(requestOf(3, { to }), 20_001))).to.deep.equal(['confirmed-request']);
  });

  it('sends them after 30 s when the router never says that it is available', () => {
    const client = new ClientTransactions(OWN);
    client.handle({ kind: 'router-busy', router: ROUTER, networks: [] }, 0);
    client.handle(requestOf(1, { to: { link: ROUTER, network: 7, mac: '01' } }), 0);
    expect(client.handle({ kind: 'tick' }, 29_999)).to.deep.equal([]);
    expect(kindsIn(client.handle({ kind: 'tick' }, 30_000))).to.deep.equal(['confirmed-request']);
  });

  it('has no outcome for what was never asked', () => {
    const client = new ClientTransactions(OWN);
    expect(client.handle({ kind: 'cancel', handle: 4 }, 0)).to.deep.equal([]);
    expect(client.handle({ kind: 'tick' }, 0)).to.deep.equal([]);
  });
});
