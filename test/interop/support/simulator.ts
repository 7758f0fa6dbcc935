// Our simulated device as a peer: the device of simulator/, on real UDP, with the orders that every
// device peer takes, so that a test can look into it without BACnet.

import { now, serve } from '../../../simulator/host/udp.js';
import {
  createDevice,
  deviceConfig,
  type FileConfig,
  Router,
  type SimulatedNode,
} from '../../../simulator/index.js';
import type { DeviceOptions } from './devices.js';
import { configuration, orders, say } from './orders.js';
import type { Line } from './peer.js';

interface FileJson {
  readonly instance: number;
  readonly access: 'stream' | 'record';
  readonly hex?: string;
  readonly records?: readonly string[];
}

type Config = Required<Pick<DeviceOptions, 'address' | 'port' | 'maxApdu'>> &
  Pick<DeviceOptions, 'behind' | 'preparationMs' | 'completionMs' | 'window'> & {
    readonly instance: number;
    readonly segmentation: string;
    readonly password: string;
    readonly files: readonly FileJson[];
  };

const SEGMENTATION = {
  'no-segmentation': 'none',
  'segmented-transmit': 'transmit',
  'segmented-receive': 'receive',
  'segmented-both': 'both',
} as const;

const octetsOf = (hex = ''): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

function contentOf(file: FileJson): Uint8Array | Uint8Array[] {
  return file.access === 'stream' ? octetsOf(file.hex) : (file.records ?? []).map(octetsOf);
}

function fileConfig(file: FileJson): FileConfig {
  const content = contentOf(file);
  const { instance } = file;
  return content instanceof Uint8Array
    ? { instance, access: 'stream', content }
    : { instance, access: 'record', records: content };
}

const config = (await configuration()) as Config;
const { behind, preparationMs = 0, completionMs = 0 } = config;
const device = createDevice(
  deviceConfig({
    instance: config.instance,
    password: config.password,
    limits: {
      maxApdu: config.maxApdu,
      segmentation: SEGMENTATION[config.segmentation as keyof typeof SEGMENTATION],
      maxSegments: 64,
    },
    announces: 'unicast', // the peers share 127.0.0.0/8, but not the port of this device
    windowSize: config.window ?? 8,
    procedure: {
      backupPreparationMs: preparationMs,
      restorePreparationMs: preparationMs,
      restoreCompletionMs: completionMs,
      restartsAfterRestore: completionMs > 0,
    },
    files: config.files.map(fileConfig),
  }),
  behind === undefined ? {} : { framing: 'npdu' },
);

function dump(): Line {
  const files = device.files.map(({ instance, access }) => ({
    instance,
    access,
    hex: Buffer.from(device.fileOctets(instance) ?? []).toString('hex'),
    recordLengths:
      access === 'stream' ? null : (device.fileRecords(instance) ?? []).map((record) => record.length),
  }));
  return { kind: 'dump', state: device.backupState, files };
}

await serve(routed(), { address: config.address, port: config.port });
say({ kind: 'ready' });
for await (const order of orders<{ kind: string; instance?: number; files?: FileJson[] }>()) {
  if (order.kind === 'load') {
    for (const file of order.files ?? []) device.setFile(file.instance, contentOf(file), now());
    say({ kind: 'loaded' });
  } else if (order.kind === 'remove') {
    device.removeFile(order.instance ?? -1);
    say({ kind: 'removed' });
  } else {
    say(dump());
  }
}
process.exit(0);

/** The device on a wire with one-octet MACs behind our router. */
function routed(): SimulatedNode {
  if (behind === undefined) return device;
  const { network, mac, routerMac, linkNetwork } = behind;
  const hex = (octet: number): string => octet.toString(16).padStart(2, '0');
  const lane = { network, routerMac: hex(routerMac), latencyMs: 1, maxApdu: config.maxApdu };
  const router = new Router({ lanes: [lane], localNetwork: linkNetwork });
  router.attach(network, hex(mac), device);
  return router;
}
