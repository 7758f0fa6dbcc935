// Is this still the same controller? Asked after a restore, before its result is believed, and before an undo
// image is written back: a device of the same instance may have taken its place. Pure.

import type { DeviceIdentity } from '../repository/index.js';

/** What tells one controller from another, and no restore changes. Its name and place are in the files. */
const TELLING = {
  instance: 'device instance',
  vendorId: 'Vendor_Identifier',
  modelName: 'Model_Name',
  serialNumber: 'Serial_Number',
} as const satisfies Partial<Record<keyof DeviceIdentity, string>>;

/** What is not as it was, in words; undefined for the same device. What is not told any more is not as it was. */
export function identityChange(was: DeviceIdentity, is: DeviceIdentity): string | undefined {
  for (const [key, name] of Object.entries(TELLING) as [keyof typeof TELLING, string][]) {
    const [before, now] = [was[key], is[key]];
    if (before !== now) return `its ${name} was ${before ?? 'not told'}, and is ${now ?? 'not told'}`;
  }
  return undefined;
}
