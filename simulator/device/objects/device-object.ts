// The Device object (clause 12.11) as a table of its properties.

import {
  ConfirmedService,
  ObjectType,
  PropertyId,
  SegmentationCode,
  ServiceSupported,
} from '../../../protocol/index.js';
import type { BacnetValue } from '../../../protocol/index.js';
import type { DeviceState } from '../device-state.js';
import { refused } from '../refused.js';
import type { PropertyRow, SimulatedObject } from './property-row.js';
import { bitString, dateAndTime, enumerated, objectIdentifier, only, text, unsigned } from './values.js';

const P = PropertyId;
const UNSIGNED16_MAX = 0xffff;
const SERVICE_BITS = 41;
const OBJECT_TYPE_BITS = 56;

export function deviceObject(state: DeviceState): SimulatedObject {
  const id = { type: ObjectType.device, instance: state.instance };
  return { id, rows: [...identityRows(state), ...limitRows(state), ...procedureRows(state)] };
}

const required = (property: number, read: PropertyRow['read']): PropertyRow => ({
  property,
  conformance: 'required',
  read,
});
const optional = (property: number, read: PropertyRow['read']): PropertyRow => ({
  property,
  conformance: 'optional',
  read,
});
const optionalText = (property: number, value: string | undefined): PropertyRow =>
  optional(property, () => (value === undefined ? undefined : [text(value)]));

function identityRows(state: DeviceState): PropertyRow[] {
  const { config } = state;
  const self = { type: ObjectType.device, instance: state.instance };
  return [
    required(P.objectIdentifier, () => [objectIdentifier(self)]),
    required(P.objectName, () => [text(config.name)]),
    required(P.objectType, () => [enumerated(ObjectType.device)]),
    required(P.systemStatus, () => [enumerated(state.systemStatus)]),
    required(P.vendorName, () => [text(config.vendorName)]),
    required(P.vendorIdentifier, () => [unsigned(config.vendorId)]),
    required(P.modelName, () => [text(config.modelName)]),
    required(P.firmwareRevision, () => [text(config.firmwareRevision)]),
    required(P.applicationSoftwareVersion, () => [text(config.applicationSoftwareVersion)]),
    optionalText(P.location, config.location),
    optionalText(P.description, config.description),
    optionalText(P.serialNumber, config.serialNumber),
    required(P.protocolVersion, () => [unsigned(1)]),
    required(P.protocolRevision, () => [unsigned(config.protocolRevision)]),
    required(P.protocolServicesSupported, () => [bitString(SERVICE_BITS, servicesExecuted(state))]),
    required(P.protocolObjectTypesSupported, () => [
      bitString(OBJECT_TYPE_BITS, [ObjectType.device, ObjectType.file]),
    ]),
    { ...required(P.objectList, () => objectList(state)), isArray: true },
    required(P.deviceAddressBinding, () => []),
    required(P.databaseRevision, () => [unsigned(state.databaseRevision)]),
  ];
}

/** Bits of what this device executes; what it would only refuse is not among them. */
function servicesExecuted(state: DeviceState): number[] {
  return [
    ConfirmedService.atomicReadFile,
    ConfirmedService.atomicWriteFile,
    ...(state.config.procedure.createsFiles ? [ConfirmedService.createObject] : []),
    ConfirmedService.readProperty,
    ...(state.config.readsMultiple ? [ConfirmedService.readPropertyMultiple] : []),
    ConfirmedService.writeProperty,
    ConfirmedService.reinitializeDevice,
    ServiceSupported.whoIs,
  ];
}

function objectList(state: DeviceState): BacnetValue[] {
  const files = state.files.map(({ instance }) => ({ type: ObjectType.file, instance }));
  return [{ type: ObjectType.device, instance: state.instance }, ...files].map(objectIdentifier);
}

function limitRows(state: DeviceState): PropertyRow[] {
  const { limits, apduTimeoutMs, segmentTimeoutMs, retries } = state.config;
  const segments = limits.segmentation !== 'none';
  return [
    required(P.maxApduLengthAccepted, () => [unsigned(limits.maxApdu)]),
    required(P.segmentationSupported, () => [enumerated(SegmentationCode[limits.segmentation])]),
    optional(P.maxSegmentsAccepted, () =>
      segments && limits.maxSegments !== undefined ? [unsigned(limits.maxSegments)] : undefined,
    ),
    required(P.apduTimeout, () => [unsigned(apduTimeoutMs)]),
    optional(P.apduSegmentTimeout, () => (segments ? [unsigned(segmentTimeoutMs)] : undefined)),
    required(P.numberOfApduRetries, () => [unsigned(retries)]),
  ];
}

function procedureRows(state: DeviceState): PropertyRow[] {
  const config = state.config.procedure;
  const published = (property: number, value: () => BacnetValue): PropertyRow =>
    optional(property, () => (config.stateProperties ? [value()] : undefined));
  const seconds = (given: number | undefined, ms: number): BacnetValue =>
    unsigned(given ?? Math.ceil(ms / 1000));
  return [
    { ...optional(P.configurationFiles, () => configurationFiles(state)), isArray: true },
    optional(P.lastRestoreTime, () => [
      { type: 'constructed', tag: 2, values: dateAndTime(state.lastRestoreUnixTime) },
    ]),
    {
      ...optional(P.backupFailureTimeout, () => [unsigned(state.procedure.failureTimeoutS)]),
      write: (values) => {
        const { value } = only(values, 'unsigned');
        if (value > UNSIGNED16_MAX) throw refused.property('valueOutOfRange');
        state.procedure.failureTimeoutS = value;
      },
    },
    published(P.backupAndRestoreState, () => enumerated(state.backupState)),
    published(P.backupPreparationTime, () =>
      seconds(config.backupPreparationTimeS, config.backupPreparationMs),
    ),
    published(P.restorePreparationTime, () =>
      seconds(config.restorePreparationTimeS, config.restorePreparationMs),
    ),
    published(P.restoreCompletionTime, () =>
      seconds(config.restoreCompletionTimeS, config.restoreCompletionMs),
    ),
  ];
}

function configurationFiles(state: DeviceState): BacnetValue[] {
  return state.shelf.configuration.map((instance) => objectIdentifier({ type: ObjectType.file, instance }));
}
