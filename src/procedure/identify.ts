// Reads who the device is and how it does backup and restore, before anything is started: many properties, each of
// which may be missing. Only silence stops it.

import { type BacnetValue, PropertyId, type Refusal, refusalWords } from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import type { DeviceIdentity, ReachedAt } from '../repository/index.js';
import {
  askPatiently,
  numberOf,
  type PropertyValues,
  refusalCode,
  textOf,
  timeStampOf,
} from '../transfer/index.js';
import { readAtOnce } from './at-once.js';
import type { Session } from './session.js';

/** The procedure's properties of a device (protocol facts 0). */
export interface DeviceFacts {
  readonly databaseRevision?: number;
  readonly lastRestoreTime?: string;
  readonly backupFailureTimeoutS?: number;
  readonly backupPreparationTimeS?: number;
  readonly restorePreparationTimeS?: number;
  readonly restoreCompletionTimeS?: number;
}

type Values = readonly BacnetValue[] | undefined;

/** One property of the Device object; undefined when the device does not tell it. */
export async function readDeviceProperty(
  session: Session,
  property: number,
  onRefusal?: (refusal: Refusal) => void,
): Promise<Values> {
  const reply = await askPatiently(session, () => session.read(session.object, property));
  if (reply.ok) return reply.value;
  const { refusal } = reply;
  if (refusal.kind === 'timeout' || refusal.kind === 'network-reject') {
    const words = refusalWords(refusal);
    throw new EngineError(refusalCode(refusal, 'device-silent'), `it stopped answering (${words})`, {
      details: { words },
    });
  }
  onRefusal?.(refusal);
  return undefined;
}

/** Leaves out what is not told. */
export function told<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

const IDENTITY: readonly number[] = [
  PropertyId.objectName,
  PropertyId.vendorIdentifier,
  PropertyId.vendorName,
  PropertyId.modelName,
  PropertyId.firmwareRevision,
  PropertyId.applicationSoftwareVersion,
  PropertyId.protocolRevision,
  PropertyId.serialNumber,
  PropertyId.location,
  PropertyId.description,
];

export async function readIdentity(session: Session): Promise<DeviceIdentity> {
  const known = await readAtOnce(session, session.object, IDENTITY);
  const text = (property: number): Promise<string | undefined> => valueOf(session, property, textOf, known);
  const number = (property: number): Promise<number | undefined> =>
    valueOf(session, property, numberOf, known);
  const name = await text(PropertyId.objectName);
  session.deviceName = name;
  return told<DeviceIdentity>({
    instance: session.device.instance,
    name,
    vendorId: (await number(PropertyId.vendorIdentifier)) ?? session.device.vendorId,
    vendorName: await text(PropertyId.vendorName),
    modelName: await text(PropertyId.modelName),
    firmwareRevision: await text(PropertyId.firmwareRevision),
    applicationSoftwareVersion: await text(PropertyId.applicationSoftwareVersion),
    protocolRevision: await number(PropertyId.protocolRevision),
    serialNumber: await text(PropertyId.serialNumber),
    location: await text(PropertyId.location),
    description: await text(PropertyId.description),
  });
}

const TIMES: readonly number[] = [
  PropertyId.backupFailureTimeout,
  PropertyId.backupPreparationTime,
  PropertyId.restorePreparationTime,
  PropertyId.restoreCompletionTime,
];

export async function readFacts(session: Session): Promise<DeviceFacts> {
  const revision = await readRevision(session);
  const known = await readAtOnce(session, session.object, TIMES);
  const seconds = (property: number): Promise<number | undefined> =>
    valueOf(session, property, numberOf, known);
  return told<DeviceFacts>({
    ...revision,
    backupFailureTimeoutS: await seconds(PropertyId.backupFailureTimeout),
    backupPreparationTimeS: await seconds(PropertyId.backupPreparationTime),
    restorePreparationTimeS: await seconds(PropertyId.restorePreparationTime),
    restoreCompletionTimeS: await seconds(PropertyId.restoreCompletionTime),
  });
}

/** What is known of the property, where that makes sense, else what the device says when it is asked for it alone. */
async function valueOf<T>(
  session: Session,
  property: number,
  convert: (values: Values) => T | undefined,
  known: PropertyValues,
): Promise<T | undefined> {
  return convert(known.get(property)) ?? convert(await readDeviceProperty(session, property));
}

/** What a restore changes: Database_Revision and Last_Restore_Time, each asked for alone. */
export async function readRevision(
  session: Session,
): Promise<{ databaseRevision: number | undefined; lastRestoreTime: string | undefined }> {
  return {
    databaseRevision: numberOf(await readDeviceProperty(session, PropertyId.databaseRevision)),
    lastRestoreTime: timeStampOf(await readDeviceProperty(session, PropertyId.lastRestoreTime)),
  };
}

export function reachedAt(session: Session): ReachedAt {
  const { address, limits } = session.device;
  return {
    address: address.link,
    ...(address.network === undefined ? {} : { network: address.network }),
    ...(address.mac === undefined ? {} : { mac: address.mac }),
    maxApdu: limits.maxApdu,
    segmentation: limits.segmentation,
  };
}
