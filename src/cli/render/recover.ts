// What `recover` found and did, in the words of a person. Text alone.

import type { EntryOutcome, RecoverReport } from '../../index.js';
import { moment, printable } from './text.js';

/** The report: what was done to the device, and then every entry. */
export function recoverText(report: RecoverReport): string {
  const lines = [`Device ${report.device}${nameText(report)}: ${verdictText(report)}`];
  for (const outcome of report.entries) {
    lines.push(`  ${beginning(outcome)}: ${printable(outcome.why)}`);
    if (outcome.problem !== undefined)
      lines.push(`    it stays in the journal: ${printable(outcome.problem)}`);
    else if (!outcome.closed) lines.push('    it stays in the journal');
  }
  const { leftAlone, device, brokenOff } = report;
  if (brokenOff !== undefined) lines.push(...brokenOffLines(brokenOff, device));
  if (leftAlone !== undefined) {
    lines.push(
      `  When nobody works on it, it is ended with: bacvault recover ${device} --foreign --yes-device ${device}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function brokenOffLines({ undo }: NonNullable<RecoverReport['brokenOff']>, device: number): string[] {
  const back =
    undo === undefined
      ? ''
      : `, or put it back to what it was before:\n  bacvault restore ${undo.slice(0, 8)} ${device} --no-undo`;
  return [`  It may hold what that restore had written so far. Restore it again${back}`];
}

/** What a person should know before ending it all the same. */
export function leftAloneText(report: RecoverReport): string {
  const { leftAlone, device } = report;
  const procedure = leftAlone?.procedure ?? 'backup';
  const harm =
    procedure === 'restore'
      ? 'Aborting a restore that somebody is at work on leaves the device half-written.'
      : 'Ending a backup that somebody is at work on makes it fail.';
  const why = printable(leftAlone?.why ?? '');
  return `Device ${device}${nameText(report)} is in a ${procedure}: ${why}.\n${harm}`;
}

function verdictText({ released, leftAlone, state, systemStatus }: RecoverReport): string {
  const shows = [state, systemStatus].filter((word) => word !== undefined).map(printable);
  const now = shows.length === 0 ? 'it does not tell its state' : `it shows ${shows.join(' and ')}`;
  if (released !== undefined) {
    const whose = released.foreign ? 'a' : 'our';
    const done = released.release === 'unproven' ? 'NOT SEEN TO LEAVE' : 'released from';
    return `${done} ${whose} ${released.procedure}: ${printable(released.words)}`;
  }
  if (leftAlone !== undefined) return `LEFT ALONE in a ${leftAlone.procedure}: ${printable(leftAlone.why)}`;
  return `in nobody's procedure, ${now}`;
}

function beginning({ entry }: EntryOutcome): string {
  return `${entry.procedure} begun ${moment(entry.openedAt)}`;
}

function nameText({ name }: RecoverReport): string {
  return name === undefined || name === '' ? '' : ` (${printable(name)})`;
}
