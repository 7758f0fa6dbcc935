// How one device behaves while its files move: what is known of it before the first request, and what this
// run has seen. Everything here is a hint: what the device shows now always counts more.

/** How a device says that a file is at its end. */
export type EndOfFile =
  /** End_Of_File TRUE comes with the last octet or record, as the standard has it. */
  | 'with-last'
  /** Only a read at the end says TRUE, with nothing in it. */
  | 'late'
  /** A read at the end is refused. */
  | 'refused'
  /** A read at the end gives nothing, and FALSE. */
  | 'never';

export interface Habits {
  /** File_Access_Method says the opposite. */
  accessSwapped: boolean;
  /** How it said the end of the last file that had content. */
  endOfFile: EndOfFile | undefined;
  /** Its words when it refused to set File_Size or Record_Count. */
  sizingRefused: string | undefined;
  /** File_Size and Record_Count := 0 are left out where the writing makes the size right all the same. */
  readonly avoidsSizing: 'always' | 'when-growing' | undefined;
  /** Octets behind an End_Of_File that comes before File_Size are asked for. */
  readonly readsPastEndOfFile: boolean;
}

export function habitsOf(known: Partial<Habits> = {}): Habits {
  return {
    accessSwapped: false,
    endOfFile: undefined,
    sizingRefused: undefined,
    avoidsSizing: undefined,
    readsPastEndOfFile: false,
    ...known,
  };
}

/** What a device did at `units`, where its size says that more must follow. */
export function earlyEndWords(end: EndOfFile, units: number): string {
  switch (end) {
    case 'with-last':
      return `said End_Of_File at ${units}`;
    case 'late':
      return `gave nothing more at ${units}, and End_Of_File`;
    case 'refused':
      return `refused to read on at ${units}`;
    case 'never':
      return `gave nothing more at ${units}`;
  }
}
