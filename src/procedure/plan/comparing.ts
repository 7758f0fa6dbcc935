// How checks compare two values that may be missing. What is missing is never "ok".

import type { Judgement } from './facts.js';
import type { Severity } from './types.js';

/** What is said about two values, by what is known of them. */
export interface Words {
  readonly same: string;
  readonly differ: readonly [Severity, string];
  /** One side says nothing. */
  readonly oneUnknown: Severity;
  /** Neither side says anything. */
  readonly bothUnknown: Severity;
}

/** Two values side by side; an empty text is no value. */
export function compared(image: string | undefined, device: string | undefined, words: Words): Judgement {
  const values = { image: said(image), device: said(device) };
  if (values.image === undefined && values.device === undefined) {
    return unknown(values, words.bothUnknown, 'unknown: neither the image nor the device says');
  }
  if (values.image === undefined) return unknown(values, words.oneUnknown, 'unknown: the image does not say');
  if (values.device === undefined)
    return unknown(values, words.oneUnknown, 'unknown: the device does not say');
  if (values.image === values.device) return { severity: 'ok', ...values, text: words.same };
  const [severity, text] = words.differ;
  return { severity, ...values, text };
}

/** A judgement about something that is not known. */
export function unknown(
  values: Pick<Judgement, 'image' | 'device'>,
  severity: Severity,
  text: string,
): Judgement {
  return { severity, ...values, unknown: true, text };
}

function said(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** A number as text, where there is one. */
export function numeral(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** Names of this many things are given; the rest is counted. */
const NAMED = 4;

/** "a, b, c, d and 3 more". */
export function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${more} more` : names.join(', ');
}
