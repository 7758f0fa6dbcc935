// How a procedure fails towards its caller: one EngineError that names the device, says what happened in
// BACnet's own words, and what state the device was left in. Wrapped once, with its cause.

import { EngineError, type ErrorDetails, type Release } from '../errors.js';
import { openEntryOf } from './open-entry.js';
import type { Released } from './release.js';
import type { QuirkAdvice } from './quirks.js';
import type { Session } from './session.js';
import { sightingReport } from './states.js';

/** A sentence without its full stop. */
export function clause(text: string): string {
  return text.replace(/[.\s]+$/, '');
}

/** What an error says of a device without naming it, for a sentence that has named it already. */
export function predicate({ message, cause }: EngineError): string {
  const text = clause(message);
  const at = cause instanceof Error ? text.indexOf(`: ${clause(cause.message)}`) : -1;
  return at < 0 ? text : text.slice(at + 2);
}

/** Whatever was thrown, as an EngineError. */
function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const words = error instanceof Error ? error.message : String(error);
  return new EngineError('internal', `something went wrong inside bacvault: ${words}`, { cause: error });
}

/** Whether an error already says what became of the device. */
function isTold(error: unknown): error is EngineError {
  return error instanceof EngineError && error.details.release !== undefined;
}

/**
 * The error for a procedure that was left after START. When the device could not be released, that is the
 * news: `release-failed`, with what went wrong before as its cause.
 */
export function leftAfter(session: Session, error: unknown, released: Released): EngineError {
  const cause = asEngineError(error);
  const code = released.stuck ? 'release-failed' : cause.code;
  const [what, became] = [clause(cause.message), clause(released.words)];
  const message = `${session.subject}: ${what.endsWith(became) ? what : `${what}; ${became}`}.`;
  const left = {
    ...sightingReport(released.sighting ?? { silent: true }),
    filesTouched: session.filesTouched,
  };
  const details = { ...detailsOf(session, cause, released.release), left };
  return new EngineError(code, message, { cause, details });
}

/** The error for a procedure that ended, or never began: no START of ours is standing. */
export function leftWith(session: Session, error: unknown, release: Release): EngineError {
  if (isTold(error)) return error;
  const cause = asEngineError(error);
  return new EngineError(cause.code, `${session.subject}: ${clause(cause.message)}.`, {
    cause,
    details: detailsOf(session, cause, release),
  });
}

/** The same error, with the journal's entry that it leaves behind. */
export function withEntry(session: Session, error: unknown): unknown {
  if (!(error instanceof EngineError)) return error;
  const { code, message, cause, details } = error;
  return new EngineError(code, message, { cause, details: { ...details, ...openEntryOf(session) } });
}

/** What is known of such devices about this, for an error's details. */
export function adviceDetails(
  session: Session,
  about: keyof QuirkAdvice,
): { readonly advice?: readonly string[] } {
  const advice = session.advice.flatMap((known) => known[about] ?? []);
  return advice.length === 0 ? {} : { advice };
}

function detailsOf(session: Session, cause: EngineError, release: Release): ErrorDetails {
  return {
    ...cause.details,
    device: session.device.instance,
    failure: cause.code,
    release,
    ...(cause.code.startsWith('transfer-') ? adviceDetails(session, 'transfer') : {}),
    ...(session.deviations.length === 0 ? {} : { deviations: session.deviations }),
    ...openEntryOf(session),
  };
}
