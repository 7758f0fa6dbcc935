// The simulated world, by name: devices, routers, links and time. Imports protocol only.

export * from './device/index.js';
export * from './network/index.js';
export type * from './types.js';
export * from './world/index.js';
