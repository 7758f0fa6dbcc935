// APDU headers of all eight PDU types (clause 20.1): what kind of message, of which transaction, which
// segment. The service payload is passed on as octets. Nothing here may judge a transaction: window
// sizes and sequence numbers are reported as they came.

import { EncodeError } from './errors.js';
import { APDU_OCTETS_MIN, APDU_SIZES, SEGMENT_COUNTS, SEGMENTS_UNLIMITED } from './limits.js';
import { Reader } from './wire/reader.js';
import { encodeWith } from './wire/writer.js';
import type { Writer } from './wire/writer.js';

/** Which part of a segmented message this is; its octets are the payload. */
export interface SegmentHeader {
  /** Sequence number 0..255, 0 for the first, then modulo 256. */
  readonly sequence: number;
  /** Proposed window size; 1..127 is legal, and what else came is for the transaction to refuse. */
  readonly window: number;
  readonly moreFollows: boolean;
}

export interface ConfirmedRequest {
  readonly type: 'confirmed-request';
  readonly invokeId: number;
  readonly service: number;
  readonly segment?: SegmentHeader;
  readonly segmentedAnswerAccepted: boolean;
  /** Segments of an answer that the client takes: 2, 4, 8, 16, 32, 64, 65 = more; absent = unspecified. */
  readonly maxSegments?: number;
  /** Octets of an APDU that the client takes: one of APDU_SIZES. */
  readonly maxApdu: number;
  readonly payload: Uint8Array;
}

export interface UnconfirmedRequest {
  readonly type: 'unconfirmed-request';
  readonly service: number;
  readonly payload: Uint8Array;
}

export interface SimpleAck {
  readonly type: 'simple-ack';
  readonly invokeId: number;
  readonly service: number;
}

export interface ComplexAck {
  readonly type: 'complex-ack';
  readonly invokeId: number;
  readonly service: number;
  readonly segment?: SegmentHeader;
  readonly payload: Uint8Array;
}

export interface SegmentAck {
  readonly type: 'segment-ack';
  /** Asks for everything after `sequence` again. */
  readonly negative: boolean;
  /** Sent by the server of the transaction. */
  readonly server: boolean;
  readonly invokeId: number;
  readonly sequence: number;
  /** Actual window size. */
  readonly window: number;
}

export interface ErrorPdu {
  readonly type: 'error';
  readonly invokeId: number;
  readonly service: number;
  /** For decodeErrorPayload. */
  readonly payload: Uint8Array;
}

export interface Reject {
  readonly type: 'reject';
  readonly invokeId: number;
  readonly reason: number;
}

export interface Abort {
  readonly type: 'abort';
  /** Sent by the server of the transaction. */
  readonly server: boolean;
  readonly invokeId: number;
  readonly reason: number;
}

export type Apdu =
  ConfirmedRequest | UnconfirmedRequest | SimpleAck | ComplexAck | SegmentAck | ErrorPdu | Reject | Abort;

/** The first four bits of an APDU (clause 20.1.1). */
const PduType = {
  confirmedRequest: 0,
  unconfirmedRequest: 1,
  simpleAck: 2,
  complexAck: 3,
  segmentAck: 4,
  error: 5,
  reject: 6,
  abort: 7,
} as const;

const SEGMENTED = 0x08;
const MORE_FOLLOWS = 0x04;
const SEGMENTED_ANSWER_ACCEPTED = 0x02;
const NEGATIVE = 0x02;
const SERVER = 0x01;

/** Decodes one APDU; payloads are windows on `octets`. DecodeError when it is none. */
export function decodeApdu(octets: Uint8Array): Apdu {
  const reader = new Reader(octets, 'APDU');
  const first = reader.uint8('PDU type');
  const type = first >> 4;
  switch (type) {
    case PduType.confirmedRequest:
      return decodeConfirmedRequest(reader, first);
    case PduType.unconfirmedRequest:
      return { type: 'unconfirmed-request', service: reader.uint8('service choice'), payload: reader.rest() };
    case PduType.complexAck:
      return decodeComplexAck(reader, first);
    case PduType.error: {
      const invokeId = reader.uint8('invoke id');
      return { type: 'error', invokeId, service: reader.uint8('service choice'), payload: reader.rest() };
    }
    case PduType.simpleAck:
    case PduType.segmentAck:
    case PduType.reject:
    case PduType.abort: {
      const apdu = decodeShortPdu(reader, first, type);
      reader.expectEnd();
      return apdu;
    }
    default:
      return reader.fail(`PDU type ${type} is reserved`, 0);
  }
}

function decodeConfirmedRequest(reader: Reader, first: number): ConfirmedRequest {
  const limits = reader.uint8('max segments and max APDU');
  const maxSegments = maxSegmentsOf((limits >> 4) & 0x07);
  const invokeId = reader.uint8('invoke id');
  const segment = decodeSegmentHeader(reader, first);
  return {
    type: 'confirmed-request',
    invokeId,
    service: reader.uint8('service choice'),
    ...(segment && { segment }),
    segmentedAnswerAccepted: (first & SEGMENTED_ANSWER_ACCEPTED) !== 0,
    ...(maxSegments !== undefined && { maxSegments }),
    // A reserved code is taken for the least: that much every device accepts.
    maxApdu: APDU_SIZES[limits & 0x0f] ?? APDU_OCTETS_MIN,
    payload: reader.rest(),
  };
}

function decodeComplexAck(reader: Reader, first: number): ComplexAck {
  const invokeId = reader.uint8('invoke id');
  const segment = decodeSegmentHeader(reader, first);
  return {
    type: 'complex-ack',
    invokeId,
    service: reader.uint8('service choice'),
    ...(segment && { segment }),
    payload: reader.rest(),
  };
}

function decodeSegmentHeader(reader: Reader, first: number): SegmentHeader | undefined {
  if ((first & SEGMENTED) === 0) return undefined;
  return {
    sequence: reader.uint8('sequence number'),
    window: reader.uint8('proposed window size'),
    moreFollows: (first & MORE_FOLLOWS) !== 0,
  };
}

type ShortPduType =
  typeof PduType.simpleAck | typeof PduType.segmentAck | typeof PduType.reject | typeof PduType.abort;

function decodeShortPdu(reader: Reader, first: number, type: ShortPduType): Apdu {
  const invokeId = reader.uint8('invoke id');
  const server = (first & SERVER) !== 0;
  switch (type) {
    case PduType.simpleAck:
      return { type: 'simple-ack', invokeId, service: reader.uint8('service choice') };
    case PduType.segmentAck:
      return {
        type: 'segment-ack',
        negative: (first & NEGATIVE) !== 0,
        server,
        invokeId,
        sequence: reader.uint8('sequence number'),
        window: reader.uint8('actual window size'),
      };
    case PduType.reject:
      return { type: 'reject', invokeId, reason: reader.uint8('reject reason') };
    case PduType.abort:
      return { type: 'abort', server, invokeId, reason: reader.uint8('abort reason') };
  }
}

/** Encodes one APDU. EncodeError for a number out of its field or a limit that no code can tell. */
export function encodeApdu(apdu: Apdu): Uint8Array {
  return encodeWith((writer) => writeApdu(writer, apdu));
}

function writeApdu(writer: Writer, apdu: Apdu): void {
  switch (apdu.type) {
    case 'confirmed-request':
      writeFirst(writer, PduType.confirmedRequest, confirmedFlags(apdu));
      writer.uint8(limitsOctet(apdu), 'max segments and max APDU').uint8(apdu.invokeId, 'invoke id');
      writeSegmentHeader(writer, apdu.segment);
      writer.uint8(apdu.service, 'service choice').octets(apdu.payload);
      return;
    case 'unconfirmed-request':
      writeFirst(writer, PduType.unconfirmedRequest, 0);
      writer.uint8(apdu.service, 'service choice').octets(apdu.payload);
      return;
    case 'simple-ack':
      writeFirst(writer, PduType.simpleAck, 0);
      writer.uint8(apdu.invokeId, 'invoke id').uint8(apdu.service, 'service choice');
      return;
    case 'complex-ack':
      writeFirst(writer, PduType.complexAck, segmentFlags(apdu.segment));
      writer.uint8(apdu.invokeId, 'invoke id');
      writeSegmentHeader(writer, apdu.segment);
      writer.uint8(apdu.service, 'service choice').octets(apdu.payload);
      return;
    case 'segment-ack':
      writeFirst(writer, PduType.segmentAck, (apdu.negative ? NEGATIVE : 0) | (apdu.server ? SERVER : 0));
      writer.uint8(apdu.invokeId, 'invoke id').uint8(apdu.sequence, 'sequence number');
      writer.uint8(apdu.window, 'actual window size');
      return;
    case 'error':
      writeFirst(writer, PduType.error, 0);
      writer.uint8(apdu.invokeId, 'invoke id').uint8(apdu.service, 'service choice').octets(apdu.payload);
      return;
    case 'reject':
      writeFirst(writer, PduType.reject, 0);
      writer.uint8(apdu.invokeId, 'invoke id').uint8(apdu.reason, 'reject reason');
      return;
    case 'abort':
      writeFirst(writer, PduType.abort, apdu.server ? SERVER : 0);
      writer.uint8(apdu.invokeId, 'invoke id').uint8(apdu.reason, 'abort reason');
  }
}

function writeFirst(writer: Writer, type: number, flags: number): void {
  writer.uint8((type << 4) | flags, 'PDU type');
}

function confirmedFlags(apdu: ConfirmedRequest): number {
  return segmentFlags(apdu.segment) | (apdu.segmentedAnswerAccepted ? SEGMENTED_ANSWER_ACCEPTED : 0);
}

function segmentFlags(segment: SegmentHeader | undefined): number {
  if (segment === undefined) return 0;
  return SEGMENTED | (segment.moreFollows ? MORE_FOLLOWS : 0);
}

function writeSegmentHeader(writer: Writer, segment: SegmentHeader | undefined): void {
  if (segment === undefined) return;
  writer.uint8(segment.sequence, 'sequence number').uint8(segment.window, 'proposed window size');
}

/** Limits in between are told as the next lower code, so that we never promise more than we take. */
function limitsOctet({ maxSegments, maxApdu }: ConfirmedRequest): number {
  const size = APDU_SIZES.findLastIndex((octets) => octets <= maxApdu);
  if (size < 0) throw new EncodeError(`max APDU ${maxApdu} is less than ${APDU_OCTETS_MIN} octets`);
  return (segmentsCode(maxSegments) << 4) | size;
}

function segmentsCode(maxSegments: number | undefined): number {
  if (maxSegments === undefined) return 0;
  if (maxSegments >= SEGMENTS_UNLIMITED) return SEGMENT_COUNTS.length + 1;
  const code = SEGMENT_COUNTS.findLastIndex((count) => count <= maxSegments) + 1;
  if (code === 0) throw new EncodeError(`max segments ${maxSegments} is less than 2`);
  return code;
}

function maxSegmentsOf(code: number): number | undefined {
  if (code === 0) return undefined;
  return SEGMENT_COUNTS[code - 1] ?? SEGMENTS_UNLIMITED;
}
