// The network's door: links and routers.

export { Link, perfectLink } from './link.js';
export type { LinkPeriod, LinkQuality } from './link.js';
export type { LaneOptions } from './mstp-lane.js';
export { Router } from './router.js';
export type { RouterOptions } from './router.js';
