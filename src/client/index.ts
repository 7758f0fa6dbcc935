// The BACnet client: finds devices and asks them. Silence and refusals are values here, not exceptions.

export { placeKey, placeWords } from './announcements.js';
export { joinSignals } from './cancelling.js';
export { createClient, type ClientPorts, type StartedClient } from './client.js';
export type { ClientOptions } from './options.js';
export {
  DEFAULT_PORT,
  formatPlace,
  formatTarget,
  HIGHEST_INSTANCE,
  type HostAndPort,
  parseHost,
  parseTarget,
} from './target.js';
export type * from './types.js';
