// Memory, which is no ratio by itself: told as a part of what is allowed.
import { runNode } from '../harness/processes.mjs';

const MIB_MAX = 150;
const IMAGE_MIB = 1024;

export const memory = [
  {
    name: 'memory',
    what: `peak of resident memory of a backup of ${IMAGE_MIB} MiB, as a part of ${MIB_MAX} MiB`,
    goal: { atMost: 1 },
    rounds: 1,
    async open() {
      return {
        async round() {
          const { stdout } = await runNode(['bench/memory.mjs', String(IMAGE_MIB)]);
          const [, peak] = /^peak resident memory +([\d.]+) MiB/m.exec(stdout) ?? [];
          return { ratio: Number(peak) / MIB_MAX, detail: `${peak} MiB` };
        },
      };
    },
  },
];
