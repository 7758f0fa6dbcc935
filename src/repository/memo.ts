// Answers that took long to work out and that never change, kept to be quicker the next time. A cache and
// nothing else: it may be deleted at any time, is asked and never relied on, and never fails a question.

import { z } from 'zod';
import { isEngineError } from '../errors.js';
import type { Log, Store, StoreHandle } from '../ports.js';
import { sha256Of } from './digest.js';
import { loadSmall, parseJson } from './json.js';
import type { Memo } from './types.js';

/** No site is encoded to this, so that it stands beside the folders of the sites. */
const FOLDER = '=memo';
const LIMIT = 64 * 1024;

const memoSchema = z.object({ question: z.string(), answer: z.string(), sha256: z.string() });

export class StoredMemo implements Memo {
  readonly #store: Store;
  readonly #log: Log | undefined;

  constructor(store: Store, log: Log | undefined) {
    this.#store = store;
    this.#log = log;
  }

  async recall(question: string): Promise<string | undefined> {
    const found = await load(this.#store, handleOf(question));
    return found?.question === question ? found.answer : undefined;
  }

  async keep(question: string, answer: string): Promise<void> {
    const text = `${JSON.stringify({ question, answer, sha256: guard(question, answer) }, null, 2)}\n`;
    try {
      await this.#store.save(handleOf(question), new TextEncoder().encode(text));
    } catch (error) {
      // A folder that cannot be written to, or an answer that is there: the next one works it out again.
      if (!isEngineError(error)) throw error;
      if (error.code !== 'store-exists')
        this.#log?.log('debug', `an answer was not kept: ${error.message}`, { question });
    }
  }
}

/** Whether a name in the area "cache" is that of an answer. */
export function isMemoName(name: string): boolean {
  return name.startsWith(`${FOLDER}/`);
}

/** Ids of the images that a question is about; undefined when the file is no answer that can be used. */
export async function memoImages(store: Store, name: string): Promise<readonly string[] | undefined> {
  const found = await load(store, { area: 'cache', name });
  return found?.question.match(/\b[0-9a-f]{64}\b/g) ?? (found ? [] : undefined);
}

/** What was kept; undefined when it is not there, or damaged. */
async function load(store: Store, handle: StoreHandle): Promise<z.infer<typeof memoSchema> | undefined> {
  let octets: Uint8Array | undefined;
  try {
    octets = await loadSmall(store, handle, LIMIT);
  } catch (error) {
    if (isEngineError(error)) return undefined;
    throw error;
  }
  const json = octets && parseJson(octets);
  const found = json?.ok === true ? memoSchema.safeParse(json.value) : undefined;
  if (found?.success !== true) return undefined;
  const { question, answer, sha256 } = found.data;
  return sha256 === guard(question, answer) ? found.data : undefined;
}

function handleOf(question: string): StoreHandle {
  return { area: 'cache', name: `${FOLDER}/${hashOf(question).slice(0, 32)}.json` };
}

function guard(question: string, answer: string): string {
  return hashOf(`${question}\n${answer}`);
}

function hashOf(text: string): string {
  return sha256Of(new TextEncoder().encode(text));
}
