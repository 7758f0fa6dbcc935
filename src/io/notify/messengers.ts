// The ways to tell somebody outside. Each library is loaded when it is first needed: most commands tell nobody.

import type { Messengers } from '../../ports.js';

export function messengers(): Messengers {
  return {
    post: async (message) => (await import('./webhook.js')).post(message),
    mail: async (message) => (await import('./mail.js')).mail(message),
    publish: async (message) => (await import('./mqtt.js')).publish(message),
  };
}
