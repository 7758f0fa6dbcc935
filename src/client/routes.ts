// Who routes to where: asks Who-Is-Router-To-Network (clause 6.4.1) and gathers what comes back. A router that
// says nothing is no news: the way to a device is in its I-Am as well.

import type { LinkAddress } from '../../protocol/index.js';
import type { RequestQueue } from '../pacing/index.js';
import type { Clock } from '../ports.js';
import { cancelledError, joinSignals } from './cancelling.js';
import { BROADCAST_LANE } from './options.js';
import type { Route, RouteOptions } from './types.js';
import type { Wire } from './wire.js';

export interface RoutesPorts {
  readonly wire: Wire;
  readonly queue: RequestQueue;
  readonly clock: Clock;
}

const WAIT_MS = 3000;

/** Who floods us with routers need not fill the memory as well. */
const ROUTERS_MAX = 1000;

export async function findRoutes(
  { wire, queue, clock }: RoutesPorts,
  { network, waitMs = WAIT_MS, signal }: RouteOptions,
): Promise<Route[]> {
  const joined = joinSignals(signal, wire.closing);
  const heard = new Map<LinkAddress, Set<number>>();
  const stop = wire.onEvent((event) => {
    if (event.kind !== 'network-message' || event.message.kind !== 'i-am-router-to-network') return;
    const { link } = event.from;
    const networks = event.message.networks.filter((one) => network === undefined || one === network);
    if (networks.length === 0 || (heard.size >= ROUTERS_MAX && !heard.has(link))) return;
    heard.set(link, new Set([...(heard.get(link) ?? []), ...networks]));
  });
  try {
    const ask = (): Promise<void> => {
      const message = {
        kind: 'who-is-router-to-network' as const,
        ...(network === undefined ? {} : { network }),
      };
      wire.networkMessage({ broadcast: 'local' }, message);
      return Promise.resolve();
    };
    await queue.run(BROADCAST_LANE, ask, { priority: 'control', signal: joined.signal });
    await clock.sleep(waitMs, joined.signal);
  } catch (error) {
    throw joined.signal.aborted ? cancelledError(joined.signal.reason) : error;
  } finally {
    stop();
    joined.release();
  }
  return [...heard]
    .map(([router, networks]) => ({ router, networks: [...networks].sort((a, b) => a - b) }))
    .sort((a, b) => (a.router < b.router ? -1 : 1));
}
