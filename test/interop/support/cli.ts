// The command line program as a user has it: a process with arguments, two output channels and a status.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Line } from './peer.js';
import { type Command, ours } from './places.js';

export interface CliResult {
  readonly status: number | null;
  /** The objects of stdout: every command is run with --json. */
  readonly lines: readonly Line[];
  readonly stderr: string;
}

/** Runs `bacvault` to its end. */
export function bacvault(...args: readonly string[]): Promise<CliResult> {
  return runToEnd(ours('src/cli/main.ts'), args);
}

/** The same on the host of a network namespace. */
export function bacvaultAt(namespace: string, ...args: readonly string[]): Promise<CliResult> {
  return runToEnd(['ip', 'netns', 'exec', namespace, ...ours('src/cli/main.ts')], args);
}

async function runToEnd([program, ...first]: Command, args: readonly string[]): Promise<CliResult> {
  const [verb = '', ...rest] = args;
  const child = spawn(program, [...first, verb, '--json', ...rest], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, BACVAULT_TEST_PASSWORD: PASSWORD },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child, 'close');
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  return { status: child.exitCode, lines, stderr };
}

/** The ReinitializeDevice password of every device in these tests. */
export const PASSWORD = 'Regen-im-März 19';

/** Runs `bacvault` and expects status 0; returns the one line of the kind. */
export async function bacvaultOk<T extends object>(kind: string, ...args: readonly string[]): Promise<T> {
  const result = await bacvault(...args);
  const found = result.lines.find((line) => line.kind === kind);
  if (result.status !== 0 || found === undefined) {
    throw new Error(
      `bacvault ${args.join(' ')}: status ${result.status}\n${JSON.stringify(result.lines)}\n${result.stderr}`,
    );
  }
  return found as unknown as T;
}
