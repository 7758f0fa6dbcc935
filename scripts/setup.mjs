// Makes a fresh clone ready with nothing but Node and npm: installs the locked dependencies when they
// are missing or older than the lock file, builds, and drops built files whose source is gone (a test
// that was deleted must not go on running). Does nothing that is already done.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist');

/** npm writes this file at the end of a whole install. */
const installed = join(root, 'node_modules', '.package-lock.json');
const lock = join(root, 'package-lock.json');

function run(command) {
  const done = spawnSync(command, { cwd: root, stdio: 'inherit', shell: true });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  run('npm ci --no-fund --no-audit');
}

if (existsSync(built)) {
  for (const entry of readdirSync(built, { recursive: true, withFileTypes: true })) {
    const match = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(join(entry.parentPath, entry.name));
    if (!entry.isFile() || !match) continue;
    if (!existsSync(join(root, `${relative(built, match[1])}.ts`))) rmSync(match[0]);
  }
}

run('npx --no-install tsc -b');
