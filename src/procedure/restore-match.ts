// Is this image for this device? Judged before START, from what both say of themselves; a mismatch writes
// nothing (protocol facts 2.1: an image belongs to one device, vendor and model).

import { EngineError } from '../errors.js';
import type { DeviceIdentity, ImageSummary } from '../repository/index.js';
import type { Session } from './session.js';

/**
 * Rejects `device-mismatch` when instance, vendor or model differ. What cannot be compared is returned, for
 * the report's `unproven`; other firmware or hardware is a deviation.
 */
export function checkMatch(
  session: Session,
  image: ImageSummary,
  device: DeviceIdentity,
  expected: number,
): readonly string[] {
  const { device: source } = image.manifest;
  if (expected !== device.instance) {
    throw mismatch(`it is not device ${expected}, which was to be restored`);
  }
  if (source.instance !== device.instance) {
    throw mismatch(`image ${image.id.slice(0, 8)} is of device ${source.instance}`);
  }
  const unproven: string[] = [];
  for (const [key, name] of [
    ['vendorId', 'Vendor_Identifier'],
    ['modelName', 'Model_Name'],
  ] as const) {
    const [was, is] = [source[key], device[key]];
    if (was === undefined || is === undefined)
      unproven.push(`${name} could not be compared with the image's`);
    else if (was !== is) throw mismatch(`its ${name} is ${is}, the image's is ${was}`);
  }
  for (const [key, name] of [
    ['firmwareRevision', 'Firmware_Revision'],
    ['serialNumber', 'Serial_Number'],
  ] as const) {
    const [was, is] = [source[key], device[key]];
    if (was !== undefined && is !== undefined && was !== is) {
      session.deviation(`${name} is ${is}, the image was made with ${was}`);
    }
  }
  return unproven;
}

function mismatch(text: string): EngineError {
  return new EngineError('device-mismatch', `${text}; nothing was written`);
}
