// Which quirks the swarm gives to devices, and what may be demanded of the engine in spite of each. What no
// client can see through is in lies.ts.

export interface QuirkDraw {
  readonly name: string;
  /** One of these is drawn; undefined is the quirk's own default. */
  readonly values: readonly (string | undefined)[];
  /** A backup, and a restore, of a healed site succeeds in spite of it. */
  readonly backup: boolean;
  readonly restore: boolean;
  /** Values with which neither need succeed. */
  readonly mayFail: readonly (string | undefined)[];
  /** The device does not free itself from a procedure. */
  readonly sticks?: true;
  /**
   * Drawn apart from the others, so that old seeds stay the nights that they were: how a device reads several parts at
   * once, on the link alone, and how it tells several properties at once.
   */
  readonly apart?: 'reads' | 'multiple';
}

const draw = (
  name: string,
  values: readonly (string | undefined)[] = [undefined],
  works: 'works' | 'backup-only' | 'restore-only' | 'may-fail' = 'works',
  { mayFail = [], ...more }: Partial<Pick<QuirkDraw, 'sticks' | 'apart' | 'mayFail'>> = {},
): QuirkDraw => ({
  name,
  values,
  backup: works === 'works' || works === 'backup-only',
  restore: works === 'works' || works === 'restore-only',
  mayFail,
  ...more,
});

export const QUIRK_DRAWS: readonly QuirkDraw[] = [
  draw('abort-above', ['40', '100', '300'], 'may-fail'),
  draw('access-method-swapped', [undefined], 'may-fail'),
  // The engine never appends.
  draw('append-echoed'),
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
  draw('file-changes', ['1', '2', '1:grow', '1:shrink', '3:same-size', '40'], 'works', {
    mayFail: ['3:same-size', '40'],
  }),
  draw('file-size-in-records', [undefined], 'may-fail'),
  draw('file-size-refused', [undefined], 'may-fail'),
  draw('file-size-unreadable', [undefined], 'may-fail'),
  draw('files-by-index'),
  draw('files-late', ['1', '2']),
  draw('files-only-in-procedure'),
  draw('files-reversed'),
  draw('ignores-client-limits', [undefined], 'may-fail'),
  draw('long-reads', ['1', '30'], 'may-fail'),
  draw(
    'lost-ack',
    ['start*1', 'start', 'end*1', 'end', 'abort', 'write*3', 'write', 'create', 'property'],
    'may-fail',
  ),
  draw('max-apdu-claimed', ['1476'], 'may-fail'),
  draw(
    'multiple-refused',
    [
      undefined,
      'silence',
      'abort:buffer-overflow',
      'abort:segmentation-not-supported',
      'abort:out-of-resources*2',
      'DEVICE:DEVICE_BUSY@60',
      'SERVICES:SERVICE_REQUEST_DENIED*1',
    ],
    'works',
    { apart: 'multiple' },
  ),
  draw('multiple-wrong', ['partial', 'reversed', 'null', 'unknown', 'cached'], 'works', {
    apart: 'multiple',
  }),
  draw('never-prepared', [undefined], 'may-fail', { sticks: true }),
  draw('one-record-only', [undefined, 'first'], 'works', { mayFail: ['first'] }),
  // It is given one all the same: see passwordOf.
  draw('password-unexpected', [undefined], 'may-fail'),
  draw('preparation-fails', [undefined], 'may-fail'),
  draw(
    'property-missing',
    ['155', '157', '155+157', '338', '338+339+340+341', '338+112', '112', '42', '141', '71', '41', '154'],
    'may-fail',
  ),
  draw('read-only-stays', [undefined]),
  draw(
    'reads-refused',
    [
      undefined,
      'DEVICE:CONFIGURATION_IN_PROGRESS*3',
      'DEVICE:DEVICE_BUSY@20',
      'SERVICES:FILE_ACCESS_DENIED',
      'abort:other',
    ],
    'works',
    { mayFail: [undefined, 'SERVICES:FILE_ACCESS_DENIED', 'abort:other'] },
  ),
  draw('record-count-mismatch', [undefined], 'may-fail'),
  draw('restarts-after-reads', ['2', '5'], 'may-fail'),
  draw('restarts-after-restore', ['10', '45']),
  draw('reads-queued', ['0', '1', '4'], 'works', { apart: 'reads' }),
  draw('restore-changes-instance', ['2500', '3999'], 'may-fail'),
  draw('restore-changes-password', [undefined], 'may-fail'),
  draw('restore-fails', [undefined], 'backup-only'),
  draw('restore-ignored', [undefined], 'backup-only'),
  draw('restore-time-sequence'),
  draw('restore-unrecorded', [undefined], 'backup-only'),
  draw('restore-wrecks', [undefined], 'may-fail'),
  draw('short-reads', ['1', '16', '100']),
  draw('silent-above', ['40', '200', '400', '1000'], 'may-fail'),
  draw('second-read', ['dropped', 'refused', 'aborted', 'mixed-up'], 'works', { apart: 'reads' }),
  draw('silent-after-end', ['10', '60'], 'may-fail'),
  draw('silent-after-reads', ['2', '5@30', '9@120'], 'may-fail'),
  draw('silent-after-writes', ['2', '5@30', '9@120'], 'may-fail'),
  draw('silent-after-timeout', ['5', '20']),
  draw('slow-answers', ['200', '1000', '2500'], 'works', { mayFail: ['2500'] }),
  draw('slow-preparation', ['40', '30:silent', '90:silent']),
  draw('stale-answers', ['6', '20'], 'may-fail'),
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
  draw('state-shows', ['3', '1', '2', '4', '5', '6', '9', '2@10', '9@20'], 'may-fail'),
  draw('status-after-restore', [undefined, 'non-operational'], 'backup-only'),
  draw('system-status-static'),
  draw('truncates-at-zero'),
  draw('watchdog-any-read'),
  draw('watchdog-short', ['3', '8'], 'may-fail'),
  draw('watchdog-never', [undefined], 'works', { sticks: true }),
  draw('write-corrupts', ['1', '3', 'always'], 'works', { mayFail: ['3', 'always'] }),
  draw('write-dropped', ['1', '3', 'always'], 'works', { mayFail: ['3', 'always'] }),
  draw(
    'writes-refused',
    [undefined, 'DEVICE:DEVICE_BUSY*2', 'DEVICE:CONFIGURATION_IN_PROGRESS@10'],
    'may-fail',
  ),
  draw('wrong-read-position', ['1', '1*1', '7*3'], 'works', { mayFail: ['1'] }),
  draw('wrong-write-position', ['1', '1*1', '7*3'], 'may-fail'),
  draw('zero-octets', ['1', '3', 'always'], 'works', { mayFail: ['3', 'always'] }),
];
