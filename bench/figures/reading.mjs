// Reading on loopback: what the engine's own work costs between two datagrams.
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { oneAtATime, openEngine } from '../harness/engine.mjs';
import { openFloor } from '../harness/floor.mjs';
import { startDevice } from '../harness/processes.mjs';

const MIB = 1 << 20;
const OCTETS = 8 * MIB;
const ROUNDS = 9;

const rate = (octets, seconds) => `${(octets / seconds / MIB).toFixed(1)} MiB/s`;

/** Two reads of one file of one device, one after the other; the ratio is of their rates. */
function compared({ name, what, goal, device, prepare, engine, reference }) {
  return {
    name,
    what,
    goal,
    rounds: ROUNDS,
    async open() {
      const simulated = await startDevice({ octets: OCTETS, ...device });
      const floor = await reference(simulated.port);
      const ours = await openEngine(simulated.port, engine);
      // What is compiled late must not count against whoever comes first.
      await floor.read(MIB);
      await ours.read({ octets: MIB });
      return {
        async round() {
          const least = await floor.read(OCTETS);
          const read = await ours.read({ keep: true, expected: OCTETS, prepare });
          if (!read.content.equals(least.content)) throw new Error('the two did not read the same octets');
          const detail = `${rate(OCTETS, read.seconds)} against ${rate(OCTETS, least.seconds)}`;
          return { ratio: least.seconds / read.seconds, detail };
        },
        async close() {
          await floor.close();
          await ours.close();
          await simulated.close();
        },
      };
    },
  };
}

/** @bacnet-js/client, in the loop that its users write: the next part when the last has come. */
async function openLibrary(port) {
  const { default: Library } = createRequire(import.meta.url)('@bacnet-js/client');
  const client = new Library({ interface: '127.0.0.1', port: 0, broadcastAddress: '127.255.255.255' });
  await once(client, 'listening');
  const to = { address: `127.0.0.1:${port}` };
  return {
    async read(octets) {
      const content = Buffer.alloc(octets);
      const started = performance.now();
      for (let at = 0; at < octets;) {
        const count = Math.min(1461, octets - at);
        const { buffer } = await client.readFile(to, { type: 10, instance: 1 }, at, count);
        const got = Buffer.from(buffer);
        got.copy(content, at);
        at += got.length;
      }
      return { seconds: (performance.now() - started) / 1000, content };
    },
    close: () => client.close(),
  };
}

export const reading = [
  compared({
    name: 'read-floor',
    what: 'stream read, loopback, APDU 1476, one outstanding: rate against the floor',
    goal: { atLeast: 0.8 },
    device: {},
    prepare: oneAtATime,
    reference: openFloor,
  }),
  compared({
    name: 'read-library',
    what: 'the same against @bacnet-js/client',
    goal: { atLeast: 1.5 },
    device: {},
    prepare: oneAtATime,
    reference: openLibrary,
  }),
  compared({
    name: 'read-segmented',
    what: 'segmented or windowed read, loopback: rate against the one-outstanding floor',
    goal: { atLeast: 3 },
    device: { segmentation: 'both' },
    reference: openFloor,
  }),
];
