// What a client is to others: nothing, or a Device object that can be looked at.

import { expect } from 'chai';

import {
  type Apdu,
  type ConfirmedRequest,
  ConfirmedService,
  decodeApdu,
  decodeBvll,
  decodeIAmRequest,
  decodeNpdu,
  decodeReadPropertyAck,
  encodeReadPropertyRequest,
  encodeReinitializeDeviceRequest,
  encodeWhoIsRequest,
  type IAmRequest,
} from '../../../protocol/index.js';
import { createClient } from '../../../src/client/index.js';
import { World } from '../../../simulator/index.js';
import { clientWorld, CLIENT, DEVICE } from './set-up.js';
import { frame } from './peer.js';

/** A client, and a peer that asks it and collects the APDUs it answers. */
function asked(localInstance?: number) {
  const { world, client, run, clock } = clientWorld(localInstance === undefined ? {} : { localInstance });
  const transport = world.transport(DEVICE);
  const answers: Apdu[] = [];
  transport.onDatagram((octets) => {
    const bvll = decodeBvll(octets);
    if (bvll.kind !== 'original-unicast') return;
    const { content } = decodeNpdu(bvll.npdu);
    if (content.kind === 'apdu') answers.push(decodeApdu(content.apdu));
  });
  const ask = async (service: number, payload: Uint8Array): Promise<Apdu | undefined> => {
    answers.length = 0;
    sendApdu({
      type: 'confirmed-request',
      invokeId: 77,
      service,
      segmentedAnswerAccepted: false,
      maxApdu: 1476,
      payload,
    });
    await run(clock.sleep(100));
    return answers[0];
  };
  const sendApdu = (apdu: ConfirmedRequest | Extract<Apdu, { type: 'unconfirmed-request' }>): void => {
    transport.send(frame(apdu), CLIENT);
  };
  const read = async (instance: number, property: number, index?: number): Promise<unknown> => {
    const object = { type: 8, instance };
    const request = { object, property, ...(index === undefined ? {} : { index }) };
    const answer = await ask(ConfirmedService.readProperty, encodeReadPropertyRequest(request));
    if (answer?.type === 'complex-ack') return decodeReadPropertyAck(answer.payload).values;
    return answer?.type === 'error' ? [...answer.payload] : answer;
  };
  const whoIs = async (low?: number, high?: number): Promise<IAmRequest[]> => {
    answers.length = 0;
    const payload = encodeWhoIsRequest(low === undefined || high === undefined ? {} : { low, high });
    sendApdu({ type: 'unconfirmed-request', service: 8, payload });
    await run(clock.sleep(100));
    return answers.flatMap((apdu) =>
      apdu.type === 'unconfirmed-request' ? [decodeIAmRequest(apdu.payload)] : [],
    );
  };
  return { client, ask, read, whoIs, sendApdu, answers, run, clock };
}

describe('a client without a device instance', () => {
  it('rejects every confirmed request, and answers no Who-Is', async () => {
    const { ask, whoIs } = asked();
    const rejected = { type: 'reject', invokeId: 77, reason: 9 };
    const payload = encodeReadPropertyRequest({ object: { type: 8, instance: 4194303 }, property: 75 });
    expect(await ask(ConfirmedService.readProperty, payload)).to.deep.equal(rejected);
    expect(
      await ask(ConfirmedService.reinitializeDevice, encodeReinitializeDeviceRequest({ state: 0 })),
    ).to.deep.equal(rejected);
    expect(await whoIs()).to.deep.equal([]);
  });
});

describe('a client with a device instance', () => {
  it('answers Who-Is that mean it with an I-Am to whoever asked, and no others', async () => {
    const { whoIs } = asked(99);
    const iAm = { device: 99, maxApdu: 1476, segmentation: 'both', vendorId: 999 };
    expect(await whoIs()).to.deep.equal([iAm]);
    expect(await whoIs(99, 99)).to.deep.equal([iAm]);
    expect(await whoIs(0, 98)).to.deep.equal([]);
    expect(await whoIs(100, 4194303)).to.deep.equal([]);
  });

  it('lets its Device object be read, by its instance and by the wildcard', async () => {
    const { read } = asked(99);
    const self = { type: 'object-identifier', object: { type: 8, instance: 99 } };
    expect(await read(99, 75)).to.deep.equal([self]);
    expect(await read(4194303, 75)).to.deep.equal([self]);
    expect(await read(99, 77)).to.deep.equal([{ type: 'character-string', text: 'bacvault 99' }]);
    expect(await read(99, 62)).to.deep.equal([{ type: 'unsigned', value: 1476 }]);
    expect(await read(99, 76)).to.deep.equal([self]);
    expect(await read(99, 76, 0)).to.deep.equal([{ type: 'unsigned', value: 1 }]);
    expect(await read(99, 76, 1)).to.deep.equal([self]);
    expect(await read(99, 30), 'an empty list').to.deep.equal([]);
  });

  it('has every property that clause 12.11 requires', async () => {
    const { read } = asked(99);
    for (const property of [
      75, 77, 79, 112, 121, 120, 70, 44, 12, 98, 139, 97, 96, 76, 62, 107, 11, 73, 30, 155,
    ]) {
      expect(Array.isArray(await read(99, property)), `property ${property}`).to.equal(true);
    }
  });

  it('says what it has not in BACnet words', async () => {
    const { read } = asked(99);
    const said = (errorClass: number, errorCode: number) => [0x91, errorClass, 0x91, errorCode];
    expect(await read(98, 75)).to.deep.equal(said(1, 31));
    expect(await read(99, 154)).to.deep.equal(said(2, 32));
    expect(await read(99, 77, 1)).to.deep.equal(said(2, 50));
    expect(await read(99, 76, 2)).to.deep.equal(said(2, 42));
  });

  it('never acts: it rejects every service that could change something, and nonsense', async () => {
    const { ask } = asked(99);
    const payload = encodeReinitializeDeviceRequest({ state: 0 });
    expect(await ask(ConfirmedService.reinitializeDevice, payload)).to.include({ type: 'reject', reason: 9 });
    expect(await ask(ConfirmedService.readProperty, Uint8Array.of(0xff))).to.include({
      type: 'reject',
      reason: 4,
    });
  });

  it('is found by another client', async () => {
    const world = new World();
    const random = world.random('clients');
    const { clock } = world;
    const [a, b] = [CLIENT, DEVICE].map((link, at) =>
      createClient({ clock, transport: world.transport(link), random, options: { localInstance: at + 1 } }),
    );
    const device = await world.run(a!.device('2'));
    expect(device.address).to.deep.equal({ link: DEVICE });
    expect(device.limits).to.deep.equal({ maxApdu: 1476, segmentation: 'both', maxSegments: 64 });
    await Promise.all([a!.close(), b!.close()]);
  });

  it('answers nothing once it is closed', async () => {
    const { client, whoIs } = asked(99);
    await client.close();
    expect(await whoIs()).to.deep.equal([]);
  });
});
