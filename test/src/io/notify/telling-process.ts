// A process of its own that tells what it is given, as [way, message] pairs in its first argument, and prints what came
// of each: only at its start can a process be told of certificates.

import { messengers } from '../../../../src/io/notify/messengers.js';
import type { Messengers } from '../../../../src/ports.js';

type Telling = {
  readonly [K in keyof Messengers]: readonly [K, Parameters<Messengers[K]>[0]];
}[keyof Messengers];

async function tell([way, message]: Telling): Promise<string> {
  const all = messengers();
  try {
    if (way === 'post') await all.post(message);
    else if (way === 'mail') await all.mail(message);
    else await all.publish(message);
    return 'told';
  } catch (error) {
    const { message: text, cause } = error as Error;
    return cause instanceof Error ? `${text}: ${cause.message}` : text;
  }
}

const tellings = JSON.parse(process.argv[2] ?? '[]') as readonly Telling[];
process.stdout.write(JSON.stringify(await Promise.all(tellings.map(tell))));
