// Is this still the device that was planned for? Between plan and START minutes pass, and a backup. Judged
// from what the device says of itself right before START; a change writes nothing.

import { EngineError } from '../errors.js';
import type { DeviceIdentity } from '../repository/index.js';
import { identityChange, type TellingKey } from './same-device.js';

/** What tells one controller, or its program, from another. */
const TELLING: readonly TellingKey[] = [
  'instance',
  'vendorId',
  'modelName',
  'firmwareRevision',
  'serialNumber',
];

/** Rejects `device-mismatch` when the device is another one than `planned`. */
export function checkUnchanged(planned: DeviceIdentity, now: DeviceIdentity): void {
  const change = identityChange(planned, now, TELLING, ' when the restore was planned');
  if (change !== undefined) throw new EngineError('device-mismatch', `${change}; nothing was written`);
}
