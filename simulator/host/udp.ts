// Puts a simulated node on real UDP: its datagrams, its broadcasts, and its deadlines on the real clock.
// It never looks into a datagram. Datagrams that cannot be sent are losses, as on any network.

import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { performance } from 'node:perf_hooks';
import { BROADCAST } from '../../protocol/index.js';
import type { LinkAddress } from '../../protocol/index.js';
import type { Sending, SimulatedNode } from '../types.js';

export interface StationOptions {
  /** IPv4 address to stand at; "0.0.0.0" is every address of this host. */
  readonly address: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Where broadcasts go; default the broadcast address of the interface. */
  readonly broadcast?: string;
  /** Told of what does not stop the station: broadcasts that cannot be heard. */
  readonly onProblem?: (message: string) => void;
}

export interface Station {
  readonly address: LinkAddress;
  close(): Promise<void>;
}

/** Longest time that setTimeout knows, ms. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Milliseconds since this process started: the `now` of every node on real UDP. */
export const now = (): number => Math.floor(performance.now());

/** Milliseconds since 1970 when `now` was 0. */
export const unixTimeAtZero = (): number => Date.now() - now();

/** Binds the address, starts the node and serves it until it is closed. Rejects with the error of the bind. */
export async function serve(node: SimulatedNode, options: StationOptions): Promise<Station> {
  const socket = createSocket('udp4');
  await bound(socket, options.port, options.address);
  socket.setBroadcast(true);
  const { port } = socket.address();
  const address = `${options.address}:${port}`;
  const broadcast = options.broadcast ?? broadcastAddress(options.address);
  const listener = await broadcastListener(broadcast, port, options);
  let timer: NodeJS.Timeout | undefined;

  const act = (sendings: readonly Sending[]): void => {
    for (const { to, datagram } of sendings)
      send(socket, datagram, to === BROADCAST ? `${broadcast}:${port}` : to);
    clearTimeout(timer);
    const deadline = node.nextDeadline();
    if (deadline === undefined) return;
    timer = setTimeout(() => act(node.tick(now())), Math.min(Math.max(deadline - now(), 0), TIMER_MS_MAX));
  };
  const onMessage = (
    datagram: Uint8Array,
    from: { readonly address: string; readonly port: number },
  ): void => {
    const sender = `${from.address}:${from.port}`;
    // Our own broadcasts come back to us.
    if (sender !== address) act(node.receive(Uint8Array.from(datagram), sender, now()));
  };
  socket.on('message', onMessage);
  listener?.on('message', onMessage);
  node.onDue = () => act([]);
  act(node.start(now()));

  return {
    address,
    close: async () => {
      clearTimeout(timer);
      await closed(socket);
      if (listener !== undefined) await closed(listener);
    },
  };
}

/** The broadcast address of the interface that has this address. */
export function broadcastAddress(address: string): string {
  if (address === '0.0.0.0') return '255.255.255.255';
  if (address.startsWith('127.')) return '127.255.255.255';
  const entry = Object.values(networkInterfaces())
    .flat()
    .find((candidate) => candidate?.family === 'IPv4' && candidate.address === address);
  if (entry === undefined) return '255.255.255.255';
  const mask = entry.netmask.split('.').map(Number);
  return address
    .split('.')
    .map((part, i) => Number(part) | (~(mask[i] ?? 255) & 0xff))
    .join('.');
}

/**
 * Outside Windows a socket at one address does not hear broadcasts: a second one stands at the broadcast
 * address. Several programs may; where the system does not let us, the station is only deaf to broadcasts.
 */
async function broadcastListener(
  broadcast: string,
  port: number,
  options: StationOptions,
): Promise<Socket | undefined> {
  if (process.platform === 'win32' || options.address === '0.0.0.0') return undefined;
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  try {
    await bound(socket, port, broadcast);
    return socket;
  } catch (error) {
    options.onProblem?.(`no broadcasts are heard at ${options.address}:${port}: ${String(error)}`);
    await closed(socket);
    return undefined;
  }
}

function bound(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port, address, exclusive: true }, () => {
      socket.off('error', reject);
      // From here on errors are of single datagrams (ICMP on some systems): losses.
      socket.on('error', () => undefined);
      resolve();
    });
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.removeAllListeners('message');
    socket.close(() => resolve());
  });
}

function send(socket: Socket, datagram: Uint8Array, to: LinkAddress): void {
  const at = to.lastIndexOf(':');
  socket.send(datagram, Number(to.slice(at + 1)), to.slice(0, at), () => undefined);
}
