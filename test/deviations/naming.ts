// Which words name a quirk: where a device with it cannot be backed up or restored, or not provably, what
// the engine says must hold them. A quirk that is new and not here fails the table until its words are known.

import { quirks } from '../../simulator/index.js';

/** A value for quirks that need one, and the telling one where the default tells little. */
const VALUES: Readonly<Record<string, string>> = {
  'abort-above': '200',
  'property-missing': 'last-restore-time',
};

const NAMES: Readonly<Record<string, RegExp>> = {
  'abort-above': /SEGMENTATION_NOT_SUPPORTED/,
  'access-method-swapped': /File_Access_Method|access/,
  'create-by-type-only': /CreateObject was refused: OBJECT: DYNAMIC_CREATION_NOT_SUPPORTED/,
  'create-refused': /CreateObject was refused: OBJECT: DYNAMIC_CREATION_NOT_SUPPORTED/,
  'empty-file-error': /INVALID_FILE_START_POSITION/,
  'empty-write-refused': /refused an empty write/,
  'end-refused': /(ENDBACKUP|ENDRESTORE|ABORTRESTORE) was refused with SERVICES: INVALID_CONFIGURATION_DATA/,
  'end-refused-while-preparing':
    /(ENDBACKUP|ABORTRESTORE) was refused with DEVICE: CONFIGURATION_IN_PROGRESS/,
  'eof-early': /said End_Of_File/,
  'eof-late': /End_Of_File/,
  'eof-never': /End_Of_File/,
  'file-changes': /it changed in \d+ readings|went on changing|not read back equal/,
  'file-size-in-records': /File_Size/,
  'file-size-refused': /refused (File_Size|Record_Count) := 0/,
  'file-size-unreadable': /File_Size is not readable|nor does it tell its size|said End_Of_File at/,
  'files-by-index': /Configuration_Files/,
  'files-late': /lists no configuration files/,
  'files-only-in-procedure': /lists no configuration files/,
  'files-reversed': /in the image and number \d+ in Configuration_Files/,
  'long-reads':
    /answered with \d+ (octets|records) where \d+ were asked for|and gave \d+ (octets|records) more/,
  'lost-ack': /START(BACKUP|RESTORE)/,
  'max-apdu-claimed': /no answer/,
  'multiple-refused': /ReadPropertyMultiple/,
  'multiple-wrong': /ReadPropertyMultiple/,
  'never-prepared': /never got beyond preparing|still preparing/,
  'one-record-only': /REJECT: PARAMETER_OUT_OF_RANGE/,
  'password-unexpected': /PASSWORD_FAILURE.*it has none and refuses any/,
  'preparation-fails': /could not prepare/,
  'property-missing': /Last_Restore_Time is not readable/,
  'read-only-stays': /Read_Only/,
  'reads-refused':
    /AtomicReadFile at \d+ was refused|could not be read back \(DEVICE: CONFIGURATION_IN_PROGRESS\)/,
  'record-count-mismatch': /record count is \d+, \d+ records follow/,
  'restarts-after-reads': /gave up the (backup|restore) by itself|the device shows idle/,
  'restarts-after-restore': /has not come back|does not answer/,
  'restore-changes-instance': /does not answer to its instance any more/,
  'restore-changes-password': /PASSWORD_FAILURE/,
  'restore-ignored': /Last_Restore_Time did not change|nothing shows that a restore took place/,
  'restore-wrecks': /did not accept the configuration/,
  'restore-fails': /did not accept the configuration/,
  'restore-unrecorded': /Last_Restore_Time did not change|nothing shows that a restore took place/,
  'short-reads': /gave nothing more/,
  'silent-above': /no answer/,
  'silent-after-timeout': /no answer|does not answer/,
  'silent-after-end': /has not come back|not acknowledged|does not answer/,
  'silent-after-reads': /no answer/,
  'silent-after-writes': /no answer/,
  'slow-preparation': /still preparing|never got beyond preparing|does not answer/,
  'stale-answers': /answered with position|acknowledged for position|name another position/,
  'slow-answers': /no answer|does not answer/,
  'start-refused': /START(BACKUP|RESTORE) was refused with DEVICE: CONFIGURATION_IN_PROGRESS/,
  'state-late': /does not enter the procedure|shows idle/,
  'state-shows': /shows preparing-for-backup/,
  'status-after-restore': /did not become operational|download-required/,
  'system-status-static': /shows .*operational/,
  'truncates-at-zero': /not read back equal/,
  'watchdog-short': /gave up the (backup|restore) by itself|shows (backup|restore)-failure/,
  'write-corrupts': /not read back equal/,
  'write-dropped': /not read back equal/,
  'writes-refused': /AtomicWriteFile at \d+ was refused: SERVICES: FILE_ACCESS_DENIED/,
  'wrong-read-position': /answered with position \d+ to a question for position \d+/,
  'wrong-write-position': /acknowledged for position \d+|name another position/,
  'zero-octets': /gave nothing more|gave no octets/,
};

/**
 * Show only while several reads are outstanding, which the short files of these stories never bring about: they are
 * the swarm's, and test/scenario/reads-together.test.ts's.
 */
const OF_LONG_FILES: readonly string[] = ['reads-queued', 'second-read'];

/** Every other quirk of the registry, as the simulator takes it. */
export const QUIRKS: readonly string[] = quirks
  .filter(({ name }) => !OF_LONG_FILES.includes(name))
  .map(({ name }) => {
    const value = VALUES[name];
    return value === undefined ? name : `${name}=${value}`;
  });

const nameOf = (quirk: string): string => quirk.split('=')[0] ?? quirk;

/** Whether a text names one of these quirks. */
export function names(text: string, quirksOfDevice: readonly string[]): boolean {
  return quirksOfDevice.some((quirk) => NAMES[nameOf(quirk)]?.test(text) === true);
}

/** What a quirk does, in the simulator's words. */
export function summaryOf(quirk: string): string {
  const kind = quirks.find(({ name }) => name === nameOf(quirk));
  return kind?.summary ?? '';
}
