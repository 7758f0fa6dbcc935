// The device's door.

export { deviceConfig } from './config.js';
export { createDevice, SimulatedDevice } from './device.js';
export { QuirkError, quirkNamed, quirks } from './quirks/index.js';
export type { QuirkKind } from './quirks/index.js';
