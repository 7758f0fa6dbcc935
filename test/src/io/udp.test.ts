// Real sockets on loopback.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import { expect } from 'chai';

import { BROADCAST } from '../../../protocol/index.js';
import { EngineError } from '../../../src/errors.js';
import { systemClock } from '../../../src/io/clock.js';
import { openUdp, type UdpOptions, type UdpTransport } from '../../../src/io/udp.js';
import type { Log } from '../../../src/ports.js';

const LOOPBACK = '127.0.0.1';

/** The next datagram that a transport hears. */
function heard(transport: UdpTransport): Promise<{ octets: number[]; from: string; type: unknown }> {
  return new Promise((resolve) => {
    const stop = transport.onDatagram((octets, from) => {
      stop();
      resolve({ octets: [...octets], from, type: octets.constructor });
    });
  });
}

async function refusalOf(promise: Promise<unknown>): Promise<EngineError> {
  try {
    await promise;
  } catch (error) {
    expect(error).to.be.instanceOf(EngineError);
    return error as EngineError;
  }
  throw new Error('it did not reject');
}

describe('the UDP transport', () => {
  const open: UdpTransport[] = [];
  const openOne = async (options: UdpOptions = {}): Promise<UdpTransport> => {
    const transport = await openUdp({ address: LOOPBACK, port: 0, ...options });
    open.push(transport);
    return transport;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((transport) => transport.close()));
  });

  it('carries datagrams between two sockets and says whom they are from', async () => {
    const [a, b] = [await openOne(), await openOne()];
    const atB = heard(b);
    a.send(Uint8Array.of(0x81, 1, 2), b.localAddress);
    expect(await atB).to.deep.equal({ octets: [0x81, 1, 2], from: a.localAddress, type: Uint8Array });
    const atA = heard(a);
    b.send(new Uint8Array(1497).fill(7), a.localAddress);
    expect((await atA).octets).to.have.length(1497);
    expect([a.lost, b.lost]).to.deep.equal([0, 0]);
  });

  it('refuses a port that another program holds, and names it', async () => {
    const { localAddress } = await openOne();
    const port = Number(localAddress.split(':')[1]);
    const error = await refusalOf(openUdp({ address: LOOPBACK, port }));
    expect(error.code).to.equal('port-in-use');
    expect(error.message).to.include(String(port)).and.include(LOOPBACK);
    const everywhere = await refusalOf(openUdp({ port }));
    expect(everywhere.code).to.equal('port-in-use');
  });

  it('refuses an address that is not of this computer, and names it', async () => {
    const error = await refusalOf(openUdp({ address: '192.0.2.1', port: 0 }));
    expect(error.code).to.equal('network-failed');
    expect(error.message).to.include('192.0.2.1:0').and.include('not an address of this computer');
  });

  it('broadcasts to the configured address and port', async () => {
    const b = await openOne();
    const a = await openOne({ broadcast: { host: LOOPBACK, port: Number(b.localAddress.split(':')[1]) } });
    const atB = heard(b);
    a.send(Uint8Array.of(9), BROADCAST);
    expect(await atB).to.include({ from: a.localAddress });
  });

  it('hears broadcasts to its subnet although it is bound to one address', async function () {
    if (process.platform !== 'linux') this.skip();
    const a = await openOne();
    const b = await openOne({
      broadcast: { host: '127.255.255.255', port: Number(a.localAddress.split(':')[1]) },
    });
    const atA = heard(a);
    b.send(Uint8Array.of(1), BROADCAST);
    expect((await atA).octets).to.deep.equal([1]);
  });

  it('does not hear itself', async () => {
    const [a, b] = [await openOne(), await openOne()];
    const all: number[][] = [];
    a.onDatagram((octets) => all.push([...octets]));
    const atA = heard(a);
    a.send(Uint8Array.of(2), a.localAddress);
    b.send(Uint8Array.of(3), a.localAddress);
    expect((await atA).octets).to.deep.equal([3]);
    expect(all).to.deep.equal([[3]]);
  });

  it('hears and reaches loopback too when it is bound to all addresses, and not itself', async () => {
    const everywhere = await openOne({ address: undefined });
    const port = Number(everywhere.localAddress.split(':')[1]);
    const b = await openOne();
    const heardFirst = heard(everywhere);
    everywhere.send(Uint8Array.of(1), `${LOOPBACK}:${port}`);
    b.send(Uint8Array.of(2), `${LOOPBACK}:${port}`);
    expect((await heardFirst).octets).to.deep.equal([2]);
    const atB = heard(b);
    everywhere.send(Uint8Array.of(4), b.localAddress);
    expect((await atB).from).to.equal(`${LOOPBACK}:${port}`);
  });

  it('counts what cannot be sent as lost, warns once for each cause, and goes on', async () => {
    const lines: [string, string][] = [];
    const log: Log = { log: (level, message) => lines.push([level, message]) };
    const a = await openOne({ log });
    const b = await openOne();
    lines.length = 0;
    a.send(new Uint8Array(70_000), b.localAddress);
    a.send(new Uint8Array(70_000), b.localAddress);
    a.send(Uint8Array.of(1), '127.0.0.1:99999');
    a.send(Uint8Array.of(1), 'nonsense');
    const atB = heard(b);
    a.send(Uint8Array.of(5), b.localAddress);
    expect((await atB).octets).to.deep.equal([5]);
    expect(a.lost).to.equal(4);
    expect(lines.filter(([level]) => level === 'warn').length).to.be.within(1, 3);
    expect(lines).to.have.length(4);
  });

  it('is heard before a sleep ends that fell due while the process was held up', async () => {
    const [a, b] = [await openOne(), await openOne()];
    const order: string[] = [];
    const clock = systemClock();
    const slept = clock.sleep(5).then(() => order.push('sleep'));
    const atB = heard(b).then(() => order.push('datagram'));
    a.send(Uint8Array.of(1), b.localAddress);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    await Promise.all([slept, atB]);
    expect(order).to.deep.equal(['datagram', 'sleep']);
  });

  it('hears and sends nothing once it is closed, and closes twice', async () => {
    const [a, b] = [await openOne(), await openOne()];
    const witness = createSocket('udp4').bind(0, LOOPBACK);
    await once(witness, 'listening');
    const atWitness: number[] = [];
    witness.on('message', (message) => atWitness.push(message[0] ?? -1));
    const to = `${LOOPBACK}:${witness.address().port}`;
    await a.close();
    await a.close();
    a.send(Uint8Array.of(1), to);
    const message = once(witness, 'message');
    b.send(Uint8Array.of(2), to);
    await message;
    witness.close();
    expect(atWitness).to.deep.equal([2]);
    expect(a.lost).to.equal(0);
    const again = await openUdp({ address: LOOPBACK, port: Number(a.localAddress.split(':')[1]) });
    await again.close();
  });
});
