// The router (router, bip-mac): what it passes on, with which addresses, how fast, and what it
// says when it does not.

import { expect } from 'chai';
import {
  decodeBvll,
  decodeNpdu,
  encodeBvll,
  encodeNpdu,
  type NetworkMessage,
  type Npdu,
  PropertyId as P,
} from '../../../protocol/index.js';
import { createDevice, deviceConfig, Router, World } from '../../../simulator/index.js';
import { bipFromMac, macFromBip } from '../../../simulator/network/bip-mac.js';
import { device, octets, ramp, shown } from '../support.js';
import { LIMITS, ROUTER, site } from './site.js';

/** Sends one NPDU to the router by hand, and gives what comes back to us, decoded. */
async function send(
  world: World,
  npdu: Npdu,
  how: 'original-unicast' | 'original-broadcast' = 'original-unicast',
): Promise<Npdu[]> {
  const transport = world.transport('10.0.0.99:47808');
  const heard: Npdu[] = [];
  transport.onDatagram((datagram) => {
    const message = decodeBvll(datagram);
    if ('npdu' in message) heard.push(decodeNpdu(message.npdu));
  });
  transport.send(encodeBvll({ kind: how, npdu: encodeNpdu(npdu) }), ROUTER);
  await world.advance(100);
  await transport.close();
  return heard;
}

const message = (content: NetworkMessage, destination?: { network: number; mac: string }): Npdu => ({
  priority: 0,
  expectingReply: false,
  ...(destination && { destination }),
  content: { kind: 'network-message', message: content },
});

/** ReadProperty of Object_Name of the wildcard device, to a MAC. */
const readName = (destination: { network: number; mac: string }, hopCount = 255, apduOctets = 0): Npdu => ({
  priority: 0,
  expectingReply: true,
  destination,
  hopCount,
  content: {
    kind: 'apdu',
    apdu:
      apduOctets > 0
        ? new Uint8Array(apduOctets).fill(0x10)
        : octets(0, 5, 9, 12, 0x0c, 2, 0x3f, 0xff, 0xff, 0x19, 77),
  },
});

describe('router', () => {
  it('carries requests to a MAC and the answers back', async () => {
    const { client, world } = site();
    const [one, two] = [client(2001, '01'), client(2001, '02')];
    expect(await one.value(device(4194303), P.objectIdentifier)).to.equal('8,1');
    expect(await two.value(device(4194303), P.objectIdentifier)).to.equal('8,2');
    expect(shown(await one.readFile(1, 'stream', 0, 3))).to.equal('0: 000102');
    expect(world.clock.now()).to.be.greaterThan(30);
  });

  it('answers from the network and MAC of the device, with everything that the asker needs', async () => {
    const { world } = site();
    await world.advance(100);
    const heard = await send(world, readName({ network: 2001, mac: '02' }));
    expect(heard).to.have.length(1);
    expect(heard[0]!.source).to.deep.equal({ network: 2001, mac: '02' });
    expect(heard[0]!.destination).to.equal(undefined);
  });

  it('gives the device the asker as source: network 1 and its six octets', async () => {
    const world = new World();
    const router = new Router({ lanes: [{ network: 2001 }], localNetwork: 77 });
    const seen: Npdu[] = [];
    router.attach(2001, '05', {
      start: () => [],
      receive: (datagram) => {
        seen.push(decodeNpdu(datagram));
        return [];
      },
      tick: () => [],
      nextDeadline: () => undefined,
    });
    world.add(router, ROUTER);
    await send(world, readName({ network: 2001, mac: '05' }));
    const [request] = seen.filter((npdu) => npdu.content.kind === 'apdu');
    expect(request!.source).to.deep.equal({ network: 77, mac: '0a000063bac0' });
    expect(request!.destination).to.equal(undefined);
    expect(request!.hopCount).to.equal(undefined);
    expect(request!.expectingReply).to.equal(true);
  });

  it('brings the I-Ams of its devices to everyone when it starts, and Who-Is to all of them', async () => {
    const { client, world } = site([{ network: 2001 }, { network: 2002 }]);
    const asker = client(2001, '01');
    await world.advance(200);
    expect(asker.announcements.map((a) => a.device)).to.have.members([1, 2, 11, 12]);
    asker.announcements.length = asker.announcedFrom.length = 0;
    asker.whoIs();
    await world.advance(200);
    expect(asker.announcements.map((a) => a.device)).to.have.members([1, 2, 11, 12]);
    expect(asker.announcedFrom).to.deep.include({ link: ROUTER, network: 2002, mac: '02' });
  });

  it('brings a broadcast for one network to that network alone', async () => {
    const { client, world } = site([{ network: 2001 }, { network: 2002 }]);
    const asker = client(2001, '01');
    await world.advance(200);
    asker.announcements.length = 0;
    asker.whoIs({}, { broadcast: 2002 });
    await world.advance(200);
    expect(asker.announcements.map((a) => a.device)).to.have.members([11, 12]);
  });

  it('does not pass on local broadcasts', async () => {
    const { client, world } = site();
    const asker = client(2001, '01');
    await world.advance(200);
    asker.announcements.length = 0;
    asker.whoIs({}, { broadcast: 'local' });
    await world.advance(200);
    expect(asker.announcements).to.have.length(0);
  });

  it('brings messages from one lane to another', async () => {
    const world = new World();
    const router = new Router({ lanes: [{ network: 2001 }, { network: 2002 }] });
    const heard: Npdu[] = [];
    const talker = {
      start: () => [{ to: '00', datagram: encodeNpdu(readName({ network: 2002, mac: '01' })) }],
      receive: (datagram: Uint8Array) => {
        heard.push(decodeNpdu(datagram));
        return [];
      },
      tick: () => [],
      nextDeadline: () => undefined,
    };
    router.attach(2001, '07', talker);
    router.attach(
      2002,
      '01',
      createDevice(deviceConfig({ instance: 9, limits: LIMITS }), { framing: 'npdu' }),
    );
    world.add(router, ROUTER);
    await world.advance(200);
    const answers = heard.filter((npdu) => npdu.content.kind === 'apdu' && npdu.content.apdu[0] === 0x30);
    expect(answers.map((npdu) => npdu.source)).to.deep.equal([{ network: 2002, mac: '01' }]);
  });

  describe('says which networks it reaches', () => {
    it('when it starts, and when asked for all', async () => {
      const { listener: asker, world } = site([{ network: 2001 }, { network: 2002 }]);
      await world.advance(50);
      const routes: NetworkMessage = { kind: 'i-am-router-to-network', networks: [2001, 2002] };
      expect(asker.networkMessages).to.deep.equal([routes]);
      asker.networkMessage({ kind: 'who-is-router-to-network' });
      await world.advance(50);
      expect(asker.networkMessages).to.deep.equal([routes, routes]);
    });

    it('when asked for one of them, and not for another', async () => {
      const { client, world } = site([{ network: 2001 }, { network: 2002 }]);
      const asker = client(2001, '01');
      await world.advance(50);
      asker.networkMessages.length = 0;
      asker.networkMessage({ kind: 'who-is-router-to-network', network: 2002 });
      asker.networkMessage({ kind: 'who-is-router-to-network', network: 2003 });
      await world.advance(50);
      expect(asker.networkMessages).to.deep.equal([{ kind: 'i-am-router-to-network', networks: [2002] }]);
    });

    it('and the number of the network that the asker stands on', async () => {
      const { client, world } = site();
      const asker = client(2001, '01');
      await world.advance(50);
      asker.networkMessages.length = 0;
      asker.networkMessage({ kind: 'what-is-network-number' });
      await world.advance(50);
      expect(asker.networkMessages).to.deep.equal([
        { kind: 'network-number-is', network: 1, configured: true },
      ]);
    });
  });

  describe('rejects', () => {
    const reject = (reason: number, network: number): Npdu =>
      message({ kind: 'reject-message-to-network', reason, network });

    it('a message to a network that it does not know: reason 1', async () => {
      const { world, client } = site();
      await world.advance(100);
      expect(await send(world, readName({ network: 2999, mac: '01' }))).to.deep.equal([reject(1, 2999)]);
      expect(await client(2999, '01').value(device(), P.objectName)).to.match(/^network 2999 rejected/);
    });

    it('an APDU that the network cannot carry: reason 4, and one octet less it can', async () => {
      const { world } = site();
      await world.advance(100);
      expect(await send(world, readName({ network: 2001, mac: '01' }, 255, 481))).to.deep.equal([
        reject(4, 2001),
      ]);
      expect(await send(world, readName({ network: 2001, mac: '01' }, 255, 480))).to.deep.equal([]);
    });

    it('a message that came through another router: to the one that it came from', async () => {
      const { world } = site();
      await world.advance(100);
      const source = { network: 5, mac: 'aa' };
      const heard = await send(world, { ...readName({ network: 2999, mac: '01' }), source });
      expect(heard).to.deep.equal([{ ...reject(1, 2999), destination: source, hopCount: 255 }]);
    });

    it('everything for a busy network: reason 2, with Router-Busy before and Router-Available after', async () => {
      const { client, world } = site([{ network: 2001, busy: [{ fromMs: 1000, untilMs: 2000 }] }]);
      const asker = client(2001, '01');
      await world.advance(1010);
      expect(asker.networkMessages.at(-1)).to.deep.equal({
        kind: 'router-busy-to-network',
        networks: [2001],
      });
      expect(await send(world, readName({ network: 2001, mac: '01' }))).to.deep.equal([reject(2, 2001)]);
      await world.advance(1000);
      expect(asker.networkMessages.at(-1)).to.deep.equal({
        kind: 'router-available-to-network',
        networks: [2001],
      });
      expect(await send(world, readName({ network: 2001, mac: '01' }))).to.have.length(1);
    });

    it('no broadcast', async () => {
      const { world } = site();
      await world.advance(100);
      expect(await send(world, readName({ network: 2999, mac: '01' }), 'original-broadcast')).to.deep.equal(
        [],
      );
      expect(await send(world, readName({ network: 2001, mac: '' }, 255, 481))).to.deep.equal([]);
    });
  });

  it('discards a message whose hop count is used up', async () => {
    const { world } = site();
    await world.advance(100);
    expect(await send(world, readName({ network: 2001, mac: '01' }, 1))).to.deep.equal([]);
    expect(await send(world, readName({ network: 2001, mac: '01' }, 2))).to.have.length(1);
  });

  it('counts down the hop count of a global broadcast', async () => {
    const world = new World();
    const router = new Router({ lanes: [{ network: 2001 }] });
    const seen: Npdu[] = [];
    const listener = {
      start: () => [],
      receive: (datagram: Uint8Array) => {
        seen.push(decodeNpdu(datagram));
        return [];
      },
      tick: () => [],
      nextDeadline: () => undefined,
    };
    router.attach(2001, '01', listener);
    world.add(router, ROUTER);
    await send(
      world,
      { ...readName({ network: 65535, mac: '' }, 9), expectingReply: false },
      'original-broadcast',
    );
    expect(
      seen.filter((n) => n.content.kind === 'apdu').map((n) => [n.destination, n.hopCount]),
    ).to.deep.equal([[{ network: 65535, mac: '' }, 8]]);
  });

  it('hears what a BBMD forwards, and answers its origin', async () => {
    const { world } = site();
    await world.advance(100);
    const origin = world.transport('10.9.0.1:47808');
    let heard = 0;
    origin.onDatagram(() => heard++);
    const bbmd = world.transport('10.0.0.50:47808');
    const npdu = encodeNpdu(readName({ network: 2001, mac: '01' }));
    bbmd.send(encodeBvll({ kind: 'forwarded-npdu', origin: '10.9.0.1:47808', npdu }), ROUTER);
    await world.advance(100);
    expect(heard).to.equal(1);
  });

  it('ignores what is not BACnet', async () => {
    const { client, world } = site();
    const noise = world.transport('10.0.0.66:1');
    for (const junk of [octets(), ramp(60), octets(0x81, 0x0a, 0, 6, 1, 0x20), octets(0x81, 0x0a, 0, 5, 9)])
      noise.send(junk, ROUTER);
    await world.advance(50);
    expect(await client(2001, '01').value(device(4194303), P.objectName)).to.equal('Controller 1');
  });

  it('refuses lanes and MACs that cannot be', () => {
    const node = createDevice(deviceConfig(), { framing: 'npdu' });
    const router = new Router({ lanes: [{ network: 2001 }] });
    expect(() => router.attach(2002, '01', node)).to.throw(RangeError, 'no network 2002');
    for (const mac of ['1', 'ff', 'xx', '0101', '00'])
      expect(() => router.attach(2001, mac, node), mac).to.throw(RangeError);
    router.attach(2001, '01', node);
    expect(() => router.attach(2001, '01', node)).to.throw(RangeError, 'in use');
    expect(() => new Router({ lanes: [{ network: 2001 }, { network: 2001 }] })).to.throw(RangeError, 'own');
  });
});

describe('B/IP addresses as MACs', () => {
  it('go both ways', () => {
    expect(macFromBip('10.0.0.99:47808')).to.equal('0a000063bac0');
    expect(bipFromMac('0a000063bac0')).to.equal('10.0.0.99:47808');
    expect(bipFromMac('05')).to.equal(undefined);
  });

  it('are refused when they are none', () => {
    for (const text of ['', '10.0.0.1', '10.0.0.256:1', '10.0.0.1:70000', '1.2.3.4.5:6'])
      expect(() => macFromBip(text), text).to.throw(RangeError);
  });
});
