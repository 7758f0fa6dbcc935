// Is this still the same controller? Asked after a restore, before its result is believed, and before an undo
// image is written back: a device of the same instance may have taken its place. Pure.

import type { DeviceIdentity } from '../repository/index.js';

const NAMES = {
  instance: 'device instance',
  vendorId: 'Vendor_Identifier',
  modelName: 'Model_Name',
  firmwareRevision: 'Firmware_Revision',
  serialNumber: 'Serial_Number',
} as const satisfies Partial<Record<keyof DeviceIdentity, string>>;

export type TellingKey = keyof typeof NAMES;

/** What tells one controller from another, and no restore changes. Its name and place are in the files. */
const CONTROLLER: readonly TellingKey[] = ['instance', 'vendorId', 'modelName', 'serialNumber'];

/**
 * The first of these that is not as it was, in words; undefined for the same device. What is not told any more is
 * not as it was. `when`: when it was, with a space before.
 */
export function identityChange(
  was: DeviceIdentity,
  is: DeviceIdentity,
  keys: readonly TellingKey[] = CONTROLLER,
  when = '',
): string | undefined {
  for (const key of keys) {
    const [before, now] = [was[key], is[key]];
    if (before !== now)
      return `its ${NAMES[key]} was ${before ?? 'not told'}${when}, and is ${now ?? 'not told'}`;
  }
  return undefined;
}
