// How the repository behaves when it is large: `node bench/repository.mjs [devices] [images]` (default 1000
// devices with 200 images each) makes a repository of that many manifests on the local disk, runs each
// command on it in a process of its own, and prints time, time of the processor, and peak of resident memory.
// Measured, never asserted; what was seen is in bench/RESULTS.md. Needs a built project (npm run build). BENCH_PLACE
// keeps the repository in that folder and uses it again, as the last run's forget has left it; else it is made new in
// the temporary folder, and removed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { FileStore } from '../dist/src/io/file-store.js';
import { nodeFileSystem } from '../dist/src/io/file-system.js';
import { initRepository, utcText } from '../dist/src/repository/index.js';

const devices = Number(process.argv[2] ?? 1000);
const images = Number(process.argv[3] ?? 200);
const root = fileURLToPath(new URL('..', import.meta.url));
const FIRST = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

/** Reports the peak of its process when that ends. */
const reporter = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs';" +
    "process.on('exit', () => { const use = process.resourceUsage();" +
    "writeSync(2, '\\npeak ' + use.maxRSS + ' KiB, cpu ' + (use.userCPUTime + use.systemCPUTime) + ' us\\n'); });",
)}`;

/** The real files without waiting for the disk: what is made here needs to survive nothing. */
const quickFiles = {
  ...nodeFileSystem,
  open: async (path, flags) => ({
    ...(await nodeFileSystem.open(path, flags)),
    sync: () => Promise.resolve(),
  }),
  syncFolder: () => Promise.resolve(),
  touch: () => Promise.resolve(),
};

async function* once(octets) {
  yield octets;
}

/** One image a day and device; the content changes every tenth day; each tenth image is tagged or proven. */
async function fill(place) {
  let now = FIRST;
  let word = 7;
  const clock = { now: () => 0, unixTime: () => now, sleep: () => Promise.resolve() };
  const random = { uint32: () => (word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0) };
  const store = new FileStore(place, { fileSystem: quickFiles });
  const repository = await initRepository(store, { place, clock, random, defaultSite: 'Bench' });
  for (let device = 0; device < devices; device += 1) {
    for (let image = 0; image < images; image += 1) {
      now = FIRST + image * DAY + device * 1000;
      const draft = await repository.begin();
      const content = Buffer.from(`device ${device}, content ${Math.floor(image / 10)}\n`);
      const file = await draft.addStream(once(content));
      const saved = await draft.publish(manifest(device, image, utcText(now), file));
      if (image % 10 === 3) await repository.record(saved, { type: 'verified', how: 'second-reading' });
      if (image === 0) await repository.record(saved, { type: 'tag', tag: 'as-built' });
    }
    if (device % 100 === 99) console.error(`${(device + 1) * images} manifests`);
  }
}

function manifest(device, image, at, file) {
  return {
    kind: 'bacvault-image',
    format: 1,
    site: 'Bench',
    createdAt: at,
    tool: 'bacvault bench',
    device: {
      instance: 1000 + device,
      name: `${image > 100 ? 'AHU' : 'Plant'}-${device}`,
      vendorId: 555,
      vendorName: 'Example Controls',
      modelName: `EC-${device % 7}`,
      firmwareRevision: `2.${Math.floor(image / 50)}`,
      protocolRevision: 14,
      location: `Floor ${device % 12}`,
      description: 'A controller of the bench',
    },
    reachedAt: { address: '192.0.2.1:47808', network: 2001, mac: '0a', maxApdu: 480, segmentation: 'none' },
    procedure: {
      startedAt: at,
      endedAt: at,
      databaseRevision: image,
      statesSeen: ['idle', 'performing-a-backup', 'idle'],
      systemStatusSeen: ['operational'],
      passwordUsed: true,
      deviations: [],
      requests: 300,
      retries: 0,
    },
    files: [{ objectIdentifier: 'file,1', instance: 1, name: 'settings', accessMethod: 'stream', ...file }],
  };
}

function measure(name, place, args) {
  const began = performance.now();
  const done = spawnSync(
    process.execPath,
    ['--import', reporter, 'dist/src/cli/main.js', ...args, '--repo', place, '--json', '--quiet'],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  const seconds = (performance.now() - began) / 1000;
  const [, peak, cpu] = (/^peak (\d+) KiB, cpu (\d+) us$/m.exec(done.stderr) ?? []).map(Number);
  const lines = done.stdout.split('\n').length - 1;
  const columns = [
    name.padEnd(44),
    `${seconds.toFixed(2)} s`.padStart(10),
    `${(cpu / 1e6).toFixed(2)} s cpu`.padStart(12),
    `${(peak / 1024).toFixed(0)} MiB`.padStart(9),
  ];
  console.log(`${columns.join('  ')}  ${String(lines).padStart(7)} lines  exit ${done.status}`);
}

/** What is there, counted: a repository that is used again is what earlier runs have left. */
function what(place) {
  const folder = join(place, 'images');
  const names = readdirSync(folder, { recursive: true }).filter((name) => /-[0-9a-f]{8}\.json$/.test(name));
  const counts = new Map();
  for (const name of names) counts.set(dirname(name), (counts.get(dirname(name)) ?? 0) + 1);
  const [least, most] = [Math.min(...counts.values()), Math.max(...counts.values())];
  const each = least === most ? `${most}` : `${least} to ${most}`;
  return `${counts.size} devices, ${each} images each: ${names.length} manifests`;
}

const place = process.env.BENCH_PLACE ?? join(mkdtempSync(join(tmpdir(), 'bacvault-bench-')), 'repository');
try {
  if (!existsSync(join(place, 'repository.json'))) await fill(place);
  console.log(what(place));
  rmSync(join(place, 'cache'), { recursive: true, force: true });
  const middle = String(1000 + Math.floor(devices / 2));
  measure('images of one device', place, ['images', middle]);
  measure('images of all devices', place, ['images']);
  measure('find text, no index', place, ['find', 'Plant-7', '--firmware', '2.1']);
  measure('find text, index', place, ['find', 'Plant-7', '--firmware', '2.1']);
  measure('find --newest: the newest of every device', place, ['find', '--newest']);
  measure('status of all devices', place, ['status', '--site', 'Bench']);
  measure('find --tag as-built', place, ['find', '--tag', 'as-built']);
  measure('find everything', place, ['find']);
  const policy = ['--keep-daily', '7', '--keep-weekly', '5', '--keep-monthly', '24'];
  measure('forget --dry-run of all devices', place, ['forget', ...policy, '--dry-run']);
  measure('check', place, ['check']);
  measure('check --read-data', place, ['check', '--read-data']);
  measure('prune, nothing to free', place, ['prune']);
  // Each image that goes is on the disk as gone before the next: so the disk is what is measured here.
  const most = String(Math.ceil(images * 0.85));
  measure(`forget --keep-last ${most}`, place, ['forget', '--keep-last', most]);
  measure('prune after it', place, ['prune']);
} finally {
  if (process.env.BENCH_PLACE === undefined) rmSync(place, { recursive: true, force: true });
}
