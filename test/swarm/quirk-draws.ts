// Which quirks the swarm gives to devices, and what may be demanded of the engine in spite of each. What no
// client can see through is in lies.ts.

export interface QuirkDraw {
  readonly name: string;
  /** One of these is drawn; undefined is the quirk's own default. */
  readonly values: readonly (string | undefined)[];
  /** A backup, and a restore, of a healed site succeeds in spite of it. */
  readonly backup: boolean;
  readonly restore: boolean;
  /** The device does not free itself from a procedure. */
  readonly sticks?: true;
}

const draw = (
  name: string,
  values: readonly (string | undefined)[] = [undefined],
  works: 'works' | 'backup-only' | 'restore-only' | 'may-fail' = 'works',
  more: Pick<QuirkDraw, 'sticks'> = {},
): QuirkDraw => ({
  name,
  values,
  backup: works === 'works' || works === 'backup-only',
  restore: works === 'works' || works === 'restore-only',
  ...more,
});

export const QUIRK_DRAWS: readonly QuirkDraw[] = [
  draw('abort-above', ['40', '100', '300'], 'may-fail'),
  draw('access-method-swapped', [undefined], 'may-fail'),
  draw('create-by-type-only', [undefined], 'may-fail'),
  draw('create-refused', [undefined], 'backup-only'),
  draw('empty-file-error', ['object-11', 'services-11']),
  draw('empty-write-refused', [undefined], 'may-fail'),
  draw('end-always-acked', [undefined]),
  draw(
    'end-refused',
    [undefined, 'DEVICE:OPERATIONAL_PROBLEM*1', 'SERVICES:SERVICE_REQUEST_DENIED'],
    'may-fail',
    {
      sticks: true,
    },
  ),
  draw('end-refused-while-preparing'),
  draw('eof-early', ['1', '100', '1000'], 'may-fail'),
  draw('eof-late', ['empty', 'services-11', 'object-11']),
  draw('eof-never'),
  draw('error-class', ['OBJECT', 'DEVICE', 'SERVICES'], 'may-fail'),
  draw('failure-timeout-fixed'),
  draw('file-changes', ['1', '2', '1:grow', '3:same-size', '40'], 'may-fail'),
  draw('file-size-in-records', [undefined], 'may-fail'),
  draw('file-size-refused', [undefined], 'may-fail'),
  draw('file-size-unreadable', [undefined], 'may-fail'),
  draw('files-by-index'),
  draw('files-late', ['1', '2']),
  draw('files-only-in-procedure'),
  draw('ignores-client-limits', [undefined], 'may-fail'),
  draw('long-reads', ['1', '30'], 'may-fail'),
  draw(
    'lost-ack',
    ['start*1', 'start', 'end*1', 'end', 'abort', 'write*3', 'write', 'create', 'property'],
    'may-fail',
  ),
  draw('max-apdu-claimed', ['1476'], 'may-fail'),
  draw('never-prepared', [undefined], 'may-fail', { sticks: true }),
  draw('one-record-only'),
  // It is given one all the same: see passwordOf.
  draw('password-unexpected', [undefined], 'may-fail'),
  draw('preparation-fails', [undefined], 'may-fail'),
  draw(
    'property-missing',
    ['155', '157', '155+157', '338', '112', '42', '141', '71', '41', '154'],
    'may-fail',
  ),
  draw('read-only-stays', [undefined]),
  draw(
    'reads-refused',
    [undefined, 'DEVICE:CONFIGURATION_IN_PROGRESS*3', 'DEVICE:DEVICE_BUSY@20', 'SERVICES:FILE_ACCESS_DENIED'],
    'may-fail',
  ),
  draw('record-count-mismatch', [undefined], 'may-fail'),
  draw('restarts-after-reads', ['2', '5'], 'may-fail'),
  draw('restore-fails', [undefined], 'backup-only'),
  draw('restore-time-sequence'),
  draw('restore-unrecorded', [undefined], 'backup-only'),
  draw('short-reads', ['1', '16', '100']),
  draw('silent-after-end', ['10', '60'], 'may-fail'),
  draw('silent-after-reads', ['2', '5@30', '9@120'], 'may-fail'),
  draw('silent-after-writes', ['2', '5@30', '9@120'], 'may-fail'),
  draw('slow-answers', ['200', '1000', '2500'], 'may-fail'),
  draw(
    'start-refused',
    [
      undefined,
      'DEVICE:CONFIGURATION_IN_PROGRESS*1',
      'DEVICE:DEVICE_BUSY*2',
      'SERVICES:OPTIONAL_FUNCTIONALITY_NOT_SUPPORTED',
      'abort:other*1',
      'abort:out-of-resources',
      'DEVICE:DEVICE_BUSY',
      'COMMUNICATION:COMMUNICATION_DISABLED',
      'reject:UNRECOGNIZED_SERVICE',
      'reject:UNDEFINED_ENUMERATION',
      'SERVICES:SERVICE_REQUEST_DENIED',
      'DEVICE:NOT_CONFIGURED',
      'DEVICE:OPERATIONAL_PROBLEM',
      'SECURITY:PASSWORD_FAILURE',
    ],
    'may-fail',
  ),
  draw('state-late', ['1', '3']),
  draw('state-shows', ['1', '2', '4', '5', '6', '9', '2@10', '9@20'], 'may-fail'),
  draw('status-after-restore', [undefined, 'non-operational'], 'backup-only'),
  draw('system-status-static'),
  draw('truncates-at-zero'),
  draw('watchdog-any-read'),
  draw('watchdog-never', [undefined], 'works', { sticks: true }),
  draw('write-corrupts', ['1', '3', 'always'], 'may-fail'),
  draw('write-dropped', ['1', '3', 'always'], 'may-fail'),
  draw(
    'writes-refused',
    [undefined, 'DEVICE:DEVICE_BUSY*2', 'DEVICE:CONFIGURATION_IN_PROGRESS@10'],
    'may-fail',
  ),
  draw('wrong-read-position', ['1', '1*1', '7*3'], 'may-fail'),
  draw('wrong-write-position', ['1', '1*1', '7*3'], 'may-fail'),
  draw('zero-octets', ['1', '3', 'always'], 'may-fail'),
];
