// What a restore came to, as people read it: the verdict first, then what it rests on. Never hides what was
// not proven.

import type { Proof, RestoreReport } from '../../index.js';
import { counted, duration, octets, printable, rangesText } from './text.js';

const VERDICTS = {
  verified: 'VERIFIED',
  'restored-unverified': 'NOT VERIFIED',
} as const satisfies Record<RestoreReport['verdict'], string>;

/** `as`: a rollback is the restore of an undo image, and is told as what it is. */
export function restoreReportText(
  report: RestoreReport,
  as: 'restored from image' | 'put back to undo image' = 'restored from image',
): string {
  const { after, undo } = report;
  const rewritten =
    report.octetsRewritten === 0 ? '' : `, ${octets(report.octetsRewritten)} of them written again`;
  const lines = [
    `Device ${report.device} ${as} ${report.imageId.slice(0, 8)}: ${VERDICTS[report.verdict]}, ` +
      `${octets(report.octets)}${rewritten}, ${duration(report.durationMs)}`,
    ...(undo === undefined ? [] : [`  undo image: ${undo.imageId.slice(0, 8)}, ${readings(undo)}`]),
    report.readBack === 'equal'
      ? '  read back before the end: equal to the image'
      : '  read back before the end: NOT POSSIBLE on this device',
    ...proofLines(report.proof),
    `  outage: ${duration(report.outageMs)}`,
    `  address now: ${printable(after.address)}`,
  ];
  const add = (label: string, value: string | undefined): void => {
    if (value !== undefined) lines.push(`  ${label}: ${printable(value)}`);
  };
  add('Backup_And_Restore_State', after.state);
  add('System_Status', after.systemStatus);
  add('Database_Revision', change(after.databaseRevision));
  add('Last_Restore_Time', change(after.lastRestoreTime));
  for (const check of report.allowed) add('allowed', check);
  for (const { name, remedies } of report.quirks ?? [])
    add('known deviation', [name, ...remedies].join(', '));
  for (const deviation of report.deviations) add('deviation', deviation);
  for (const fact of report.unproven) add('NOT PROVEN', fact);
  for (const fact of report.unrecorded) add('NOT RECORDED', fact);
  add('run log', report.run);
  if (report.verdict !== 'verified')
    lines.push('  Look at the device, or run "bacvault verify", before you rely on it.');
  return `${lines.join('\n')}\n`;
}

/** How often the undo image was read, and what that taught. */
function readings({ secondReading }: NonNullable<RestoreReport['undo']>): string {
  if (secondReading === undefined) return 'read once';
  return secondReading.outcome === 'equal'
    ? 'read twice and equal'
    : 'read twice: some places change by themselves';
}

const OUTCOMES = {
  equal: 'equal to the image',
  different: 'DIFFERENT from the image',
  'not-possible': 'NOT POSSIBLE',
} as const satisfies Record<Proof['outcome'], string>;

function proofLines({ outcome, files, objects }: Proof): string[] {
  const excused = files.filter(({ volatile }) => volatile.length > 0);
  const outside = outcome === 'equal' && excused.length > 0 ? ', outside what changes by itself' : '';
  return [
    `  backed up again and compared: ${OUTCOMES[outcome]}${outside}`,
    ...excused.map(({ file, unit, volatile }) => {
      const places = rangesText(volatile, unit === 'octets' ? 'octet' : 'record');
      return `  changes by itself: file,${file}: ${places}`;
    }),
    ...(objects?.now === undefined ? [] : [`  Object_List: ${counted(objects.now, 'object')}`]),
  ];
}

function change(
  values: { readonly before?: string | number; readonly after?: string | number } | undefined,
): string | undefined {
  if (values === undefined) return undefined;
  return `${values.before ?? 'not known'} before, ${values.after ?? 'not known'} now`;
}
