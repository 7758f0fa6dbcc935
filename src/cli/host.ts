// The computer that the command line runs on: the real streams, files, questions and signals.

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Folder, Interruption, Io } from './io.js';

/** SIGBREAK is Ctrl-Break and exists on Windows alone; SIGHUP comes when the terminal is closed. */
const SIGNALS = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  ...(process.platform === 'win32' ? (['SIGBREAK'] as const) : []),
] as const;

/** The Io of this process. */
export function hostIo(): Io {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: { isTTY: process.stdin.isTTY },
    env: process.env,
    version: packageVersion(),
    now: () => performance.now(),
    readFile: (path) => readFile(path, 'utf8'),
    readableByOthers,
    ask,
    onInterrupt,
    capture,
    openFolder,
  };
}

/**
 * Lets whoever reads our output go away (`bacvault images | head`, a closed terminal) without an error:
 * what a procedure does on a device matters more than who still listens.
 */
export function forgiveClosedStreams(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
}

function packageVersion(): string {
  const own = createRequire(import.meta.url)('bacvault/package.json') as { readonly version: string };
  return own.version;
}

async function readableByOthers(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  return ((await stat(path)).mode & 0o077) !== 0;
}

async function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  // Not in terminal mode: the terminal itself then edits the line and turns Ctrl-C into a signal.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } finally {
    lines.close();
  }
}

function onInterrupt(listener: (cause: Interruption) => void): () => void {
  const onSignal = (name: string): void => listener({ kind: 'signal', name });
  const onCrash = (error: unknown): void => listener({ kind: 'crash', error });
  for (const name of SIGNALS) process.on(name, onSignal);
  process.on('uncaughtException', onCrash);
  return () => {
    for (const name of SIGNALS) process.off(name, onSignal);
    process.off('uncaughtException', onCrash);
  };
}

function capture(
  [program, ...given]: readonly [string, ...string[]],
  { timeLimitMs, input = '' }: { readonly timeLimitMs: number; readonly input?: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: timeLimitMs, killSignal: 'SIGKILL', windowsHide: true } as const;
    const child = execFile(program, given, options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else if (error.killed === true) reject(new Error(`${program} took longer than ${timeLimitMs} ms`));
      // The message of Node repeats the arguments, which may be nobody else's business.
      else reject(new Error(`${program} ended with ${String(error.code ?? error.signal)}`));
    });
    // Who does not read what it is given may be gone already.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

async function openFolder(path: string): Promise<Folder> {
  await mkdir(path, { recursive: true });
  return {
    pathOf: (name) => join(path, name),
    exists: async (name) => {
      try {
        await stat(join(path, name));
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw error;
      }
    },
    create: (name, content) => createFile(join(path, name), content),
  };
}

async function createFile(path: string, content: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await open(path, 'wx');
  let octets = 0;
  try {
    for await (const chunk of content) {
      await file.appendFile(chunk);
      octets += chunk.length;
    }
    await file.sync();
  } catch (error) {
    await file.close();
    await unlink(path);
    throw error;
  }
  await file.close();
  return octets;
}
