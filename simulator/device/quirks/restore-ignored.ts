// Quirk: a restore is taken and not used.

import { BackupState, ReinitializeState } from '../../../protocol/index.js';
import type { DeviceView } from '../../types.js';
import type { QuirkKind } from './kind.js';
import { reinitialization } from './requests.js';

const RESTORING: readonly number[] = [BackupState.preparingForRestore, BackupState.performingARestore];

type Kept = ReadonlyMap<number, Uint8Array | readonly Uint8Array[]>;

export const restoreIgnored: QuirkKind = {
  name: 'restore-ignored',
  summary:
    'Acknowledges ENDRESTORE, says idle, and goes on with the configuration it had: CODESYS does so with files of another device.',
  make: () => {
    let kept: Kept = new Map();
    return {
      beforeRequest: (context) => {
        const { device } = context;
        const isStart = reinitialization(context) === ReinitializeState.startRestore;
        if (isStart && !RESTORING.includes(device.backupState)) kept = contentsOf(device);
        return undefined;
      },
      procedureEvent: ({ device, event, now }) => {
        if (event !== 'completed') return undefined;
        for (const [instance, content] of kept) {
          if (device.files.some((file) => file.instance === instance)) device.setFile(instance, content, now);
        }
        return 'restarted';
      },
    };
  },
};

function contentsOf(device: DeviceView): Kept {
  return new Map(
    device.files.map(({ instance, access }) => [
      instance,
      (access === 'record' ? device.fileRecords(instance) : device.fileOctets(instance)) ?? [],
    ]),
  );
}
