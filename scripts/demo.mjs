// The main job, end to end, as a user would do it: a simulated controller on loopback, backup, damage,
// restore, proof. Runs the two commands of the package and believes neither: what the controller holds
// is dumped before and after, and compared here, octet by octet.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const bacvault = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));
const bacvaultSim = fileURLToPath(new URL('../dist/simulator/main.js', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'bacvault-demo-'));
const password = 'demo-password';
const files = 'stream:1048576,record:200x20-60,empty,stream:4096';

/** The simulated controller: a process of its own, steered by lines on its standard input. */
class Controller {
  #waiting = [];
  #process = spawn(process.execPath, [
    bacvaultSim,
    ...['--instance', '1001', '--port', '0', '--password', password, '--files', files],
    ...['--preparation', '1500', '--completion', '2000', '--restarts', '--json'],
  ]);

  constructor() {
    this.#process.stderr.pipe(process.stderr);
    this.#process.on('exit', (code) => code && fail(`the simulated controller ended with status ${code}`));
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const at = this.#waiting.findIndex(({ pattern }) => pattern.test(line));
      if (at >= 0) this.#waiting.splice(at, 1)[0].resolve(line);
    });
  }

  /** The next line that looks like this. */
  line(pattern) {
    return new Promise((resolve) => this.#waiting.push({ pattern, resolve }));
  }

  async say(command, pattern) {
    const answer = this.line(pattern);
    this.#process.stdin.write(`${command}\n`);
    return answer;
  }

  stop() {
    this.#process.kill();
  }
}

/** Runs bacvault and shows what a person would see. */
function run(args, { status = 0 } = {}) {
  console.log(`\n$ bacvault ${args.join(' ')}`);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bacvault, ...args], {
      env: { ...process.env, BACVAULT_REPO: join(place, 'repository'), BACVAULT_DEMO_PASSWORD: password },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('exit', (code) => {
      if (code !== status) fail(`bacvault ${args[0]} ended with status ${code} instead of ${status}`);
      resolve();
    });
  });
}

/** Path below the folder -> SHA-256, for every file in it. */
function hashes(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  return new Map(
    entries
      .map((e) => join(e.parentPath, e.name))
      .sort()
      .map((file) => [relative(folder, file), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}

function different(a, b) {
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

function fail(message) {
  console.error(`\nThe demo failed: ${message}.`);
  cleanUp();
  process.exit(1);
}

function say(text) {
  console.log(`\n== ${text}`);
}

function cleanUp() {
  controller.stop();
  rmSync(place, { recursive: true, force: true });
}

const controller = new Controller();
const ready = JSON.parse(await controller.line(/"kind":"device"/));
const network = ['--local', '127.0.0.1:0', '--password-env', 'BACVAULT_DEMO_PASSWORD'];

async function dump(name) {
  const folder = join(place, name);
  const answer = await controller.say(`dump ${folder}`, new RegExp(`dump|${name}|wrote|error`, 'i'));
  if (/error/i.test(answer)) fail(answer);
  return hashes(folder);
}

say(`A simulated controller runs at ${ready.place}: a 1 MiB stream file, 200 records, an empty file, 4 KiB.`);
const before = await dump('before');

say('Backing it up.');
await run(['init', '--site', 'Demo']);
await run(['probe', ready.target, '--local', '127.0.0.1:0']);
await run(['backup', ready.target, ...network]);
await run(['images']);

say('Damaging the controller: two files spoiled, one deleted.');
for (const [command, index] of [
  ['damage', 0],
  ['damage', 1],
  ['delete', 2],
]) {
  const { instance } = ready.files[index];
  console.log(await controller.say(`${command} ${instance}`, new RegExp(`${command}d|error`)));
}
const damaged = await dump('damaged');
if (different(before, damaged).length === 0) fail('the damage did nothing');
await run(['verify', 'latest', ready.target, ...network], { status: 17 });

say('Restoring it. The controller restarts by itself afterwards.');
await run(['restore', 'latest', ready.target, '--yes-device', '1001', ...network]);

say('Proving it.');
await run(['verify', 'latest', ready.target, ...network]);
await run(['check', '--read-data']);
const after = await dump('after');
const wrong = different(before, after);
if (wrong.length > 0) fail(`these files of the controller are not what they were: ${wrong.join(', ')}`);
const state = await controller.say('state', /state/);

console.log(`
What this proved:
- the backup took ${ready.files.length} files, and the repository's hashes are right ("check --read-data");
- after the damage, "verify" saw the difference (exit status 17);
- the restore put every octet and every record back: the controller's own files, dumped by the
  controller itself, have the SHA-256 that they had before (${before.size} of ${before.size} dumped files equal);
- the controller restarted by itself and left the procedure: ${JSON.parse(state).text}.`);
cleanUp();
