// A simulated device on real UDP at 127.0.0.1: it answers, wakes at its deadlines, and leaves its port.

import { expect } from 'chai';
import { createSocket, type Socket } from 'node:dgram';
import {
  decodeApdu,
  decodeBvll,
  decodeNpdu,
  decodeReadPropertyAck,
  encodeApdu,
  encodeBvll,
  encodeNpdu,
  encodeReadPropertyRequest,
  PropertyId,
} from '../../../protocol/index.js';
import { createDevice, deviceConfig } from '../../../simulator/index.js';
import type { SimulatedNode } from '../../../simulator/types.js';
import { broadcastAddress, now, serve, unixTimeAtZero } from '../../../simulator/host/udp.js';

const HOST = '127.0.0.1';

function socketAt(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, HOST, () => resolve(socket));
  });
}

/** Sends a datagram and gives the first that comes back. */
function ask(socket: Socket, datagram: Uint8Array, to: string): Promise<Uint8Array> {
  const [host, port] = to.split(':');
  return new Promise((resolve) => {
    socket.once('message', resolve);
    socket.send(datagram, Number(port), host);
  });
}

const idle: SimulatedNode = {
  start: () => [],
  receive: () => [],
  tick: () => [],
  nextDeadline: () => undefined,
};

describe('on UDP', () => {
  it('a device answers ReadProperty, and the port is free afterwards', async () => {
    const station = await serve(createDevice(deviceConfig({ name: 'on the wire' })), {
      address: HOST,
      port: 0,
    });
    const socket = await socketAt();
    const payload = encodeReadPropertyRequest({
      object: { type: 8, instance: 4194303 },
      property: PropertyId.objectName,
    });
    const apdu = encodeApdu({
      type: 'confirmed-request',
      invokeId: 5,
      service: 12,
      segmentedAnswerAccepted: false,
      maxApdu: 1476,
      payload,
    });
    const npdu = encodeNpdu({ priority: 0, expectingReply: true, content: { kind: 'apdu', apdu } });
    const message = decodeBvll(
      await ask(socket, encodeBvll({ kind: 'original-unicast', npdu }), station.address),
    );
    const answer = 'npdu' in message ? decodeNpdu(message.npdu).content : undefined;
    const ack = answer?.kind === 'apdu' ? decodeApdu(answer.apdu) : undefined;
    expect(ack).to.deep.include({ type: 'complex-ack', invokeId: 5 });
    expect(ack?.type === 'complex-ack' && decodeReadPropertyAck(ack.payload).values).to.deep.equal([
      { type: 'character-string', text: 'on the wire' },
    ]);
    socket.close();
    await station.close();
    const again = await serve(idle, { address: HOST, port: Number(station.address.split(':')[1]) });
    await again.close();
  });

  it('a port in use rejects with its error, and disturbs nobody', async () => {
    const station = await serve(idle, { address: HOST, port: 0 });
    const port = Number(station.address.split(':')[1]);
    const error: unknown = await serve(idle, { address: HOST, port }).catch((e: unknown) => e);
    expect(error).to.have.property('code', 'EADDRINUSE');
    await station.close();
  });

  it('a node is woken at its deadline, also when the deadline came nearer from outside', async () => {
    let due: number | undefined = now() + 3_600_000;
    const node: SimulatedNode = { ...idle, nextDeadline: () => due };
    const woken = new Promise<number>((resolve) => {
      node.tick = (at) => {
        due = undefined;
        resolve(at);
        return [];
      };
    });
    const station = await serve(node, { address: HOST, port: 0 });
    const asked = now() + 5;
    due = asked;
    node.onDue?.();
    expect(await woken).to.be.at.least(asked);
    await station.close();
  });

  it('broadcasts go to the address of the interface', () => {
    expect(broadcastAddress('127.0.0.1')).to.equal('127.255.255.255');
    expect(broadcastAddress('0.0.0.0')).to.equal('255.255.255.255');
    expect(broadcastAddress('203.0.113.5')).to.equal('255.255.255.255');
  });

  it('the calendar is the real one', () => {
    expect(Math.abs(unixTimeAtZero() + now() - Date.now())).to.be.lessThan(1000);
  });
});
