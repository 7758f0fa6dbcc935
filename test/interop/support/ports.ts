// Free UDP ports on loopback. The ports of one test are taken together, so that no two are the same.

import { createSocket, type Socket } from 'node:dgram';

async function bound(port = 0): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject).bind(port, '127.0.0.1', resolve);
  });
  return socket;
}

/** A socket on the first port that is free from `first` to `last`. */
export async function boundWithin([first, last]: readonly [number, number]): Promise<Socket> {
  for (let port = first; port < last; port += 1) {
    try {
      return await bound(port);
    } catch {
      // Somebody uses it: the next.
    }
  }
  return bound(last);
}

/** Ports that nobody uses now; BACnet's own 47808 is never among them. */
export async function freePorts<N extends number>(count: N): Promise<number[] & { length: N }> {
  const sockets = await Promise.all(Array.from({ length: count }, () => bound()));
  const ports = sockets.map((socket) => socket.address().port);
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  return ports as number[] & { length: N };
}
