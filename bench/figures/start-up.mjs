// What a user waits for before anything begins.
import { runNode } from '../harness/processes.mjs';

export const startUp = [
  {
    name: 'start-up',
    what: '`bacvault --help`: time against `node -e 0`',
    goal: { atMost: 2.5 },
    rounds: 15,
    async open() {
      await runNode(['dist/src/cli/main.js', '--help']);
      return {
        async round() {
          const nothing = await runNode(['-e', '0']);
          const help = await runNode(['dist/src/cli/main.js', '--help']);
          const ms = ({ seconds }) => `${Math.round(seconds * 1000)} ms`;
          return { ratio: help.seconds / nothing.seconds, detail: `${ms(help)} against ${ms(nothing)}` };
        },
      };
    },
  },
];
