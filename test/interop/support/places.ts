// Where the interoperability tests find things: the project, what scripts/interop.mjs made, and how to
// run our own programs. Tests run from dist, or straight from the sources while they are written.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** What scripts/interop.mjs installs and builds; not in the repository. */
const made = join(projectRoot, '.interop');

/** Sources of the peers that are not TypeScript. */
const peers = join(projectRoot, 'test', 'interop');

/** A program and the arguments that come before the caller's. */
export type Command = readonly [string, ...string[]];

/** One of our own programs, by its TypeScript source: the built one, or the source when we run from it. */
export function ours(source: string): Command {
  return import.meta.url.endsWith('.ts')
    ? [process.execPath, '--import', 'tsx', join(projectRoot, source)]
    : [process.execPath, '--enable-source-maps', join(projectRoot, 'dist', source.replace(/\.ts$/, '.js'))];
}

/** A script of test/interop/bacpypes3. `-B`: no byte code next to the sources. */
export function bacpypes3(script: string): Command {
  return [join(made, 'venv', 'bin', 'python'), '-B', join(peers, 'bacpypes3', script)];
}

export function rustyBacnet(role: 'device' | 'client'): Command {
  return [join(made, 'rust-target', 'debug', 'rusty-peer'), role];
}
