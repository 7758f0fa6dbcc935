// A short look at a device before its turn comes: who it is as far as that tells one controller from another, and
// whether its database has moved since an image was made. Reads alone, and no more than it is asked for.

import { PropertyId } from '../../protocol/index.js';
import type { Device } from '../client/index.js';
import type { DeviceIdentity, ImageManifest } from '../repository/index.js';
import { numberOf, textOf } from '../transfer/index.js';
import { leftWith } from './failure.js';
import { readDeviceProperty, readRevision, told } from './identify.js';
import { Session } from './session.js';

export interface GlanceOptions {
  readonly signal?: AbortSignal;
  /** Reads Vendor_Name and Model_Name, whatever the image says. */
  readonly kind?: boolean;
  /** Reads Database_Revision and Last_Restore_Time, and compares them with those of this image. */
  readonly against?: ImageManifest;
  /** When they have not moved, also reads what tells this controller and its program from another. */
  readonly thorough?: boolean;
}

/** What a glance has shown. */
export interface Glance {
  readonly identity: Partial<DeviceIdentity> & Pick<DeviceIdentity, 'instance'>;
  readonly databaseRevision?: number;
  /**
   * With `against`: "moved" when Database_Revision or Last_Restore_Time is another one, or the controller is;
   * "same" when all that was told is as it was; "untold" when the device or the image has no Database_Revision.
   */
  readonly since?: 'same' | 'moved' | 'untold';
}

const TELLING = [
  'vendorId',
  'modelName',
  'serialNumber',
  'firmwareRevision',
  'applicationSoftwareVersion',
] as const;

/** Rejects with EngineError `device-silent`, `cancelled`. */
export async function glance(device: Device, options: GlanceOptions = {}): Promise<Glance> {
  const session = new Session(device, options);
  try {
    session.throwIfCancelled();
    const { kind = false, against } = options;
    const names: Partial<DeviceIdentity> = kind
      ? told({
          vendorName: await readText(session, PropertyId.vendorName),
          modelName: await readText(session, PropertyId.modelName),
        })
      : {};
    const first = { instance: device.instance, ...told({ vendorId: device.vendorId }), ...names };
    if (against === undefined) return { identity: first };
    return await compared(session, first, against, options.thorough === true);
  } catch (error) {
    throw leftWith(session, error, 'not-started');
  }
}

async function compared(
  session: Session,
  first: Glance['identity'],
  against: ImageManifest,
  thorough: boolean,
): Promise<Glance> {
  const before = against.procedure;
  const { databaseRevision, lastRestoreTime } = await readRevision(session);
  if (databaseRevision === undefined || before.databaseRevision === undefined)
    return { identity: first, ...told({ databaseRevision }), since: 'untold' };
  if (databaseRevision !== before.databaseRevision || lastRestoreTime !== before.lastRestoreTime)
    return { identity: first, databaseRevision, since: 'moved' };
  if (!thorough) return { identity: first, databaseRevision, since: 'same' };
  const identity = { ...first, ...(await readTelling(session)) };
  const isSame = TELLING.every((key) => identity[key] === against.device[key]);
  return { identity, databaseRevision, since: isSame ? 'same' : 'moved' };
}

async function readTelling(session: Session): Promise<Partial<DeviceIdentity>> {
  return told({
    vendorId: numberOf(await readDeviceProperty(session, PropertyId.vendorIdentifier)),
    modelName: await readText(session, PropertyId.modelName),
    serialNumber: await readText(session, PropertyId.serialNumber),
    firmwareRevision: await readText(session, PropertyId.firmwareRevision),
    applicationSoftwareVersion: await readText(session, PropertyId.applicationSoftwareVersion),
  });
}

async function readText(session: Session, property: number): Promise<string | undefined> {
  return textOf(await readDeviceProperty(session, property));
}
