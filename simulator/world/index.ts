// The world's door: seeded chance, virtual time and the network between the nodes.

export { SeededRandom } from './random.js';
export { VirtualClock, WORLD_START_UNIX_TIME } from './virtual-clock.js';
export { World, WorldStalled } from './world.js';
export type { DatagramTap, LinkEnds, WorldOptions, WorldTransport } from './world.js';
