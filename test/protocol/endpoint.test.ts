// The endpoint: requests and answers between two of them. What it makes of routers and broadcasts is in
// endpoint-network.test.ts, of a bad link in endpoint-loss.test.ts, of hostile datagrams in
// endpoint-fuzz.test.ts.

import { expect } from 'chai';
import type { EndpointOptions } from '../../protocol/index.js';
import { encodeApdu, encodeBvll, EncodeError, Endpoint } from '../../protocol/index.js';
import { apduOf, CLIENT, endpointOptions, Pair, pattern, SERVER } from '../support/pair.js';

const ACK = (payload: Uint8Array) => ({ kind: 'complex-ack', payload }) as const;

function outcomeOf(pair: Pair, handle = 1) {
  const outcome = pair.outcomes.get(handle);
  if (outcome === undefined) throw new Error('the request has no outcome');
  return outcome;
}

function payloadOf(pair: Pair, handle = 1): Uint8Array {
  const outcome = outcomeOf(pair, handle);
  if (outcome.kind !== 'ack') throw new Error(`no ack but ${JSON.stringify(outcome)}`);
  return outcome.payload;
}

describe('endpoint', () => {
  it('carries an unsegmented request and its answer', () => {
    const pair = new Pair();
    pair.answer = (payload) => ACK(payload);
    pair.request(1, pattern(300));
    pair.run();
    expect(payloadOf(pair)).to.deep.equal(pattern(300));
    expect(pair.sent).to.have.length(2);
  });

  it('sends the same APDU again under the same invoke id after silence, and no more than it was told', () => {
    const pair = new Pair();
    pair.fate = ({ from }) => (from === CLIENT ? [] : [5]);
    pair.request(1, pattern(10));
    pair.run();
    expect(outcomeOf(pair)).to.deep.equal({ kind: 'timeout', attempts: 4 });
    expect(pair.sent).to.have.length(4);
    for (const { apdu } of pair.sent) expect(apdu).to.deep.equal(pair.sent[0]?.apdu);
    expect(pair.now).to.equal(4000);
  });

  it('never repeats a request that was given no retries', () => {
    const pair = new Pair();
    pair.fate = () => [];
    pair.request(1, pattern(10), { timers: { retries: 0 } });
    pair.run();
    expect(pair.sent).to.have.length(1);
    expect(outcomeOf(pair)).to.deep.equal({ kind: 'timeout', attempts: 1 });
  });

  for (const window of [1, 2, 3, 16, 127]) {
    it(`moves messages of more than 256 segments both ways with window ${window}`, () => {
      const options = endpointOptions({
        limits: { maxApdu: 50, segmentation: 'both', maxSegments: 65 },
        windowSize: window,
      });
      const pair = new Pair({ [CLIENT]: options, [SERVER]: options });
      pair.answer = (payload) => ACK(payload);
      pair.request(1, pattern(14_000), { peer: { maxApdu: 50, segmentation: 'both', maxSegments: 65000 } });
      pair.run();
      expect(payloadOf(pair)).to.deep.equal(pattern(14_000));
    });
  }

  it('proposes the window that is asked for, for this request alone, and refuses one that cannot be', () => {
    const limits = { maxApdu: 50, segmentation: 'both', maxSegments: 65 } as const;
    const pair = new Pair({
      [CLIENT]: endpointOptions({ limits, windowSize: 4 }),
      [SERVER]: endpointOptions({ limits, windowSize: 127 }),
    });
    pair.answer = () => ACK(pattern(10));
    for (const [handle, windowSize, proposed] of [
      [1, 40, 40],
      [2, undefined, 4],
    ] as const) {
      pair.sent.length = 0;
      pair.request(handle, pattern(3000), {
        peer: limits,
        ...(windowSize === undefined ? {} : { windowSize }),
      });
      pair.run();
      const windows = pair.sent.flatMap(({ apdu }) =>
        apdu.type === 'confirmed-request' && apdu.segment !== undefined ? [apdu.segment.window] : [],
      );
      expect(new Set(windows)).to.deep.equal(new Set([proposed]));
    }
    for (const windowSize of [0, 128])
      expect(() => pair.request(3, pattern(3000), { peer: limits, windowSize })).to.throw(EncodeError);
  });

  it('never sends an APDU that is longer than the peer takes, header and all', () => {
    for (const maxApdu of [50, 128, 206, 480, 1024, 1476]) {
      const limits = { maxApdu, segmentation: 'both', maxSegments: 65 } as const;
      const pair = new Pair({ [CLIENT]: endpointOptions({ limits }), [SERVER]: endpointOptions() });
      pair.answer = () => ACK(pattern(9_999));
      let longest = 0;
      pair.fate = ({ octets }) => {
        longest = Math.max(longest, octets.length - 6);
        return [5];
      };
      pair.request(1, pattern(3_000), { peer: { ...limits, maxSegments: 100 } });
      pair.run();
      expect(payloadOf(pair)).to.have.length(9_999);
      expect(longest).to.equal(maxApdu);
    }
  });

  it('keeps two peers that answer at the same time apart', () => {
    const other = '10.0.0.3:47808';
    const limits = { maxApdu: 50, segmentation: 'both', maxSegments: 65 } as const;
    const options = endpointOptions({ limits });
    const pair = new Pair({ [CLIENT]: options, [SERVER]: options, [other]: options });
    pair.answer = (_payload, _service, at) => ACK(pattern(2000, at === other ? 99 : 1));
    pair.request(1, pattern(4));
    pair.request(2, pattern(4), { to: { link: other } });
    pair.run();
    expect(payloadOf(pair, 1)).to.deep.equal(pattern(2000, 1));
    expect(payloadOf(pair, 2)).to.deep.equal(pattern(2000, 99));
  });

  it('takes an answer only from the peer, the invoke id and the service that were asked', () => {
    const pair = new Pair();
    pair.fate = ({ from }) => (from === CLIENT ? [] : [5]);
    pair.request(1, pattern(4));
    const ack = (service: number, invokeId: number) =>
      Uint8Array.from([0x81, 0x0a, 0, 9, 1, 0, 0x20, invokeId, service]);
    pair.input(CLIENT, { kind: 'datagram', from: '10.0.0.9:47808', octets: ack(6, 1) });
    pair.input(CLIENT, { kind: 'datagram', from: SERVER, octets: ack(7, 1) });
    pair.input(CLIENT, { kind: 'datagram', from: SERVER, octets: ack(6, 2) });
    expect(pair.outcomes.size).to.equal(0);
    expect(pair.events.map(({ event }) => event.kind)).to.deep.equal(['discarded', 'discarded', 'discarded']);
    pair.input(CLIENT, { kind: 'datagram', from: SERVER, octets: ack(6, 1) });
    expect(outcomeOf(pair)).to.deep.include({ kind: 'ack', simple: true });
  });

  it('rests the invoke id of a request that was not answered, so that a late answer finds nobody', () => {
    const pair = new Pair();
    let late: Uint8Array | undefined;
    pair.answer = () => ACK(pattern(5));
    pair.fate = ({ from, octets }) => {
      if (from !== SERVER) return [5];
      late ??= octets;
      return [];
    };
    pair.request(1, pattern(4), { timers: { retries: 0 } });
    pair.run();
    expect(outcomeOf(pair).kind).to.equal('timeout');
    const first = pair.sent[0]?.apdu;
    for (let handle = 2; handle < 250; handle += 1) {
      pair.request(handle, pattern(4), { timers: { retries: 0 } });
      pair.input(CLIENT, { kind: 'cancel', handle });
    }
    pair.request(1000, pattern(4));
    const ids = pair.sent
      .filter(({ from }) => from === CLIENT)
      .map(({ apdu }) => ('invokeId' in apdu ? apdu.invokeId : 0));
    expect(new Set(ids).size).to.equal(ids.length);
    expect(ids).to.not.include(0);
    pair.input(CLIENT, { kind: 'datagram', from: SERVER, octets: late ?? new Uint8Array() });
    expect(pair.outcomes.get(1000)).to.equal(undefined);
    expect(first?.type).to.equal('confirmed-request');
  });

  it('executes a request once that is repeated while it is worked on', () => {
    const pair = new Pair();
    pair.fate = ({ from }) => (from === CLIENT ? [5, 5] : [5]);
    const seen: number[] = [];
    pair.answer = () => {
      seen.push(pair.now);
      return { kind: 'silence' };
    };
    const server = pair.node(SERVER);
    pair.request(1, pattern(4), { timers: { retries: 0 } });
    // The application takes its time: the second copy meets a transaction at work.
    const datagram = Uint8Array.from([0x81, 0x0a, 0, 12, 1, 4, 0, 5, 77, 6, 1, 2]);
    const first = server.handle({ kind: 'datagram', from: CLIENT, octets: datagram }, 0);
    const second = server.handle({ kind: 'datagram', from: CLIENT, octets: datagram }, 1);
    expect(first.filter((o) => o.kind === 'event' && o.event.kind === 'indication')).to.have.length(1);
    expect(second.filter((o) => o.kind === 'send' || o.event.kind !== 'discarded')).to.deep.equal([]);
  });

  it('gives the remembered answer to a repeated request when it is told to remember', () => {
    const pair = new Pair({
      [CLIENT]: endpointOptions(),
      [SERVER]: endpointOptions({ answerMemoryMs: 10_000 }),
    });
    pair.answer = () => ACK(pattern(8));
    pair.fate = ({ from, nth }) => (from === SERVER && nth === 1 ? [] : [5]);
    pair.request(1, pattern(4));
    pair.run();
    expect(payloadOf(pair)).to.deep.equal(pattern(8));
    expect(pair.indications).to.have.length(1);
  });

  it('aborts an answer that the client cannot take, and says why', () => {
    const small = { maxApdu: 50, segmentation: 'none' } as const;
    const pair = new Pair({ [CLIENT]: endpointOptions({ limits: small }), [SERVER]: endpointOptions() });
    pair.answer = () => ACK(pattern(48));
    pair.request(1, pattern(4));
    pair.run();
    expect(outcomeOf(pair)).to.deep.equal({ kind: 'abort', reason: 4, server: true });

    const few = { maxApdu: 50, segmentation: 'both', maxSegments: 2 } as const;
    const second = new Pair({ [CLIENT]: endpointOptions({ limits: few }), [SERVER]: endpointOptions() });
    second.answer = () => ACK(pattern(91));
    second.request(1, pattern(4));
    second.run();
    expect(outcomeOf(second)).to.deep.equal({ kind: 'abort', reason: 1, server: true });
  });

  it('sends nothing when a request fits neither one APDU nor the peer’s segments', () => {
    const pair = new Pair();
    pair.request(1, pattern(47), { peer: { maxApdu: 50, segmentation: 'none' } });
    pair.request(2, pattern(89), { peer: { maxApdu: 50, segmentation: 'receive', maxSegments: 2 } });
    expect(pair.outcomes.get(1)).to.deep.equal({ kind: 'unsendable', octets: 51, limit: 50 });
    expect(pair.outcomes.get(2)?.kind).to.equal('unsendable');
    expect(pair.sent).to.have.length(0);
    pair.request(3, pattern(88), { peer: { maxApdu: 50, segmentation: 'receive', maxSegments: 2 } });
    pair.run();
    expect(pair.outcomes.get(3)?.kind).to.equal('ack');
  });

  it('bounds the requests it works on, and aborts what is too much', () => {
    const pair = new Pair();
    const server = pair.node(SERVER);
    const outputs = Array.from({ length: 600 }, (_, i) =>
      server.handle(
        {
          kind: 'datagram',
          from: `10.0.${i >> 8}.${i & 255}:47808`,
          octets: Uint8Array.from([0x81, 0x0a, 0, 10, 1, 4, 0, 5, 1, 6]),
        },
        0,
      ),
    ).flat();
    expect(outputs.filter((o) => o.kind === 'event' && o.event.kind === 'indication')).to.have.length(512);
    const aborts = outputs.flatMap((o) => (o.kind === 'send' ? [apduOf(o.datagram)] : []));
    expect(aborts).to.have.length(88);
    expect(aborts[0]).to.deep.include({ type: 'abort', reason: 9, server: true });
  });

  it('takes answers that are longer than it said it accepts', () => {
    const pair = new Pair({
      [CLIENT]: endpointOptions({ limits: { maxApdu: 50, segmentation: 'none' } }),
    });
    pair.request(1, pattern(4));
    const apdu = encodeApdu({ type: 'complex-ack', invokeId: 1, service: 6, payload: pattern(1479) });
    const npdu = Uint8Array.from([1, 0, ...apdu]);
    const octets = encodeBvll({ kind: 'original-unicast', npdu });
    pair.input(CLIENT, { kind: 'datagram', from: SERVER, octets });
    expect(payloadOf(pair)).to.deep.equal(pattern(1479));
  });

  it('keeps what it was given, though the link uses its buffer again', () => {
    const pair = new Pair();
    const octets = Uint8Array.from([0x81, 0x0b, 0, 10, 1, 0, 0x10, 8, 0x09, 0x01]);
    pair.input(SERVER, { kind: 'datagram', from: CLIENT, octets });
    octets.fill(0xff);
    expect(pair.events[0]?.event).to.have.property('payload').that.deep.equals(Uint8Array.of(9, 1));
  });

  it('keeps an answer, whole or in segments, though the link uses one buffer for all of them', () => {
    const header = (...apdu: number[]): number[] => [0x81, 0x0a, 0, 6 + apdu.length, 1, 0, ...apdu];
    const answers = [
      [header(0x30, 1, 12, 7, 8, 9, 10)],
      [header(0x3c, 1, 0, 4, 12, 7, 8), header(0x38, 1, 1, 4, 12, 9, 10)],
    ];
    for (const datagrams of answers) {
      const endpoint = new Endpoint(endpointOptions());
      const peer = { maxApdu: 1476, segmentation: 'both' } as const;
      const to = { link: SERVER };
      endpoint.handle({ kind: 'request', handle: 1, to, service: 12, payload: pattern(1), peer }, 0);
      const buffer = new Uint8Array(64);
      const outputs = datagrams.flatMap((datagram) => {
        buffer.set(datagram);
        const octets = buffer.subarray(0, datagram.length);
        const said = endpoint.handle({ kind: 'datagram', from: SERVER, octets }, 0);
        buffer.fill(0xff);
        return said;
      });
      const event = outputs.flatMap((output) => (output.kind === 'event' ? [output.event] : [])).at(-1);
      expect(event)
        .to.have.nested.property('outcome.payload')
        .that.deep.equals(Uint8Array.of(7, 8, 9, 10));
    }
  });

  it('says of a request that has no encoding that it has none, and is as before', () => {
    const endpoint = new Endpoint(endpointOptions());
    const peer = { maxApdu: 1476, segmentation: 'both' } as const;
    const request = {
      kind: 'request',
      handle: 1,
      to: { link: SERVER },
      service: 12,
      payload: pattern(1),
      peer,
    } as const;
    const impossible = [
      { ...request, service: 256 },
      { ...request, maxApduAccepted: 49 },
      { ...request, priority: 4 },
      { ...request, to: { link: SERVER, network: 0, mac: '01' } },
    ];
    for (const input of impossible) expect(() => endpoint.handle(input, 0)).to.throw(EncodeError);
    expect(endpoint.nextDeadline()).to.equal(undefined);
    expect(endpoint.handle(request, 0)).to.have.length(1);
  });

  it('is not made with options that cannot be', () => {
    const impossible: Partial<EndpointOptions>[] = [
      { windowSize: 0 },
      { windowSize: 128 },
      { limits: { maxApdu: 49, segmentation: 'none' } },
      { limits: { maxApdu: 480, segmentation: 'both', maxSegments: 1 } },
      { firstInvokeId: 0 },
      { firstInvokeId: 256 },
      { foreign: { bbmd: SERVER, ttlSeconds: 0 } },
    ];
    for (const changes of impossible) {
      expect(() => new Endpoint(endpointOptions(changes)), JSON.stringify(changes)).to.throw(RangeError);
    }
  });
});
