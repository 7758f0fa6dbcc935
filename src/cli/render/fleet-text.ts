// A run over many devices as lines: how it goes, and once at its end what was protected, what not and why, and what
// changed. Everything that devices say of themselves is made harmless first.

import { type DeviceResult, type FleetEvent, type FleetSummary, PROTECTING } from '../../index.js';
import { table } from './table.js';
import { counted, duration, grouped, moment, octets, printable } from './text.js';

type Ended = Extract<FleetEvent, { kind: 'device-end' }>;

/** "Device 1201 (AHU-3)". */
function deviceText({ device, name }: Pick<DeviceResult, 'device' | 'name'>): string {
  return `Device ${device}${name === undefined ? '' : ` (${printable(name)})`}`;
}

/** How each outcome is told. */
export const OUTCOMES = {
  'backed-up': 'backed up',
  unchanged: 'unchanged',
  present: 'has an image of this run already',
  failed: 'FAILED',
  interrupted: 'INTERRUPTED',
  'not-begun': 'NOT BEGUN',
} as const satisfies Record<DeviceResult['outcome'], string>;

/** How a run ended, in words. */
export const RUN_OUTCOMES = {
  done: 'every device is protected',
  partial: 'some devices are NOT PROTECTED',
  failed: 'NO device is protected',
  'window-ended': 'the window ended before every device had its turn',
  cancelled: 'it was stopped',
  broken: 'it could not go on',
} as const satisfies Record<FleetSummary['outcome'], string>;

/** One line for an event, or undefined for one that is no line. */
export function eventText(event: FleetEvent): string | undefined {
  switch (event.kind) {
    case 'fleet-begin':
      return `Rule ${event.rule} of ${printable(event.site)}${event.stopsAt === undefined ? '' : `, until ${moment(event.stopsAt)}`}.`;
    case 'fleet-survey': {
      const silent =
        event.silent.length === 0 ? '' : `, ${counted(event.silent.length, 'known device')} silent`;
      return `${counted(event.found, 'device')} answered Who-Is${silent}.`;
    }
    case 'fleet-plan':
      return `${counted(event.waiting, 'device')} in ${counted(event.lanes.length, 'lane')} to back up, of ${event.devices}.`;
    case 'fleet-recovered':
      return `Device ${event.device}: looked after what an earlier process had left open.`;
    case 'device-end':
      return endText(event);
    case 'fleet-progress':
      return event.remainingMs === undefined ? undefined : progressText(event);
    case 'window-ended':
      return `The window has ended: nothing new is begun. Under way: ${event.underWay.join(', ') || 'nothing'}; ended by ${moment(event.endsAt)}.`;
    case 'fleet-retention':
      return event.forgotten === 0 ? undefined : `Retention: ${counted(event.forgotten, 'image')} forgotten.`;
    case 'fleet-warning':
      return `warning: ${printable(event.message)}`;
    default:
      return undefined;
  }
}

function endText({ result, final }: Ended): string | undefined {
  const { outcome, durationMs, message, octets: size } = result;
  const facts = [
    OUTCOMES[outcome],
    ...(outcome === 'backed-up' && size !== undefined ? [octets(size)] : []),
    ...(durationMs === undefined ? [] : [duration(durationMs)]),
  ];
  const why = message === undefined ? '' : `: ${printable(message)}`;
  return `${deviceText(result)}: ${facts.join(', ')}${why}${final ? '' : ' It is tried again at the end.'}`;
}

function progressText(event: Extract<FleetEvent, { kind: 'fleet-progress' }>): string {
  const { done, total, elapsedMs, remainingMs = 0 } = event;
  const left = done === total ? '' : `; about ${duration(remainingMs)} left`;
  return `${done} of ${total} devices after ${duration(elapsedMs)}${left}.`;
}

/** The summary. */
export function summaryText(summary: FleetSummary): string {
  const { rule, site, outcome, counts, durationMs, warnings, problem, retention } = summary;
  const lines = [
    `Rule ${printable(rule)} of ${printable(site)}: ${RUN_OUTCOMES[outcome]}.`,
    `${grouped(counts.protected)} of ${counted(counts.devices, 'device')} protected in ${duration(durationMs)}: ${countsText(summary)}.`,
    ...(problem === undefined ? [] : [`Stopped by: ${printable(problem.message)}`]),
    ...(retention === undefined || retention.forgotten === 0
      ? []
      : [`Retention: ${counted(retention.forgotten, 'image')} forgotten, ${grouped(retention.kept)} kept.`]),
    ...warnings.map((text) => `warning: ${printable(text)}`),
  ];
  return `${lines.join('\n')}\n${section('Not protected', notProtected(summary))}${section('To be looked at', lookedAt(summary))}${section('Changed', changed(summary))}`;
}

export function countsText({ counts, octets: size }: FleetSummary): string {
  const { backedUp, changed: moved, first, unchanged, present, failed, interrupted, notBegun } = counts;
  return [
    `${grouped(backedUp)} backed up (${octets(size)}; ${grouped(moved)} changed, ${grouped(first)} for the first time)`,
    ...(unchanged === 0 ? [] : [`${grouped(unchanged)} unchanged`]),
    ...(present === 0 ? [] : [`${grouped(present)} had an image already`]),
    ...(failed === 0 ? [] : [`${grouped(failed)} failed`]),
    ...(interrupted === 0 ? [] : [`${grouped(interrupted)} interrupted`]),
    ...(notBegun === 0 ? [] : [`${grouped(notBegun)} not begun`]),
  ].join(', ');
}

/** Those that have no image of this run, and why. */
export function notProtected({ devices }: FleetSummary): readonly DeviceResult[] {
  return devices.filter(({ outcome }) => !PROTECTING.includes(outcome));
}

/** Those that are protected, and something is wrong all the same. */
export function lookedAt({ devices }: FleetSummary): readonly DeviceResult[] {
  return devices.filter(
    ({ outcome, code, warnings }) =>
      PROTECTING.includes(outcome) && (code !== undefined || warnings !== undefined),
  );
}

export function changed({ devices }: FleetSummary): readonly DeviceResult[] {
  return devices.filter(({ outcome, change }) => outcome === 'backed-up' && change === 'changed');
}

/** Why it is not protected, or what changed: one sentence. */
export function whyText({ outcome, message, change, changes = [], warnings = [] }: DeviceResult): string {
  if (message !== undefined) return printable(message);
  if (change === 'changed') return printable(changes.join('; '));
  if (warnings.length > 0) return printable(warnings.join('; '));
  return outcome === 'not-begun' ? 'Its turn did not come.' : OUTCOMES[outcome];
}

/** "2026-11-23 19:03:22 UTC", or "never". */
export function lastImage({ imageAt }: DeviceResult): string {
  return imageAt === undefined ? 'never' : moment(imageAt);
}

function section(title: string, devices: readonly DeviceResult[]): string {
  if (devices.length === 0) return '';
  const rows = devices.map((one) => [
    String(one.device),
    printable(one.name ?? ''),
    one.address ?? '',
    one.code ?? '',
    lastImage(one),
    whyText(one),
  ]);
  const columns = [
    { heading: 'instance', align: 'right' as const },
    { heading: 'name' },
    { heading: 'address' },
    { heading: 'code' },
    { heading: 'newest image' },
    { heading: 'why' },
  ];
  return `\n${title}: ${devices.length}\n${table(columns, rows)}`;
}
