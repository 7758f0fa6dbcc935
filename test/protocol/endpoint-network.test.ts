// The endpoint and the layers below it: peers behind routers, what routers say, broadcasts, BBMDs, and links
// that are not B/IP.

import { expect } from 'chai';
import { decodeApdu, decodeNpdu, Endpoint } from '../../protocol/index.js';
import { CLIENT, endpointOptions, Pair, pattern, SERVER } from '../support/pair.js';

const ACK = (payload: Uint8Array) => ({ kind: 'complex-ack', payload }) as const;

function outcomeOf(pair: Pair, handle = 1) {
  const outcome = pair.outcomes.get(handle);
  if (outcome === undefined) throw new Error('the request has no outcome');
  return outcome;
}

describe('endpoint on the network', () => {
  it('reaches a device behind a router, and mirrors the way back', () => {
    const pair = new Pair();
    pair.request(1, pattern(4), { to: { link: SERVER, network: 2001, mac: '0a' } });
    const [datagram] = pair.sent;
    expect(datagram?.to).to.equal(SERVER);
    const routed = Uint8Array.from([0x81, 0x0a, 0, 13, 1, 8, 0x07, 0xd1, 1, 0x0a, 0x20, 1, 6]);
    const stranger = Uint8Array.from([0x81, 0x0a, 0, 13, 1, 8, 0x07, 0xd1, 1, 0x0b, 0x20, 1, 6]);
    pair.input(CLIENT, { kind: 'datagram', from: SERVER, octets: stranger });
    expect(pair.outcomes.size).to.equal(0);
    pair.input(CLIENT, { kind: 'datagram', from: SERVER, octets: routed });
    expect(outcomeOf(pair).kind).to.equal('ack');
  });

  it('ends the requests to a network that its router rejects, and no others', () => {
    const pair = new Pair();
    pair.fate = () => [];
    pair.request(1, pattern(4), { to: { link: SERVER, network: 2001, mac: '0a' } });
    pair.request(2, pattern(4), { to: { link: SERVER, network: 2002, mac: '0a' } });
    pair.request(3, pattern(4), { to: { link: '10.0.0.7:47808', network: 2001, mac: '0a' } });
    const reject = Uint8Array.from([0x81, 0x0a, 0, 10, 1, 0x80, 3, 1, 0x07, 0xd1]);
    pair.input(CLIENT, { kind: 'datagram', from: SERVER, octets: reject });
    expect([...pair.outcomes]).to.deep.equal([[1, { kind: 'network-reject', network: 2001, reason: 1 }]]);
  });

  it('waits while a router is busy and goes on when it is free, without counting a retry', () => {
    const pair = new Pair();
    pair.fate = ({ nth, from }) => (nth === 1 && from === CLIENT ? [] : [5]);
    pair.request(1, pattern(4), { to: { link: SERVER, network: 2001, mac: '0a' }, timers: { retries: 1 } });
    const message = (type: number) => Uint8Array.from([0x81, 0x0a, 0, 9, 1, 0x80, type, 0x07, 0xd1]);
    pair.input(CLIENT, { kind: 'datagram', from: SERVER, octets: message(4) });
    pair.run(20_000);
    expect(pair.outcomes.size).to.equal(0);
    expect(pair.sent).to.have.length(1);
    pair.now = 20_000;
    pair.input(CLIENT, { kind: 'datagram', from: SERVER, octets: message(5) });
    pair.run(20_900);
    expect(pair.sent.filter(({ from }) => from === CLIENT)).to.have.length(2);
  });

  it('ignores confirmed requests that were broadcast', () => {
    const pair = new Pair();
    const octets = Uint8Array.from([0x81, 0x0b, 0, 12, 1, 4, 0, 5, 77, 6, 1, 2]);
    pair.input(SERVER, { kind: 'datagram', from: CLIENT, octets });
    expect(pair.indications).to.have.length(0);
    expect(pair.sent).to.have.length(0);
  });

  it('answers the origin of a Forwarded-NPDU, not the BBMD that carried it', () => {
    const pair = new Pair();
    const octets = Uint8Array.from([0x81, 0x04, 0, 16, 10, 0, 0, 9, 0xba, 0xc0, 1, 0, 0x10, 8, 0x09, 0x01]);
    pair.input(SERVER, { kind: 'datagram', from: '10.0.0.254:47808', octets });
    expect(pair.events[0]?.event).to.deep.include({
      kind: 'unconfirmed',
      service: 8,
      from: { link: '10.0.0.9:47808' },
    });
  });

  it('registers as a foreign device, renews in time, and sends broadcasts through the BBMD', () => {
    const bbmd = '10.0.0.254:47808';
    const options = endpointOptions({ foreign: { bbmd, ttlSeconds: 60 } });
    const pair = new Pair({ [CLIENT]: options });
    const outgoing: string[] = [];
    pair.fate = ({ octets, to }) => {
      outgoing.push(`${pair.now} ${to} ${octets[1]}`);
      return [];
    };
    const nak = Uint8Array.from([0x81, 0, 0, 6, 0, 0x30]);
    const ok = Uint8Array.from([0x81, 0, 0, 6, 0, 0]);
    pair.input(CLIENT, { kind: 'start' });
    pair.input(CLIENT, { kind: 'datagram', from: bbmd, octets: nak });
    pair.run(3_000);
    pair.input(CLIENT, { kind: 'datagram', from: '10.0.0.66:47808', octets: ok });
    pair.input(CLIENT, { kind: 'datagram', from: bbmd, octets: ok });
    pair.run(40_000);
    pair.input(CLIENT, {
      kind: 'unconfirmed',
      to: { broadcast: 'global' },
      service: 8,
      payload: new Uint8Array(),
    });
    expect(outgoing.slice(0, 3)).to.deep.equal([`0 ${bbmd} 5`, `2000 ${bbmd} 5`, `32000 ${bbmd} 5`]);
    expect(outgoing.at(-1)).to.match(/ 10\.0\.0\.254:47808 9$/);
    const results = pair.events.map(({ event }) =>
      event.kind === 'foreign' ? event.registered : event.kind,
    );
    expect(results).to.deep.equal([false, 'discarded', true]);
  });

  it('sets the expecting-reply bit on requests and on segments that want an acknowledgement, and nowhere else', () => {
    const limits = { maxApdu: 50, segmentation: 'both', maxSegments: 65 } as const;
    const options = endpointOptions({ limits, windowSize: 1 });
    const pair = new Pair({ [CLIENT]: options, [SERVER]: options });
    pair.answer = () => ACK(pattern(100));
    const bits = new Set<string>();
    pair.fate = ({ octets }) => {
      const { content, expectingReply } = decodeNpdu(octets.subarray(4));
      if (content.kind === 'apdu') bits.add(`${decodeApdu(content.apdu).type} ${expectingReply}`);
      return [5];
    };
    pair.request(1, pattern(100), { peer: limits });
    pair.run();
    pair.input(CLIENT, { kind: 'unconfirmed', to: { broadcast: 'local' }, service: 8, payload: pattern(0) });
    expect([...bits].sort()).to.deep.equal([
      'complex-ack true',
      'confirmed-request true',
      'segment-ack false',
      'unconfirmed-request false',
    ]);
  });

  it('answers a client behind a router through that router, with its priority', () => {
    const pair = new Pair();
    const request = [0x01, 0x0e, 0x07, 0xd1, 1, 0x0a, 0x00, 0x05, 9, 6, 1, 2];
    const [output, ...more] = pair
      .node(SERVER)
      .handle({ kind: 'datagram', from: CLIENT, octets: Uint8Array.from([0x81, 0x0a, 0, 16, ...request]) }, 0)
      .flatMap((o) =>
        o.kind === 'event' && o.event.kind === 'indication'
          ? pair
              .node(SERVER)
              .handle({ kind: 'answer', handle: o.event.handle, answer: { kind: 'simple-ack' } }, 0)
          : [o],
      );
    expect(more).to.deep.equal([]);
    expect(output).to.deep.equal({
      kind: 'send',
      to: CLIENT,
      datagram: Uint8Array.from([0x81, 0x0a, 0, 14, 1, 0x22, 0x07, 0xd1, 1, 0x0a, 0xff, 0x20, 9, 6]),
    });
  });

  it('passes network messages on, its own broadcasts too, and answers none', () => {
    const pair = new Pair();
    pair.input(SERVER, {
      kind: 'network-message',
      to: { broadcast: 'local' },
      message: { kind: 'what-is-network-number' },
    });
    const octets = Uint8Array.from([0x81, 0x0b, 0, 7, 1, 0x80, 0x12]);
    pair.input(SERVER, { kind: 'datagram', from: SERVER, octets });
    const whoIs = Uint8Array.from([0x81, 0x0b, 0, 8, 1, 0, 0x10, 8]);
    pair.input(SERVER, { kind: 'datagram', from: SERVER, octets: whoIs });
    expect(pair.events.map(({ event }) => event)).to.deep.equal([
      { kind: 'network-message', from: { link: SERVER }, message: { kind: 'what-is-network-number' } },
      { kind: 'unconfirmed', from: { link: SERVER }, service: 8, payload: new Uint8Array(0) },
    ]);
    expect(pair.sent).to.have.length(0);
  });

  it('refuses to be taken for a BBMD', () => {
    const server = new Endpoint(endpointOptions());
    const octets = Uint8Array.from([0x81, 0x05, 0, 6, 0, 60]);
    expect(server.handle({ kind: 'datagram', from: CLIENT, octets }, 0)[0]).to.deep.equal({
      kind: 'send',
      to: CLIENT,
      datagram: Uint8Array.from([0x81, 0, 0, 6, 0, 0x30]),
    });
  });

  it('speaks bare NPDUs on other links', () => {
    const endpoint = new Endpoint(endpointOptions({ framing: 'npdu' }));
    const peer = { maxApdu: 480, segmentation: 'none' } as const;
    const [request] = endpoint.handle(
      { kind: 'request', handle: 1, to: { link: '05' }, service: 12, payload: Uint8Array.of(7), peer },
      0,
    );
    expect(request).to.deep.equal({
      kind: 'send',
      to: '05',
      datagram: Uint8Array.from([1, 4, 0x02, 0x75, 1, 12, 7]),
    });
    const [answer] = endpoint.handle(
      { kind: 'datagram', from: '05', octets: Uint8Array.from([1, 0, 0x20, 1, 12]) },
      1,
    );
    expect(answer).to.have.nested.property('event.outcome.kind', 'ack');
  });
});
