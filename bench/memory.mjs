// How much memory a backup needs: `node bench/memory.mjs [MiB]` (default 100) runs `bacvault-sim` with one
// stream file of that size on loopback, `bacvault backup` against it as a user would, and prints the
// peak of the backup's resident memory, its duration and its rate. Measured, never asserted; the target
// is under 200 MiB whatever the size. Needs a built project (npm run build).
// BENCH_SEGMENTATION=none makes every chunk one APDU; BENCH_MAX_APDU sets the device's limit.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';

const MIB = 1 << 20;
const INSTANCE = 4242;
const root = fileURLToPath(new URL('..', import.meta.url));
const sourceOf = (program) =>
  process.env.BENCH_FROM_SOURCE ? ['--import', 'tsx', `${program}.ts`] : [`dist/${program}.js`];

/** Reports the peak of its process when that ends: asked of the system, so no sample can miss it. */
const reporter = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs';" +
    "process.on('exit', () => writeSync(2, '\\npeak ' + process.resourceUsage().maxRSS + ' KiB\\n'));",
)}`;

function start(program, args, options = {}) {
  const { before = [], ...rest } = options;
  return spawn(process.execPath, [...before, ...sourceOf(program), ...args], { cwd: root, ...rest });
}

/** Starts the simulator; resolves with its target when it is ready. */
async function simulate(octets) {
  const limits = [
    ...['--max-apdu', process.env.BENCH_MAX_APDU ?? '1476'],
    ...['--segmentation', process.env.BENCH_SEGMENTATION ?? 'both'],
  ];
  const args = [
    '--instance',
    String(INSTANCE),
    '--port',
    '0',
    '--files',
    `stream:${octets}`,
    '--json',
    ...limits,
  ];
  const child = start('simulator/main', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let target;
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line);
    target ??= said.target;
    if (said.kind !== 'ready') continue;
    child.stdout.resume();
    return { child, target };
  }
  throw new Error('bacvault-sim ended before it was ready');
}

/** Runs one command of bacvault to its end. */
async function bacvault(args, onSample) {
  const child = start('src/cli/main', args, {
    before: ['--import', reporter],
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const sampler = onSample && setInterval(() => onSample(child.pid), 100);
  const started = performance.now();
  await once(child, 'close');
  clearInterval(sampler);
  if (child.exitCode !== 0) throw new Error(`bacvault ${args[0]}: status ${child.exitCode}\n${stderr}`);
  const peak = Number(/^peak (\d+) KiB$/m.exec(stderr)?.[1]) * 1024;
  return {
    seconds: (performance.now() - started) / 1000,
    peak,
    lines: stdout
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l)),
  };
}

/** VmHWM of a process on Linux, octets; a second witness. */
function highWaterMark(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

const size = Number(process.argv[2] ?? 100) * MIB;
const place = mkdtempSync(join(tmpdir(), 'bacvault-bench-'));
const { child: simulator, target } = await simulate(size);
try {
  const repo = ['--repo', join(place, 'repository'), '--json', '--quiet'];
  await bacvault(['init', ...repo, '--site', 'Bench']);
  let seen = 0;
  const backup = await bacvault(['backup', target, '--local', '127.0.0.1:0', ...repo], (pid) => {
    seen = Math.max(seen, highWaterMark(pid));
  });
  const report = backup.lines.find(({ kind }) => kind === 'backup-report');
  const mib = (octets) => `${(octets / MIB).toFixed(1)} MiB`;
  console.log(`backup of ${mib(report.octets)} in ${report.manifest.procedure.requests} requests`);
  console.log(
    `peak resident memory  ${mib(backup.peak)}${seen > 0 ? ` (VmHWM seen: ${mib(seen)})` : ''}; target: under 200 MiB`,
  );
  console.log(`duration              ${backup.seconds.toFixed(1)} s`);
  console.log(`rate                  ${mib(report.octets / backup.seconds)}/s`);
} finally {
  simulator.kill();
  await once(simulator, 'close');
  rmSync(place, { recursive: true, force: true });
}
