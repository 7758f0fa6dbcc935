// A client on given ports: one endpoint, one queue, one way to bind devices. Holds no state of any device
// and knows no real socket or clock. After `close` nothing is pending and every promise has settled.

import { Endpoint, WINDOW_SIZE_DEFAULT } from '../../protocol/index.js';
import type { EndpointOptions, LinkAddress } from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import { RequestQueue } from '../pacing/index.js';
import type { Clock, Log, Random, Transport } from '../ports.js';
import { Asker } from './asker.js';
import { Binder, type Binding } from './binding.js';
import { BoundDevice } from './device.js';
import { discover } from './discovery.js';
import { ForeignRegistration } from './foreign.js';
import { LocalDevice } from './local-device.js';
import {
  type ClientOptions,
  FOREIGN_TTL_SECONDS,
  laneLimits,
  laneOf,
  ownLimits,
  timersFor,
} from './options.js';
import { findRoutes } from './routes.js';
import { parseTarget } from './target.js';
import type { Announcement, Client, Device, DiscoverOptions, Route, RouteOptions, Target } from './types.js';
import { Wire, type WireEvent } from './wire.js';

export interface ClientPorts {
  readonly clock: Clock;
  /** Closed with the client. */
  readonly transport: Transport;
  readonly random: Random;
  readonly log?: Log;
}

/** A client as it is made: `ready` tells when it may be used. */
export interface StartedClient extends Client {
  /**
   * Resolves when the BBMD has accepted the foreign device registration; at once when none was asked for.
   * Rejects with EngineError `network-failed` that names the BBMD when it refuses or says nothing, and with
   * `cancelled` when the client is closed. Does not close the client.
   */
  ready(): Promise<void>;
}

/** Starts a client. */
export function createClient(ports: ClientPorts & { readonly options?: ClientOptions }): StartedClient {
  return new BacnetClient(ports, ports.options ?? {});
}

class BacnetClient implements StartedClient {
  readonly #ports: ClientPorts;
  readonly #wire: Wire;
  readonly #queue: RequestQueue;
  readonly #asker: Asker;
  readonly #binder: Binder;
  readonly #foreign: ForeignRegistration | undefined;

  constructor(ports: ClientPorts, options: ClientOptions) {
    const { clock, transport, log } = ports;
    const own = ownLimits(options);
    this.#ports = ports;
    this.#wire = new Wire({ endpoint: new Endpoint(endpointOptions(ports, options)), clock, transport, log });
    this.#queue = new RequestQueue({ clock, limits: (lane) => laneLimits(lane, options) });
    this.#asker = new Asker(this.#wire, this.#queue, clock, options);
    this.#binder = new Binder({ wire: this.#wire, queue: this.#queue, asker: this.#asker, clock, log, own });
    const local = new LocalDevice(this.#wire, own, options.localInstance);
    this.#wire.onEvent((event) => local.take(event));
    this.#wire.onEvent((event) => noteBusyRouter(this.#queue, event));
    const { foreign } = options;
    this.#foreign =
      foreign === undefined ? undefined : new ForeignRegistration(this.#wire, clock, foreign.bbmd, log);
    this.#wire.start();
  }

  get localAddress(): LinkAddress {
    return this.#ports.transport.localAddress;
  }

  get clock(): Clock {
    return this.#ports.clock;
  }

  async ready(): Promise<void> {
    await this.#foreign?.accepted();
  }

  discover(options: DiscoverOptions = {}): AsyncIterable<Announcement> {
    const { clock, log } = this.#ports;
    return discover({ wire: this.#wire, queue: this.#queue, clock, log }, options);
  }

  routes(options: RouteOptions = {}): Promise<Route[]> {
    return findRoutes({ wire: this.#wire, queue: this.#queue, clock: this.#ports.clock }, options);
  }

  async device(
    target: Target | string,
    options: { readonly signal?: AbortSignal; readonly waitMs?: number } = {},
  ): Promise<Device> {
    const wanted = typeof target === 'string' ? parseTarget(target) : target;
    const binding = await this.#binder.bind(wanted, options);
    const findAgain = (last: Binding, again: typeof options): Promise<Binding> =>
      this.#binder.rebind(last, again);
    return new BoundDevice({ client: this, asker: this.#asker, binding, findAgain });
  }

  async close(): Promise<void> {
    const reason = new EngineError('cancelled', 'The client was closed.');
    this.#wire.close(reason);
    this.#queue.close(reason);
    await this.#ports.transport.close();
  }
}

/** The lanes of a router that says "busy" go slower for a while, besides the pause that the endpoint keeps. */
function noteBusyRouter(queue: RequestQueue, event: WireEvent): void {
  if (event.kind !== 'network-message' || event.message.kind !== 'router-busy-to-network') return;
  const { networks } = event.message;
  const { link } = event.from;
  const lanes =
    networks.length === 0
      ? queue.lanes.filter((lane) => lane.endsWith(`@${link}`))
      : networks.map((network) => laneOf({ link, network, mac: '' }));
  for (const lane of lanes) queue.trouble(lane, 'router-busy');
}

function endpointOptions({ random }: ClientPorts, options: ClientOptions): EndpointOptions {
  const { foreign } = options;
  return {
    framing: 'bip',
    limits: ownLimits(options),
    timers: timersFor('read-property', { link: '' }, options, {}),
    windowSize: WINDOW_SIZE_DEFAULT,
    // A run that starts where the last one ended would take late answers of it for its own.
    firstInvokeId: 1 + (random.uint32() % 255),
    ...(foreign === undefined
      ? {}
      : { foreign: { bbmd: foreign.bbmd, ttlSeconds: foreign.ttlSeconds ?? FOREIGN_TTL_SECONDS } }),
  };
}
