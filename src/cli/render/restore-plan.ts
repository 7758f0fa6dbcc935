// What a person sees before a restore: image and device, check by check, what stands against it, the files,
// and what it may do to the plant.

import type { GateVerdict, ImageSummary, PlanCheck, RestorePlan } from '../../index.js';
import { fileTable, octetsOf, reachedText, vendor } from './image.js';
import { pairs, table } from './table.js';
import { counted, duration, moment, octets, printable } from './text.js';

/** In place of what one side does not say. */
const UNKNOWN = '-';

/** Longest value in the table; --json has all of it. */
const CELL = 36;

/** The plan as text, each line ended. */
export function restorePlanText(image: ImageSummary, plan: RestorePlan, verdict: GateVerdict): string {
  const { id, manifest } = image;
  const allowed = new Set(verdict.used.map(({ name }) => name));
  const rows = plan.checks.map((check) => [
    `  ${label(check, allowed)}`,
    check.name,
    clipped(check.image),
    clipped(check.device),
  ]);
  const columns = [
    { heading: '' },
    { heading: 'check' },
    { heading: 'in the image' },
    { heading: 'device now' },
  ];
  const files = fileTable(manifest.files)
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return [
    '',
    `RESTORE of device ${plan.device} from image ${id.slice(0, 8)}, made ${moment(manifest.createdAt)}, site ${printable(manifest.site)}`,
    '',
    who(image, plan),
    table(columns, rows),
    remarks(plan, allowed),
    `Files to write: ${counted(manifest.files.length, 'file')}, ${octets(octetsOf(manifest))}`,
    files,
    '',
    estimateText(plan),
    becomesText(plan),
    'The device may restart, and it may stop controlling its plant until it is back.',
    '',
  ]
    .filter((line) => line !== undefined)
    .join('\n');
}

/** What both are called, and where they are: for a person to recognize. */
function who({ manifest }: ImageSummary, plan: RestorePlan): string {
  const words = ({ identity, reachedAt }: Pick<RestorePlan, 'identity' | 'reachedAt'>): string =>
    [
      identity.name,
      identity.location,
      identity.description,
      [vendor(identity), identity.modelName].filter((word) => word !== undefined).join(' '),
    ]
      .filter((word) => word !== undefined && word !== '')
      .map((word) => printable(word ?? ''))
      .concat(reachedText(reachedAt))
      .join(', ');
  const inImage = { identity: manifest.device, reachedAt: manifest.reachedAt };
  return pairs(
    [
      ['image', words(inImage)],
      ['device', words(plan)],
    ],
    '  ',
  );
}

function label({ name, severity }: PlanCheck, allowed: ReadonlySet<string>): string {
  if (severity !== 'block') return severity;
  return allowed.has(name) ? 'allowed' : 'BLOCK';
}

function clipped(value: string | undefined): string {
  if (value === undefined) return UNKNOWN;
  const text = Array.from(printable(value));
  return text.length > CELL ? `${text.slice(0, CELL - 3).join('')}...` : text.join('');
}

/** What every check says that is not ok, blocks first. */
function remarks({ checks }: RestorePlan, allowed: ReadonlySet<string>): string | undefined {
  const line = (check: PlanCheck): string =>
    `  ${label(check, allowed).padEnd(7)}  ${check.name}: ${printable(check.text)}${permission(check)}`;
  const blocks = checks.filter(({ severity }) => severity === 'block');
  const warnings = checks.filter(({ severity }) => severity === 'warn');
  if (blocks.length + warnings.length === 0) return undefined;
  return ['What speaks against it:', ...[...blocks, ...warnings].map(line), ''].join('\n');
}

function permission({ severity, allowable }: PlanCheck): string {
  return severity === 'block' && !allowable ? ' (this cannot be allowed)' : '';
}

function estimateText({ estimate }: RestorePlan): string {
  const { totalMs, outageMs, undoMs, basis } = estimate;
  const why = printable(basis.join('; '));
  if (totalMs === undefined || outageMs === undefined) return `Duration: ${why}.`;
  return (
    `Duration: about ${duration(totalMs)}, ${undoMs === 0 ? '' : 'undo image and '}proof included; for about ${duration(outageMs)} of it the ` +
    `device may be out of service. An estimate: ${why}.`
  );
}

function becomesText({ replacement, device, becomes }: RestorePlan): string | undefined {
  if (!replacement) return undefined;
  return `After the restore the device should answer as device ${becomes}, no longer as ${device}.`;
}
