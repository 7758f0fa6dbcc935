// Nothing known is left out: every deviation of real devices and every fault that a simulated device should
// have, as numbered and named in the facts about the protocol, with the quirk (or the description of the
// device) that makes it. What only other clients do wrong is said, with why no device can.

import { expect } from 'chai';
import type { DeviceConfigInput } from '../../../../simulator/index.js';
import { deviceConfig, quirkNamed, quirks } from '../../../../simulator/index.js';

interface Deviation {
  readonly what: string;
  /** "name" or "name=value"; all of them together, or each a kind of its own. */
  readonly quirks?: readonly string[];
  /** Part of the description of any device, not a deviation. */
  readonly config?: DeviceConfigInput;
  /** No client meets it in a device. */
  readonly notOfDevices?: string;
}

/** "Known real-world deviations and pitfalls", by number. */
const ROWS: Readonly<Record<number, Deviation>> = {
  1: { what: 'End_Of_File FALSE on the last octet', quirks: ['eof-late=empty'] },
  2: {
    what: 'Abort 4 above a count; Reject 6 for more than one record; only record 0 to be had',
    quirks: ['abort-above=1470', 'one-record-only', 'one-record-only=first'],
  },
  3: { what: 'answers longer than the client accepts', quirks: ['ignores-client-limits'] },
  4: {
    what: 'File_Size := 0 refused, and a write at 0 truncates',
    quirks: ['file-size-refused', 'truncates-at-zero'],
  },
  5: { what: 'ENDRESTORE acknowledged, then state 6', quirks: ['restore-fails'] },
  6: { what: 'System_Status never 5 or 3', quirks: ['system-status-static'] },
  7: { what: 'Last_Restore_Time not readable', quirks: ['property-missing=157'] },
  8: {
    what: 'a watchdog that any read restarts, or that never fires',
    quirks: ['watchdog-any-read', 'watchdog-never'],
  },
  9: {
    what: 'an empty file is an error',
    quirks: ['empty-file-error=object-11', 'empty-file-error=services-11'],
  },
  10: { what: 'a password where none is configured is a failure', quirks: ['password-unexpected'] },
  11: { what: 'preparing for ever', quirks: ['state-shows=1', 'never-prepared'] },
  12: {
    what: 'states 5 and 6, which some decoders do not know',
    quirks: ['state-shows=5', 'state-shows=6', 'state-shows=9'],
  },
  13: { what: 'File_Access_Method swapped', quirks: ['access-method-swapped'] },
  14: { what: 'AtomicReadFile aborted while a session is active', quirks: ['reads-refused=abort:other'] },
  15: { what: '338 to 341 under other numbers', quirks: ['property-missing=338+339+340+341'] },
  16: {
    what: 'refused until a hidden switch is on',
    quirks: ['start-refused=SERVICES:SERVICE_REQUEST_DENIED'],
  },
  17: {
    what: 'minutes of preparation; the restore restarts the host',
    quirks: ['slow-preparation=180', 'slow-preparation=180:silent', 'restarts-after-restore=60'],
  },
  18: {
    what: 'refused by a setting',
    quirks: ['start-refused=SERVICES:OPTIONAL_FUNCTIONALITY_NOT_SUPPORTED'],
  },
  19: { what: 'Configuration_Files empty outside the procedure', quirks: ['files-only-in-procedure'] },
  20: { what: 'several files in an order that matters', quirks: ['files-reversed'] },
  21: { what: 'a restore is accepted and ignored', quirks: ['restore-ignored', 'restore-unrecorded'] },
  22: {
    what: 'a backup of another type is not taken',
    quirks: ['end-refused=SERVICES:INVALID_CONFIGURATION_DATA'],
  },
  23: { what: 'arrays only by index', quirks: ['files-by-index'] },
  24: { what: 'I-Am promises a larger APDU than passes', quirks: ['max-apdu-claimed=1476'] },
  25: { what: 'nothing at all where the answer would be too long', quirks: ['silent-above=400'] },
  26: { what: 'a client that writes records only', notOfDevices: 'a fault of another client' },
  27: { what: 'a client that saves tags with the octets', notOfDevices: 'a fault of another client' },
  28: { what: 'Configuration_Files filled late', quirks: ['files-late=2'] },
  29: { what: 'silence after the watchdog', quirks: ['silent-after-timeout=20'] },
  30: { what: 'objects deleted before the restore is validated', quirks: ['restore-wrecks'] },
  31: { what: 'writing 153 does nothing', quirks: ['failure-timeout-fixed'] },
  32: {
    what: 'the restore brings another password, instance or time-out',
    quirks: ['restore-changes-password=other', 'restore-changes-instance=4000'],
  },
  33: {
    what: 'virtual devices refuse, or their one file store changes under our hands',
    quirks: ['start-refused=SERVICES:OPTIONAL_FUNCTIONALITY_NOT_SUPPORTED', 'file-changes=1:same-size'],
  },
  34: {
    what: 'a client whose segmented answers mix',
    notOfDevices: 'a fault of another client; ours: protocol/transaction',
  },
};

/** "Fault knobs worth having in the simulated device", in their order. */
const KNOBS: readonly Deviation[] = [
  {
    what: 'preparation delay, with and without answering',
    quirks: ['slow-preparation=120', 'slow-preparation=120:silent'],
    config: {
      procedure: { backupPreparationMs: 5000, restorePreparationMs: 5000, answersWhilePreparing: false },
    },
  },
  { what: 'state stuck or late', quirks: ['state-shows=1', 'never-prepared', 'state-late=3'] },
  {
    what: 'states 5 and 6',
    quirks: ['preparation-fails', 'restore-fails', 'state-shows=5', 'state-shows=6'],
  },
  {
    what: 'no 338 to 341',
    quirks: ['property-missing=338+339+340+341'],
    config: { procedure: { stateProperties: false } },
  },
  { what: '154 empty before START, or only by index', quirks: ['files-only-in-procedure', 'files-by-index'] },
  { what: 'password none, or required', quirks: ['password-unexpected'], config: { password: 'secret' } },
  { what: 'DEVICE/2 to START', quirks: ['start-refused=DEVICE:CONFIGURATION_IN_PROGRESS'] },
  {
    what: 'End_Of_File late, premature, never',
    quirks: ['eof-late=empty', 'eof-late=services-11', 'eof-late=object-11', 'eof-early=1', 'eof-never'],
  },
  { what: 'short reads', quirks: ['short-reads=16'] },
  { what: 'zero reads', quirks: ['zero-octets=1', 'zero-octets=always'] },
  { what: 'shrinking and growing file', quirks: ['file-changes=1:shrink', 'file-changes=1:grow'] },
  {
    what: 'error class variants',
    quirks: ['error-class=OBJECT', 'error-class=SERVICES', 'error-class=DEVICE'],
  },
  { what: 'Abort 4 above N octets', quirks: ['abort-above=100'] },
  ...([50, 128, 206, 480, 1024, 1476] as const).map((maxApdu) => ({
    what: `max-APDU ${maxApdu}`,
    config: { limits: { maxApdu } },
  })),
  ...(['both', 'transmit', 'receive', 'none'] as const).map((segmentation) => ({
    what: `segmentation ${segmentation}, 2 segments`,
    config: { limits: { segmentation, maxSegments: 2 } },
  })),
  {
    what: 'File_Size refuses, truncates on a write at zero',
    quirks: ['file-size-refused', 'truncates-at-zero'],
  },
  { what: 'append acknowledged as -1', quirks: ['append-echoed'] },
  {
    what: 'missing File objects, CreateObject refused or without an instance',
    quirks: ['create-refused', 'create-by-type-only'],
    config: { procedure: { createsFiles: false } },
  },
  { what: 'SimpleACK of START or END lost', quirks: ['lost-ack=start', 'lost-ack=end', 'lost-ack=abort'] },
  { what: 'answers again, and late', quirks: ['stale-answers=6', 'slow-answers=2500'] },
  {
    what: 'another instance after a restart',
    quirks: ['restarts-after-restore=10', 'restore-changes-instance'],
  },
  {
    what: 'watchdog of 3 s',
    quirks: ['watchdog-short=3'],
    config: { procedure: { backupFailureTimeoutS: 3 } },
  },
  { what: 'END acknowledged, then state 6', quirks: ['restore-fails'] },
];

describe('known deviations of real devices', () => {
  it('are numbered 1 to 34, none left out', () => {
    expect(Object.keys(ROWS).map(Number)).to.deep.equal(Array.from({ length: 34 }, (_, i) => i + 1));
  });

  const all = [
    ...Object.entries(ROWS).map(([number, row]) => [`row ${number}`, row] as const),
    ...KNOBS.map((knob) => ['knob', knob] as const),
  ];
  for (const [name, { what, quirks: odd, config, notOfDevices }] of all) {
    it(`${name}: ${what} (${odd?.join(', ') ?? notOfDevices ?? 'a description'})`, () => {
      expect(odd ?? config ?? notOfDevices, 'somebody must make it').to.not.equal(undefined);
      for (const text of odd ?? []) {
        const [quirk = '', value] = text.split('=', 2);
        expect(quirks.map((kind) => kind.name)).to.include(quirk);
        expect(() => quirkNamed(quirk, value), text).to.not.throw();
      }
      if (config !== undefined) expect(() => deviceConfig(config)).to.not.throw();
    });
  }
});
