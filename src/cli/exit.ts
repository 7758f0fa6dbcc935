// How a command ends: any error as words, as JSON, and as the exit status of the error table. Nothing here
// may hide an error: what is not known is a defect and says so.

import { CommanderError } from 'commander';
import { EngineError, ERRORS, type ErrorCode, type FailedRestore, type OpenEntryReport } from '../index.js';
import type { JsonLine } from './output.js';
import { printable } from './render/text.js';

/** Ends a command with a status when everything about it has been said already. */
export class Reported extends Error {
  override readonly name = 'Reported';
  readonly status: number;

  constructor(status: number) {
    super(`ends with status ${status}`);
    this.status = status;
  }
}

/** Any error as one of the table: what commander throws is usage, what nobody knows is a defect. */
export function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof CommanderError) {
    return new EngineError('usage', error.message.replace(/^error: /, ''), { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new EngineError('internal', `Something went wrong inside bacvault: ${message}`, { cause: error });
}

/** What a procedure left behind, in words; undefined where no procedure is concerned. */
export function releaseWords(release: unknown): string | undefined {
  switch (release) {
    case 'released':
      return 'the device has left the procedure';
    case 'unproven':
      return 'the device may STILL be in the procedure: nobody saw it leave';
    case 'not-started':
      return 'nothing was started on the device';
    default:
      return undefined;
  }
}

/** What the journal keeps of a procedure that was not seen to end, or could not be taken out of it. */
export function openEntryText(instance: number, { problem }: OpenEntryReport): string {
  return `warning: device ${instance} stays in the journal: ${printable(problem)}. "bacvault recover ${instance}" looks after it.`;
}

/**
 * An error for people: what happened, where, in BACnet's words, what was left behind and what to do next.
 * Causes are added with `debug`; a defect shows them always, for whoever reports it.
 */
export function errorText(
  error: EngineError,
  options: { readonly debug?: boolean; readonly verb?: string } = {},
): string {
  const { device, file, words, release, advice } = error.details;
  // Its own mistakes, one a line; no other message has lines, and a device may not bring any in.
  const messages = error.code === 'site-file' ? error.message.split('\n') : [error.message];
  const lines = [`bacvault: ${messages.map(printable).join('\n')}`];
  const add = (label: string, value: string | undefined): void => {
    if (value !== undefined) lines.push(`  ${label.padEnd(13)} ${value}`);
  };
  add('Device:', device === undefined ? undefined : String(device));
  add('File:', file === undefined ? undefined : `file,${file}`);
  add('Device says:', words === undefined || error.message.includes(words) ? undefined : printable(words));
  for (const text of advice ?? []) add('Known of it:', printable(text));
  add('Left behind:', releaseWords(release));
  const { verdict, undo, run } = error.details as Partial<FailedRestore>;
  add('Verdict:', verdict);
  add('Undo image:', undo?.slice(0, 8));
  add('Run log:', run);
  const { openEntry, unrecorded } = error.details;
  for (const fact of unrecorded ?? []) add('Not recorded:', printable(fact));
  if (device !== undefined && isOpenEntry(openEntry)) lines.push(openEntryText(device, openEntry));
  const hint = error.code === 'usage' && options.verb !== undefined ? usageHint(options.verb) : hintOf(error);
  if (hint !== '') lines.push(`What to do: ${hint}`);
  if (options.debug === true || error.code === 'internal') lines.push(...causes(error));
  return lines.join('\n');
}

/** What to do next. A device that was put back needs other advice than one that was left half-restored. */
function hintOf({ code, details, hint }: EngineError): string {
  const { verdict, left, undo } = details as Partial<FailedRestore>;
  if (verdict === 'failed-rolled-back')
    return 'The device is what it was before the restore. Restore again when the cause is mended.';
  // A device that may be stuck is got out first.
  if (left?.filesTouched !== true || code === 'release-failed') return hint;
  const back = undo === undefined ? '' : ', or put it back to its undo image,';
  return `The device holds what was written so far. Restore it again${back} before you rely on it.`;
}

/** An error for programs: the last line of stdout with --json. */
export function errorObject(error: EngineError): JsonLine & { readonly code: ErrorCode } {
  const line = {
    kind: 'error',
    code: error.code,
    message: error.message,
    exitCode: error.exitCode,
    retriable: error.retriable,
    hint: hintOf(error),
    ...(Object.keys(error.details).length === 0 ? {} : { details: error.details }),
  };
  return line;
}

/**
 * The status of a command that failed. An interrupted command ends with 130, whatever the abort made fail
 * on its way, except when the device may be stuck: that must not be lost.
 */
export function statusOf(error: EngineError, interrupted: boolean): number {
  if (interrupted && error.code !== 'release-failed' && error.code !== 'internal')
    return ERRORS.cancelled.exitCode;
  return error.exitCode;
}

function isOpenEntry(value: unknown): value is OpenEntryReport {
  return typeof value === 'object' && value !== null && 'problem' in value;
}

function usageHint(verb: string): string {
  return verb === '' ? `See "bacvault help".` : `See "bacvault help ${verb}".`;
}

function causes(error: EngineError): string[] {
  const lines: string[] = [];
  let cause: unknown = error.cause;
  for (let depth = 0; cause !== undefined && depth < 10; depth++) {
    const [first = '', ...rest] = causeText(cause).split('\n');
    lines.push(`  because ${printable(first)}`, ...rest.map((line) => `    ${printable(line.trim())}`));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}

function causeText(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? `${cause.name}: ${cause.message}`) : String(cause);
}
