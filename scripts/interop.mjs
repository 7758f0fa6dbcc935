// Runs the interoperability suites: installs what they need and this machine lacks, builds the peers,
// then runs dist/test/interop with mocha. Fit for a fresh Debian machine as root; elsewhere it says what
// to install. What it makes is kept in .interop/, so a second run starts at once.
// `node scripts/interop.mjs [network] [tshark] [standard-tools] [bacpypes3] [rusty-bacnet] [network] [bacnet-js]` runs those only.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const made = join(root, '.interop');
const suites = join(root, 'dist', 'test', 'interop');
const rustCrate = join(root, 'test', 'interop', 'rusty');
const requirements = join(root, 'test', 'interop', 'bacpypes3', 'requirements.txt');

/** Runs a program with its output shown; true when it ended with 0. */
function run(program, args, options = {}) {
  console.log(`$ ${program} ${args.join(' ')}`);
  return spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options }).status === 0;
}

/** What a program prints, or undefined when it is not there or fails. */
function printed(program, args) {
  const done = spawnSync(program, args, { encoding: 'utf8' });
  return done.status === 0 ? done.stdout.trim() : undefined;
}

let packagesListed = false;

/** Installs Debian packages, as root and without questions. */
function debian(...packages) {
  if (printed('apt-get', ['--version']) === undefined || process.getuid?.() !== 0) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  packagesListed ||= run('apt-get', ['update', '-qq'], { env });
  return run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}

/** True when `version` ("1.95.0 (...)") is at least `needed` ("1.95"). */
function atLeast(version, needed) {
  const [have, want] = [version, needed].map((text) => (text.match(/\d+/g) ?? []).map(Number));
  const at = want.findIndex((part, index) => part !== (have[index] ?? 0));
  return at === -1 || (have[at] ?? 0) > want[at];
}

/** tshark and dumpcap, from Debian. */
function tshark() {
  const there = () =>
    printed('tshark', ['--version']) !== undefined && printed('dumpcap', ['--version']) !== undefined;
  if (there() || (debian('tshark') && there())) return undefined;
  return 'install tshark and dumpcap ("apt-get install tshark" as root)';
}

/** A virtual environment with the pinned BACpypes3. */
function bacpypes3() {
  const venv = join(made, 'venv');
  const python = join(venv, 'bin', 'python');
  const [, wanted] = /^bacpypes3==(\S+)$/m.exec(readFileSync(requirements, 'utf8')) ?? [];
  const installed = () =>
    printed(python, ['-c', 'import importlib.metadata as m; print(m.version("bacpypes3"))']) === wanted;
  if (existsSync(python) && installed()) return undefined;
  const create = () => run('python3', ['-m', 'venv', '--clear', venv]);
  if (!create() && !(debian('python3', 'python3-venv') && create())) {
    return 'install Python 3.10 or later with venv ("apt-get install python3-venv" as root)';
  }
  if (run(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements]) && installed()) return undefined;
  return `pip could not install bacpypes3 ${wanted}: see above`;
}

/** The tools that everybody has, or can have. */
function standardTools() {
  const there = () =>
    printed('unzip', ['-v']) !== undefined && printed('sha256sum', ['--version']) !== undefined;
  if (there() || (debian('unzip', 'coreutils') && there())) return undefined;
  return 'install unzip and sha256sum ("apt-get install unzip" as root)';
}

/** The Rust peer, built with the machine's toolchain. */
function rustyBacnet() {
  const [, needed] =
    /^rust-version = "(.+)"$/m.exec(readFileSync(join(rustCrate, 'Cargo.toml'), 'utf8')) ?? [];
  const version = printed('cargo', ['--version']);
  if (version === undefined || !atLeast(version, needed)) return `install Rust ${needed} or later`;
  if (printed('cc', ['--version']) === undefined && !debian('gcc', 'libc6-dev')) {
    return 'install a C linker ("apt-get install gcc libc6-dev" as root)';
  }
  const env = { ...process.env, CARGO_TARGET_DIR: join(made, 'rust-target') };
  if (run('cargo', ['build', '--locked', '--quiet'], { cwd: rustCrate, env })) return undefined;
  return 'cargo could not build test/interop/rusty: see above';
}

/** Network namespaces of our own: root, and the ip command. */
function network() {
  if (process.getuid?.() !== 0) return 'run as root: the suite makes network namespaces';
  const there = () => printed('ip', ['-V']) !== undefined;
  if (there() || (debian('iproute2') && there())) return undefined;
  return 'install the ip command ("apt-get install iproute2")';
}

/** Peer, what it needs, and which suites talk to it. Every suite also needs what the build made. */
const peers = [
  { name: 'network', provide: network, suite: /^network/ },
  { name: 'tshark', provide: tshark, suite: /^tshark/ },
  { name: 'standard-tools', provide: standardTools, suite: /^standard-tools/ },
  { name: 'bacpypes3', provide: bacpypes3, suite: /^bacpypes3/ },
  { name: 'rusty-bacnet', provide: rustyBacnet, suite: /^rusty-bacnet/ },
  { name: 'bacnet-js', provide: () => undefined, suite: /^bacnet-js/ },
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !peers.some((peer) => peer.name === name));
if (unknown.length > 0) {
  console.error(
    `No such suite: ${unknown.join(', ')}. There are: ${peers.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

mkdirSync(made, { recursive: true });
const files = existsSync(suites) ? readdirSync(suites).filter((name) => name.endsWith('.test.js')) : [];
const chosen = peers.filter(({ name }) => asked.length === 0 || asked.includes(name));
const missing = [];
for (const { name, provide } of chosen) {
  const lack = provide();
  if (lack !== undefined) missing.push({ name, lack });
}
const runnable = files.filter((file) =>
  chosen.some(({ suite, name }) => suite.test(file) && !missing.some((peer) => peer.name === name)),
);
if (files.length === 0) missing.push({ name: 'the build', lack: 'run "npm run build" first' });

/** Runs mocha with its output shown as it comes; the counts are read from it. */
async function mocha(names) {
  const program = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const config = join(root, 'test', 'interop', 'mocharc.json');
  const args = [program, '--config', config, ...names.map((name) => join(suites, name))];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    process.stdout.write(text);
  });
  const [status] = await once(child, 'close');
  const count = (word) => Number(new RegExp(`^ +(\\d+) ${word}`, 'm').exec(output)?.[1] ?? 0);
  const failing = count('failing');
  return { passed: count('passing'), failed: status === 0 ? 0 : Math.max(failing, 1) };
}

const done = runnable.length === 0 ? { passed: 0, failed: 0 } : await mocha(runnable);
for (const { name, lack } of missing) console.error(`FAILED without ${name}: ${lack}`);
const failed = done.failed + missing.length;
console.log(`${done.passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && done.passed > 0 ? 0 : 1;
