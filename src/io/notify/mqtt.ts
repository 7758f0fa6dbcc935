// A summary to an MQTT broker, which must acknowledge it (QoS 1). Connects once and does not try again by itself.

import { connectAsync } from 'mqtt';
import type { MqttMessage } from '../../ports.js';
import { within } from './time-limit.js';

export async function publish({
  broker,
  topic,
  json,
  retain,
  login,
  timeLimitMs,
}: MqttMessage): Promise<void> {
  const options = {
    connectTimeout: timeLimitMs,
    reconnectPeriod: 0,
    ...(login === undefined ? {} : { username: login.user, password: login.password }),
  };
  const client = await within(timeLimitMs, connectAsync(broker, options, false));
  // What goes wrong rejects the publication; an error that nobody listens to would end the process.
  client.on('error', () => undefined);
  try {
    await within(timeLimitMs, client.publishAsync(topic, json, { qos: 1, retain }));
  } finally {
    await client.endAsync(true);
  }
}
