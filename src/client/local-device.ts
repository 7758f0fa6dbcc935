// The device that a client is to others: almost none. Some controllers talk only to a client whose device
// instance they know and can look at, so with an instance it answers Who-Is and ReadProperty of its one
// Device object. It never acts on a request, and keeps nothing.

import {
  DecodeError,
  decodeReadPropertyRequest,
  decodeWhoIsRequest,
  encodeIAmRequest,
  encodeReadPropertyAck,
  ConfirmedService,
  ErrorClass,
  ErrorCode,
  INSTANCE_MAX,
  ObjectType,
  PropertyId,
  RejectReason,
  SegmentationCode,
  ServiceSupported,
  UnconfirmedService,
} from '../../protocol/index.js';
import type { Answer, ApduLimits, BacnetValue, ObjectId } from '../../protocol/index.js';
import { CALL_DEFAULTS, RETRIES } from './options.js';
import type { DeviceInstance } from './types.js';
import type { Wire, WireEvent } from './wire.js';

/** Vendor identifier reserved by ASHRAE for nobody; we have none of our own. */
const VENDOR_ID = 999;

/** 135-2012, the revision whose Device object this is. */
const PROTOCOL_REVISION = 14;

const NO_SUCH_SERVICE: Answer = { kind: 'reject', reason: RejectReason.unrecognizedService };

export class LocalDevice {
  readonly #wire: Wire;
  readonly #limits: ApduLimits;
  /** Undefined: we are no device, and reject every request. */
  readonly #instance: DeviceInstance | undefined;
  readonly #properties: ReadonlyMap<number, Property>;

  constructor(wire: Wire, limits: ApduLimits, instance?: DeviceInstance) {
    this.#wire = wire;
    this.#limits = limits;
    this.#instance = instance;
    this.#properties = instance === undefined ? new Map() : propertiesOf(instance, limits);
  }

  /** Answers what others ask of us. */
  take(event: WireEvent): void {
    if (event.kind === 'indication') {
      this.#wire.answer(event.handle, this.#answer(event.service, event.payload));
    } else if (event.kind === 'unconfirmed' && event.service === UnconfirmedService.whoIs) {
      this.#announce(event);
    }
  }

  #answer(service: number, payload: Uint8Array): Answer {
    if (this.#instance === undefined || service !== ConfirmedService.readProperty) return NO_SUCH_SERVICE;
    try {
      return this.#read(this.#instance, payload);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return { kind: 'reject', reason: RejectReason.invalidTag };
    }
  }

  #read(own: DeviceInstance, payload: Uint8Array): Answer {
    const { object: asked, property, index } = decodeReadPropertyRequest(payload);
    const isUs = asked.instance === own || asked.instance === INSTANCE_MAX;
    if (asked.type !== ObjectType.device || !isUs) return refuse(ErrorClass.object, ErrorCode.unknownObject);
    const content = this.#properties.get(property);
    if (content === undefined) return refuse(ErrorClass.property, ErrorCode.unknownProperty);
    const object: ObjectId = { type: ObjectType.device, instance: own };
    if (index === undefined) return ack({ object, property, values: content.values });
    if (!content.isArray) return refuse(ErrorClass.property, ErrorCode.propertyIsNotAnArray);
    const element: BacnetValue | undefined =
      index === 0 ? { type: 'unsigned', value: content.values.length } : content.values[index - 1];
    if (element === undefined) return refuse(ErrorClass.property, ErrorCode.invalidArrayIndex);
    return ack({ object, property, index, values: [element] });
  }

  /** I-Am to whoever asked, and to nobody else: a broadcast would be answered by a whole site's attention. */
  #announce(event: Extract<WireEvent, { kind: 'unconfirmed' }>): void {
    if (this.#instance === undefined) return;
    const { low = 0, high = INSTANCE_MAX } = whoIsRange(event.payload) ?? { low: 1, high: 0 };
    if (this.#instance < low || this.#instance > high) return;
    const { maxApdu, segmentation } = this.#limits;
    const payload = encodeIAmRequest({ device: this.#instance, maxApdu, segmentation, vendorId: VENDOR_ID });
    this.#wire.unconfirmed(event.from, UnconfirmedService.iAm, payload);
  }
}

interface Property {
  readonly values: readonly BacnetValue[];
  readonly isArray: boolean;
}

/** The range asked for; undefined when the question does not decode, which is no question. */
function whoIsRange(payload: Uint8Array): { readonly low?: number; readonly high?: number } | undefined {
  try {
    return decodeWhoIsRequest(payload);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return undefined;
  }
}

/** What clause 12.11 requires of a Device object, as far as it means anything here. */
function propertiesOf(instance: DeviceInstance, limits: ApduLimits): ReadonlyMap<number, Property> {
  const object: ObjectId = { type: ObjectType.device, instance };
  const services = [ServiceSupported.readProperty, ServiceSupported.iAm, ServiceSupported.whoIs];
  const one = (value: BacnetValue): Property => ({ values: [value], isArray: false });
  const text = (value: string): Property => one({ type: 'character-string', text: value });
  const count = (value: number): Property => one({ type: 'unsigned', value });
  const code = (value: number): Property => one({ type: 'enumerated', value });
  return new Map<number, Property>([
    [PropertyId.objectIdentifier, one({ type: 'object-identifier', object })],
    [PropertyId.objectName, text(`bacvault ${instance}`)],
    [PropertyId.objectType, code(ObjectType.device)],
    [PropertyId.systemStatus, code(0)],
    [PropertyId.vendorName, text('bacvault')],
    [PropertyId.vendorIdentifier, count(VENDOR_ID)],
    [PropertyId.modelName, text('bacvault')],
    [PropertyId.firmwareRevision, text('1')],
    [PropertyId.applicationSoftwareVersion, text('1')],
    [PropertyId.protocolVersion, count(1)],
    [PropertyId.protocolRevision, count(PROTOCOL_REVISION)],
    [PropertyId.protocolServicesSupported, one({ type: 'bit-string', bits: bits(services, 41) })],
    [
      PropertyId.protocolObjectTypesSupported,
      one({ type: 'bit-string', bits: bits([ObjectType.device], 55) }),
    ],
    [PropertyId.objectList, { values: [{ type: 'object-identifier', object }], isArray: true }],
    [PropertyId.maxApduLengthAccepted, count(limits.maxApdu)],
    [PropertyId.segmentationSupported, code(SegmentationCode[limits.segmentation])],
    [PropertyId.maxSegmentsAccepted, count(limits.maxSegments ?? 2)],
    [PropertyId.apduTimeout, count(CALL_DEFAULTS['read-property'].directMs)],
    [PropertyId.numberOfApduRetries, count(RETRIES)],
    [PropertyId.deviceAddressBinding, { values: [], isArray: false }],
    [PropertyId.databaseRevision, count(0)],
  ]);
}

function bits(set: readonly number[], length: number): boolean[] {
  return Array.from({ length }, (_, bit) => set.includes(bit));
}

function ack(content: Parameters<typeof encodeReadPropertyAck>[0]): Answer {
  return { kind: 'complex-ack', payload: encodeReadPropertyAck(content) };
}

function refuse(errorClass: number, errorCode: number): Answer {
  return { kind: 'error', errorClass, errorCode };
}
