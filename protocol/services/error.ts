// The payload of Error PDUs (clauses 20.1.7, 21): plain for most services; for some a constructed form
// with the error first and more about it after. Devices send the plain form for those too, and it is
// understood: what matters is that a refusal is never taken for a malformed answer.

import { ConfirmedService } from '../enums.js';
import type { ErrorOutcome } from '../outcome.js';
import { nextIs, readConstructed, readOptional, writeConstructed, writeContext } from '../wire/fields.js';
import { UNSIGNED } from '../wire/primitives.js';
import { decodeAll } from '../wire/reader.js';
import { readValues } from '../wire/values.js';
import { encodeWith } from '../wire/writer.js';
import { readErrorPair, writeErrorPair } from './error-fields.js';
import type { ErrorPair } from './error-fields.js';

/** What an Error PDU says. */
export interface ErrorContent extends ErrorPair {
  /** CreateObject, AddListElement, RemoveListElement: 1-based number of the element that failed, 0 = none. */
  readonly firstFailedElement?: number;
}

/** Services whose error is { error-type [0] Error, first-failed-element-number [1] Unsigned }. */
const ELEMENT_ERRORS: ReadonlySet<number> = new Set([
  ConfirmedService.addListElement,
  ConfirmedService.removeListElement,
  ConfirmedService.createObject,
]);

/** Encodes the payload of an Error PDU for the service: its constructed form where it has elements. */
export function encodeErrorPayload(service: number, error: ErrorContent): Uint8Array {
  return encodeWith((writer) => {
    if (ELEMENT_ERRORS.has(service)) {
      writeConstructed(writer, 0, () => writeErrorPair(writer, error));
      writeContext(writer, 1, UNSIGNED, error.firstFailedElement ?? 0);
    } else {
      writeErrorPair(writer, error);
    }
  });
}

/** Decodes the payload of an Error PDU of any service; DecodeError when no form fits. */
export function decodeErrorPayload(service: number, payload: Uint8Array): ErrorOutcome {
  return decodeAll(payload, `error of service ${service}`, (reader) => {
    if (!nextIs(reader, 'opening', 0, 'error')) return { kind: 'error', ...readErrorPair(reader) };
    const pair = readConstructed(reader, 0, 'error', readErrorPair);
    if (ELEMENT_ERRORS.has(service)) {
      const element = readOptional(reader, 1, UNSIGNED, 'first failed element number');
      return { kind: 'error', ...pair, ...(element !== undefined && { firstFailedElement: element }) };
    }
    // What other services add (which write failed, which sessions) is checked for form and dropped.
    readValues(reader, 'details of the error');
    return { kind: 'error', ...pair };
  });
}
