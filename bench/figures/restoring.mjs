// A restore with its read-back proof over a path with a round trip of 20 ms, against writing alone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObjectType, ReinitializeState } from '../../dist/protocol/index.js';
import { backup, initRepository, restore } from '../../dist/src/index.js';
import { openEngine } from '../harness/engine.mjs';
import { INSTANCE, startDevice, startRelay } from '../harness/processes.mjs';

const OCTETS = 4 << 20;
const PART = 48 * 1024;
/** Octets of content in one unsegmented write of 1476 octets, whatever the position. */
const CHUNK = 1456;
const FILE = { type: ObjectType.file, instance: 1 };

async function reinitialize(device, state) {
  const reply = await device.reinitialize(state, undefined);
  if (!reply.ok) throw new Error(`ReinitializeDevice ${state} was refused`);
}

export const restoring = [
  {
    name: 'restore-20ms',
    what: 'restore (write and read-back), 20 ms, segments received: rate against one unsegmented write at a time',
    goal: { atLeast: 8 },
    rounds: 3,
    async open() {
      const more = ['--max-segments', '64', '--window', '64'];
      const device = await startDevice({ octets: OCTETS, segmentation: 'both', more });
      const direct = await openEngine(device.port);
      const place = mkdtempSync(join(tmpdir(), 'bacvault-bench-'));
      const repository = await initRepository(place);
      const { imageId } = await backup(direct.device, repository);
      await direct.close();
      const relay = await startRelay({ to: device.port, delayMs: 10 });
      const engine = await openEngine(relay.port);
      return {
        async round() {
          await reinitialize(engine.device, ReinitializeState.startRestore);
          const started = performance.now();
          for (let start = 0; start < PART; start += CHUNK) {
            const octets = new Uint8Array(Math.min(CHUNK, PART - start));
            const reply = await engine.device.writeFile({ file: FILE, access: 'stream', start, octets });
            if (!reply.ok) throw new Error('the reference could not write');
          }
          const alone = PART / (performance.now() - started);
          await reinitialize(engine.device, ReinitializeState.abortRestore);
          const entered = {};
          await restore(engine.device, repository, imageId, {
            expect: { instance: INSTANCE },
            undo: 'none',
            // The device also says I-Am without the relay between: that is one device at two places.
            allow: ['duplicate-instance'],
            reason: 'the bench measures through a relay',
            onEvent: (event) => {
              if (event.kind === 'phase') entered[event.phase] ??= performance.now();
            },
          });
          // The quiet before reading back is in it: it is a part of the proof.
          const whole = OCTETS / (entered.end - entered.write);
          const words = (octetsPerMs) => `${Math.round((octetsPerMs * 1000) / 1024)} KiB/s`;
          return { ratio: whole / alone, detail: `${words(whole)} against ${words(alone)}` };
        },
        async close() {
          await engine.close();
          await relay.close();
          await device.close();
          rmSync(place, { recursive: true, force: true });
        },
      };
    },
  },
];
