// A client as a whole: closing, hostile datagrams, and many devices at once.

import { expect } from 'chai';

import { encodeReadPropertyAck, type ConfirmedRequest } from '../../../protocol/index.js';
import { SeededRandom } from '../../../simulator/index.js';
import { complexAck, deviceAnswers, frame, limitsOf, type Peer } from './peer.js';
import { CLIENT, type ClientWorld, clientWorld, DEVICE, engineError, OTHER } from './set-up.js';

const OBJECT = { type: 10, instance: 1 };

async function bound(all: ClientWorld, link = DEVICE) {
  const peer = all.peer(link, { confirmed: deviceAnswers(7, limitsOf(1476, 0)) });
  const device = await all.run(all.client.device(`7@${link}`));
  return { peer, device };
}

/** The peer answers each read `delayMs` later with the number of the property. */
function answerLate({ clock }: ClientWorld, peer: Peer, delayMs: number): void {
  const late = async (request: ConfirmedRequest): Promise<void> => {
    const property = request.payload.at(-1) ?? 0;
    await clock.sleep(delayMs);
    const ack = { object: OBJECT, property, values: [{ type: 'unsigned', value: property }] } as const;
    peer.send(complexAck(request, encodeReadPropertyAck(ack)), CLIENT);
  };
  peer.script = { confirmed: (request) => void late(request) };
}

describe('a client', () => {
  it('rejects everything that runs or waits with cancelled when it is closed, and waits for nothing more', async () => {
    const all = clientWorld();
    const { client, run, clock, sent } = all;
    const { peer, device } = await bound(all);
    peer.script = {};
    const running = engineError(device.readProperty(OBJECT, 42), 'cancelled');
    const waiting = engineError(
      device.readFile({ file: OBJECT, access: 'stream', start: 0, count: 1 }),
      'cancelled',
    );
    const release = engineError(device.reinitialize(3, undefined, { priority: 'release' }), 'cancelled');
    await run(clock.sleep(100));
    const before = sent.length;
    await client.close();
    for (const error of await run(Promise.all([running, waiting, release]))) {
      expect(error.message).to.equal('The client was closed.');
    }
    await run(clock.sleep(60_000));
    expect(sent.length).to.equal(before);
    expect(clock.pending).to.equal(0);
    await engineError(device.readProperty(OBJECT, 42), 'cancelled');
    await client.close();
  });

  it('gives its address free when it is closed', async () => {
    const { world, client } = clientWorld();
    expect(() => world.transport(CLIENT)).to.throw('in use');
    await client.close();
    expect(world.transport(CLIENT).localAddress).to.equal(CLIENT);
  });

  it('has one sleep pending while a request runs, and none while none does', async () => {
    const all = clientWorld();
    const { peer, device } = await bound(all);
    expect(all.clock.pending).to.equal(0);
    answerLate(all, peer, 0);
    await all.run(device.readProperty(OBJECT, 42));
    expect(all.clock.pending).to.equal(0);
    expect(all.clock.most).to.be.at.most(2);
  });

  it('asks devices of different lanes at the same time, and each lane one after the other', async () => {
    const all = clientWorld();
    const [a, b] = [await bound(all, DEVICE), await bound(all, OTHER)];
    for (const { peer } of [a, b]) answerLate(all, peer, 100);
    all.sent.length = 0;
    const start = all.clock.now();
    await all.run(Promise.all([a, a, b, b].map(({ device }, at) => device.readProperty(OBJECT, at + 1))));
    expect(all.sent.map(({ at, to }) => `${to}@${at - start}`)).to.deep.equal([
      `${DEVICE}@0`,
      `${OTHER}@0`,
      `${DEVICE}@102`,
      `${OTHER}@102`,
    ]);
  });

  it('starts its invoke ids where chance says, so that two runs in a row do not meet', async () => {
    const first = async (seed: number): Promise<number> => {
      const all = clientWorld({}, { seed });
      const { peer } = await bound(all);
      return peer.heard[0]!.request.invokeId;
    };
    const ids = await Promise.all([1, 2, 3, 4, 5].map(first));
    expect(new Set(ids).size).to.be.greaterThan(2);
    for (const id of ids) expect(id).to.be.within(1, 255);
  });

  it('is not disturbed by 100,000 hostile datagrams: every running request gets its own answer', async function () {
    this.timeout(60_000);
    const all = clientWorld({ localInstance: 99 });
    const { world, clock, run, sent, warnings } = all;
    const { peer, device } = await bound(all);
    answerLate(all, peer, 10);
    const random = new SeededRandom('hostile');
    const hostile = world.transport('10.0.0.66:47808');
    let flooding = true;
    const flood = async (): Promise<number> => {
      let count = 0;
      for (; count < 100_000; count++) {
        const own = sent[random.below(sent.length)]!.octets;
        hostile.send(hostileDatagram(random, own), CLIENT);
        if (count % 20 === 0) await clock.sleep(1);
      }
      flooding = false;
      return count;
    };
    const ask = async (): Promise<number> => {
      let answered = 0;
      for (; flooding; answered++) {
        const property = 1 + (answered % 100);
        expect(await device.readProperty(OBJECT, property, { retries: 0 })).to.deep.equal({
          ok: true,
          value: [{ type: 'unsigned', value: property }],
        });
      }
      return answered;
    };
    const [answered, sentCount] = await run(Promise.all([ask(), flood()]));
    expect(sentCount).to.equal(100_000);
    expect(answered).to.be.greaterThan(300);
    expect(warnings).to.deep.equal([]);
    await all.client.close();
    await run(clock.sleep(1));
    expect(clock.pending).to.equal(0);
  });
});

/** Noise, mutated frames of our own, and well-formed answers to transactions that were never ours. */
function hostileDatagram(random: SeededRandom, own: Uint8Array): Uint8Array {
  const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.below(256));
  switch (random.below(4)) {
    case 0:
      return noise(random.below(64));
    case 1: {
      const length = random.below(40);
      return Uint8Array.of(0x81, random.below(13), 0, length + 4, ...noise(length));
    }
    case 2: {
      const mutated = own.slice();
      for (let flips = 1 + random.below(4); flips > 0; flips--)
        mutated[random.below(mutated.length)] = random.below(256);
      return mutated;
    }
    default: {
      const invokeId = random.below(256);
      const payload = noise(random.below(30));
      const service = random.below(30);
      const segment = { sequence: random.below(256), window: random.below(256), moreFollows: true };
      switch (random.below(6)) {
        case 0:
          return frame({ type: 'simple-ack', invokeId, service });
        case 1:
          return frame({ type: 'complex-ack', invokeId, service, payload });
        case 2:
          return frame({ type: 'complex-ack', invokeId, service, payload, segment });
        case 3:
          return frame({ type: 'abort', invokeId, server: true, reason: random.below(12) });
        case 4:
          return frame({
            type: 'segment-ack',
            negative: false,
            server: true,
            invokeId,
            sequence: 0,
            window: 1,
          });
        default:
          return frame({ type: 'reject', invokeId, reason: random.below(10) });
      }
    }
  }
}
