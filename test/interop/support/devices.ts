// Starts the device peers, each with a password and files, on a loopback address and a free port.

import { PASSWORD } from './cli.js';
import { asJson, type TestFile } from './files.js';
import { Peer } from './peer.js';
import { bacpypes3, type Command, ours, rustyBacnet } from './places.js';
import { freePorts } from './ports.js';

export const INSTANCE = 1001;

export type SegmentationName =
  'no-segmentation' | 'segmented-transmit' | 'segmented-receive' | 'segmented-both';

/** What is told to every device peer; each takes what it knows. */
export interface DeviceOptions {
  readonly files: readonly TestFile[];
  readonly maxApdu?: number;
  readonly segmentation?: SegmentationName;
  readonly window?: number;
  readonly preparationMs?: number;
  readonly preparationTimeS?: number;
  readonly completionMs?: number;
  readonly completionTimeS?: number;
  /** BACpypes3 only: a router and the device behind it, in one process. */
  readonly behind?: {
    readonly routerInstance: number;
    readonly linkNetwork: number;
    readonly network: number;
    readonly routerMac: number;
    readonly mac: number;
  };
  readonly address?: string;
  readonly port?: number;
}

export interface DevicePeer {
  readonly peer: Peer;
  readonly address: string;
  readonly port: number;
  /** INSTANCE@HOST:PORT of the device, or of its router. */
  readonly target: string;
}

async function startDevice(name: string, command: Command, options: DeviceOptions): Promise<DevicePeer> {
  const address = options.address ?? '127.0.0.2';
  const port = options.port ?? (await freePorts(1))[0];
  if (port === undefined) throw new Error('no port');
  const peer = await Peer.start(name, command, {
    instance: INSTANCE,
    maxApdu: 1476,
    segmentation: 'segmented-both',
    password: PASSWORD,
    ...options,
    address,
    port,
    files: options.files.map(asJson),
  });
  return { peer, address, port, target: `${INSTANCE}@${address}:${port}` };
}

export const startBacpypes3 = (options: DeviceOptions): Promise<DevicePeer> =>
  startDevice('BACpypes3 device', bacpypes3('device.py'), options);

export const startRusty = (options: DeviceOptions): Promise<DevicePeer> =>
  startDevice('rusty-bacnet device', rustyBacnet('device'), options);

export const startBacnetJs = (options: DeviceOptions): Promise<DevicePeer> =>
  startDevice('bacnet-js device', ours('test/interop/bacnet-js/device.ts'), options);

export const startSimulator = (options: DeviceOptions): Promise<DevicePeer> =>
  startDevice('simulator', ours('test/interop/support/simulator.ts'), options);
