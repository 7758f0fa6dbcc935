// What a backup costs the processor: the whole way from START to a published image, against the floor and a hash.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, initRepository } from '../../dist/src/index.js';
import { openEngine } from '../harness/engine.mjs';
import { openFloor } from '../harness/floor.mjs';
import { startDevice } from '../harness/processes.mjs';

const OCTETS = 32 << 20;

/** Processor time of this process while something runs, s. */
async function processorTime(act) {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

export const cost = [
  {
    name: 'cpu',
    what: 'processor time per MiB backed up into the repository, against the floor and sha256',
    goal: { atMost: 2 },
    rounds: 7,
    async open() {
      const device = await startDevice({ octets: OCTETS });
      const floor = await openFloor(device.port);
      const engine = await openEngine(device.port);
      const place = mkdtempSync(join(tmpdir(), 'bacvault-bench-'));
      let made = 0;
      const one = async () => {
        // A new repository each time: an object that is there already is not written again.
        made += 1;
        const repository = await initRepository(join(place, String(made)));
        await backup(engine.device, repository);
      };
      await one();
      await floor.read(1 << 20);
      return {
        async round() {
          const least = await processorTime(async () => {
            const { content } = await floor.read(OCTETS);
            createHash('sha256').update(content).digest();
          });
          const whole = await processorTime(one);
          const words = (seconds) => `${((1000 * seconds) / (OCTETS >> 20)).toFixed(1)} ms`;
          return { ratio: whole / least, detail: `${words(whole)} against ${words(least)} per MiB` };
        },
        async close() {
          await engine.close();
          await floor.close();
          await device.close();
          rmSync(place, { recursive: true, force: true });
        },
      };
    },
  },
];
