// The other processes of a measurement: the simulated device, the relay between it and the client, and anything
// else that is run to its end. Whoever starts one closes it.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Instance of every simulated device of the bench. */
export const INSTANCE = 4242;

/** Starts `bacvault-sim` with one stream file of so many octets; resolves when it is ready. */
export async function startDevice({ octets, segmentation = 'none', quirks = [], more = [] }) {
  const args = [
    ...['--instance', String(INSTANCE), '--port', '0', '--json', '--files', `stream:${octets}`],
    ...['--max-apdu', '1476', '--segmentation', segmentation, ...more],
    ...quirks.flatMap((quirk) => ['--quirk', quirk]),
  ];
  const child = spawn(process.execPath, ['dist/simulator/main.js', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let target;
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line);
    target ??= said.target;
    if (said.kind !== 'ready') continue;
    child.stdout.resume();
    const [, port] = /:(\d+)$/.exec(target);
    return { port: Number(port), close: () => ended(child) };
  }
  throw new Error('bacvault-sim ended before it was ready');
}

/** Starts a relay to a device: see relay.mjs for what it can do. */
export async function startRelay(options) {
  const child = fork(fileURLToPath(new URL('relay.mjs', import.meta.url)), [JSON.stringify(options)]);
  const [{ port }] = await once(child, 'message');
  return { port, close: () => ended(child) };
}

async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** Runs node on a script of the project to its end; resolves with { seconds, stdout }. Rejects when it fails. */
export async function runNode(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const started = performance.now();
  await once(child, 'close');
  const seconds = (performance.now() - started) / 1000;
  if (child.exitCode !== 0) throw new Error(`node ${args.join(' ')}: status ${child.exitCode}\n${stderr}`);
  return { seconds, stdout };
}
