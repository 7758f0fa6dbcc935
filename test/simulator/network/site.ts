// A B/IP network with a router and devices behind it, for the tests of routers and lanes.

import type { Address } from '../../../protocol/index.js';
import {
  createDevice,
  deviceConfig,
  type LaneOptions,
  Router,
  type SimulatedDevice,
  World,
} from '../../../simulator/index.js';
import { ramp, stream, TestClient } from '../support.js';

export const ROUTER = '10.0.0.1:47808';
export const LIMITS = { maxApdu: 480, segmentation: 'none' } as const;

export interface Site {
  readonly world: World;
  readonly devices: SimulatedDevice[];
  /** Was there before the router started. */
  readonly listener: TestClient;
  readonly client: (network: number, mac: string, apduTimeoutMs?: number) => TestClient;
}

/** A router with devices 1, 2, ... at MACs 01, 02, ... of each lane; a second lane's begin at 11. */
export function site(lanes: LaneOptions[] = [{ network: 2001 }], perLane = 2): Site {
  const world = new World();
  const router = new Router({ lanes });
  const devices = lanes.flatMap(({ network }, lane) =>
    Array.from({ length: perLane }, (_, i) => {
      const files = [stream(1, ramp(2000))];
      const made = createDevice(deviceConfig({ instance: lane * 10 + i + 1, limits: LIMITS, files }), {
        framing: 'npdu',
      });
      router.attach(network, `0${i + 1}`, made);
      return made;
    }),
  );
  const listener = new TestClient(world, '10.0.0.200:47808');
  world.add(router, ROUTER);
  let host = 2;
  const client = (network: number, mac: string, apduTimeoutMs = 3000): TestClient => {
    const to: Address = { link: ROUTER, network, mac };
    return new TestClient(world, `10.0.0.${host++}:47808`, {
      to,
      peer: { maxApdu: 1476, segmentation: 'none' },
      apduTimeoutMs,
    });
  };
  return { world, devices, listener, client };
}
