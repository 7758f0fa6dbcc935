// World, its virtual-clock and its trace: time passes only by events, the same seed gives the same run,
// and a run that cannot end says so.

import { expect } from 'chai';
import { BROADCAST } from '../../../protocol/index.js';
import type { Sending, SimulatedNode } from '../../../simulator/types.js';
import { World, WorldStalled } from '../../../simulator/world/index.js';

const A = '10.0.0.1:47808';
const B = '10.0.0.2:47808';
const C = '10.0.1.3:47808';
const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** Answers each datagram with itself plus one octet, and beats every `beatMs`. */
class Echo implements SimulatedNode {
  readonly heard: [number, string, Uint8Array][] = [];
  readonly beatMs: number | undefined;
  beats = 0;
  #due: number | undefined;

  constructor(beatMs?: number) {
    this.beatMs = beatMs;
  }

  start(now: number): Sending[] {
    this.#due = this.beatMs === undefined ? undefined : now + this.beatMs;
    return [{ to: BROADCAST, datagram: octets(0xff) }];
  }

  receive(datagram: Uint8Array, from: string, now: number): Sending[] {
    this.heard.push([now, from, datagram]);
    return datagram.length < 4 ? [{ to: from, datagram: octets(...datagram, 1) }] : [];
  }

  tick(now: number): Sending[] {
    this.beats++;
    this.#due = now + (this.beatMs ?? 0);
    return [];
  }

  nextDeadline(): number | undefined {
    return this.#due;
  }
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** The one reply to one datagram. */
function ask(world: World, from: string, to: string, datagram: Uint8Array): Promise<Uint8Array> {
  const transport = world.transport(from);
  return new Promise((resolve) => {
    transport.onDatagram((reply) => {
      void transport.close();
      resolve(reply);
    });
    transport.send(datagram, to);
  });
}

describe('world', () => {
  describe('time', () => {
    it('jumps to the next event, so that a day of sleep takes no time', async () => {
      const world = new World();
      await world.run(world.clock.sleep(23 * 3_600_000));
      expect(world.clock.now()).to.equal(23 * 3_600_000);
      expect(world.clock.unixTime() - world.clock.now()).to.equal(Date.UTC(2026, 0, 1));
    });

    it('wakes sleepers in the order of their times', async () => {
      const world = new World();
      const woken: number[] = [];
      const sleep = async (ms: number): Promise<void> => {
        await world.clock.sleep(ms);
        woken.push(world.clock.now());
      };
      await world.run(Promise.all([sleep(30), sleep(10), sleep(20), sleep(0)]));
      expect(woken).to.deep.equal([0, 10, 20, 30]);
    });

    it('calls what is due after a time at that time, and nothing that was let go', async () => {
      const world = new World();
      const called: string[] = [];
      const note = (name: string) => () => called.push(`${name}@${world.clock.now()}`);
      world.clock.after(20, note('late'));
      world.clock.after(5, note('soon'));
      const letGo = world.clock.after(10, note('never'));
      world.clock.after(7, letGo);
      await world.advance(100);
      letGo();
      expect(called).to.deep.equal(['soon@5', 'late@20']);
    });

    it('ends a sleep with the reason of its signal, before or during it', async () => {
      const world = new World();
      const early = new AbortController();
      early.abort('early');
      expect(await failure(world.run(world.clock.sleep(10, early.signal)))).to.equal('early');
      const late = new AbortController();
      const sleeping = failure(world.clock.sleep(1000, late.signal));
      const aborting = world.clock.sleep(5).then(() => late.abort('late'));
      expect((await world.run(Promise.all([sleeping, aborting])))[0]).to.equal('late');
      expect(world.clock.now()).to.equal(5);
    });

    it('lets a given time pass', async () => {
      const world = new World();
      await world.advance(40);
      await world.advance(2);
      expect(world.clock.now()).to.equal(42);
    });
  });

  describe('runs', () => {
    it('gives what the promise gives, and throws what it throws', async () => {
      const world = new World();
      expect(await world.run(world.clock.sleep(1).then(() => 'done'))).to.equal('done');
      const thrown = world.clock.sleep(1).then(() => {
        throw new RangeError('no');
      });
      expect(await failure(world.run(thrown))).to.be.instanceOf(RangeError);
    });

    it('finds that nothing is left to happen', async () => {
      const world = new World();
      const error = await failure(world.run(new Promise(() => undefined)));
      expect(error).to.be.instanceOf(WorldStalled);
      expect((error as Error).message).to.contain('nothing is left to happen at 0 ms');
    });

    it('finds that the virtual limit has passed, and can go on afterwards', async () => {
      const world = new World();
      const long = world.clock.sleep(1000);
      const error = await failure(world.run(long, { limitMs: 999 }));
      expect(error).to.be.instanceOf(WorldStalled);
      expect(world.clock.now()).to.equal(999);
      await world.run(long);
      expect(world.clock.now()).to.equal(1000);
    });

    it('stops when a node is due for ever without letting time pass', async () => {
      const world = new World();
      world.add(new Echo(0), A);
      expect(await failure(world.advance(1))).to.be.instanceOf(WorldStalled);
    });

    it('refuses to run twice at once', async () => {
      const world = new World();
      const first = world.advance(1);
      expect(await failure(world.advance(1)))
        .to.have.property('message')
        .that.contains('already');
      await first;
    });
  });

  describe('network', () => {
    it('carries datagrams between nodes and transports, 1 ms each way', async () => {
      const world = new World();
      const echo = new Echo();
      world.add(echo, A);
      const reply = await world.run(ask(world, B, A, octets(7)));
      expect(reply).to.deep.equal(octets(7, 1));
      expect(world.clock.now()).to.equal(2);
      expect(echo.heard).to.deep.equal([[1, B, octets(7)]]);
    });

    it('carries a broadcast to everyone but its sender', async () => {
      const world = new World();
      const nodes = [new Echo(), new Echo(), new Echo()];
      nodes.forEach((node, i) => world.add(node, [A, B, C][i]!));
      world.transport('10.0.0.9:1').send(octets(1, 2, 3, 4), BROADCAST);
      await world.advance(5);
      for (const node of nodes)
        expect(node.heard.filter(([, from]) => from === '10.0.0.9:1')).to.have.length(1);
      expect(nodes[0]!.heard.some(([, from]) => from === A)).to.equal(false);
    });

    it('keeps broadcasts inside a subnet when there are subnets, and unicasts not', async () => {
      const world = new World({ subnet: (address) => address.split('.').slice(0, 3).join('.') });
      const [near, far] = [new Echo(), new Echo()];
      world.add(near, A);
      world.add(far, C);
      const transport = world.transport(B);
      transport.send(octets(1, 2, 3, 4), BROADCAST);
      transport.send(octets(4, 3, 2, 1), C);
      await world.advance(5);
      expect(near.heard.map(([, , o]) => o[0])).to.deep.equal([1]);
      expect(far.heard.map(([, , o]) => o[0])).to.deep.equal([4]);
    });

    it('sends what the octets were at that moment, even when the sender goes on using them', async () => {
      const world = new World();
      const echo = new Echo();
      world.add(echo, A);
      const buffer = octets(1, 2, 3, 4);
      world.transport(B).send(buffer, A);
      buffer.fill(9);
      await world.advance(2);
      expect(echo.heard[0]![2]).to.deep.equal(octets(1, 2, 3, 4));
    });

    it('wakes a node at its deadline', async () => {
      const world = new World();
      const echo = new Echo(100);
      world.add(echo, A);
      await world.advance(1050);
      expect(echo.beats).to.equal(10);
    });

    it('loses what goes to nobody, to a closed transport or to a removed node', async () => {
      const world = new World();
      const echo = new Echo(10);
      world.add(echo, A);
      const transport = world.transport(B);
      let heard = 0;
      transport.onDatagram(() => heard++);
      transport.send(octets(1), A);
      transport.send(octets(1), '10.9.9.9:1');
      world.remove(A);
      await world.advance(50);
      expect([echo.heard.length, echo.beats, heard]).to.deep.equal([0, 0, 0]);
      await transport.close();
      transport.send(octets(1), A);
      world.add(new Echo(), B);
    });

    it('refuses an address that is taken', () => {
      const world = new World();
      world.transport(A);
      expect(() => world.add(new Echo(), A)).to.throw('10.0.0.1:47808 is in use');
      expect(() => world.transport(A)).to.throw('in use');
    });

    it('no longer calls a listener that has left', async () => {
      const world = new World();
      const transport = world.transport(A);
      let heard = 0;
      const leave = transport.onDatagram(() => heard++);
      const other = world.transport(B);
      other.send(octets(1), A);
      await world.advance(2);
      leave();
      other.send(octets(1), A);
      await world.advance(2);
      expect(heard).to.equal(1);
    });

    it('changes links between two addresses, one way, while they are in use', async () => {
      const world = new World();
      const echo = new Echo();
      world.add(echo, A);
      await world.run(ask(world, B, A, octets(1)));
      world.setLink({ from: B }, { delayMs: 50 });
      world.setLink({ from: B, to: A }, { lossRate: 0 });
      const before = world.clock.now();
      await world.run(ask(world, B, A, octets(1)));
      expect(world.clock.now() - before).to.equal(51);
      world.setLink({ to: A }, { lossRate: 1 });
      expect(await failure(world.run(ask(world, B, A, octets(1))))).to.be.instanceOf(WorldStalled);
    });

    it('lets a tap see, drop and replace what is sent, until it leaves', async () => {
      const world = new World();
      const echo = new Echo();
      world.add(echo, A);
      const seen: string[] = [];
      const leave = world.onDatagram((o, from, to, now) => {
        seen.push(`${now} ${from} ${to} ${o.join(',')}`);
        if (o[0] === 1) return 'drop';
        return o[0] === 2 ? octets(20, 0, 0, 0) : undefined;
      });
      const transport = world.transport(B);
      for (const first of [1, 2, 3]) transport.send(octets(first, 0, 0, 0), A);
      await world.advance(2);
      leave();
      transport.send(octets(1, 0, 0, 0), A);
      await world.advance(2);
      expect(echo.heard.map(([, , o]) => o[0])).to.deep.equal([20, 3, 1]);
      expect(seen).to.deep.equal([`0 ${B} ${A} 1,0,0,0`, `0 ${B} ${A} 2,0,0,0`, `0 ${B} ${A} 3,0,0,0`]);
    });
  });

  describe('determinism', () => {
    const run = async (seed: number): Promise<string> => {
      const world = new World({
        seed,
        link: { jitterMs: 20, lossRate: 0.2, duplicateRate: 0.2, reorderRate: 0.2 },
      });
      world.add(new Echo(), A);
      const transport = world.transport(B);
      transport.onDatagram((o) =>
        transport.send(octets(world.random('client').below(250)), o.length > 3 ? A : BROADCAST),
      );
      for (let i = 0; i < 50; i++) transport.send(octets(i), A);
      await world.advance(500);
      return world.traceHash;
    };

    it('gives the same trace for the same seed, and another for another', async () => {
      const [one, again, other] = [await run(1), await run(1), await run(2)];
      expect(one)
        .to.equal(again)
        .and.match(/^[0-9a-f]{16}$/);
      expect(one).to.not.equal(other);
    });

    it('tells traces apart that differ in one octet, its time or its way', async () => {
      const trace = async (octet: number, to: string, waitMs: number): Promise<string> => {
        const world = new World();
        await world.advance(waitMs);
        world.transport(A).send(octets(1, octet), to);
        return world.traceHash;
      };
      const hashes = [await trace(0, B, 0), await trace(1, B, 0), await trace(0, C, 0), await trace(0, B, 1)];
      expect(new Set(hashes).size).to.equal(4);
    });

    it('keeps one generator per name', () => {
      const world = new World({ seed: 5 });
      const first = world.random('device').uint32();
      expect(world.random('device').uint32()).to.not.equal(first);
      expect(new World({ seed: 5 }).random('device').uint32()).to.equal(first);
    });
  });
});
