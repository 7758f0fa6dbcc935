// The payload codecs of every service that this package speaks, by name. A payload is what follows the
// service choice in an APDU.

export {
  decodeCreateObjectAck,
  decodeCreateObjectRequest,
  decodeCreateObjectRequests,
  encodeCreateObjectAck,
  encodeCreateObjectRequest,
} from './create-object.js';
export type { CreateObjectAck, CreateObjectRequest, ObjectSpecifier } from './create-object.js';
export { decodeDeleteObjectRequest, encodeDeleteObjectRequest } from './delete-object.js';
export type { DeleteObjectRequest } from './delete-object.js';
export { decodeErrorPayload, encodeErrorPayload } from './error.js';
export type { ErrorContent } from './error.js';
export type { ErrorPair } from './error-fields.js';
export type { FileAccess, FilePart, RecordPart, StreamPart } from './file-fields.js';
export { decodeIAmRequest, encodeIAmRequest, segmentationWord } from './i-am.js';
export type { IAmRequest } from './i-am.js';
export type { PropertyReference, PropertyValue } from './property-fields.js';
export {
  decodeReadFileAck,
  decodeReadFileRequest,
  encodeReadFileAck,
  encodeReadFileRequest,
} from './read-file.js';
export type { ReadFileAck, ReadFileRequest } from './read-file.js';
export {
  decodeReadPropertyAck,
  decodeReadPropertyRequest,
  encodeReadPropertyAck,
  encodeReadPropertyRequest,
} from './read-property.js';
export type { ReadPropertyAck, ReadPropertyRequest } from './read-property.js';
export {
  decodeReadPropertyMultipleAck,
  decodeReadPropertyMultipleRequest,
  encodeReadPropertyMultipleAck,
  encodeReadPropertyMultipleRequest,
} from './read-property-multiple.js';
export type {
  PropertyResult,
  ReadAccessResult,
  ReadAccessSpec,
  ReadPropertyMultipleAck,
  ReadPropertyMultipleRequest,
} from './read-property-multiple.js';
export { decodeReinitializeDeviceRequest, encodeReinitializeDeviceRequest } from './reinitialize-device.js';
export type { ReinitializeDeviceRequest } from './reinitialize-device.js';
export { decodeWhoIsRequest, encodeWhoIsRequest } from './who-is.js';
export type { WhoIsRequest } from './who-is.js';
export {
  decodeWriteFileAck,
  decodeWriteFileRequest,
  encodeWriteFileAck,
  encodeWriteFileRequest,
} from './write-file.js';
export type { WriteFileAck, WriteFileRequest } from './write-file.js';
export { decodeWritePropertyRequest, encodeWritePropertyRequest } from './write-property.js';
export type { WritePropertyRequest } from './write-property.js';
