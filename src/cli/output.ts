// The three channels of a command: results on stdout, progress and messages on stderr, and the engine's
// log on stderr. Nothing but results may be written to stdout.

import type { Log, LogLevel } from '../index.js';
import type { Io } from './io.js';
import { printable } from './render/text.js';

/** How much is said, from the options that every command has. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly logLevel?: LogLevel;
}

/** A result as a program reads it: one object a line, told apart by `kind`. */
export interface JsonLine {
  readonly kind: string;
}

/** A display that redraws the last line of the terminal and must step aside while others write. */
export interface LiveLine {
  hide(): void;
  show(): void;
}

const SEVERITY = { error: 0, warn: 1, info: 2, debug: 3 } as const satisfies Record<LogLevel, number>;

export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly logLevel: LogLevel;
  readonly #io: Io;
  #live: LiveLine | undefined;

  constructor(io: Io, options: OutputOptions) {
    this.#io = io;
    this.json = options.json ?? false;
    this.quiet = options.quiet ?? false;
    this.logLevel = options.logLevel ?? 'warn';
  }

  /** A result: the text for people, or with --json the objects, one a line. */
  result(text: string, ...objects: readonly JsonLine[]): void {
    this.#aside(() => {
      if (this.json) for (const object of objects) this.#io.stdout.write(jsonLine(object));
      else this.#io.stdout.write(text);
    });
  }

  /** Results of any number: the text is made only for people, the objects only for programs, one by one. */
  results<T>(text: () => string, items: readonly T[], object: (item: T, index: number) => JsonLine): void {
    this.#aside(() => {
      if (!this.json) this.#io.stdout.write(text());
      else items.forEach((item, index) => this.#io.stdout.write(jsonLine(object(item, index))));
    });
  }

  /** An object for programs only: written with --json, else nothing. */
  object(object: JsonLine): void {
    if (this.json) this.result('', object);
  }

  /** Progress: a line on stderr, silenced by --quiet. */
  note(line: string): void {
    if (!this.quiet) this.say(line);
  }

  /** What must be read: a line on stderr even with --quiet. */
  say(line: string): void {
    this.#aside(() => this.#io.stderr.write(`${line}\n`));
  }

  /** The engine's log as lines on stderr, down to --log-level. */
  get log(): Log {
    return {
      log: (level, message, details) => {
        if (SEVERITY[level] > SEVERITY[this.logLevel]) return;
        const more = details === undefined ? '' : ` ${printable(JSON.stringify(details, plain))}`;
        this.say(`${level}: ${printable(message)}${more}`);
      },
    };
  }

  /** Gives the last line of the terminal to a live display, or takes it back. */
  setLive(live: LiveLine | undefined): void {
    this.#live = live;
  }

  #aside(write: () => void): void {
    this.#live?.hide();
    write();
    this.#live?.show();
  }
}

/** One object as one line of JSON, octets as hex, passwords never. */
export function jsonLine(object: JsonLine): string {
  return `${JSON.stringify(object, plain)}\n`;
}

function plain(key: string, value: unknown): unknown {
  if (/password/i.test(key) && typeof value === 'string') return '(not shown)';
  if (value instanceof Uint8Array) {
    return Array.from(value, (octet) => octet.toString(16).padStart(2, '0')).join('');
  }
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return value;
}
