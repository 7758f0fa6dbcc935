// Lets a real server of these tests listen on the loopback, at a port that is free. Never elsewhere.

import type { AddressInfo } from 'node:net';

/** The port. */
export async function listening(server: {
  listen(port: number, host: string, ready: () => void): unknown;
  address(): AddressInfo | string | null;
}): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
