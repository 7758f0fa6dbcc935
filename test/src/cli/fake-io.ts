// A computer that does nothing but what a test says: streams, environment, files, questions and interrupts.

import { Writable } from 'node:stream';
import type { Folder, Interruption, Io } from '../../../src/cli/io.js';

/** A stream that keeps what is written. */
export class Sink extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 120;

  constructor(isTTY = false) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string | Uint8Array, _encoding: unknown, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface FakeIo extends Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly files: Map<string, string>;
  readonly written: Map<string, Uint8Array>;
  /** What the person types, in order; none left: the end of input. */
  readonly typed: string[];
  readonly questions: string[];
  interrupt(name?: string): void;
  crash(error: unknown): void;
  nowMs: number;
  listeners(): number;
}

export interface FakeIoOptions {
  readonly terminal?: boolean;
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
  readonly typed?: readonly string[];
  readonly readableByOthers?: boolean;
}

export function fakeIo(options: FakeIoOptions = {}): FakeIo {
  const listeners = new Set<(cause: Interruption) => void>();
  const tell = (cause: Interruption): void => {
    for (const listener of [...listeners]) listener(cause);
  };
  const terminal = options.terminal ?? false;
  const io: FakeIo = {
    stdout: new Sink(terminal),
    stderr: new Sink(terminal),
    stdin: { isTTY: terminal },
    env: options.env ?? {},
    version: '1.2.3',
    nowMs: 0,
    now: () => io.nowMs,
    files: new Map(Object.entries(options.files ?? {})),
    written: new Map<string, Uint8Array>(),
    typed: [...(options.typed ?? [])],
    questions: [],
    readFile: (path) => {
      const text = io.files.get(path);
      return text === undefined ? Promise.reject(new Error(`ENOENT: ${path}`)) : Promise.resolve(text);
    },
    readableByOthers: () => Promise.resolve(options.readableByOthers ?? false),
    ask: (question) => {
      io.questions.push(question);
      return Promise.resolve(io.typed.shift());
    },
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    capture: (command) => {
      const text = io.files.get(`program ${command.join(' ')}`);
      return text === undefined
        ? Promise.reject(new Error(`${command[0]} ended with 1`))
        : Promise.resolve(text);
    },
    openFolder: (path) => Promise.resolve(fakeFolder(path, io.written)),
    interrupt: (name = 'SIGINT') => tell({ kind: 'signal', name }),
    crash: (error) => tell({ kind: 'crash', error }),
    listeners: () => listeners.size,
  };
  return io;
}

function fakeFolder(path: string, written: Map<string, Uint8Array>): Folder {
  const pathOf = (name: string): string => `${path}/${name}`;
  return {
    pathOf,
    exists: (name) => Promise.resolve(written.has(pathOf(name))),
    create: async (name, content) => {
      if (written.has(pathOf(name))) throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      written.set(pathOf(name), Buffer.concat(chunks));
      return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    },
  };
}
