// Can the device take a restore now? Its status, its procedure state, its services, and whether it could be
// backed up first.

import { SystemStatus } from '../../../protocol/index.js';
import { backupAndRestore, NEEDED_FOR_BACKUP } from '../abilities.js';
import { isFree, isTaken, stateName, statusName } from '../states.js';
import { listed, unknown } from './comparing.js';
import type { Check, Judgement, Live } from './facts.js';

const systemStatus: Check = {
  title: 'System_Status',
  ok: 'Operational.',
  warns:
    'Download required, non-operational (a restore may be the remedy), unreadable or unheard of; or a backup or download “in progress” that Backup_And_Restore_State denies.',
  blocks: 'Operational but read-only; or a backup or download in progress.',
  code: 'device-busy',
  judge: ({ live, image }) => {
    const [seen] = image.manifest.procedure.systemStatusSeen;
    const { status } = live.sighting;
    if (status === undefined) return unknown({ image: seen }, 'warn', 'unknown: the device does not tell it');
    return { image: seen, device: statusName(status), ...statusJudged(status, live) };
  },
};

function statusJudged(status: number, { sighting }: Live): Pick<Judgement, 'severity' | 'text' | 'code'> {
  switch (status) {
    case SystemStatus.operational:
      return { severity: 'ok', text: 'in service' };
    case SystemStatus.operationalReadOnly:
      return {
        severity: 'block',
        text: 'the device says that nothing of it can be changed now',
        code: 'device-refused',
      };
    case SystemStatus.downloadRequired:
      return { severity: 'warn', text: 'the device waits for a configuration' };
    case SystemStatus.nonOperational:
      return { severity: 'warn', text: 'the device does not work, which a restore may or may not mend' };
    case SystemStatus.downloadInProgress:
    case SystemStatus.backupInProgress:
      return sighting.state !== undefined && isFree(sighting.state)
        ? {
            severity: 'warn',
            text: 'left over, since Backup_And_Restore_State says that nothing is going on',
          }
        : { severity: 'block', text: 'somebody is at work on the device, or a restore of it broke off' };
    default:
      return { severity: 'warn', text: 'a status that no standard knows' };
  }
}

const backupState: Check = {
  title: 'Backup_And_Restore_State',
  ok: 'Idle.',
  warns:
    'The last backup or restore failed; or the state is unreadable (as on devices from before protocol revision 10) or unheard of.',
  blocks: 'A backup or restore is running, or preparing to.',
  code: 'device-busy',
  judge: ({ live, image }) => {
    const [seen] = image.manifest.procedure.statesSeen;
    const { state } = live.sighting;
    if (state === undefined) return unknown({ image: seen }, 'warn', 'unknown: the device does not tell it');
    const values = { image: seen, device: stateName(state) };
    if (state === 0) return { severity: 'ok', ...values, text: 'nothing is going on' };
    if (isFree(state))
      return { severity: 'warn', ...values, text: 'what was tried last on the device failed' };
    if (isTaken('restore', live.sighting))
      return { severity: 'block', ...values, text: 'another backup or restore is running on the device' };
    return { severity: 'warn', ...values, text: 'a state that no standard knows' };
  },
};

/** What a restore cannot do without. */
const WRITING = { reinitializeDevice: 'ReinitializeDevice', atomicWriteFile: 'AtomicWriteFile' } as const;

const services: Check = {
  title: 'Services for a restore',
  ok: 'ReinitializeDevice and AtomicWriteFile are in Protocol_Services_Supported.',
  warns: 'Protocol_Services_Supported is not readable.',
  blocks: 'One of them is not supported, or the device has no Configuration_Files.',
  code: 'device-unsupported',
  judge: ({ live }) => {
    const missing = Object.entries(WRITING).filter(([key]) => live.services[key] === false);
    const lacks: string[] = missing.map(([, name]) => name);
    if (!live.list.exists) lacks.push('Configuration_Files');
    if (lacks.length > 0)
      return {
        severity: 'block',
        device: `no ${listed(lacks)}`,
        text: 'the device says that it cannot be restored',
      };
    if (Object.keys(live.services).length === 0)
      return unknown({}, 'warn', 'unknown: the device does not tell its services');
    return { severity: 'ok', device: 'supported', text: 'the device says that it can be restored' };
  },
};

const undo: Check = {
  title: 'Backup before the restore',
  ok: 'The device can be backed up, so that there is a way back.',
  warns:
    'It does not say; or it lists a configuration file that is not there now; or no undo image is taken, as was asked: there may be no way back.',
  blocks: 'The device says that it cannot. When allowed it is tried; --no-undo goes without.',
  code: 'device-unsupported',
  judge: ({ files: inImage, live, undo: choice }) => {
    if (choice === 'none')
      return { severity: 'warn', device: 'not taken', text: 'no undo image, as asked: there is no way back' };
    const files = live.list.exists ? (live.list.files?.length ?? 'untold') : undefined;
    const { backupAndRestore: able, reasons } = backupAndRestore(live.services, files, NEEDED_FOR_BACKUP);
    const lost = inImage.filter(
      ({ row, found }) => found === 'missing' && live.list.files?.includes(row.instance) === true,
    );
    if (able === 'yes' && lost.length > 0) {
      const names = listed(lost.map(({ row }) => row.objectIdentifier));
      const text = `the device lists ${names}, which is not there now, so it may not let itself be backed up first (--no-undo goes without)`;
      return { severity: 'warn', device: 'doubtful', text };
    }
    if (able === 'yes')
      return { severity: 'ok', device: 'possible', text: 'the device can be backed up first' };
    const why = reasons.join('; ');
    if (able === 'unknown')
      return unknown({}, 'warn', `unknown whether the device can be backed up first (${why})`);
    const text = `the device cannot be backed up first (${why}), so there may be no way back (--no-undo goes without)`;
    return { severity: 'block', device: 'not possible', text };
  },
};

export const STATE_CHECKS = {
  'system-status': systemStatus,
  'backup-state': backupState,
  services,
  undo,
} as const satisfies Record<string, Check>;
