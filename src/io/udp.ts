// The UDP transport of B/IP (Annex J): datagrams to and from one chosen local address and port. What
// cannot be sent is a loss: counted and logged, never thrown. A port that another program holds is never
// shared with it: two programs on one port take each other's answers away.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

import { BIP_PORT, BROADCAST, type LinkAddress } from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import type { Log, Transport, Unsubscribe } from '../ports.js';
import { broadcastTargets, localNetworks } from './interfaces.js';

export interface UdpOptions {
  /** IPv4 address of this computer to bind to; absent: all of them. */
  readonly address?: string | undefined;
  /** UDP port; default 47808; 0 takes any free one. */
  readonly port?: number | undefined;
  /**
   * Where broadcasts go; default the subnet of the chosen address, or of every interface. Without a port:
   * to the port we are bound to, because the nodes of one B/IP network share a port; to 47808 when any
   * free port was asked for.
   */
  readonly broadcast?: { readonly host: string; readonly port?: number } | undefined;
  readonly log?: Log | undefined;
}

/** A transport that counts what it lost. */
export interface UdpTransport extends Transport {
  /** Datagrams that the operating system refused to send. */
  readonly lost: number;
}

type Listener = (datagram: Uint8Array, from: LinkAddress) => void;

/** Asked of the operating system, which may give less: an I-Am storm comes faster than it is read. */
const RECEIVE_BUFFER_OCTETS = 1 << 20;

/** Everyone on the link that the datagram leaves by. */
const LIMITED_BROADCAST = '255.255.255.255';

/**
 * Binds and listens. Rejects with EngineError `port-in-use`, or `network-failed` when the address is not
 * one of this computer or the operating system refuses.
 */
export async function openUdp(options: UdpOptions = {}): Promise<UdpTransport> {
  const { address, port = BIP_PORT, log } = options;
  const main = await bound(address ?? '0.0.0.0', port);
  const { port: ownPort } = main.address();
  const extra = address === undefined ? [] : await broadcastEars(address, ownPort, log);
  main.setBroadcast(true);
  const broadcast = options.broadcast && {
    host: options.broadcast.host,
    port: options.broadcast.port ?? (port === 0 ? BIP_PORT : ownPort),
  };
  return new DgramTransport(main, extra, {
    address,
    port: ownPort,
    broadcastPort: port === 0 ? BIP_PORT : ownPort,
    broadcast,
    log,
  });
}

/**
 * A socket that is bound to one address hears no broadcasts on Linux and macOS, so further ones listen on
 * the broadcast addresses. Where the platform does not allow that (Windows, which needs none) it is noted.
 */
async function broadcastEars(address: string, port: number, log: Log | undefined): Promise<Socket[]> {
  const ears: Socket[] = [];
  for (const target of [...broadcastTargets(localNetworks(), address), LIMITED_BROADCAST]) {
    try {
      ears.push(await bound(target, port));
    } catch (error) {
      const level = error instanceof EngineError && error.code === 'port-in-use' ? 'warn' : 'debug';
      log?.log(level, `Broadcasts to ${target}:${port} are not heard.`, { error });
    }
  }
  return ears;
}

function bound(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type: 'udp4',
      // Addresses only: no name is ever looked up, and none is waited for.
      lookup: (host, _options, callback) => callback(null, host, 4),
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      reject(bindError(error, address, port));
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      enlarge(socket);
      resolve(socket);
    });
  });
}

/** A wish, not a condition: a platform that gives less only loses more of a storm. */
function enlarge(socket: Socket): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_OCTETS);
  } catch {
    // The buffer stays as it is.
  }
}

function bindError(error: NodeJS.ErrnoException, address: string, port: number): EngineError {
  const details = { address, port, systemCode: error.code };
  if (error.code === 'EADDRINUSE') {
    const place = address === '0.0.0.0' ? `UDP port ${port}` : `UDP port ${port} of ${address}`;
    return new EngineError('port-in-use', `${place} is in use by another program.`, {
      cause: error,
      details,
    });
  }
  const why =
    error.code === 'EADDRNOTAVAIL' ? 'it is not an address of this computer' : (error.code ?? error.message);
  return new EngineError('network-failed', `Cannot use the local address ${address}:${port}: ${why}.`, {
    cause: error,
    details,
  });
}

interface Place {
  readonly address: string | undefined;
  readonly port: number;
  readonly broadcast: { readonly host: string; readonly port: number } | undefined;
  readonly broadcastPort: number;
  readonly log: Log | undefined;
}

class DgramTransport implements UdpTransport {
  readonly localAddress: LinkAddress;
  readonly #main: Socket;
  readonly #sockets: readonly Socket[];
  readonly #place: Place;
  readonly #listeners = new Set<Listener>();
  readonly #causesSaid = new Set<string>();
  #ownHosts: ReadonlySet<string>;
  #lost = 0;
  #closing: Promise<void> | undefined;

  constructor(main: Socket, extra: readonly Socket[], place: Place) {
    this.#main = main;
    this.#sockets = [main, ...extra];
    this.#place = place;
    const networks = localNetworks();
    this.#ownHosts = new Set(networks.map(({ address }) => address));
    const first = networks.find(({ loopback }) => !loopback) ?? networks[0];
    this.localAddress = `${place.address ?? first?.address ?? '127.0.0.1'}:${place.port}`;
    for (const socket of this.#sockets) {
      socket.on('message', (message, from) => this.#receive(message, from));
      socket.on('error', (error) => this.#lose(error, 'a datagram'));
    }
  }

  get lost(): number {
    return this.#lost;
  }

  send(datagram: Uint8Array, to: LinkAddress): void {
    if (this.#closing !== undefined) return;
    if (to === BROADCAST) {
      for (const { host, port } of this.#broadcastTargets()) this.#sendTo(datagram, host, port);
      return;
    }
    const colon = to.lastIndexOf(':');
    this.#sendTo(datagram, to.slice(0, colon), Number(to.slice(colon + 1)));
  }

  onDatagram(listener: Listener): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#listeners.clear();
    this.#closing ??= Promise.all(this.#sockets.map(closed)).then(() => undefined);
    return this.#closing;
  }

  /** Looked up each time: a laptop's interfaces change, and broadcasts are rare. */
  #broadcastTargets(): readonly { readonly host: string; readonly port: number }[] {
    const networks = localNetworks();
    this.#ownHosts = new Set(networks.map(({ address }) => address));
    const { broadcast, broadcastPort, address } = this.#place;
    if (broadcast !== undefined) return [broadcast];
    const hosts = broadcastTargets(networks, address);
    if (hosts.length === 0) this.#lose(new Error('no broadcast address is known'), 'a broadcast');
    return hosts.map((host) => ({ host, port: broadcastPort }));
  }

  #sendTo(datagram: Uint8Array, host: string, port: number): void {
    try {
      this.#main.send(datagram, port, host, (error) => {
        if (error !== null) this.#lose(error, `a datagram of ${datagram.length} octets to ${host}:${port}`);
      });
    } catch (error) {
      this.#lose(error, `a datagram to ${host}:${port}`);
    }
  }

  #receive(message: Buffer, from: RemoteInfo): void {
    if (this.#isOwn(from)) return;
    // Not the Buffer itself: its `slice` shares memory where everyone else's copies.
    const octets = new Uint8Array(message.buffer, message.byteOffset, message.length);
    for (const listener of [...this.#listeners]) listener(octets, `${from.address}:${from.port}`);
  }

  /** Our own broadcasts come back to us; nobody else can have our port on our addresses. */
  #isOwn({ address, port }: RemoteInfo): boolean {
    if (port !== this.#place.port) return false;
    return this.#place.address === undefined ? this.#ownHosts.has(address) : address === this.#place.address;
  }

  /** Counts a loss; the first of each cause is a warning, the rest would only fill the log. */
  #lose(error: unknown, what: string): void {
    if (this.#closing !== undefined) return;
    this.#lost += 1;
    const cause =
      error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
    const level = this.#causesSaid.has(cause) ? 'debug' : 'warn';
    this.#causesSaid.add(cause);
    this.#place.log?.log(level, `Not sent: ${what}.`, { cause, lost: this.#lost });
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
