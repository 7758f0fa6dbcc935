// A summary to an MQTT broker, which must acknowledge it (QoS 1). Connects once and does not try again by itself. A
// password is never sent in clear to another computer.

import { connectAsync } from 'mqtt';
import { isReadableOnTheWay, type MqttMessage } from '../../ports.js';
import { within } from './time-limit.js';

export async function publish({
  broker,
  topic,
  json,
  retain,
  login,
  timeLimitMs,
}: MqttMessage): Promise<void> {
  if (login !== undefined && isReadableOnTheWay(broker))
    throw new Error('the password would be sent in clear: mqtts:// is needed');
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
