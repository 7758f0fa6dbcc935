// What a backup wrote down of a device's habits, in words, as quirks of the simulator. A table; it must not
// guess: words that no row knows are told, and so is a habit that a quirk would spread over the wrong files.

import type { LearnedHabits } from '../../index.js';

/** A quirk of the simulator ("eof-late=services-11"), and the recorded fact that asks for it. */
export interface TwinQuirk {
  readonly quirk: string;
  readonly because: string;
}

/** Recorded deviations, told apart by whether the simulator can act them. */
export interface Habits {
  readonly quirks: readonly TwinQuirk[];
  /** In the words of the image. */
  readonly notSimulated: readonly string[];
}

interface Row {
  /** The deviation without its "file 12: ". */
  readonly says: RegExp;
  /** The quirk for what the groups of `says` matched. */
  readonly quirk: (...groups: readonly string[]) => string;
  /** The quirk changes every file of the device: every file must have shown the habit. */
  readonly everyFile?: true;
}

/** Where a missing property would be missed in the Device object as well, the quirk is not the same habit. */
const FILE_PROPERTIES = 'File_Access_Method|File_Type|File_Size|Modification_Date|Archive|Read_Only';

const ROWS: readonly Row[] = [
  {
    says: /^File_Size is not readable \(PROPERTY: UNKNOWN_FILE_SIZE\)$/,
    quirk: () => 'file-size-unreadable',
    everyFile: true,
  },
  {
    says: new RegExp(`^(${FILE_PROPERTIES}) is not readable \\(`),
    quirk: (name = '') => `property-missing=${propertyName(name)}`,
    everyFile: true,
  },
  {
    says: /^(Backup_And_Restore_State) is not readable \(/,
    quirk: (name = '') => `property-missing=${propertyName(name)}`,
  },
  {
    says: /^File_Access_Method says (?:stream|record), the device wants (?:stream|record)$/,
    quirk: () => 'access-method-swapped',
    everyFile: true,
  },
  {
    says: /^answered (SERVICES|OBJECT): INVALID_FILE_START_POSITION at 0 (?:octets|records), the end;/,
    quirk: (errorClass = '') => `empty-file-error=${errorClass.toLowerCase()}-11`,
  },
  {
    says: /^answered (SERVICES|OBJECT): INVALID_FILE_START_POSITION at [1-9]\d* (?:octets|records), the end;/,
    quirk: (errorClass = '') => `eof-late=${errorClass.toLowerCase()}-11`,
  },
  {
    says: /^gave no (?:octets|records) at \d+ and End_Of_File FALSE; taken as the end$/,
    quirk: () => 'eof-never',
  },
  {
    says: /^it says that it has ReadPropertyMultiple, which did not work \(/,
    quirk: () => 'multiple-refused',
  },
  {
    says: /^STARTBACKUP was not acknowledged \(no answer /,
    quirk: () => 'lost-ack=start*1',
  },
];

/** What of the recorded deviations the simulator can act. `files` is the number of files of the image. */
export function habitsOf(deviations: readonly string[], files: number): Habits {
  const asked = deviations.map((text) => ({ text, match: matchOf(text) }));
  const quirks = new Map<string, TwinQuirk>();
  const notSimulated: string[] = [];
  for (const { text, match } of asked) {
    const alike = asked.filter((other) => match !== undefined && other.match?.quirk === match.quirk);
    if (match === undefined || (match.everyFile && alike.length < files)) notSimulated.push(text);
    else if (!quirks.has(match.quirk)) quirks.set(match.quirk, { quirk: match.quirk, because: text });
  }
  return { quirks: [...quirks.values()], notSimulated };
}

/**
 * What procedures learned of the device, as quirks, as far as the deviations have not said it already. That it
 * gives or takes no more at once is told as octets that worked; what it did with more is not known, and the
 * simulator then aborts.
 */
export function learnedHabits(learned: LearnedHabits, said: readonly TwinQuirk[]): Habits {
  const { readOctets, writeOctets, recordsPerRead, endOfFile, accessMethod, sizing } = learned;
  const { configurationFiles, readPropertyMultiple } = learned;
  const quirks: TwinQuirk[] = [];
  const notSimulated: string[] = [];
  const add = (quirk: string, because: string): void => {
    const [family = ''] = quirk.split('=');
    if (!said.some((one) => one.quirk.split('=')[0] === family)) quirks.push({ quirk, because });
  };
  if (readOctets !== undefined)
    add(`abort-above=${readOctets}`, `it gave at most ${readOctets} octets at once`);
  if (recordsPerRead === 1) add('one-record-only', 'it gave one record at once');
  else if (recordsPerRead !== undefined)
    notSimulated.push(`it gave at most ${recordsPerRead} records at once`);
  if (writeOctets !== undefined) notSimulated.push(`it took at most ${writeOctets} octets at once`);
  if (endOfFile === 'never') add('eof-never', 'it never said End_Of_File');
  if (endOfFile === 'late') add('eof-late=empty', 'End_Of_File came one read late');
  if (endOfFile === 'refused') add('eof-late=services-11', 'it refused to read at the end');
  if (accessMethod === 'swapped') add('access-method-swapped', 'File_Access_Method said the opposite');
  if (sizing === 'refused') add('file-size-refused', 'File_Size and Record_Count could not be written');
  if (configurationFiles === 'by-index')
    add('files-by-index', 'Configuration_Files could not be read as a whole');
  if (readPropertyMultiple === 'unusable')
    add('multiple-refused', 'it did not answer ReadPropertyMultiple as it should');
  return { quirks, notSimulated };
}

/** "File_Access_Method" as the simulator's quirks call it. */
export function propertyName(words: string): string {
  return words.toLowerCase().replaceAll('_', '-');
}

function matchOf(text: string): { readonly quirk: string; readonly everyFile: boolean } | undefined {
  const words = text.replace(/^file \d+: /, '');
  for (const { says, quirk, everyFile = false } of ROWS) {
    const match = says.exec(words);
    if (match !== null) return { quirk: quirk(...match.slice(1)), everyFile };
  }
  return undefined;
}
