// The lanes of a run: one transfer at a time on each network behind a router, so many B/IP devices at once, and so
// many of all together. p-queue keeps order and concurrency; the pace of frames is the client's. Nothing is ever
// begun here that would make two transfers of one lane.

import PQueue from 'p-queue';

import type { Address } from '../../../protocol/index.js';
import type { ClientOptions } from '../../client/index.js';
import type { LaneLimits, Rule } from '../site/types.js';

type ClientPace = NonNullable<ClientOptions['pace']>;
type Pace = NonNullable<ClientPace['routed']>;

/** Requests that may leave back to back after a pause. */
const BURST = 4;

/** Lane of all devices on our own B/IP network. */
export const DIRECT_LANE = 'B/IP';

/** The lane of a device: its network (DNET), whichever router leads to it; all B/IP devices share one. */
export function laneName(address: Pick<Address, 'network'>): string {
  return address.network === undefined ? DIRECT_LANE : `network ${address.network}`;
}

/** How fast the client may ask, by network: as many requests as leave room for their answers in the budget. */
export function paceOf(lanes: LaneLimits, pacing: Rule['pacing'] = {}): ClientPace {
  const pace = (framesPerSecond: number): Pace => ({
    framesPerSecond: framesPerSecond / 2,
    // Never more at once than in one second, nor so many that they fill the buffers of a router.
    burst: Math.max(1, Math.min(BURST, Math.floor(framesPerSecond / 2))),
  });
  const most = pacing.framesPerSecond ?? Infinity;
  const networks = lanes.networks.flatMap(({ network, framesPerSecond }) =>
    framesPerSecond === undefined ? [] : [[network, pace(Math.min(most, framesPerSecond))] as const],
  );
  return {
    routed: pace(Math.min(most, lanes.framesPerSecond)),
    networks: Object.fromEntries(networks),
  };
}

/** What lanes may do at once. */
export class Limits {
  readonly parallel: number;
  readonly #lanes: LaneLimits;

  constructor(lanes: LaneLimits, pacing: Rule['pacing'] = {}) {
    this.#lanes = lanes;
    this.parallel = pacing.parallelLanes ?? lanes.parallelLanes;
  }

  /** Transfers at once in a lane. */
  transfers(lane: string): number {
    if (lane === DIRECT_LANE) return this.#lanes.directDevices;
    const network = Number(lane.replace('network ', ''));
    return (
      this.#lanes.networks.find((one) => one.network === network)?.transfers ??
      this.#lanes.transfersPerNetwork
    );
  }
}

/** Work for one device of a lane. */
export interface LaneWork {
  readonly lane: string;
  /** Higher goes first within the lane. */
  readonly priority: number;
  /** How much the lane has to do, ms or any other measure: where slots are short, longer lanes get them first. */
  readonly weight: number;
}

export class Lanes {
  readonly #limits: Limits;
  readonly #slots: PQueue;
  readonly #lanes = new Map<string, PQueue>();

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#slots = new PQueue({ concurrency: limits.parallel });
  }

  /** Does the work when its lane and a slot are free. Rejects as the work does. */
  run<T>({ lane, priority, weight }: LaneWork, work: () => Promise<T>): Promise<T> {
    return this.#lane(lane).add(() => this.#slots.add(work, { priority: weight }), { priority });
  }

  #lane(name: string): PQueue {
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new PQueue({ concurrency: this.#limits.transfers(name) });
      this.#lanes.set(name, lane);
    }
    return lane;
  }
}
