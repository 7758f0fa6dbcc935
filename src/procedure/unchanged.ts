// Is this still the device that was planned for? Between plan and START minutes pass, and a backup. Judged
// from what the device says of itself right before START; a change writes nothing.

import { EngineError } from '../errors.js';
import type { DeviceIdentity } from '../repository/index.js';

/** What tells one controller, or its program, from another. */
const TELLING = {
  instance: 'device instance',
  vendorId: 'Vendor_Identifier',
  modelName: 'Model_Name',
  firmwareRevision: 'Firmware_Revision',
  serialNumber: 'Serial_Number',
} as const satisfies Partial<Record<keyof DeviceIdentity, string>>;

/** Rejects `device-mismatch` when the device is another one than `planned`. */
export function checkUnchanged(planned: DeviceIdentity, now: DeviceIdentity): void {
  for (const [key, name] of Object.entries(TELLING) as [keyof typeof TELLING, string][]) {
    const [was, is] = [planned[key], now[key]];
    if (was === is) continue;
    const text = `its ${name} was ${was ?? 'not told'} when the restore was planned, and is ${is ?? 'not told'}`;
    throw new EngineError('device-mismatch', `${text}; nothing was written`);
  }
}
