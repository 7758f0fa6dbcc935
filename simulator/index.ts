// The simulated world, by name: devices, routers, links and time, and the way out to real UDP. Imports
// protocol only.

export * from './device/index.js';
export { eventLine } from './host/report.js';
export { serve, unixTimeAtZero } from './host/udp.js';
export type { Station, StationOptions } from './host/udp.js';
export * from './network/index.js';
export { quirkOf } from './profile/index.js';
export type * from './types.js';
export * from './world/index.js';
