// Driving an endpoint: deadlines, order, and what goes wrong.

import { expect } from 'chai';

import type { EndpointEvent } from '../../../protocol/index.js';
import { Pump } from '../../../src/client/pump.js';
import { World } from '../../../simulator/index.js';
import { countingClock } from './counting-clock.js';
import { ScriptedEndpoint } from './scripted-endpoint.js';

const HERE = '10.0.0.1:47808';
const THERE = '10.0.0.2:47808';

function setUp() {
  const world = new World();
  const clock = countingClock(world.clock);
  const endpoint = new ScriptedEndpoint();
  const transport = world.transport(HERE);
  const peer = world.transport(THERE);
  const events: EndpointEvent[] = [];
  const logged: string[] = [];
  const onEvent = { act: (event: EndpointEvent): void => void events.push(event) };
  const log = { log: (level: string, message: string): void => void logged.push(`${level}: ${message}`) };
  const pump = new Pump({ endpoint, clock, transport, log, onEvent: (event) => onEvent.act(event) });
  return { world, clock, endpoint, peer, pump, events, logged, onEvent };
}

const discarded = (reason: string): EndpointEvent => ({ kind: 'discarded', from: THERE, reason });

describe('the pump', () => {
  it('ticks the endpoint exactly when its deadline is due, once', async () => {
    const { world, endpoint, pump } = setUp();
    endpoint.deadline = 250;
    endpoint.react = ({ kind }) => {
      if (kind === 'tick') endpoint.deadline = undefined;
      return [];
    };
    pump.input({ kind: 'start' });
    await world.advance(10_000);
    expect(endpoint.seen).to.deep.equal(['start@0', 'tick@250']);
  });

  it('keeps at most one sleep pending, and none when the endpoint waits for nothing', async () => {
    const { world, clock, endpoint, pump } = setUp();
    for (const deadline of [500, 300, 400, 100, 600]) {
      endpoint.deadline = deadline;
      pump.input({ kind: 'tick' });
      await world.advance(1);
      expect(clock.pending).to.equal(1);
    }
    endpoint.deadline = undefined;
    pump.input({ kind: 'tick' });
    await world.advance(1);
    expect(clock.pending).to.equal(0);
  });

  it('is woken by an earlier deadline that appears while it sleeps, and still serves the later one', async () => {
    const { world, endpoint, pump } = setUp();
    endpoint.deadline = 5000;
    pump.input({ kind: 'start' });
    await world.advance(100);
    endpoint.deadline = 200;
    endpoint.react = (_, now) => {
      endpoint.deadline = now < 5000 ? (now >= 200 ? 5000 : 200) : undefined;
      return [];
    };
    pump.input({ kind: 'start' });
    await world.advance(10_000);
    expect(endpoint.seen).to.deep.equal(['start@0', 'start@100', 'tick@200', 'tick@5000']);
  });

  it('does not spin on a deadline that stays in the past', async () => {
    const { world, endpoint, pump } = setUp();
    endpoint.deadline = 0;
    pump.input({ kind: 'start' });
    await world.advance(100);
    expect(endpoint.inputs.length).to.be.at.most(102);
    pump.close();
  });

  it('hands datagrams in and datagrams out', async () => {
    const { world, endpoint, peer } = setUp();
    const heard: number[][] = [];
    peer.onDatagram((octets) => heard.push([...octets]));
    endpoint.react = (input) =>
      input.kind === 'datagram'
        ? [{ kind: 'send', to: input.from, datagram: Uint8Array.of(...input.octets, 9) }]
        : [];
    peer.send(Uint8Array.of(1, 2), HERE);
    await world.advance(10);
    expect(heard).to.deep.equal([[1, 2, 9]]);
  });

  it('keeps the order of outputs when an event causes an input at once', async () => {
    const { world, endpoint, peer, pump, onEvent } = setUp();
    const heard: number[] = [];
    peer.onDatagram((octets) => heard.push(octets[0] ?? -1));
    const send = (octet: number) => ({ kind: 'send', to: THERE, datagram: Uint8Array.of(octet) }) as const;
    endpoint.react = ({ kind }) =>
      kind === 'start' ? [{ kind: 'event', event: discarded('first') }, send(1), send(2)] : [send(3)];
    onEvent.act = () => pump.input({ kind: 'tick' });
    pump.input({ kind: 'start' });
    await world.advance(10);
    expect(heard).to.deep.equal([1, 2, 3]);
  });

  it('finishes one event before it begins the next, although the first causes an input', () => {
    const { endpoint, pump, onEvent } = setUp();
    const told: string[] = [];
    endpoint.react = ({ kind }) =>
      (kind === 'start' ? ['a', 'b'] : ['c']).map((name) => ({ kind: 'event', event: discarded(name) }));
    onEvent.act = (event) => {
      const name = event.kind === 'discarded' ? event.reason : '';
      told.push(`${name} begins`);
      if (name === 'a') pump.input({ kind: 'tick' });
      told.push(`${name} ends`);
    };
    pump.input({ kind: 'start' });
    expect(told).to.deep.equal(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('survives an endpoint or a listener that throws on a datagram, and says so in the log', async () => {
    const { world, endpoint, peer, pump, logged, onEvent, events } = setUp();
    endpoint.react = (input) => {
      if (input.kind !== 'datagram') return [];
      if (input.octets[0] === 1) throw new TypeError('defect');
      return [{ kind: 'event', event: discarded(String(input.octets[0])) }];
    };
    const record = onEvent.act;
    onEvent.act = (event) => {
      if (event.kind === 'discarded' && event.reason === '2') throw new TypeError('defect');
      record(event);
    };
    for (const octet of [1, 2, 3]) peer.send(Uint8Array.of(octet), HERE);
    await world.advance(10);
    expect(logged).to.deep.equal(Array(2).fill('error: A datagram could not be handled.'));
    expect(events).to.deep.equal([discarded('3')]);
    endpoint.deadline = world.clock.now() + 5;
    pump.input({ kind: 'start' });
    await world.advance(5);
    expect(endpoint.seen.at(-1)).to.match(/^tick/);
  });

  it('throws to its caller what the endpoint throws at an input of the caller', () => {
    const { endpoint, pump } = setUp();
    endpoint.react = () => {
      throw new RangeError('no such MAC');
    };
    expect(() => pump.input({ kind: 'start' })).to.throw(RangeError, 'no such MAC');
  });

  it('hears nothing, says nothing and waits for nothing once it is closed', async () => {
    const { world, clock, endpoint, peer, pump } = setUp();
    endpoint.deadline = 100;
    pump.input({ kind: 'start' });
    pump.close();
    peer.send(Uint8Array.of(1), HERE);
    pump.input({ kind: 'tick' });
    await world.advance(1000);
    expect(endpoint.seen).to.deep.equal(['start@0']);
    expect(clock.pending).to.equal(0);
  });
});
