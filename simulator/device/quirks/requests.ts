// What quirks look for in a request: each function gives the request when it is of its service and
// decodes, else undefined. Quirks must never fail over octets that are not for them.

import {
  ConfirmedService,
  decodeReadFileAck,
  decodeReadFileRequest,
  decodeReadPropertyMultipleRequest,
  decodeReadPropertyRequest,
  decodeReinitializeDeviceRequest,
  decodeWriteFileRequest,
  decodeWritePropertyRequest,
  DecodeError,
  encodeReadFileAck,
  ObjectType,
  ReinitializeState,
} from '../../../protocol/index.js';
import type {
  Answer,
  PropertyReference,
  ObjectId,
  ReadFileAck,
  ReadFileRequest,
  WriteFileRequest,
  WritePropertyRequest,
} from '../../../protocol/index.js';
import type { FileSummary, QuirkContext } from '../../types.js';

function decoded<T>(
  context: QuirkContext,
  service: number,
  decode: (payload: Uint8Array) => T,
): T | undefined {
  if (context.service !== service) return undefined;
  try {
    return decode(context.payload);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

export const fileRead = (context: QuirkContext): ReadFileRequest | undefined =>
  decoded(context, ConfirmedService.atomicReadFile, decodeReadFileRequest);

export const fileWrite = (context: QuirkContext): WriteFileRequest | undefined =>
  decoded(context, ConfirmedService.atomicWriteFile, decodeWriteFileRequest);

export const propertyWrite = (context: QuirkContext): WritePropertyRequest | undefined =>
  decoded(context, ConfirmedService.writeProperty, decodeWritePropertyRequest);

/** Every property that a ReadProperty or ReadPropertyMultiple asks for. */
export function propertyReads(
  context: QuirkContext,
): readonly (PropertyReference & { readonly object: ObjectId })[] {
  const single = decoded(context, ConfirmedService.readProperty, decodeReadPropertyRequest);
  if (single !== undefined) return [single];
  const multiple = decoded(context, ConfirmedService.readPropertyMultiple, decodeReadPropertyMultipleRequest);
  return multiple?.specs.flatMap(({ object, properties }) => properties.map((p) => ({ object, ...p }))) ?? [];
}

/** The state that a ReinitializeDevice asks for. */
export const reinitialization = (context: QuirkContext): number | undefined =>
  decoded(context, ConfirmedService.reinitializeDevice, decodeReinitializeDeviceRequest)?.state;

const { startBackup, startRestore, endBackup, endRestore, abortRestore } = ReinitializeState;

export function isStart(context: QuirkContext): boolean {
  const state = reinitialization(context);
  return state === startBackup || state === startRestore;
}

/** END of either procedure, or ABORT. */
export function isEnd(context: QuirkContext): boolean {
  const state = reinitialization(context);
  return state === endBackup || state === endRestore || state === abortRestore;
}

/** The file of an AtomicReadFile or AtomicWriteFile, as it is now. */
export function fileOf(context: QuirkContext): FileSummary | undefined {
  const id = (fileRead(context) ?? fileWrite(context))?.file;
  if (id?.type !== ObjectType.file) return undefined;
  return context.device.files.find((file) => file.instance === id.instance);
}

/** What an AtomicReadFile was acknowledged with. */
export function readFileAck(context: QuirkContext & { readonly answer: Answer }): ReadFileAck | undefined {
  const { answer } = context;
  if (answer.kind !== 'complex-ack' || context.service !== ConfirmedService.atomicReadFile) return undefined;
  return decodeReadFileAck(answer.payload);
}

export const acknowledged = (ack: ReadFileAck): Answer => ({
  kind: 'complex-ack',
  payload: encodeReadFileAck(ack),
});

/** Octets of a stream part, records of a record part. */
export const partSize = (part: ReadFileAck | WriteFileRequest): number =>
  part.access === 'stream' ? part.octets.length : part.records.length;

/** The first `count` octets or records of what was read. */
export function cut(ack: ReadFileAck, count: number): ReadFileAck {
  return ack.access === 'stream'
    ? { ...ack, octets: ack.octets.subarray(0, count) }
    : { ...ack, records: ack.records.slice(0, count) };
}

export const isAcknowledged = (answer: Answer): boolean =>
  answer.kind === 'simple-ack' || answer.kind === 'complex-ack';
