// Faults planted where several requests are outstanding, and where several properties are asked for at once.

import { type Mutant, tests } from './mutant.js';

export const PACE_MUTANTS: readonly Mutant[] = [
  {
    name: 'lets everything be outstanding together, when reads may be',
    file: 'src/pacing/request-queue.js',
    from: `lane.apart > 0 ? lane.outstanding : Math.max(lane.outstanding, lane.together)`,
    to: `Math.max(lane.outstanding, lane.together)`,
    killedBy: tests('src/pacing/request-queue.test.js'),
  },
  {
    name: 'takes an answer that is not the whole part, though others were out',
    file: 'src/transfer/read-ahead.js',
    from: `part.among === 1 || isWhole(reply, part)`,
    to: `true`,
    killedBy: tests('src/transfer/read-ahead.test.js'),
  },
  {
    name: 'does not read again alone what was read together',
    file: 'src/transfer/run-download.js',
    from: `await ahead?.prove();`,
    to: ``,
    killedBy: tests('scenario/reads-together.test.js'),
  },
  {
    name: 'does not ask, after lost reads, whether the device is still in the procedure',
    file: 'src/transfer/run-download.js',
    from: `await ahead?.prove();
            await port.settleDoubt();`,
    to: `await ahead?.prove();`,
    killedBy: tests('scenario/reads-together.test.js', 'scenario/interruptions.test.js'),
  },
  {
    name: 'asks for several again after a no',
    file: 'src/pacing/read-window.js',
    from: `this.#most = 1;`,
    to: ``,
    killedBy: tests('src/pacing/read-window.test.js'),
  },
  {
    name: 'asks for as many again when the same read is lost again',
    file: 'src/pacing/read-window.js',
    from: `repeatedIn === this.#round || this.#size < MANY`,
    to: `false`,
    killedBy: tests('src/pacing/read-window.test.js'),
  },
  {
    name: 'tries what was too much again as soon as ever',
    file: 'src/pacing/size-ceiling.js',
    from: `this.#wait *= TRY_AGAIN.factor;`,
    to: ``,
    killedBy: tests('src/pacing/size-ceiling.test.js'),
  },
  {
    name: 'asks a device again that does ReadPropertyMultiple wrongly',
    file: 'src/procedure/at-once.js',
    from: `if (session.multipleReads !== 'usable')`,
    to: `if (false)`,
    killedBy: tests('src/procedure/at-once.test.js'),
  },
];
