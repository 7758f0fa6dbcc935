// The log of a run: one JSON object a line, each with the hash of the line before it, so that a line that was
// changed or taken out is seen (FORMAT.md section 11). Only ever added to, by the one process whose run it is.

import { EngineError } from '../errors.js';
import type { Clock, Log, Random, Store } from '../ports.js';
import { sha256Of } from './digest.js';
import { loadSmall } from './json.js';
import { parseRunName, runHandle } from './names.js';
import { randomDigits } from './octets.js';
import { runLineSchema, schemaFault } from './schema.js';
import { TOOL } from './tool.js';
import type { RunLine, RunLog, RunReading, Sha256 } from './types.js';
import { utcInName, utcText } from './utc.js';

/** What the first line has as the hash of the line before. */
export const NO_LINE = '0'.repeat(64);

/** More than the longest night fills. */
const RUN_LIMIT = 256 * 1024 * 1024;

export interface RunContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}

const END = 'end';

/** Every line is guarded by the next one; the last one guards itself. */
function sealed(text: string): string {
  return `${text.slice(0, -1)},"seal":"${sha256Of(new TextEncoder().encode(text))}"}`;
}

function hasRightSeal(line: string): boolean {
  const [seal] = /,"seal":"[0-9a-f]{64}"\}$/.exec(line) ?? [];
  return seal !== undefined && sealed(`${line.slice(0, -seal.length)}}`) === line;
}

/** Makes the log of a new run, with its first line. */
export async function beginRun(
  context: RunContext,
  command: string,
  details: Readonly<Record<string, unknown>> = {},
): Promise<RunLog> {
  const at = utcInName(utcText(context.clock.unixTime()));
  const mark = randomDigits(context.random, 8);
  const log = new StoredRunLog(context, `${at}-${mark}`);
  await log.write('begin', { command, tool: TOOL, ...details });
  return log;
}

class StoredRunLog implements RunLog {
  readonly name: string;
  readonly #context: RunContext;
  #previous: Sha256 = NO_LINE;
  /** Lines are added one after the other, whoever asks. */
  #last: Promise<void> = Promise.resolve();
  #over: string | undefined;

  constructor(context: RunContext, name: string) {
    this.#context = context;
    this.name = name;
  }

  write(event: string, details: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const writing = this.#last.then(() => this.#add(event, details));
    this.#last = writing.catch(() => undefined);
    return writing;
  }

  async end(outcome: string, details: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.write(END, { outcome, ...details });
    this.#over = 'it was ended';
  }

  async #add(event: string, details: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#over !== undefined)
      throw new EngineError('internal', `the log of run ${this.name} takes no more lines: ${this.#over}`);
    const at = utcText(this.#context.clock.unixTime());
    const text = JSON.stringify({ at, event, ...details, previous: this.#previous });
    const line = new TextEncoder().encode(`${event === END ? sealed(text) : text}\n`);
    try {
      await this.#context.store.append(runHandle(this.name), line);
    } catch (error) {
      // A part of the line may be there: a line after it would make the chain wrong for ever.
      this.#over = 'a line could not be written';
      throw error;
    }
    this.#previous = sha256Of(line.subarray(0, line.length - 1));
  }
}

/**
 * The log of a run that matters more than its log: that it cannot be written (a full disk, of which the run makes
 * room) is told once and fails nothing. Begun when there is something to write.
 */
export class SideLog {
  readonly #begin: () => Promise<RunLog>;
  readonly #log: Log | undefined;
  #run: RunLog | undefined;
  /** Not to be tried again for every line. */
  #isGivenUp = false;

  constructor(begin: () => Promise<RunLog>, log: Log | undefined) {
    this.#begin = begin;
    this.#log = log;
  }

  async attempt(write: (run: RunLog) => Promise<void>): Promise<void> {
    if (this.#isGivenUp) return;
    try {
      this.#run ??= await this.#begin();
      await write(this.#run);
    } catch (error) {
      this.#isGivenUp = true;
      this.#log?.log('warn', `the log of this run could not be written: ${String(error)}`);
    }
  }

  /** Ends what was begun. */
  async end(details: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#run?.end('done', details).catch(() => undefined);
  }
}

/** Names of all runs, oldest first. */
export async function* runNames(store: Store): AsyncIterable<string> {
  for await (const name of store.list('runs')) {
    const run = parseRunName(name);
    if (run !== undefined) yield run;
  }
}

/** Reads a run's log and follows its chain. Rejects with what the store rejects with. */
export async function readRun(store: Store, run: string): Promise<RunReading> {
  if (parseRunName(`${run}.ndjson`) === undefined)
    throw new EngineError('usage', `"${run}" is no run: its name is like 2026-03-01T021500Z-1f2e3d4c`);
  const octets = await loadSmall(store, runHandle(run), RUN_LIMIT);
  if (octets === undefined)
    return { lines: [], faults: ['it is larger than 256 MiB'], ended: false, torn: false };
  const lines: RunLine[] = [];
  const faults: string[] = [];
  let previous = NO_LINE;
  let torn = false;
  for (const [index, line] of linesOf(octets).entries()) {
    const fault = line.whole ? lineFault(line.octets, previous, lines) : 'it was not written to its end';
    torn ||= !line.whole;
    if (fault !== undefined) {
      faults.push(`line ${index + 1}: ${fault}`);
      break;
    }
    previous = sha256Of(line.octets);
  }
  return { lines, faults, ended: faults.length === 0 && lines.at(-1)?.event === END, torn };
}

/** Takes a right line in, or says what is wrong with it. */
function lineFault(octets: Uint8Array, previous: Sha256, lines: RunLine[]): string | undefined {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
    value = JSON.parse(text);
  } catch {
    return 'it is not UTF-8 JSON';
  }
  const parsed = runLineSchema.safeParse(value);
  if (!parsed.success) return schemaFault(parsed.error);
  if (parsed.data.previous !== previous) return 'it does not carry the hash of the line before it';
  if (lines.at(-1)?.event === END) return 'it stands after the end';
  if ((parsed.data.event === END || 'seal' in parsed.data) && !hasRightSeal(text))
    return 'it does not carry its own seal';
  lines.push(parsed.data);
  return undefined;
}

function linesOf(octets: Uint8Array): { readonly octets: Uint8Array; readonly whole: boolean }[] {
  const lines: { readonly octets: Uint8Array; readonly whole: boolean }[] = [];
  for (let at = 0; at < octets.length;) {
    const end = octets.indexOf(0x0a, at);
    lines.push({ octets: octets.subarray(at, end < 0 ? octets.length : end), whole: end >= 0 });
    at = end < 0 ? octets.length : end + 1;
  }
  return lines;
}
