// Faults planted where files are read, written and compared.

import { type Mutant, swarm, tests } from './mutant.js';

export const TRANSFER_MUTANTS: readonly Mutant[] = [
  {
    name: 'sends a write that nobody answered again without looking',
    file: 'src/transfer/upload.js',
    from: `this.#step = { kind: 'check', start: this.#position, count, pauseMs: 0, silent };`,
    to: `this.#step = { kind: 'write', start: this.#position, end: this.#end };`,
    killedBy: tests('scenario/interruptions.test.js'),
  },
  {
    name: 'goes on after an outage without looking whether the device is still in the procedure',
    file: 'src/transfer/resume.js',
    from: `await port.stillOurs();`,
    to: ``,
    killedBy: tests('scenario/interruptions.test.js', 'src/transfer/resume.test.js'),
  },
  {
    name: 'goes on after an outage in a file that changed meanwhile',
    file: 'src/transfer/resume.js',
    from: `if (change !== undefined)`,
    to: `if (false)`,
    killedBy: tests('src/transfer/resume.test.js'),
  },
  {
    name: 'advances by the octets that it asked for',
    file: 'src/transfer/download.js',
    from: `this.#content(parts, units, ack.endOfFile)`,
    to: `this.#content(parts, asked, ack.endOfFile)`,
    killedBy: swarm(),
  },
  {
    name: 'ignores the position of the answer to a read',
    file: 'src/transfer/download.js',
    from: `if (ack.start !== this.#position)`,
    to: `if (false)`,
    killedBy: tests('scenario/read-loop.test.js', 'src/transfer/download.test.js'),
  },
  {
    name: 'ignores the position of the answer to a write',
    file: 'src/transfer/upload.js',
    from: `if (reply.value.start === start) {`,
    to: `if (reply.ok) {`,
    killedBy: tests('src/transfer/upload.test.js'),
  },
  {
    name: 'takes every comparison as equal',
    file: 'src/transfer/compare-file.js',
    from: `const found = ranges.ranges;`,
    to: `const found = [];`,
    killedBy: swarm(),
  },
  {
    name: 'takes what came of a file for its size when it compares',
    file: 'src/transfer/compare-file.js',
    from: `const deviceSize = Math.max(units, deviceUnits ?? 0);`,
    to: `const deviceSize = units;`,
    killedBy: tests('src/procedure/verify.test.js'),
  },
  {
    name: 'compares what is behind the size that the device tells, and does not say so',
    file: 'src/transfer/compare-file.js',
    from: `if (deviceUnits !== undefined && units > deviceUnits)`,
    to: `if (false)`,
    killedBy: tests('src/procedure/verify.test.js'),
  },
  {
    name: 'asks for all that fits at the size that the device tells',
    file: 'src/transfer/run-download.js',
    from: `return Math.min(fits, Math.max(1, expected - start));`,
    to: `return start < expected ? Math.min(fits, expected - start) : fits;`,
    killedBy: tests('scenario/read-loop.test.js'),
  },
  {
    name: 'does not empty a file before it writes it',
    file: 'src/transfer/upload.js',
    from: `if (range !== undefined || present === 0 || present === total)`,
    to: `if (present !== -1)`,
    killedBy: swarm(),
  },
  {
    name: 'ignores that a file changed while it was read',
    file: 'src/transfer/file-properties.js',
    from: `if (was !== is && was !== undefined) {`,
    to: `if (false) {`,
    killedBy: swarm(),
  },
  {
    name: 'takes several properties in whatever order they come',
    file: 'src/client/read-properties.js',
    from: `if (result.property !== asked || result.index !== undefined)`,
    to: `if (result.index !== undefined)`,
    killedBy: tests('src/client/read-properties.test.js', 'src/procedure/at-once.test.js'),
  },
  {
    name: 'believes what was told at once although the file changed',
    file: 'src/transfer/copy-file.js',
    from: `restarts > 0 ? 'alone' : 'at-once'`,
    to: `'at-once'`,
    killedBy: tests('src/procedure/at-once.test.js'),
  },
];
