#!/usr/bin/env node
// The bacvault executable: real engine, real computer, real arguments, and the end of the process.

import { realEngine } from './engine.js';
import { forgiveClosedStreams, hostIo } from './host.js';
import { run } from './program.js';

forgiveClosedStreams();
const status = await run(process.argv.slice(2), hostIo(), realEngine);
// What was written must be out before the process ends: pipes are written asynchronously.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
);
process.exit(status);
