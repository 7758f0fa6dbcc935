// The engine as a figure uses it: one client on loopback, one device, and its transfers as the procedures run them.
import { openClient } from '../../dist/src/index.js';
import { ObjectType } from '../../dist/protocol/index.js';
import { filePort } from '../../dist/src/procedure/file-port.js';
import { Session } from '../../dist/src/procedure/session.js';
import { ReadWindow } from '../../dist/src/pacing/index.js';
import { download } from '../../dist/src/transfer/index.js';
import { INSTANCE } from './processes.mjs';

const FILE = { type: ObjectType.file, instance: 1 };

/** For `prepare`: one request after another, as for a device that bears no more. */
export function oneAtATime(session) {
  session.readWindow = new ReadWindow({ pace: 'gentle' });
}

/** A client of its own; `options` of openClient. */
export async function openEngine(port, options = {}) {
  const client = await openClient({ local: { address: '127.0.0.1', port: 0 }, ...options });
  const device = await client.device(`${INSTANCE}@127.0.0.1:${port}`);
  return new Engine(client, device);
}

class Engine {
  client;
  device;

  constructor(client, device) {
    this.client = client;
    this.device = device;
  }

  /**
   * Reads the file, by the loop that a backup runs, with nothing learnt before; stops after `octets` where they are
   * given. `prepare` may change the session first. Resolves with { seconds, octets, content, requests, retries }.
   */
  async read({ octets = Infinity, keep = false, prepare = () => undefined, expected } = {}) {
    const session = new Session(this.device, {});
    session.readWindow = new ReadWindow();
    prepare(session);
    const port = filePort(session);
    const started = performance.now();
    const parts = download(port, FILE, {
      access: 'stream',
      mayResume: () => Promise.resolve(),
      ...(expected === undefined ? {} : { expected }),
    });
    const content = [];
    let read = 0;
    for await (const part of parts) {
      for (const one of part.parts) {
        read += one.length;
        if (keep) content.push(one);
      }
      if (read >= octets) break;
    }
    const seconds = (performance.now() - started) / 1000;
    const { requests, retries } = session;
    return { seconds, octets: read, content: Buffer.concat(content), requests, retries };
  }

  close() {
    return this.client.close();
  }
}
