// What a backup wrote down of a device's habits, in words, as quirks of the simulator. A table; it must not
// guess: words that no row knows are told, and so is a habit that a quirk would spread over the wrong files.

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
