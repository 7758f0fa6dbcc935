// Reading over a path with a round trip of 20 ms, where requests outstanding are everything; and from weak devices,
// where they are nothing.
import { oneAtATime, openEngine } from '../harness/engine.mjs';
import { openFloor } from '../harness/floor.mjs';
import { startDevice, startRelay } from '../harness/processes.mjs';

const MIB = 1 << 20;
const KIB = 1024;
const DELAY_MS = 10;

const rate = (octets, seconds) => `${Math.round(octets / seconds / KIB)} KiB/s`;

/** A device behind a relay, with the floor and the engine in front of it. */
async function stage(device, relayed) {
  const simulated = await startDevice(device);
  const relay = await startRelay({ to: simulated.port, ...relayed });
  const floor = await openFloor(relay.port);
  return {
    floor,
    engine: (options) => openEngine(relay.port, options),
    async close() {
      await floor.close();
      await relay.close();
      await simulated.close();
    },
  };
}

/** The whole file by the engine, against the rate of one outstanding request on a part of it. */
function hurried(name, what, segmentation) {
  const octets = 8 * MIB;
  const part = 48 * KIB;
  return {
    name,
    what,
    goal: { atLeast: 25 },
    rounds: 5,
    async open() {
      const on = await stage({ octets, segmentation }, { delayMs: DELAY_MS });
      return {
        async round() {
          const one = await on.floor.read(part);
          const engine = await on.engine();
          const read = await engine.read({ expected: octets });
          await engine.close();
          const ratio = octets / read.seconds / (part / one.seconds);
          return { ratio, detail: `${rate(octets, read.seconds)} against ${rate(part, one.seconds)}` };
        },
        close: () => on.close(),
      };
    },
  };
}

/** A device that takes so long for each request and has room for so many: its own best window is found by trying. */
const queued = {
  name: 'read-queue-of-4',
  what: '20 ms, 10 ms a request and a queue of 4 that drops the rest: time against its own best window',
  goal: { atMost: 1.2 },
  rounds: 3,
  async open() {
    const octets = 512 * KIB;
    const on = await stage({ octets }, { delayMs: DELAY_MS, serviceMs: 10, queue: 4 });
    return {
      async round() {
        const fixed = [];
        for (const window of [2, 3, 4, 5]) fixed.push((await on.floor.read(octets, { window })).seconds);
        const best = Math.min(...fixed);
        const engine = await on.engine();
        const read = await engine.read({ expected: octets });
        await engine.close();
        const detail = `${read.seconds.toFixed(2)} s (${read.retries} repeats) against ${best.toFixed(2)} s`;
        return { ratio: read.seconds / best, detail };
      },
      close: () => on.close(),
    };
  },
};

/** A device that has room for one: a second request is lost while the first is in work. */
const single = {
  name: 'read-single',
  what: 'a device that drops a second request: time against never having tried',
  goal: { atMost: 1.03 },
  rounds: 5,
  async open() {
    const octets = 1024 * KIB;
    const on = await stage({ octets }, { delayMs: 1, serviceMs: 8, queue: 0 });
    const timed = async (prepare) => {
      const engine = await on.engine();
      const read = await engine.read({ expected: octets, prepare });
      await engine.close();
      return read;
    };
    return {
      async round() {
        const never = await timed(oneAtATime);
        const tried = await timed(() => undefined);
        const words = ({ seconds, retries }) => `${seconds.toFixed(2)} s (${retries} repeats)`;
        return { ratio: tried.seconds / never.seconds, detail: `${words(tried)} against ${words(never)}` };
      },
      close: () => on.close(),
    };
  },
};

export const delays = [
  hurried(
    'read-20ms-segmented',
    '20 ms round trip, device that can segment: rate against one outstanding',
    'both',
  ),
  hurried(
    'read-20ms-window',
    '20 ms round trip, device that cannot segment: rate against one outstanding',
    'none',
  ),
  queued,
  single,
];
