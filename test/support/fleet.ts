// A site in a simulated world: MS/TP networks behind routers and B/IP devices, a client, a repository in memory, and
// what a run over them told. Watches every datagram, so that what the lanes carried is known and not believed.

import { decodeBvll, decodeNpdu } from '../../protocol/index.js';
import {
  createDevice,
  deviceConfig,
  type DeviceConfigInput,
  type DeviceView,
  type LinkQuality,
  type LaneOptions,
  Router,
  type SimulatedNode,
  World,
} from '../../simulator/index.js';
import { type ClientOptions, createClient, type StartedClient } from '../../src/client/index.js';
import {
  type FleetEvent,
  type FleetSummary,
  type Rule,
  runFleet,
  type RunFleetOptions,
  type Site,
} from '../../src/fleet/index.js';
import type { Processes, Store } from '../../src/ports.js';
import { initRepository, MemoryStore, type Repository } from '../../src/repository/index.js';
import { streamFile } from './world.js';

export const FLEET_CLIENT = '10.0.0.1:47808';

/** MS/TP at 38,400 bit/s with a token that goes round. */
export const MSTP_38400 = { latencyMs: 20, octetMs: 0.26 } as const;

export interface FleetOptions {
  readonly seed?: number;
  readonly networks?: number;
  /** Devices on each network: 2001 has 200101, 200102, ... */
  readonly perNetwork?: number;
  /** B/IP devices: 100, 101, ... */
  readonly direct?: number;
  readonly octets?: number;
  /** Changes the description of a device; undefined leaves it out: it is dead. */
  readonly device?: (instance: number, config: DeviceConfigInput) => DeviceConfigInput | undefined;
  readonly lane?: Partial<LaneOptions>;
  readonly link?: Partial<LinkQuality>;
  readonly client?: ClientOptions;
  readonly site?: Partial<Site>;
  readonly rule?: Partial<Rule>;
  readonly disk?: (store: MemoryStore) => Store;
  readonly processes?: Processes;
}

export const RULE: Rule = {
  name: 'nightly',
  what: {},
  timeZone: 'UTC',
  pacing: {},
  retries: 1,
  staleAfterMs: 8 * 24 * 3_600_000,
  tags: [],
  unchanged: 'backup',
  verify: false,
};

export const SITE: Site = {
  name: 'North',
  network: {},
  discovery: { ranges: [{ low: 0, high: 4_194_302 }], repeats: 1, pauseMs: 1000 },
  devices: [],
  groups: [],
  rules: [RULE],
  lanes: {
    transfersPerNetwork: 1,
    parallelLanes: 32,
    directDevices: 8,
    framesPerSecond: 40,
    networks: [],
  },
  notify: [],
};

export const routerLink = (index: number): string =>
  `10.0.${1 + Math.floor(index / 200)}.${1 + (index % 200)}:47808`;
const directLink = (index: number): string => `10.1.${Math.floor(index / 200)}.${1 + (index % 200)}:47808`;

export class FleetStage {
  readonly world: World;
  readonly client: StartedClient;
  readonly repository: Repository;
  readonly store: MemoryStore;
  readonly site: Site;
  readonly views = new Map<number, DeviceView & SimulatedNode>();
  readonly events: FleetEvent[] = [];
  /** NPDUs that the client sent into each network, and the networks sent back: the times, ms. */
  readonly frames = new Map<number, number[]>();

  private constructor(parts: Pick<FleetStage, 'world' | 'client' | 'repository' | 'store' | 'site'>) {
    this.world = parts.world;
    this.client = parts.client;
    this.repository = parts.repository;
    this.store = parts.store;
    this.site = parts.site;
  }

  static async open(options: FleetOptions = {}): Promise<FleetStage> {
    const { networks = 2, perNetwork = 3, direct = 1, octets = 2000, link } = options;
    const world = new World({
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(link === undefined ? {} : { link }),
    });
    const client = createClient({
      clock: world.clock,
      transport: world.transport(FLEET_CLIENT),
      random: world.random('client'),
      ...(options.client === undefined ? {} : { options: options.client }),
    });
    const store = new MemoryStore();
    const repository = await initRepository(options.disk?.(store) ?? store, {
      place: 'memory',
      clock: world.clock,
      random: world.random('repository'),
      defaultSite: 'North',
      ...(options.processes === undefined ? {} : { processes: options.processes }),
    });
    const rule = { ...RULE, ...options.rule };
    const site = { ...SITE, rules: [rule], ...options.site };
    const stage = new FleetStage({ world, client, repository, store, site });
    const { lane, device = (_: number, config: DeviceConfigInput): DeviceConfigInput | undefined => config } =
      options;
    for (let index = 0; index < networks; index += 1) {
      const network = 2001 + index;
      const router = new Router({ lanes: [{ network, ...MSTP_38400, ...lane }] });
      for (let mac = 1; mac <= perNetwork; mac += 1) {
        const instance = network * 100 + mac;
        const node = stage.#device(device(instance, described(instance, octets, 480)), 'npdu');
        if (node !== undefined) router.attach(network, mac.toString(16).padStart(2, '0'), node);
      }
      world.add(router, routerLink(index));
    }
    for (let index = 0; index < direct; index += 1) {
      const node = stage.#device(device(100 + index, described(100 + index, octets, 1476)), 'bip');
      if (node !== undefined) world.add(node, directLink(index));
    }
    stage.#watch();
    return stage;
  }

  /** Runs the rule to its end; what it told is in `events`. */
  run(options: RunFleetOptions = {}, limitMs?: number): Promise<FleetSummary> {
    this.events.length = 0;
    const all = async (): Promise<FleetSummary> => {
      for await (const event of runFleet(this.site, this.repository, { ...options, client: this.client }))
        this.events.push(event);
      const last = this.events.at(-1);
      if (last?.kind !== 'fleet-summary') throw new Error(`the last event is ${last?.kind ?? 'none'}`);
      return last;
    };
    return this.world.run(all(), limitMs === undefined ? {} : { limitMs });
  }

  #device(
    config: DeviceConfigInput | undefined,
    framing: 'bip' | 'npdu',
  ): (DeviceView & SimulatedNode) | undefined {
    if (config === undefined) return undefined;
    const node = createDevice(deviceConfig(config), { framing });
    this.views.set(node.instance, node);
    return node;
  }

  #watch(): void {
    this.world.onDatagram((octets, from, to, now) => {
      if (from !== FLEET_CLIENT && to !== FLEET_CLIENT) return undefined;
      const network = networkOf(octets, from === FLEET_CLIENT);
      if (network === undefined) return undefined;
      const times = this.frames.get(network) ?? [];
      times.push(now);
      this.frames.set(network, times);
      return undefined;
    });
  }
}

function described(instance: number, octets: number, maxApdu: number): DeviceConfigInput {
  return {
    instance,
    limits: { maxApdu, segmentation: maxApdu > 480 ? 'both' : 'none' },
    files: [streamFile(1, octets)],
  };
}

function networkOf(octets: Uint8Array, isOurs: boolean): number | undefined {
  try {
    const bvll = decodeBvll(octets);
    if (!('npdu' in bvll)) return undefined;
    const npdu = decodeNpdu(bvll.npdu);
    if (npdu.content.kind !== 'apdu') return undefined;
    const network = isOurs ? npdu.destination?.network : npdu.source?.network;
    return network === undefined || network === 0xffff ? undefined : network;
  } catch {
    return undefined;
  }
}

/** The summary's devices by their outcome. */
export function outcomes({ devices }: FleetSummary): Record<number, string> {
  return Object.fromEntries(devices.map(({ device, outcome }) => [device, outcome]));
}
