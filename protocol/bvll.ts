// BVLL (Annex J.2): the outermost layer of every B/IP datagram. It says how the NPDU inside travels:
// straight, broadcast, or through a BBMD. The length it claims must be the length that came: a cut or
// padded datagram is not understood in part.

import type { LinkAddress } from './address.js';
import { readIp, readIpPort, writeIp, writeIpPort } from './wire/ip.js';
import { Reader } from './wire/reader.js';
import { Writer } from './wire/writer.js';

/** An entry of a Broadcast Distribution Table: a BBMD and the mask for its broadcasts, "a.b.c.d". */
export interface BdtEntry {
  readonly address: LinkAddress;
  readonly mask: string;
}

/** An entry of a Foreign Device Table. */
export interface FdtEntry {
  readonly address: LinkAddress;
  readonly ttlSeconds: number;
  /** Seconds until the BBMD forgets it, the grace time included. */
  readonly remainingSeconds: number;
}

export type Bvll =
  /** BVLC-Result; `code` is one of BvllResult. */
  | { readonly kind: 'result'; readonly code: number }
  | { readonly kind: 'write-bdt' | 'read-bdt-ack'; readonly entries: readonly BdtEntry[] }
  | { readonly kind: 'read-bdt' | 'read-fdt' }
  /** `origin` is who really sent it: answers go there. */
  | { readonly kind: 'forwarded-npdu'; readonly origin: LinkAddress; readonly npdu: Uint8Array }
  | { readonly kind: 'register-foreign-device'; readonly ttlSeconds: number }
  | { readonly kind: 'read-fdt-ack'; readonly entries: readonly FdtEntry[] }
  | { readonly kind: 'delete-fdt-entry'; readonly address: LinkAddress }
  | {
      readonly kind: 'distribute-broadcast' | 'original-unicast' | 'original-broadcast';
      readonly npdu: Uint8Array;
    }
  /** A function that we do not speak, as Secure-BVLL (X'0C'). */
  | { readonly kind: 'other'; readonly function: number; readonly octets: Uint8Array };

/** Result codes (Annex J.2.1). */
export const BvllResult = {
  successful: 0x0000,
  writeBdtNak: 0x0010,
  readBdtNak: 0x0020,
  registerForeignDeviceNak: 0x0030,
  readFdtNak: 0x0040,
  deleteFdtEntryNak: 0x0050,
  distributeBroadcastNak: 0x0060,
} as const;

/** The first octet of a B/IP datagram (Annex J.2). */
const BACNET_IP = 0x81;
const HEADER_OCTETS = 4;

const BvllFunction = {
  result: 0x00,
  writeBdt: 0x01,
  readBdt: 0x02,
  readBdtAck: 0x03,
  forwardedNpdu: 0x04,
  registerForeignDevice: 0x05,
  readFdt: 0x06,
  readFdtAck: 0x07,
  deleteFdtEntry: 0x08,
  distributeBroadcast: 0x09,
  originalUnicast: 0x0a,
  originalBroadcast: 0x0b,
} as const;

/** Decodes a B/IP datagram; an NPDU inside is a window on `octets`. DecodeError when it is none. */
export function decodeBvll(octets: Uint8Array): Bvll {
  const reader = new Reader(octets, 'BVLL');
  const type = reader.uint8('type');
  if (type !== BACNET_IP) reader.fail(`type ${type} is not BACnet/IP`, 0);
  const code = reader.uint8('function');
  const length = reader.uint16('length');
  if (length !== octets.length) {
    reader.fail(`length says ${length} octets, the datagram has ${octets.length}`, 2);
  }
  const message = readMessage(reader, code);
  reader.expectEnd();
  return message;
}

function readMessage(reader: Reader, code: number): Bvll {
  switch (code) {
    case BvllFunction.result:
      return { kind: 'result', code: reader.uint16('result code') };
    case BvllFunction.writeBdt:
      return { kind: 'write-bdt', entries: readEntries(reader, readBdtEntry) };
    case BvllFunction.readBdt:
      return { kind: 'read-bdt' };
    case BvllFunction.readBdtAck:
      return { kind: 'read-bdt-ack', entries: readEntries(reader, readBdtEntry) };
    case BvllFunction.forwardedNpdu:
      return { kind: 'forwarded-npdu', origin: readIpPort(reader, 'origin'), npdu: reader.rest() };
    case BvllFunction.registerForeignDevice:
      return { kind: 'register-foreign-device', ttlSeconds: reader.uint16('time to live') };
    case BvllFunction.readFdt:
      return { kind: 'read-fdt' };
    case BvllFunction.readFdtAck:
      return { kind: 'read-fdt-ack', entries: readEntries(reader, readFdtEntry) };
    case BvllFunction.deleteFdtEntry:
      return { kind: 'delete-fdt-entry', address: readIpPort(reader, 'foreign device') };
    case BvllFunction.distributeBroadcast:
      return { kind: 'distribute-broadcast', npdu: reader.rest() };
    case BvllFunction.originalUnicast:
      return { kind: 'original-unicast', npdu: reader.rest() };
    case BvllFunction.originalBroadcast:
      return { kind: 'original-broadcast', npdu: reader.rest() };
    default:
      return { kind: 'other', function: code, octets: reader.octets(reader.remaining, 'message') };
  }
}

function readEntries<T>(reader: Reader, entry: (reader: Reader) => T): T[] {
  const entries: T[] = [];
  while (!reader.atEnd) entries.push(entry(reader));
  return entries;
}

function readBdtEntry(reader: Reader): BdtEntry {
  const address = readIpPort(reader, 'BBMD');
  return { address, mask: readIp(reader, 'broadcast mask') };
}

function readFdtEntry(reader: Reader): FdtEntry {
  const address = readIpPort(reader, 'foreign device');
  const ttlSeconds = reader.uint16('time to live');
  return { address, ttlSeconds, remainingSeconds: reader.uint16('remaining time') };
}

/** Encodes a B/IP datagram. EncodeError for addresses and numbers that cannot be. */
export function encodeBvll(message: Bvll): Uint8Array {
  const body = new Writer();
  const code = writeMessage(body, message);
  const datagram = new Writer(HEADER_OCTETS + body.length);
  datagram.uint8(BACNET_IP, 'type').uint8(code, 'function');
  return datagram
    .uint16(HEADER_OCTETS + body.length, 'datagram length')
    .octets(body.finish())
    .finish();
}

/** Writes what follows the header; returns the function code. */
function writeMessage(writer: Writer, message: Bvll): number {
  switch (message.kind) {
    case 'result':
      writer.uint16(message.code, 'result code');
      return BvllFunction.result;
    case 'write-bdt':
    case 'read-bdt-ack':
      for (const { address, mask } of message.entries) {
        writeIpPort(writer, address, 'BBMD');
        writeIp(writer, mask, 'broadcast mask');
      }
      return message.kind === 'write-bdt' ? BvllFunction.writeBdt : BvllFunction.readBdtAck;
    case 'read-bdt':
      return BvllFunction.readBdt;
    case 'forwarded-npdu':
      writeIpPort(writer, message.origin, 'origin');
      writer.octets(message.npdu);
      return BvllFunction.forwardedNpdu;
    case 'register-foreign-device':
      writer.uint16(message.ttlSeconds, 'time to live');
      return BvllFunction.registerForeignDevice;
    case 'read-fdt':
      return BvllFunction.readFdt;
    case 'read-fdt-ack':
      for (const { address, ttlSeconds, remainingSeconds } of message.entries) {
        writeIpPort(writer, address, 'foreign device');
        writer.uint16(ttlSeconds, 'time to live').uint16(remainingSeconds, 'remaining time');
      }
      return BvllFunction.readFdtAck;
    case 'delete-fdt-entry':
      writeIpPort(writer, message.address, 'foreign device');
      return BvllFunction.deleteFdtEntry;
    case 'distribute-broadcast':
      writer.octets(message.npdu);
      return BvllFunction.distributeBroadcast;
    case 'original-unicast':
      writer.octets(message.npdu);
      return BvllFunction.originalUnicast;
    case 'original-broadcast':
      writer.octets(message.npdu);
      return BvllFunction.originalBroadcast;
    case 'other':
      writer.octets(message.octets);
      return message.function;
  }
}
