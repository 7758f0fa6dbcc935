// The words of a comparison, the same in text and in HTML. What comes from devices and files passes through
// `printable`; whoever writes HTML escapes what comes out of here.

import type {
  ChangedRange,
  ContentDiff,
  ContentView,
  DiffSide,
  Excerpt,
  FieldChange,
  FileDiff,
  ImageDiff,
} from '../../index.js';
import { counted, grouped, moment, octets, printable } from './text.js';

/** BACnet's names of what manifests call by theirs. */
const FIELDS: Readonly<Record<string, string>> = {
  instance: 'Device instance',
  name: 'Object_Name',
  vendorId: 'Vendor_Identifier',
  vendorName: 'Vendor_Name',
  modelName: 'Model_Name',
  firmwareRevision: 'Firmware_Revision',
  applicationSoftwareVersion: 'Application_Software_Version',
  protocolRevision: 'Protocol_Revision',
  serialNumber: 'Serial_Number',
  location: 'Location',
  description: 'Description',
  databaseRevision: 'Database_Revision',
  lastRestoreTime: 'Last_Restore_Time',
  address: 'Address',
  network: 'Network number',
  mac: 'MAC',
  fileType: 'File_Type',
  accessMethod: 'File_Access_Method',
  readOnly: 'Read_Only',
  fileSize: 'File_Size',
  recordCount: 'Record_Count',
  modificationDate: 'Modification_Date',
  archive: 'Archive',
};

export function fieldName({ field }: FieldChange): string {
  return FIELDS[field] ?? field;
}

export function fieldValue(value: FieldChange['a']): string {
  if (value === undefined) return '(not told)';
  return typeof value === 'string' ? printable(value) : String(value);
}

/** "image 1a2b3c4d of 2026-11-23 19:03:22 UTC, site North, device 1201 AHU-3, 2 files, 5 012 octets". */
export function sideText(side: DiffSide): string {
  const { from, imageId = '', site, instance, name, createdAt } = side;
  const device = `device ${instance}${name === undefined ? '' : ` ${printable(name)}`}`;
  const size = `${counted(side.files, 'file')}, ${octets(side.octets)}`;
  if (from === 'device') return `${device} as it was at ${moment(createdAt)}, ${size}`;
  return `image ${imageId.slice(0, 8)} of ${moment(createdAt)}, site ${printable(site)}, ${device}, ${size}`;
}

/** The verdict in a sentence. */
export function verdictText({ verdict, files, device }: ImageDiff): string {
  if (verdict === 'equal') return 'EQUAL';
  if (verdict === 'volatile') return 'EQUAL but for parts that change by themselves';
  const changed = files.filter((file) => file.status !== 'equal' && file.status !== 'volatile').length;
  const parts = [
    ...(device.some((change) => change.counts) ? ['the identity of the device'] : []),
    ...(changed > 0 ? [`${grouped(changed)} of ${counted(files.length, 'file')}`] : []),
  ];
  return `DIFFERENT: ${parts.join(', ')}`;
}

/** "file,12 program.bin". */
export function fileName(file: FileDiff): string {
  const name = file.b?.name ?? file.a?.name;
  return `${file.objectIdentifier}${name === undefined || name === '' ? '' : ` ${printable(name)}`}`;
}

const STATUS = {
  equal: 'equal',
  volatile: 'equal but for parts that change by themselves',
  changed: 'CHANGED',
  added: 'ADDED',
  removed: 'REMOVED',
} as const;

/** "CHANGED, 5 000 octets -> 5 012 octets". */
export function statusText(file: FileDiff): string {
  const [before, after] = [file.a?.octets, file.b?.octets];
  const sizes = before === after ? [before] : [before, after];
  const size = sizes.flatMap((some) => (some === undefined ? [] : [octets(some)])).join(' -> ');
  return `${STATUS[file.status]}, ${size}`;
}

/** What became of the file as a whole, one fact a line. */
export function fileFacts(file: FileDiff): string[] {
  const facts: string[] = [];
  const { a, b, sameContentAs } = file;
  if (file.moved && a && b)
    facts.push(`it was number ${a.position + 1} in Configuration_Files and is number ${b.position + 1}`);
  if (sameContentAs !== undefined) {
    const other = printable(sameContentAs);
    facts.push(
      file.status === 'added' ? `it has the content that ${other} had` : `${other} has its content now`,
    );
  }
  for (const change of file.properties) facts.push(changeText(change));
  return facts;
}

/** "Firmware_Revision: 1.2 -> 1.3". */
export function changeText(change: FieldChange): string {
  return `${fieldName(change)}: ${fieldValue(change.a)} -> ${fieldValue(change.b)}`;
}

/** "3 ranges, 12 octets in all; what moved is matched where it is now". */
export function contentText({ unit, method, total, units, volatileUnits }: ContentDiff): string {
  const one = unit === 'octets' ? 'octet' : 'record';
  const parts = [`${counted(total, 'range')}, ${counted(units, one)} in all`];
  if (volatileUnits > 0) parts.push(`${grouped(volatileUnits)} of them volatile`);
  if (method === 'aligned') parts.push('what moved is matched where it is now');
  return parts.join(', ');
}

/** "octets 300 to 303 (4 octets)", "at octet 300: 5 octets added". */
export function rangeText(range: ChangedRange, unit: ContentDiff['unit']): string {
  const one = unit === 'octets' ? 'octet' : 'record';
  const [was, is] = [range.a.end - range.a.start, range.b.end - range.b.start];
  const where = was === 0 ? `at ${one} ${grouped(range.a.start)}` : span(range.a, one);
  const now = range.b.start === range.a.start ? '' : ` (now ${span(range.b, one)})`;
  const mark = range.volatile ? ', volatile' : '';
  if (was === 0) return `${where}: ${counted(is, one)} added${now}${mark}`;
  if (is === 0) return `${where}: ${counted(was, one)} removed${mark}`;
  if (was === is) return `${where}${was === 1 ? '' : ` (${counted(was, one)})`}${now}${mark}`;
  return `${where}: ${counted(was, one)} became ${counted(is, one)}${now}${mark}`;
}

function span({ start, end }: ChangedRange['a'], one: string): string {
  if (end - start === 1) return `${one} ${grouped(start)}`;
  return `${one}s ${grouped(start)} to ${grouped(end - 1)}`;
}

/** What a view shows. */
export function viewTitle(view: ContentView): string {
  switch (view.kind) {
    case 'text':
      return view.hunks.length === 0
        ? 'Text: the same line for line, in another encoding'
        : `Text, ${view.charset.toUpperCase()}`;
    case 'tree': {
      if (view.changes.length === 0) return `${FORMATS[view.format]}: every value that was read is the same`;
      const { added, removed, changed } = view;
      const counts = [
        ...(changed > 0 ? [`${grouped(changed)} changed`] : []),
        ...(added > 0 ? [`${grouped(added)} added`] : []),
        ...(removed > 0 ? [`${grouped(removed)} removed`] : []),
      ];
      return `${FORMATS[view.format]}: ${counts.join(', ')}`;
    }
    case 'zip':
      if (view.members.length === 0) return 'ZIP archive: every member has the same content';
      return view.equal === 0
        ? 'ZIP archive'
        : `ZIP archive, ${counted(view.equal, 'other member')} with the same content`;
    case 'records':
      return 'Records';
    case 'hex':
      return 'Octets';
  }
}

const FORMATS = { json: 'JSON', xml: 'XML', 'bacnet-objects': 'BACnet objects' } as const;

/** A text that may be cut; tabs stay, everything else that is no character is made visible. */
export function excerptText({ text, before, after }: Excerpt): string {
  const shown = text.split('\t').map(printable).join('\t');
  const [start, end] = [omitted(before), omitted(after)];
  return `${start === '' ? '' : `${start} `}${shown}${end === '' ? '' : ` ${end}`}`;
}

function omitted(characters: number | undefined): string {
  return characters === undefined ? '' : `[... ${counted(characters, 'character')} ...]`;
}

/** "points / [3] / setpoint". */
export function pathText(path: readonly string[]): string {
  return path.length === 0 ? '(the whole)' : path.map(printable).join(' / ');
}

/** "12 more changes not shown"; undefined when there are no more. */
export function moreText(count: number, one: string): string | undefined {
  return count > 0 ? `${counted(count, `more ${one}`)} not shown` : undefined;
}
