// BACnet as octets and state machines: everything this package offers, by name. Other folders import
// this file and no other of protocol/.

export { addressKey, BROADCAST, isBroadcast } from './address.js';
export type { Address, Broadcast, Destination, LinkAddress } from './address.js';
export { decodeApdu, encodeApdu } from './apdu.js';
export type {
  Abort,
  Apdu,
  ComplexAck,
  ConfirmedRequest,
  ErrorPdu,
  Reject,
  SegmentAck,
  SegmentHeader,
  SimpleAck,
  UnconfirmedRequest,
} from './apdu.js';
export { BvllResult, decodeBvll, encodeBvll } from './bvll.js';
export type { BdtEntry, Bvll, FdtEntry } from './bvll.js';
export {
  AbortReason,
  BackupState,
  ConfirmedService,
  enumName,
  ErrorClass,
  ErrorCode,
  FileAccessMethod,
  NetworkRejectReason,
  ObjectType,
  PropertyId,
  ReinitializeState,
  RejectReason,
  SegmentationCode,
  SegmentationSupported,
  ServiceSupported,
  SystemStatus,
  UnconfirmedService,
} from './enums.js';
export type { EnumTable } from './enums.js';
export { abortWords, errorWords, refusalWords, rejectWords } from './error-words.js';
export { DecodeError, EncodeError } from './errors.js';
export type {
  ApduLimits,
  EndpointEvent,
  EndpointInput,
  EndpointOptions,
  Machine,
  Output,
  Segmentation,
  TransactionTimers,
} from './exchange.js';
export {
  APDU_OCTETS_MAX,
  APDU_OCTETS_MIN,
  APDU_RETRIES,
  APDU_SIZES,
  APDU_TIMEOUT_MS,
  BIP_NPDU_OCTETS_MAX,
  BIP_PORT,
  COMPLEX_ACK_HEADER_OCTETS,
  COMPLEX_ACK_SEGMENT_HEADER_OCTETS,
  CONFIRMED_REQUEST_HEADER_OCTETS,
  CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS,
  FOREIGN_GRACE_S,
  GLOBAL_NETWORK,
  HOP_COUNT,
  INSTANCE_MAX,
  MAC_OCTETS_MAX,
  NESTING_MAX,
  NETWORK_MAX,
  OBJECT_TYPE_MAX,
  PASSWORD_CHARACTERS_MAX,
  SEGMENT_COUNTS,
  SEGMENT_RECEIVE_TIMEOUT_FACTOR,
  SEGMENT_TIMEOUT_MS,
  SEGMENTS_ASSUMED,
  SEGMENTS_UNLIMITED,
  WINDOW_SIZE_DEFAULT,
  WINDOW_SIZE_MAX,
} from './limits.js';
export { Endpoint } from './endpoint.js';
export { decodeNpdu, encodeNpdu } from './npdu.js';
export type { NetworkAddress, NetworkMessage, Npdu } from './npdu.js';
export type { Answer, ErrorOutcome, Outcome, Refusal } from './outcome.js';
export { PassingMap } from './passing-map.js';
export * from './services/index.js';
export { hexFromOctets, octetsFromHex } from './wire/hex.js';
export type { DateOctets, ObjectId, TimeOctets } from './wire/primitives.js';
export { characterCount } from './wire/text.js';
export { decodeValues, encodeValues } from './wire/values.js';
export type { BacnetValue } from './wire/values.js';
