// Starts the client peers, each with a procedure of its own, and asks them to run it.

import { PASSWORD } from './cli.js';
import { type DevicePeer, INSTANCE } from './devices.js';
import type { DumpedFile } from './files.js';
import { Peer } from './peer.js';
import { bacpypes3, rustyBacnet } from './places.js';
import { freePorts } from './ports.js';

export interface ClientOptions {
  /** Octets of file data in one request. */
  readonly chunk: number;
  readonly recordsAtOnce?: number;
  readonly maxApdu?: number;
  readonly segmentation?: string;
  /** The device stands behind a router at the device peer's address. */
  readonly routed?: { readonly network: number; readonly mac: number; readonly maxApdu: number };
}

/** What a client peer says when it has run a procedure. */
export interface ClientDone {
  readonly files: readonly DumpedFile[];
  /** File objects that it had to create. */
  readonly created?: number;
}

const OWN_ADDRESS = '127.0.0.4';

async function ownPort(): Promise<number> {
  return (await freePorts(1))[0] ?? 0;
}

/** The device's address as the six octets of a B/IP MAC, hex. */
function macOf({ address, port }: DevicePeer): string {
  return Buffer.from([...address.split('.').map(Number), port >> 8, port & 255]).toString('hex');
}

export async function startBacpypes3Client(device: DevicePeer, options: ClientOptions): Promise<Peer> {
  const { address, port } = device;
  const { routed } = options;
  const link = `${address}:${port}`;
  return Peer.start('BACpypes3 client', bacpypes3('client.py'), {
    ownInstance: 77,
    maxApdu: 1476,
    segmentation: 'segmented-both',
    password: PASSWORD,
    ...options,
    address: OWN_ADDRESS,
    port: await ownPort(),
    instance: INSTANCE,
    target: routed === undefined ? link : `${routed.network}:${routed.mac}@${link}`,
  });
}

export async function startRustyClient(device: DevicePeer, options: ClientOptions): Promise<Peer> {
  const { routed } = options;
  return Peer.start('rusty-bacnet client', rustyBacnet('client'), {
    maxApdu: 1476,
    recordsAtOnce: 1,
    password: PASSWORD,
    ...options,
    address: OWN_ADDRESS,
    port: await ownPort(),
    instance: INSTANCE,
    target: macOf(device),
    ...(routed === undefined ? {} : { routed: { ...routed, mac: routed.mac.toString(16).padStart(2, '0') } }),
  });
}
