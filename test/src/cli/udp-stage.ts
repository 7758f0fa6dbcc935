// Simulated devices on real UDP of loopback in this very process, a repository in a real folder, and the
// real engine. Only time is hurried: its clock runs ten times as fast, so that no test waits for seconds.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BROADCAST } from '../../../protocol/index.js';
import {
  createDevice,
  deviceConfig,
  type DeviceConfigInput,
  type DeviceOptions,
  type DeviceView,
  type SimulatedNode,
} from '../../../simulator/index.js';
import { type Engine, realEngine } from '../../../src/cli/engine.js';
import type { Clock } from '../../../src/index.js';
import { type FakeIo, fakeIo, type FakeIoOptions, type Ran, ran } from './fakes.js';
import { hostIo } from '../../../src/cli/host.js';

const HURRY = 10;

const hurriedClock: Clock = {
  now: () => performance.now() * HURRY,
  unixTime: () => Date.now(),
  sleep: (ms, signal) =>
    pause(ms / HURRY, undefined, signal === undefined ? {} : { signal }).catch(() =>
      signal?.throwIfAborted(),
    ),
  after: (ms, act) => {
    const timer = setTimeout(act, ms / HURRY);
    return () => clearTimeout(timer);
  },
};

/** The real engine with time in a hurry. */
const engine: Engine = {
  ...realEngine,
  openClient: (options) => realEngine.openClient({ ...options, clock: hurriedClock }),
};

export interface Hosted {
  /** "127.0.0.1:49152". */
  readonly place: string;
  readonly view: DeviceView;
  now(): number;
}

/** Everything one test needs; `close` gives all of it back. */
export class UdpStage {
  readonly folder = mkdtempSync(join(tmpdir(), 'bacvault-e2e-'));
  readonly repo = join(this.folder, 'repository');
  readonly #closers: (() => Promise<void>)[] = [];

  async close(): Promise<void> {
    for (const closer of this.#closers) await closer();
    rmSync(this.folder, { recursive: true });
  }

  /** A device on a port of its own. */
  async device(config: DeviceConfigInput, options: DeviceOptions = {}): Promise<Hosted> {
    const node = createDevice(deviceConfig({ announces: 'unicast', ...config }), options);
    return { place: await this.host(node), view: node, now: () => hurriedClock.now() };
  }

  /** Any simulated node on a port of its own; returns the place. */
  async host(node: SimulatedNode): Promise<string> {
    const socket = await bound();
    const place = `127.0.0.1:${socket.address().port}`;
    let timer: NodeJS.Timeout | undefined;
    const send = (sendings: ReturnType<SimulatedNode['tick']>): void => {
      for (const { to, datagram } of sendings) {
        if (to === BROADCAST) continue;
        const [host, port] = to.split(':');
        socket.send(datagram, Number(port), host);
      }
      clearTimeout(timer);
      const due = node.nextDeadline();
      if (due === undefined) return;
      timer = setTimeout(
        () => send(node.tick(hurriedClock.now())),
        Math.max(0, due - hurriedClock.now()) / HURRY,
      );
    };
    socket.on('message', (message, from) => {
      send(node.receive(new Uint8Array(message), `${from.address}:${from.port}`, hurriedClock.now()));
    });
    send(node.start(hurriedClock.now()));
    this.#closers.push(async () => {
      clearTimeout(timer);
      await closed(socket);
    });
    return place;
  }

  /** A place where somebody listens and never says a word. */
  async silence(): Promise<string> {
    const socket = await bound();
    this.#closers.push(() => closed(socket));
    return `127.0.0.1:${socket.address().port}`;
  }

  /** Runs a command line against this stage's repository, from any free port of loopback. */
  async run(args: readonly string[], options: FakeIoOptions = {}): Promise<Ran> {
    return this.runWith(this.io(options), args);
  }

  /** The same with an Io of the test's own, which may interrupt. */
  async runWith(io: FakeIo, args: readonly string[]): Promise<Ran> {
    const [verb = '', ...rest] = args;
    const network = /^(discover|probe|backup|restore|verify)$/.test(verb) && !args.includes('--local');
    const repository =
      /^(discover|probe)$/.test(verb) || args.includes('--repo') ? [] : ['--repo', this.repo];
    return ran([verb, ...rest, ...repository, ...(network ? ['--local', '127.0.0.1:0'] : [])], io, engine);
  }

  /** Fake streams and person, real files. */
  io(options: FakeIoOptions = {}): FakeIo {
    return { ...fakeIo(options), openFolder: (path) => hostIo().openFolder(path) };
  }
}

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  socket.close();
  await once(socket, 'close');
}
