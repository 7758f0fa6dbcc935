// I-Am (clause 16.10): what a device says of itself to be found.
//
// I-Am-Request ::= SEQUENCE { i-am-device-identifier, max-APDU-length-accepted Unsigned,
//   segmentation-supported ENUMERATED, vendor-id Unsigned16 }

import { ObjectType, SegmentationCode } from '../enums.js';
import { EncodeError } from '../errors.js';
import type { Segmentation } from '../exchange.js';
import { readApplication, writeApplication } from '../wire/fields.js';
import { ENUMERATED, OBJECT_ID, UNSIGNED } from '../wire/primitives.js';
import { decodeAll } from '../wire/reader.js';
import type { Reader } from '../wire/reader.js';
import { encodeWith, requireWhole } from '../wire/writer.js';

export interface IAmRequest {
  /** Device instance. */
  readonly device: number;
  /** Max_APDU_Length_Accepted, octets; it may be wrong for the path that leads there. */
  readonly maxApdu: number;
  readonly segmentation: Segmentation;
  readonly vendorId: number;
}

const VENDOR_ID_MAX = 0xffff;

/** Encodes the service payload; EncodeError for numbers out of range. */
export function encodeIAmRequest({ device, maxApdu, segmentation, vendorId }: IAmRequest): Uint8Array {
  if (!Number.isInteger(maxApdu) || maxApdu <= 0) throw new EncodeError(`max APDU ${maxApdu} cannot be`);
  return encodeWith((writer) => {
    writeApplication(writer, OBJECT_ID, { type: ObjectType.device, instance: device });
    writeApplication(writer, UNSIGNED, maxApdu);
    writeApplication(writer, ENUMERATED, SegmentationCode[segmentation]);
    writeApplication(writer, UNSIGNED, requireWhole(vendorId, VENDOR_ID_MAX, 'vendor id'));
  });
}

/** Decodes the service payload; DecodeError when it is not exactly one announcement of a device. */
export function decodeIAmRequest(payload: Uint8Array): IAmRequest {
  return decodeAll(payload, 'I-Am', (reader) => {
    const object = readApplication(reader, OBJECT_ID, 'device identifier');
    if (object.type !== ObjectType.device) reader.fail(`object type ${object.type} is not a device`, 0);
    const maxApdu = readApplication(reader, UNSIGNED, 'max APDU length accepted');
    const segmentation = segmentationFromCode(
      readApplication(reader, ENUMERATED, 'segmentation supported'),
      reader,
    );
    const start = reader.position;
    const vendorId = readApplication(reader, UNSIGNED, 'vendor id');
    if (vendorId > VENDOR_ID_MAX) reader.fail(`vendor id ${vendorId} is more than ${VENDOR_ID_MAX}`, start);
    return { device: object.instance, maxApdu, segmentation, vendorId };
  });
}

function segmentationFromCode(code: number, reader: Reader): Segmentation {
  return segmentationWord(code) ?? reader.fail(`segmentation supported ${code} is none of 0..3`);
}

/** Our word for a value of Segmentation_Supported; undefined when it is none. */
export function segmentationWord(code: number): Segmentation | undefined {
  return SEGMENTATION_WORDS[code];
}

const SEGMENTATION_WORDS: readonly Segmentation[] = ['both', 'transmit', 'receive', 'none'];
