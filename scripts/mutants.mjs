// Plants each fault of test/mutants in a copy of what was built, and looks whether the swarm, or the tests
// that the mutant names, notice. Every mutant must be killed; one that lives is a hole in the tests.
//   npm run mutants [-- TEXT]    all, or those with this text in their name or that of their file
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const { MUTANTS } = await import('../dist/test/mutants/mutants.js');

/** So many nights a mutant may live through at most. */
const NIGHTS_MAX = 600;

const root = fileURLToPath(new URL('..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'bacvault-mutants-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));

cpSync(join(root, 'dist'), join(place, 'dist'), { recursive: true });
for (const name of ['scripts', 'package.json'])
  cpSync(join(root, name), join(place, name), { recursive: true });
for (const name of ['node_modules', 'fixtures', 'protocol', 'simulator', 'src', 'docs', '.ci'])
  symlinkSync(join(root, name), join(place, name), 'junction');

const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');

function run(parameters) {
  return spawnSync(process.execPath, parameters, { cwd: place, encoding: 'utf8', timeout: 900_000 });
}

/** What noticed the mutant, in a few words; undefined when nothing did. */
function killer({ killedBy }) {
  if ('tests' in killedBy) {
    const files = killedBy.tests.map((name) => join(place, 'dist', 'test', name));
    const done = run([mocha, '--no-config', '--reporter', 'dot', '--timeout', '60000', ...files]);
    if (done.status === 0) return undefined;
    const failing = /(\d+) failing/.exec(done.stdout);
    // A run that did not even begin kills nothing.
    return failing === null ? undefined : `${failing[1]} tests of ${killedBy.tests.join(', ')}`;
  }
  const first = String(killedBy.first);
  const done = run([
    join('scripts', 'swarm.mjs'),
    '--until-fault',
    '--first',
    first,
    '--seeds',
    String(NIGHTS_MAX),
  ]);
  const found = /^seed (\d+) \([0-9a-f]+\): (.*)$/m.exec(done.stdout);
  return found === null ? undefined : `seed ${found[1]}: ${found[2]}`;
}

const wanted = process.argv[2] ?? '';
let alive = 0;
for (const mutant of MUTANTS.filter(({ name, file }) => name.includes(wanted) || file.includes(wanted))) {
  const file = join(place, 'dist', mutant.file);
  const original = readFileSync(file, 'utf8');
  const parts = original.split(mutant.from);
  if (parts.length !== 2) {
    console.log(`NOT THERE  ${mutant.name}: its text is ${parts.length - 1} times in ${mutant.file}`);
    alive += 1;
    continue;
  }
  const beganMs = performance.now();
  writeFileSync(file, parts.join(mutant.to));
  const by = killer(mutant);
  writeFileSync(file, original);
  if (by === undefined) alive += 1;
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(0);
  console.log(
    `${by === undefined ? 'ALIVE     ' : 'killed    '} ${mutant.name} (${by ?? 'nobody noticed'}, ${seconds} s)`,
  );
}
console.log(alive === 0 ? 'every mutant was killed' : `${alive} mutants live`);
process.exit(alive === 0 ? 0 : 1);
