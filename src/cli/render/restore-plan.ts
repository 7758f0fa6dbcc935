// What a person sees before a restore: the image and the device side by side, the files, and what it may
// do to the plant.

import type { Capabilities, ImageSummary } from '../../index.js';
import { fileTable, identityRows, octetsOf, reachedText } from './image.js';
import { table } from './table.js';
import { counted, moment, octets, printable, printableMaybe } from './text.js';

/** In place of what one side does not say. */
const UNKNOWN = '-';

/** The plan as text without a line end at its end. */
export function restorePlanText({ id, manifest }: ImageSummary, live: Capabilities): string {
  const device = new Map(identityRows(live.identity));
  const rows = [...identityRows(manifest.device), ...factRows(manifest, live)].map(
    ([label, inImage, onDevice = device.get(label)]) => [
      `  ${label}`,
      inImage ?? UNKNOWN,
      onDevice ?? UNKNOWN,
      judged(label, inImage, onDevice),
    ],
  );
  const known = rows.filter((row) => row[1] !== UNKNOWN || row[2] !== UNKNOWN);
  const title = `RESTORE of device ${live.device} from image ${id.slice(0, 8)}, made ${moment(manifest.createdAt)}, site ${printable(manifest.site)}`;
  const sides = table(
    [{ heading: '' }, { heading: 'in the image' }, { heading: 'device now' }, { heading: '' }],
    known,
  );
  const files = fileTable(manifest.files)
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return [
    '',
    title,
    '',
    sides,
    `Files to write: ${counted(manifest.files.length, 'file')}, ${octets(octetsOf(manifest))}`,
    files,
    '',
    'The device may restart, and it may stop controlling its plant until it is back.',
    '',
  ].join('\n');
}

type Row = readonly [label: string, inImage: string | undefined, onDevice?: string | undefined];

function factRows(manifest: ImageSummary['manifest'], live: Capabilities): Row[] {
  const text = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : String(value);
  return [
    ['Address', reachedText(manifest.reachedAt), reachedText(live.reachedAt)],
    ['Database_Revision', text(manifest.procedure.databaseRevision), text(live.databaseRevision)],
    ['System_Status', undefined, printableMaybe(live.systemStatus)],
    ['Backup_And_Restore_State', undefined, printableMaybe(live.state)],
  ];
}

/** Facts that name the very controller or its program: a difference deserves a second look. */
const IDENTITY =
  /^(Device instance|Object_Name|Vendor|Model_Name|Firmware_Revision|Application_Software_Version|Protocol_Revision|Serial_Number)$/;

function judged(label: string, inImage: string | undefined, onDevice: string | undefined): string {
  return IDENTITY.test(label) && inImage !== undefined && onDevice !== undefined && inImage !== onDevice
    ? '<- DIFFERENT'
    : '';
}
