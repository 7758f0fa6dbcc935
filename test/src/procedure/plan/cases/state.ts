// Scenes for the checks of state: a device at rest, and all that may be going on instead.

import { type BacnetValue, PropertyId, ServiceSupported } from '../../../../../protocol/index.js';
import { type PlanCase, shows, untilStart } from '../../../../support/plans.js';
import { GOOD } from '../../../../support/restores.js';

const status = (value: number): BacnetValue[] => [{ type: 'enumerated', value }];

/** Until START, as in a device that was left so. */
const before = (property: number, value: number): ReturnType<typeof shows> =>
  shows(property, status(value), untilStart);

const { systemStatus, backupAndRestoreState, protocolServicesSupported, configurationFiles } = PropertyId;

/** Everything but these. */
const without = (...missing: readonly (keyof typeof ServiceSupported)[]): BacnetValue[] => {
  const bits = new Array<boolean>(41).fill(true);
  for (const name of missing) bits[ServiceSupported[name]] = false;
  return [{ type: 'bit-string', bits }];
};

export const STATE_CASES: readonly PlanCase[] = [
  {
    check: 'system-status',
    is: 'ok',
    when: 'the device is in service',
    image: 'operational',
    device: 'operational',
  },
  ...([2, 4] as const).map((value): PlanCase => ({
    check: 'system-status',
    is: 'warn',
    when: `it is ${value}, and a restore may be the remedy`,
    story: { quirks: [before(systemStatus, value)] },
  })),
  {
    check: 'system-status',
    is: 'warn',
    when: 'the device does not tell it',
    story: { quirks: [shows(systemStatus, null)] },
    unknown: true,
  },
  {
    check: 'system-status',
    is: 'warn',
    when: 'no standard knows it',
    story: { quirks: [before(systemStatus, 77)] },
  },
  {
    check: 'system-status',
    is: 'warn',
    when: 'a download is in progress, but the state is idle',
    story: { quirks: [before(systemStatus, 3)] },
    device: 'download-in-progress',
    says: 'left over',
  },
  {
    check: 'system-status',
    is: 'block',
    when: 'nothing of the device can be changed',
    story: { quirks: [before(systemStatus, 1)] },
    device: 'operational-read-only',
    code: 'device-refused',
  },
  {
    check: 'system-status',
    is: 'block',
    when: 'a download is in progress, and the device tells no state',
    story: { device: { procedure: { stateProperties: false } }, quirks: [before(systemStatus, 3)] },
    device: 'download-in-progress',
  },
  {
    check: 'system-status',
    is: 'block',
    when: 'a backup is in progress, and the device tells no state',
    story: { device: { procedure: { stateProperties: false } }, quirks: [before(systemStatus, 5)] },
    device: 'backup-in-progress',
  },

  { check: 'backup-state', is: 'ok', when: 'the device is idle', image: 'idle', device: 'idle' },
  ...([5, 6] as const).map((value): PlanCase => ({
    check: 'backup-state',
    is: 'warn',
    when: `the last procedure failed (${value})`,
    story: { quirks: [before(backupAndRestoreState, value)] },
  })),
  {
    check: 'backup-state',
    is: 'warn',
    when: 'the device is from before protocol revision 10',
    story: { device: { procedure: { stateProperties: false } } },
    unknown: true,
  },
  {
    check: 'backup-state',
    is: 'warn',
    when: 'no standard knows it',
    story: { quirks: [before(backupAndRestoreState, 9)] },
  },
  ...([1, 2, 3, 4] as const).map((value): PlanCase => ({
    check: 'backup-state',
    is: 'block',
    when: `a procedure is going on (${value})`,
    story: { quirks: [before(backupAndRestoreState, value)] },
    says: 'another backup or restore is running',
  })),

  { check: 'services', is: 'ok', when: 'the device has what a restore needs' },
  {
    check: 'services',
    is: 'warn',
    when: 'the device does not tell its services',
    story: { quirks: [shows(protocolServicesSupported, null)] },
    unknown: true,
  },
  {
    check: 'services',
    is: 'block',
    when: 'the device says that it cannot write files',
    story: { quirks: [shows(protocolServicesSupported, without('atomicWriteFile'))] },
    device: 'no AtomicWriteFile',
  },
  {
    check: 'services',
    is: 'block',
    when: 'the device has no Configuration_Files',
    story: { quirks: [shows(configurationFiles, null, untilStart)] },
    device: 'no Configuration_Files',
  },

  { check: 'undo', is: 'ok', when: 'the device can be backed up', story: { undo: 'once' } },
  {
    check: 'undo',
    is: 'block',
    when: 'the device says that it cannot be read',
    story: { undo: 'once', quirks: [shows(protocolServicesSupported, without('atomicReadFile'))] },
    says: 'so there may be no way back (--no-undo goes without)',
  },
  {
    check: 'undo',
    is: 'warn',
    when: 'the device lists a configuration file that it does not have',
    story: {
      undo: 'once',
      device: { files: GOOD.slice(0, 2) },
      quirks: [
        shows(
          configurationFiles,
          [1, 2, 3].map((instance) => ({ type: 'object-identifier', object: { type: 10, instance } })),
        ),
      ],
    },
    device: 'doubtful',
    says: 'lists file,3, which is not there now',
  },
  {
    check: 'undo',
    is: 'warn',
    when: 'none is wanted',
    story: { quirks: [shows(protocolServicesSupported, without('atomicReadFile'))] },
    device: 'not taken',
    says: 'as asked: there is no way back',
  },
  {
    check: 'undo',
    is: 'warn',
    when: 'the device does not tell its services',
    story: { undo: 'once', quirks: [shows(protocolServicesSupported, null)] },
    unknown: true,
  },
];
