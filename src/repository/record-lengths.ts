// Record boundaries as text: each record's length in octets, one a line (FORMAT.md section 6).
// Never guesses: a line that is not exactly a length is a fault, because a boundary that is one octet
// off restores a wrong configuration.

import { EngineError } from '../errors.js';

/** 9007199254740991, the largest whole number that is exact, has 16 digits. */
const DIGITS = 16;
const LENGTH = /^(?:0|[1-9][0-9]*)$/;
const LINE_FEED = 0x0a;

/** One line of the list. */
export function encodeRecordLength(octets: number): Uint8Array {
  return new TextEncoder().encode(`${octets}\n`);
}

/**
 * Reads the list as it streams in, in whatever chunks.
 * @throws EngineError `repository-corrupt` at the first line that is no length.
 */
export async function* recordLengths(chunks: AsyncIterable<Uint8Array>): AsyncIterable<number> {
  const reader = new LengthReader();
  for await (const chunk of chunks) yield* reader.take(chunk);
  reader.end();
}

/** Takes the list in pieces and gives the lengths of the lines that have ended. */
class LengthReader {
  #line = '';

  take(chunk: Uint8Array): number[] {
    const lengths: number[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      this.#extend(chunk.subarray(from, end));
      lengths.push(this.#length());
      this.#line = '';
      from = end + 1;
    }
    this.#extend(chunk.subarray(from));
    return lengths;
  }

  end(): void {
    if (this.#line !== '') throw fault(`ends in the middle of a line, after ${JSON.stringify(this.#line)}`);
  }

  #extend(octets: Uint8Array): void {
    this.#line += String.fromCharCode(...octets.subarray(0, DIGITS + 1));
    if (this.#line.length > DIGITS)
      throw fault(`has a line that is no length: ${JSON.stringify(this.#line)}`);
  }

  #length(): number {
    const length = LENGTH.test(this.#line) ? Number(this.#line) : Number.NaN;
    if (!Number.isSafeInteger(length))
      throw fault(`has a line that is no length: ${JSON.stringify(this.#line)}`);
    return length;
  }
}

function fault(what: string): EngineError {
  return new EngineError('repository-corrupt', `the list of record lengths ${what}`);
}
