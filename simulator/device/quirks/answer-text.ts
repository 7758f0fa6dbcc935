// Answers as a user writes them: "DEVICE:CONFIGURATION_IN_PROGRESS", "5:83", "reject:9", "abort:0",
// "silence". Names are BACnet's own, in any case, with "-" or "_".

import { AbortReason, enumName, ErrorClass, ErrorCode, RejectReason } from '../../../protocol/index.js';
import type { Answer, EnumTable } from '../../../protocol/index.js';
import { QuirkError } from './kind.js';

/** How an answer is written, for people. */
export const ANSWER = 'CLASS:CODE | reject:REASON | abort:REASON | silence';

/** The answer that a text says. Throws QuirkError. */
export function answerFromText(text: string): Answer {
  if (text === 'silence') return { kind: 'silence' };
  const [kind = '', detail = '', ...more] = text.split(':');
  if (more.length > 0 || detail === '') throw new QuirkError(`"${text}" is not an answer: ${ANSWER}`);
  if (kind === 'reject') return { kind, reason: numberFromText(RejectReason, detail) };
  if (kind === 'abort') return { kind, reason: numberFromText(AbortReason, detail) };
  const errorClass = numberFromText(ErrorClass, kind);
  return { kind: 'error', errorClass, errorCode: numberFromText(ErrorCode, detail) };
}

/** A number of a BACnet enumeration, written as itself or by its name. Throws QuirkError. */
export function numberFromText(table: EnumTable, text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  const name = text.toLowerCase().replaceAll('_', '-');
  const number = Object.values(table).find((value) => enumName(table, value) === name);
  if (number === undefined)
    throw new QuirkError(`"${text}" is neither a number nor a name that BACnet has here`);
  return number;
}
