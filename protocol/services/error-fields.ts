// The production Error (clause 21): a class and a code, both ENUMERATED under application tags. It
// stands in the Error PDU, and inside the answers of services that report several results at once.

import { readApplication, writeApplication } from '../wire/fields.js';
import { ENUMERATED } from '../wire/primitives.js';
import type { Reader } from '../wire/reader.js';
import type { Writer } from '../wire/writer.js';

/** Class and code of an error; any pair may come. */
export interface ErrorPair {
  readonly errorClass: number;
  readonly errorCode: number;
}

export function readErrorPair(reader: Reader): ErrorPair {
  const errorClass = readApplication(reader, ENUMERATED, 'error class');
  return { errorClass, errorCode: readApplication(reader, ENUMERATED, 'error code') };
}

export function writeErrorPair(writer: Writer, { errorClass, errorCode }: ErrorPair): void {
  writeApplication(writer, ENUMERATED, errorClass);
  writeApplication(writer, ENUMERATED, errorCode);
}
