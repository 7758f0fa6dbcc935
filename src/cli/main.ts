#!/usr/bin/env node
// The bacvault executable: real engine, real computer, real arguments, and the end of the process.

import { forgiveClosedStreams, hostIo } from './host.js';
import { asksForOverview, overview } from './overview.js';

/** The engine and the commands are loaded for whoever runs one. */
async function runCommand(args: readonly string[]): Promise<number> {
  const [{ realEngine }, { run }] = await Promise.all([import('./engine.js'), import('./program.js')]);
  return run(args, hostIo(), realEngine);
}

forgiveClosedStreams();
const args = process.argv.slice(2);
const status = asksForOverview(args) ? overview(args, hostIo()) : await runCommand(args);
// What was written must be out before the process ends: pipes are written asynchronously.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
);
process.exit(status);
