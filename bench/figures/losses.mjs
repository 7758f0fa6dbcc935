// Reading over a path that loses datagrams. The same losses in every run; other rounds, other losses.
import { oneAtATime, openEngine } from '../harness/engine.mjs';
import { openFloor } from '../harness/floor.mjs';
import { startDevice, startRelay } from '../harness/processes.mjs';

const KIB = 1024;

export const losses = [
  {
    name: 'loss-5',
    what: '5 % loss each way, 256 KiB, one outstanding: time against a fixed timer of 3 s',
    goal: { atMost: 1 / 15 },
    rounds: 3,
    async open() {
      const octets = 256 * KIB;
      const device = await startDevice({ octets });
      return {
        async round(index) {
          // A relay for each, so that both meet the same losses: what one of them sends does not move the other's.
          const options = { to: device.port, lossRate: 0.05, seed: 7 + index };
          const relays = await Promise.all([startRelay(options), startRelay(options)]);
          const floor = await openFloor(relays[0].port);
          const ours = await openEngine(relays[1].port);
          try {
            const fixed = await floor.read(octets, { timeoutMs: 3000 });
            const read = await ours.read({ expected: octets, keep: true, prepare: oneAtATime });
            if (!read.content.equals(fixed.content)) throw new Error('the two did not read the same octets');
            const words = ({ seconds }) => `${seconds.toFixed(2)} s`;
            const detail = `${words(read)} (${read.retries} repeats) against ${words(fixed)} (${fixed.repeats})`;
            return { ratio: read.seconds / fixed.seconds, detail };
          } finally {
            await Promise.all([ours.close(), floor.close()]);
            await Promise.all(relays.map((relay) => relay.close()));
          }
        },
        close: () => device.close(),
      };
    },
  },
  {
    name: 'loss-2',
    what: '2 % loss each way, round trip 20 ms: time against no loss',
    goal: { atMost: 1.6 },
    rounds: 5,
    async open() {
      const octets = 1024 * KIB;
      const device = await startDevice({ octets });
      const once = async (lossRate, seed) => {
        const relay = await startRelay({ to: device.port, delayMs: 10, lossRate, seed });
        const ours = await openEngine(relay.port);
        try {
          return await ours.read({ expected: octets });
        } finally {
          await ours.close();
          await relay.close();
        }
      };
      return {
        async round(index) {
          const whole = await once(0, 1);
          const lossy = await once(0.02, 7 + index);
          const words = ({ seconds, retries }) => `${seconds.toFixed(2)} s (${retries} repeats)`;
          return { ratio: lossy.seconds / whole.seconds, detail: `${words(lossy)} against ${words(whole)}` };
        },
        close: () => device.close(),
      };
    },
  },
];
