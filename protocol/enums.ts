// BACnet's own numbers and their names (clauses 12, 21): services, objects, and the states of the
// backup procedure. Tables only, with one function to name a number. Nothing here may judge a value:
// a number without a name is legal on the wire and keeps its number.

import { AbortReason, ErrorClass, ErrorCode, RejectReason } from './error-codes.js';
import { PropertyId } from './property-ids.js';

/** BACnetConfirmedServiceChoice (clause 21). */
export const ConfirmedService = {
  acknowledgeAlarm: 0,
  confirmedCovNotification: 1,
  confirmedEventNotification: 2,
  getAlarmSummary: 3,
  getEnrollmentSummary: 4,
  subscribeCov: 5,
  atomicReadFile: 6,
  atomicWriteFile: 7,
  addListElement: 8,
  removeListElement: 9,
  createObject: 10,
  deleteObject: 11,
  readProperty: 12,
  readPropertyConditional: 13,
  readPropertyMultiple: 14,
  writeProperty: 15,
  writePropertyMultiple: 16,
  deviceCommunicationControl: 17,
  confirmedPrivateTransfer: 18,
  confirmedTextMessage: 19,
  reinitializeDevice: 20,
  vtOpen: 21,
  vtClose: 22,
  vtData: 23,
  authenticate: 24,
  requestKey: 25,
  readRange: 26,
  lifeSafetyOperation: 27,
  subscribeCovProperty: 28,
  getEventInformation: 29,
  subscribeCovPropertyMultiple: 30,
  confirmedCovNotificationMultiple: 31,
  confirmedAuditNotification: 32,
  auditLogQuery: 33,
} as const;

/** BACnetUnconfirmedServiceChoice (clause 21). */
export const UnconfirmedService = {
  iAm: 0,
  iHave: 1,
  unconfirmedCovNotification: 2,
  unconfirmedEventNotification: 3,
  unconfirmedPrivateTransfer: 4,
  unconfirmedTextMessage: 5,
  timeSynchronization: 6,
  whoHas: 7,
  whoIs: 8,
  utcTimeSynchronization: 9,
  writeGroup: 10,
  unconfirmedCovNotificationMultiple: 11,
  unconfirmedAuditNotification: 12,
  whoAmI: 13,
  youAre: 14,
} as const;

/** Bits of Protocol_Services_Supported (BACnetServicesSupported, clause 21): not the service choices. */
export const ServiceSupported = {
  acknowledgeAlarm: 0,
  confirmedCovNotification: 1,
  confirmedEventNotification: 2,
  getAlarmSummary: 3,
  getEnrollmentSummary: 4,
  subscribeCov: 5,
  atomicReadFile: 6,
  atomicWriteFile: 7,
  addListElement: 8,
  removeListElement: 9,
  createObject: 10,
  deleteObject: 11,
  readProperty: 12,
  readPropertyMultiple: 14,
  writeProperty: 15,
  writePropertyMultiple: 16,
  deviceCommunicationControl: 17,
  confirmedPrivateTransfer: 18,
  confirmedTextMessage: 19,
  reinitializeDevice: 20,
  iAm: 26,
  iHave: 27,
  unconfirmedCovNotification: 28,
  unconfirmedEventNotification: 29,
  unconfirmedPrivateTransfer: 30,
  unconfirmedTextMessage: 31,
  timeSynchronization: 32,
  whoHas: 33,
  whoIs: 34,
  readRange: 35,
  utcTimeSynchronization: 36,
  lifeSafetyOperation: 37,
  subscribeCovProperty: 38,
  getEventInformation: 39,
  writeGroup: 40,
} as const;

/** BACnetObjectType (clause 21); 128..1023 are proprietary. */
export const ObjectType = {
  analogInput: 0,
  analogOutput: 1,
  analogValue: 2,
  binaryInput: 3,
  binaryOutput: 4,
  binaryValue: 5,
  calendar: 6,
  command: 7,
  device: 8,
  eventEnrollment: 9,
  file: 10,
  group: 11,
  loop: 12,
  multiStateInput: 13,
  multiStateOutput: 14,
  notificationClass: 15,
  program: 16,
  schedule: 17,
  averaging: 18,
  multiStateValue: 19,
  trendLog: 20,
  lifeSafetyPoint: 21,
  lifeSafetyZone: 22,
  accumulator: 23,
  pulseConverter: 24,
  eventLog: 25,
  globalGroup: 26,
  trendLogMultiple: 27,
  loadControl: 28,
  structuredView: 29,
  accessDoor: 30,
  timer: 31,
  accessCredential: 32,
  accessPoint: 33,
  accessRights: 34,
  accessUser: 35,
  accessZone: 36,
  credentialDataInput: 37,
  networkSecurity: 38,
  bitstringValue: 39,
  characterstringValue: 40,
  datePatternValue: 41,
  dateValue: 42,
  datetimePatternValue: 43,
  datetimeValue: 44,
  integerValue: 45,
  largeAnalogValue: 46,
  octetstringValue: 47,
  positiveIntegerValue: 48,
  timePatternValue: 49,
  timeValue: 50,
  notificationForwarder: 51,
  alertEnrollment: 52,
  channel: 53,
  lightingOutput: 54,
  binaryLightingOutput: 55,
  networkPort: 56,
  elevatorGroup: 57,
  escalator: 58,
  lift: 59,
  staging: 60,
  auditLog: 61,
  auditReporter: 62,
  color: 63,
  colorTemperature: 64,
} as const;

/** BACnetFileAccessMethod (clause 12.13): the reverse of the CHOICE tags of the file services. */
export const FileAccessMethod = { recordAccess: 0, streamAccess: 1, record: 0, stream: 1 } as const;

/** BACnetBackupState (clause 12.11.47), the value of Backup_And_Restore_State. */
export const BackupState = {
  idle: 0,
  preparingForBackup: 1,
  preparingForRestore: 2,
  performingABackup: 3,
  performingARestore: 4,
  backupFailure: 5,
  restoreFailure: 6,
} as const;

/** BACnetDeviceStatus (clause 12.11.6), the value of System_Status. */
export const SystemStatus = {
  operational: 0,
  operationalReadOnly: 1,
  downloadRequired: 2,
  downloadInProgress: 3,
  nonOperational: 4,
  backupInProgress: 5,
} as const;

/** What ReinitializeDevice asks for (clause 16.4). There is no abort-backup: endBackup is also that. */
export const ReinitializeState = {
  coldstart: 0,
  warmstart: 1,
  startBackup: 2,
  endBackup: 3,
  startRestore: 4,
  endRestore: 5,
  abortRestore: 6,
  activateChanges: 7,
} as const;

/** BACnetSegmentation (clause 21), the value of Segmentation_Supported, under our words for it. */
export const SegmentationCode = { both: 0, transmit: 1, receive: 2, none: 3 } as const;

/** BACnet's own names of those: segmented-both, ... no-segmentation. */
export const SegmentationSupported = {
  segmentedBoth: 0,
  segmentedTransmit: 1,
  segmentedReceive: 2,
  noSegmentation: 3,
} as const;

/** Reasons of Reject-Message-To-Network (clause 6.4.4). */
export const NetworkRejectReason = {
  other: 0,
  notDirectlyConnected: 1,
  routerBusy: 2,
  unknownMessageType: 3,
  messageTooLong: 4,
  securityError: 5,
  addressingError: 6,
} as const;

/** A table of this folder: BACnet names as camelCase keys, numbers as values. */
export type EnumTable = Readonly<Record<string, number>>;

/** The numbers that vendors may use, first and last (clause 23.1); a table without a row has none. */
const PROPRIETARY: ReadonlyMap<EnumTable, readonly [from: number, to: number]> = new Map<
  EnumTable,
  readonly [number, number]
>([
  [ObjectType, [128, 1023]],
  [SystemStatus, [64, 65535]],
  [BackupState, [64, 65535]],
  [PropertyId, [512, 4194303]],
  [ErrorClass, [64, 65535]],
  [ErrorCode, [256, 65535]],
  [RejectReason, [64, 255]],
  [AbortReason, [64, 255]],
]);

const NAMES = new WeakMap<EnumTable, ReadonlyMap<number, string>>();

/**
 * The BACnet name of a number, in kebab case: "password-failure". Numbers without a name are
 * "proprietary-N" where clause 23 gives them to vendors, else "unknown-N". Never throws.
 */
export function enumName(table: EnumTable, value: number): string {
  let names = NAMES.get(table);
  if (names === undefined) {
    names = namesOf(table);
    NAMES.set(table, names);
  }
  const name = names.get(value);
  if (name !== undefined) return name;
  const [from, to] = PROPRIETARY.get(table) ?? [Infinity, Infinity];
  return value >= from && value <= to ? `proprietary-${value}` : `unknown-${value}`;
}

function namesOf(table: EnumTable): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const [key, value] of Object.entries(table)) {
    // The first name of a number wins; later ones are our short forms of it.
    if (!names.has(value))
      names.set(
        value,
        key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`),
      );
  }
  return names;
}

export { AbortReason, ErrorClass, ErrorCode, PropertyId, RejectReason };
