// Free UDP ports on loopback. The ports of one test are taken together, so that no two are the same.

import { createSocket, type Socket } from 'node:dgram';

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject).bind(0, '127.0.0.1', resolve);
  });
  return socket;
}

/** Ports that nobody uses now; BACnet's own 47808 is never among them. */
export async function freePorts<N extends number>(count: N): Promise<number[] & { length: N }> {
  const sockets = await Promise.all(Array.from({ length: count }, bound));
  const ports = sockets.map((socket) => socket.address().port);
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  return ports as number[] & { length: N };
}
