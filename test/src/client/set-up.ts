// A client in a simulated world, with everything a test wants to look at.

import { expect } from 'chai';

import { type ClientOptions, createClient, type StartedClient } from '../../../src/client/index.js';
import { EngineError, type ErrorCode } from '../../../src/errors.js';
import { World, type WorldOptions } from '../../../simulator/index.js';
import { countingClock, type CountingClock } from './counting-clock.js';
import { Peer, type PeerScript } from './peer.js';

export const CLIENT = '10.0.0.1:47808';
export const DEVICE = '10.0.0.2:47808';
export const OTHER = '10.0.0.3:47808';

export interface ClientWorld {
  readonly world: World;
  readonly clock: CountingClock;
  readonly client: StartedClient;
  /** Lines of the log of "warn" and "error". */
  readonly warnings: string[];
  /** Datagrams that the client sent, with the time of each. */
  readonly sent: { readonly at: number; readonly to: string; readonly octets: Uint8Array }[];
  readonly peer: (link: string, script?: PeerScript) => Peer;
  readonly run: <T>(promise: Promise<T>) => Promise<T>;
}

export function clientWorld(options: ClientOptions = {}, worldOptions: WorldOptions = {}): ClientWorld {
  const world = new World(worldOptions);
  const clock = countingClock(world.clock);
  const warnings: string[] = [];
  const sent: { at: number; to: string; octets: Uint8Array }[] = [];
  world.onDatagram((octets, from, to, at) => {
    if (from === CLIENT) sent.push({ at, to, octets: octets.slice() });
    return undefined;
  });
  const client = createClient({
    clock,
    transport: world.transport(CLIENT),
    random: world.random('client'),
    log: {
      log: (level, message) => {
        if (level === 'warn' || level === 'error') warnings.push(`${level}: ${message}`);
      },
    },
    options,
  });
  return {
    world,
    clock,
    client,
    warnings,
    sent,
    peer: (link, script) => new Peer(world.transport(link), script),
    run: (promise) => world.run(promise),
  };
}

/** The EngineError of this code that the promise rejects with; fails when it does not. */
export async function engineError(promise: Promise<unknown>, code: ErrorCode): Promise<EngineError> {
  let error: unknown;
  try {
    await promise;
  } catch (thrown) {
    error = thrown;
  }
  expect(error, 'it did not reject with an EngineError').to.be.instanceOf(EngineError);
  const engine = error as EngineError;
  expect(engine.code, engine.message).to.equal(code);
  return engine;
}
