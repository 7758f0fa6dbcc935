// npm run kills: a process killed at every point of a whole restore, and of one that is rolled back, and what the
// next process makes of it. The tests take some of these points; this takes all, and minutes.

import { backedUpNext, recovered, sweep } from '../dist/test/support/kill-sweep.js';

const print = (lines) => process.stdout.write(`${lines.join('\n')}\n`);

for (const procedure of ['whole restore', 'rollback']) {
  const killed = { procedure, powerFails: false, from: 'the beginning', next: 'recover' };
  print(await sweep(`${procedure}, recover`, killed, recovered));
  const dark = { procedure, powerFails: true, from: 'START', next: 'backup' };
  print(await sweep(`${procedure} and the power, next backup`, dark, backedUpNext));
}
