// Hostile datagrams at endpoints that are at work: whatever comes gives events or nothing, never an exception,
// and every transaction that was under way ends as if nothing had come.

import { expect } from 'chai';
import type { Apdu } from '../../protocol/index.js';
import { apduOf, endpointOptions, Pair, pattern } from '../support/pair.js';

const LIMITS = { maxApdu: 50, segmentation: 'both', maxSegments: 65 } as const;
const OPTIONS = endpointOptions({ limits: LIMITS, windowSize: 4 });
const FRAMES = 50_000;

const ME = '10.0.0.1:47808';
const OTHER = '10.0.0.2:47808';

/** Numbers below a limit, the same ones in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Real frames of every kind: what two endpoints say to each other in segments, and network messages. */
function realFrames(): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const pair = new Pair({ [ME]: OPTIONS, [OTHER]: OPTIONS });
  pair.answer = (payload, service) =>
    service === 7 ? { kind: 'error', errorClass: 2, errorCode: 31 } : { kind: 'complex-ack', payload };
  pair.fate = ({ octets }) => {
    frames.push(octets);
    return [5];
  };
  pair.request(1, pattern(500), { to: { link: OTHER }, peer: LIMITS });
  pair.request(2, pattern(9), { to: { link: OTHER, network: 2001, mac: '0a' } });
  pair.request(3, pattern(9), { to: { link: OTHER }, service: 7 });
  pair.input(ME, { kind: 'unconfirmed', to: { broadcast: 'global' }, service: 8, payload: pattern(4) });
  for (const message of [
    { kind: 'reject-message-to-network', reason: 1, network: 2001 },
    { kind: 'router-busy-to-network', networks: [] },
    { kind: 'i-am-router-to-network', networks: [1, 2, 3] },
  ] as const) {
    pair.input(ME, { kind: 'network-message', to: { link: OTHER }, message });
  }
  pair.run(1000);
  return frames;
}

/** A frame with some octets changed, cut or lengthened; sometimes nothing but noise. */
function mutate(frames: readonly Uint8Array[], random: (below: number) => number): Uint8Array {
  if (random(10) === 0) return Uint8Array.from({ length: random(70) }, () => random(256));
  const octets = Uint8Array.from(frames[random(frames.length)]!);
  for (let changes = random(4); changes > 0; changes -= 1) octets[random(octets.length)] = random(256);
  if (random(4) > 0) return octets;
  const length = random(octets.length + 8);
  const cut = Uint8Array.from({ length }, (_, i) => octets[i] ?? random(256));
  // Most of these die at the BVLL's length; some shall get further.
  if (random(2) === 0 && length > 3) cut[3] = length;
  return cut;
}

function apduIn(octets: Uint8Array): Apdu | undefined {
  try {
    return apduOf(octets);
  } catch {
    return undefined;
  }
}

/** Feeds mutated frames to one endpoint; none may look as if it came from a transaction at work. */
function feed(
  pair: Pair,
  link: string,
  peers: readonly string[],
  ids: ReadonlySet<number>,
  seed: number,
): void {
  const frames = realFrames();
  const random = generator(seed);
  const endpoint = pair.node(link);
  const seen = new Map<string, number>();
  for (let fed = 0; fed < FRAMES;) {
    const octets = mutate(frames, random);
    const strangers = ['10.0.0.9:47808', `10.1.0.${random(200)}:47808`];
    const from = [...peers, ...strangers][random(peers.length + 2)]!;
    const apdu = apduIn(octets);
    // From a peer and under an invoke id at work: that may rightly be taken for the peer's word.
    if (peers.includes(from) && apdu !== undefined && 'invokeId' in apdu && ids.has(apdu.invokeId)) continue;
    fed += 1;
    for (const output of endpoint.handle({ kind: 'datagram', from, octets }, pair.now)) {
      if (output.kind !== 'event') continue;
      const { event } = output;
      seen.set(event.kind, (seen.get(event.kind) ?? 0) + 1);
      expect(event.kind).to.not.equal('outcome');
      // Strangers' requests are answered, as an application would.
      if (event.kind !== 'indication') continue;
      const answer = { kind: 'complex-ack', payload: event.payload } as const;
      endpoint.handle({ kind: 'answer', handle: event.handle, answer }, pair.now);
    }
  }
  // The frames came through the lower layers, and meant something.
  for (const kind of ['indication', 'unconfirmed', 'network-message']) {
    expect(seen.get(kind) ?? 0, kind).to.be.greaterThan(FRAMES / 200);
  }
}

function expectEcho(pair: Pair, handle: number, octets: number): void {
  expect(pair.outcomes.get(handle), `request ${handle}`).to.have.property('kind', 'ack');
  expect(pair.outcomes.get(handle)).to.have.property('payload').that.deep.equals(pattern(octets, handle));
}

describe('endpoint-fuzz', () => {
  it(`is disturbed as a client by none of ${FRAMES} mutated frames, with requests in every state`, () => {
    const [late, sending, assembling] = ['10.0.0.2:47808', '10.0.0.3:47808', '10.0.0.4:47808'] as const;
    const peers = [late, sending, assembling];
    const pair = new Pair(Object.fromEntries([ME, ...peers].map((link) => [link, OPTIONS])));
    pair.answer = (payload) => ({ kind: 'complex-ack', payload });
    // The first datagram to this one is lost: its request waits for its timer.
    pair.fate = ({ to, nth }) => (to === late && nth < 10 ? [] : [5]);
    const ask = (handle: number, link: string, octets: number): void =>
      pair.request(handle, pattern(octets, handle), { to: { link }, peer: LIMITS });
    ask(1, late, 30);
    ask(2, assembling, 500);
    pair.at(30, () => ask(3, sending, 500));
    pair.run(59);
    expect(pair.outcomes.size).to.equal(0);
    const lastTo = (link: string) => pair.sent.filter(({ to }) => to === link).at(-1)?.apdu.type;
    expect([lastTo(assembling), lastTo(sending)]).to.deep.equal(['segment-ack', 'confirmed-request']);
    feed(pair, ME, peers, new Set([1, 2, 3]), 20261123);
    pair.run();
    expectEcho(pair, 1, 30);
    expectEcho(pair, 2, 500);
    expectEcho(pair, 3, 500);
  });

  it(`is disturbed as a server by none of ${FRAMES} mutated frames, with requests in every state`, () => {
    const server = '10.0.0.50:47808';
    const clients = ['10.0.0.2:47808', '10.0.0.3:47808', '10.0.0.4:47808'] as const;
    const pair = new Pair(Object.fromEntries([server, ...clients].map((link) => [link, OPTIONS])));
    pair.answer = (payload) => (payload.length === 30 ? undefined : { kind: 'complex-ack', payload });
    const ask = (handle: number, link: string, octets: number): void => {
      const payload = pattern(octets, handle);
      pair.input(link, {
        kind: 'request',
        handle,
        to: { link: server },
        service: 6,
        payload,
        peer: LIMITS,
        timers: { apduTimeoutMs: 5000 },
      });
    };
    ask(1, clients[0], 30);
    ask(2, clients[1], 500);
    pair.at(30, () => ask(3, clients[2], 500));
    pair.run(59);
    expect(pair.indications).to.have.length(2);
    feed(pair, server, clients, new Set([1]), 11232026);
    const { handle, payload } = pair.indications[0]!;
    pair.input(server, { kind: 'answer', handle, answer: { kind: 'complex-ack', payload } });
    pair.run();
    expectEcho(pair, 1, 30);
    expectEcho(pair, 2, 500);
    expectEcho(pair, 3, 500);
    expect(pair.indications).to.have.length(3);
  });

  it('has forgotten every request of strangers in the end', () => {
    const pair = new Pair({ [ME]: OPTIONS });
    const endpoint = pair.node(ME);
    feed(pair, ME, [], new Set(), 7);
    expect(endpoint.nextDeadline()).to.not.equal(undefined);
    for (let now = endpoint.nextDeadline(); now !== undefined; now = endpoint.nextDeadline()) {
      endpoint.handle({ kind: 'tick' }, now);
    }
  });
});
