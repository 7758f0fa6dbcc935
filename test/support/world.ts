// One client, simulated devices and a repository in memory, put into a simulated world: the stage of every
// scenario test. Also says after each scene whether the device was left as the report or error claims.

import { expect } from 'chai';
import {
  BackupState,
  decodeApdu,
  decodeBvll,
  decodeNpdu,
  SystemStatus,
  type Apdu,
} from '../../protocol/index.js';
import {
  createDevice,
  deviceConfig,
  Router,
  quirkNamed,
  World,
  type DatagramTap,
  type DeviceConfigInput,
  type DeviceEvent,
  type DeviceView,
  type FileConfig,
  type LaneOptions,
  type LinkQuality,
  type Quirk,
  type SimulatedNode,
  type StreamFileConfig,
} from '../../simulator/index.js';
import { createClient, type Client, type ClientOptions, type Device } from '../../src/client/index.js';
import { EngineError, type ErrorCode } from '../../src/errors.js';
import type { Processes, Store, Transport } from '../../src/ports.js';
import { backup, restore, verify } from '../../src/procedure/index.js';
import type {
  BackupOptions,
  BackupReport,
  ProgressEvent,
  RestoreOptions,
  RestoreReport,
  VerifyOptions,
  VerifyReport,
} from '../../src/procedure/index.js';
import {
  initRepository,
  MemoryStore,
  type ImageSummary,
  type Repository,
} from '../../src/repository/index.js';

export const CLIENT_LINK = '10.0.0.1:47808';
export const DEVICE_LINK = '10.0.0.10:47808';
export const ROUTER_LINK = '10.0.0.2:47808';
export const NETWORK = 2001;

/** What becomes of a datagram that the client sends: when each copy leaves, ms from now. undefined: at once. */
export type Mangle = (
  apdu: Apdu | undefined,
  datagram: Uint8Array,
  now: number,
) => readonly number[] | undefined;

export interface StageOptions {
  readonly seed?: number | string;
  readonly device?: DeviceConfigInput;
  /** "name" or "name=value" of the simulator's quirks, or quirks of the test's own. */
  readonly quirks?: readonly (string | Quirk)[];
  readonly client?: ClientOptions;
  readonly link?: Partial<LinkQuality>;
  /** Puts the device behind a router, under this lane's network with MAC 0a. */
  readonly lane?: Partial<LaneOptions>;
  readonly mangle?: Mangle;
  /** Puts something between the repository and its store in memory: a disk with faults. */
  readonly disk?: (store: MemoryStore) => Store;
  readonly processes?: Processes;
}

export class Stage {
  readonly world: World;
  readonly client: Client;
  readonly repository: Repository;
  /** What the repository lies in. */
  readonly store: MemoryStore;
  readonly view: DeviceView & SimulatedNode;
  /** What the engine told while it worked. */
  readonly events: ProgressEvent[] = [];
  /** What happened inside the device. */
  readonly deviceEvents: readonly DeviceEvent[];
  readonly #target: string;

  private constructor(parts: {
    world: World;
    client: Client;
    repository: Repository;
    store: MemoryStore;
    view: DeviceView & SimulatedNode;
    deviceEvents: readonly DeviceEvent[];
    target: string;
  }) {
    this.world = parts.world;
    this.client = parts.client;
    this.repository = parts.repository;
    this.store = parts.store;
    this.view = parts.view;
    this.deviceEvents = parts.deviceEvents;
    this.#target = parts.target;
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const { seed, link, device = {}, quirks = [], mangle, lane } = options;
    const world = new World({
      ...(seed === undefined ? {} : { seed }),
      ...(link === undefined ? {} : { link }),
    });
    const deviceEvents: DeviceEvent[] = [];
    const config = deviceConfig({ ...device, quirks: [...(device.quirks ?? []), ...quirks.map(named)] });
    const node = createDevice(config, {
      framing: lane === undefined ? 'bip' : 'npdu',
      onEvent: (event) => deviceEvents.push(event),
    });
    if (lane === undefined) {
      world.add(node, DEVICE_LINK);
    } else {
      const router = new Router({ lanes: [{ network: NETWORK, ...lane }] });
      router.attach(NETWORK, '0a', node);
      world.add(router, ROUTER_LINK);
    }
    const { clock } = world;
    const transport = mangled(world, mangle);
    const random = world.random('client');
    const client = createClient({
      clock,
      transport,
      random,
      ...(options.client === undefined ? {} : { options: options.client }),
    });
    const store = new MemoryStore();
    const repository = await initRepository(options.disk?.(store) ?? store, {
      place: 'memory',
      clock,
      random: world.random('repository'),
      defaultSite: 'test',
      ...(options.processes === undefined ? {} : { processes: options.processes }),
    });
    const target =
      lane === undefined
        ? `${config.instance}@${DEVICE_LINK}`
        : `${config.instance}@${NETWORK}:10@${ROUTER_LINK}`;
    return new Stage({ world, client, repository, store, view: node, deviceEvents, target });
  }

  /** Lets virtual time pass until the promise settles. */
  run<T>(promise: Promise<T>, limitMs?: number): Promise<T> {
    return this.world.run(promise, limitMs === undefined ? {} : { limitMs });
  }

  bind(): Promise<Device> {
    return this.run(this.client.device(this.#target));
  }

  async backup(options: BackupOptions = {}): Promise<BackupReport> {
    const device = await this.bind();
    return this.run(backup(device, this.repository, { ...options, onEvent: this.#told(options.onEvent) }));
  }

  /** Restores without an undo image, unless one is asked for: most stories are about what comes after it. */
  async restore(image: string, options: Partial<RestoreOptions> = {}): Promise<RestoreReport> {
    const device = await this.bind();
    return this.run(
      restore(device, this.repository, image, {
        expect: { instance: device.instance },
        undo: 'none',
        ...options,
        onEvent: this.#told(options.onEvent),
      }),
    );
  }

  async verify(image: string, options: VerifyOptions = {}): Promise<VerifyReport> {
    const device = await this.bind();
    return this.run(
      verify(device, this.repository, image, { ...options, onEvent: this.#told(options.onEvent) }),
    );
  }

  #told(also: ((event: ProgressEvent) => void) | undefined): (event: ProgressEvent) => void {
    return (event) => {
      this.events.push(event);
      also?.(event);
    };
  }

  /** Gives the device another address on the link, as a restored configuration may. */
  move(link: string): void {
    this.world.remove(DEVICE_LINK);
    this.world.add(this.view, link);
  }

  get now(): number {
    return this.world.clock.now();
  }

  /** Octets of a file of an image. */
  async content(image: ImageSummary, instance: number): Promise<Uint8Array> {
    const file = image.manifest.files.find((candidate) => candidate.instance === instance);
    if (file === undefined) throw new Error(`the image has no file ${instance}`);
    return joined(this.repository.content(file));
  }

  /** Records of a file of an image. */
  async records(image: ImageSummary, instance: number): Promise<number[][]> {
    const file = image.manifest.files.find((candidate) => candidate.instance === instance);
    if (file === undefined) throw new Error(`the image has no file ${instance}`);
    const records: number[][] = [];
    for await (const record of this.repository.records(file)) records.push([...record]);
    return records;
  }

  /** The device is in nobody's procedure. */
  expectFree(): void {
    const free: readonly number[] = [BackupState.idle, BackupState.backupFailure, BackupState.restoreFailure];
    expect(free, `the device was left in state ${this.view.backupState}`).to.include(this.view.backupState);
    expect([SystemStatus.backupInProgress, SystemStatus.downloadInProgress]).to.not.include(
      this.view.systemStatus,
    );
  }

  /** What a report or error says of the device is what the device is: no "released" of a stuck device. */
  expectHonest(release: unknown): void {
    if (release === 'released' || release === 'not-started') this.expectFree();
    else expect(release).to.equal('unproven');
  }

  /** The act fails with this code, and its message and release are honest. */
  async expectFailure(act: Promise<unknown>, code: ErrorCode): Promise<EngineError> {
    const error = await failure(act);
    expect(error.code, error.message).to.equal(code);
    expect(error.message).to.match(/^Device \d+/);
    expect(error.message, 'one sentence').to.match(/[^.]\.$/);
    expect(error.details.device).to.equal(this.view.instance);
    this.expectHonest(error.details.release);
    return error;
  }
}

/** The EngineError of an act that must fail. */
export async function failure(act: Promise<unknown>): Promise<EngineError> {
  const result = await act.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in result))
    throw new Error(`it did not fail, but gave ${JSON.stringify(result.value).slice(0, 400)}`);
  if (result.error instanceof EngineError) return result.error;
  throw result.error;
}

function named(quirk: string | Quirk): Quirk {
  if (typeof quirk !== 'string') return quirk;
  const [name = '', ...value] = quirk.split('=');
  return value.length === 0 ? quirkNamed(name) : quirkNamed(name, value.join('='));
}

function mangled(world: World, mangle: Mangle | undefined): Transport {
  const transport = world.transport(CLIENT_LINK);
  if (mangle === undefined) return transport;
  return {
    ...transport,
    send: (datagram, to) => {
      const copy = datagram.slice();
      for (const delayMs of mangle(apduOf(copy), copy, world.clock.now()) ?? [0]) {
        if (delayMs === 0) transport.send(copy, to);
        else void world.clock.sleep(delayMs).then(() => transport.send(copy, to));
      }
    },
  };
}

/** The APDU in a B/IP datagram; undefined when there is none. */
export function apduOf(datagram: Uint8Array): Apdu | undefined {
  try {
    const bvll = decodeBvll(datagram);
    if (bvll.kind !== 'original-unicast') return undefined;
    const { content } = decodeNpdu(bvll.npdu);
    return content.kind === 'apdu' ? decodeApdu(content.apdu) : undefined;
  } catch {
    return undefined;
  }
}

/** The n-th (from 1) request of a service that the client sends leaves at these times instead. */
export function nth(service: number, n: number, delaysMs: readonly number[]): Mangle {
  let seen = 0;
  return (apdu) => {
    if (apdu?.type !== 'confirmed-request' || apdu.service !== service) return undefined;
    seen += 1;
    return seen === n ? delaysMs : undefined;
  };
}

export type { DatagramTap };

export async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const octets = new Uint8Array(all.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of all) {
    octets.set(chunk, at);
    at += chunk.length;
  }
  return octets;
}

/** Octets that look like chance and are the same in every run. */
export function octetsOf(length: number, seed = 1): Uint8Array {
  const octets = new Uint8Array(length);
  let x = (seed * 2654435761) >>> 0 || 1;
  for (let i = 0; i < length; i += 1) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    octets[i] = x & 0xff;
  }
  return octets;
}

export function streamFile(instance: number, length: number): FileConfig & StreamFileConfig {
  return { instance, access: 'stream', content: octetsOf(length, instance + length) };
}

export function recordFile(instance: number, lengths: readonly number[]): FileConfig {
  return { instance, access: 'record', records: lengths.map((length, i) => octetsOf(length, instance + i)) };
}
