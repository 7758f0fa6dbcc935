// NPDU (clause 6.2): where a message comes from and goes to across networks, and the messages that
// routers speak among themselves (clause 6.4). Reserved control bits are ignored; addresses that
// cannot be are refused, for an answer sent to them would go to somebody else.

import { EncodeError } from './errors.js';
import { GLOBAL_NETWORK, HOP_COUNT, MAC_OCTETS_MAX, NETWORK_MAX } from './limits.js';
import { hexFromOctets, octetsFromHex } from './wire/hex.js';
import { decodeAll } from './wire/reader.js';
import type { Reader } from './wire/reader.js';
import { encodeWith, requireWhole } from './wire/writer.js';
import type { Writer } from './wire/writer.js';

/** A station on a network; MAC as lower-case hex. An empty MAC is everyone there. */
export interface NetworkAddress {
  /** 1..65534; 65535 as a destination is every network. */
  readonly network: number;
  readonly mac: string;
}

export interface Npdu {
  /** 0 normal, 1 urgent, 2 critical equipment, 3 life safety. */
  readonly priority: number;
  readonly expectingReply: boolean;
  readonly destination?: NetworkAddress;
  /** Always one station: never a broadcast. */
  readonly source?: NetworkAddress;
  /** Only with a destination, where 255 is written when it is absent. */
  readonly hopCount?: number;
  readonly content:
    | { readonly kind: 'apdu'; readonly apdu: Uint8Array }
    | { readonly kind: 'network-message'; readonly message: NetworkMessage };
}

export type NetworkMessage =
  /** Without a network: asks for every network that the router knows. */
  | { readonly kind: 'who-is-router-to-network'; readonly network?: number }
  | {
      /** Busy and available without networks mean all that the router serves. */
      readonly kind: 'i-am-router-to-network' | 'router-busy-to-network' | 'router-available-to-network';
      readonly networks: readonly number[];
    }
  | { readonly kind: 'reject-message-to-network'; readonly reason: number; readonly network: number }
  | { readonly kind: 'what-is-network-number' }
  | { readonly kind: 'network-number-is'; readonly network: number; readonly configured: boolean }
  /** Any other type; proprietary ones (128 and up) have a vendor id. */
  | {
      readonly kind: 'other';
      readonly type: number;
      readonly vendorId?: number;
      readonly octets: Uint8Array;
    };

const VERSION = 1;
const NETWORK_MESSAGE = 0x80;
const DESTINATION_PRESENT = 0x20;
const SOURCE_PRESENT = 0x08;
const EXPECTING_REPLY = 0x04;
const PRIORITY = 0x03;

/** Message types (clause 6.2.4). */
const MessageType = {
  whoIsRouter: 0x00,
  iAmRouter: 0x01,
  reject: 0x03,
  busy: 0x04,
  available: 0x05,
  whatIsNetworkNumber: 0x12,
  networkNumberIs: 0x13,
} as const;

const PROPRIETARY_TYPE_FROM = 0x80;

/** Decodes an NPDU; an APDU inside is a window on `octets`. DecodeError when it is none. */
export function decodeNpdu(octets: Uint8Array): Npdu {
  return decodeAll(octets, 'NPDU', (reader) => {
    const version = reader.uint8('version');
    if (version !== VERSION) reader.fail(`protocol version ${version} is not ${VERSION}`, 0);
    const control = reader.uint8('control octet');
    const destination =
      (control & DESTINATION_PRESENT) !== 0 ? readAddress(reader, 'destination', GLOBAL_NETWORK) : undefined;
    const source = (control & SOURCE_PRESENT) !== 0 ? readSource(reader) : undefined;
    return {
      priority: control & PRIORITY,
      expectingReply: (control & EXPECTING_REPLY) !== 0,
      ...(destination && { destination }),
      ...(source && { source }),
      ...(destination && { hopCount: reader.uint8('hop count') }),
      content:
        (control & NETWORK_MESSAGE) !== 0
          ? { kind: 'network-message', message: readMessage(reader) }
          : { kind: 'apdu', apdu: reader.rest() },
    };
  });
}

function readSource(reader: Reader): NetworkAddress {
  const source = readAddress(reader, 'source', NETWORK_MAX);
  if (source.mac === '') reader.fail('the source is a broadcast');
  return source;
}

function readAddress(reader: Reader, what: string, networkMax: number): NetworkAddress {
  const start = reader.position;
  const network = reader.uint16(`${what} network`);
  if (network === 0 || network > networkMax) reader.fail(`${what} network ${network} cannot be`, start);
  const length = reader.uint8(`${what} MAC length`);
  if (length > MAC_OCTETS_MAX)
    reader.fail(`${what} MAC of ${length} octets is longer than ${MAC_OCTETS_MAX}`);
  return { network, mac: hexFromOctets(reader.view(length, `${what} MAC`)) };
}

function readMessage(reader: Reader): NetworkMessage {
  const type = reader.uint8('network message type');
  switch (type) {
    case MessageType.whoIsRouter:
      return {
        kind: 'who-is-router-to-network',
        ...(!reader.atEnd && { network: reader.uint16('network') }),
      };
    case MessageType.iAmRouter:
      return { kind: 'i-am-router-to-network', networks: readNetworks(reader) };
    case MessageType.reject: {
      const reason = reader.uint8('reject reason');
      return { kind: 'reject-message-to-network', reason, network: reader.uint16('network') };
    }
    case MessageType.busy:
      return { kind: 'router-busy-to-network', networks: readNetworks(reader) };
    case MessageType.available:
      return { kind: 'router-available-to-network', networks: readNetworks(reader) };
    case MessageType.whatIsNetworkNumber:
      return { kind: 'what-is-network-number' };
    case MessageType.networkNumberIs: {
      const network = reader.uint16('network');
      return { kind: 'network-number-is', network, configured: reader.uint8('configured flag') !== 0 };
    }
    default:
      return {
        kind: 'other',
        type,
        ...(type >= PROPRIETARY_TYPE_FROM && { vendorId: reader.uint16('vendor id') }),
        octets: reader.octets(reader.remaining, 'network message'),
      };
  }
}

function readNetworks(reader: Reader): number[] {
  const networks: number[] = [];
  while (!reader.atEnd) networks.push(reader.uint16('network'));
  return networks;
}

/** Encodes an NPDU. EncodeError for addresses and numbers that cannot be. */
export function encodeNpdu(npdu: Npdu): Uint8Array {
  return encodeWith((writer) => {
    const { destination, source, content } = npdu;
    writer.uint8(VERSION, 'version').uint8(controlOctet(npdu), 'control octet');
    if (destination) writeAddress(writer, 'destination', destination, GLOBAL_NETWORK);
    if (source) writeSource(writer, source);
    if (destination) writer.uint8(npdu.hopCount ?? HOP_COUNT, 'hop count');
    else if (npdu.hopCount !== undefined) throw new EncodeError('a hop count needs a destination');
    if (content.kind === 'apdu') writer.octets(content.apdu);
    else writeMessage(writer, content.message);
  });
}

function controlOctet({ priority, expectingReply, destination, source, content }: Npdu): number {
  return (
    requireWhole(priority, PRIORITY, 'priority') |
    (content.kind === 'network-message' ? NETWORK_MESSAGE : 0) |
    (destination ? DESTINATION_PRESENT : 0) |
    (source ? SOURCE_PRESENT : 0) |
    (expectingReply ? EXPECTING_REPLY : 0)
  );
}

function writeSource(writer: Writer, source: NetworkAddress): void {
  if (source.mac === '') throw new EncodeError('the source of an NPDU cannot be a broadcast');
  writeAddress(writer, 'source', source, NETWORK_MAX);
}

function writeAddress(writer: Writer, what: string, address: NetworkAddress, networkMax: number): void {
  if (address.network === 0) throw new EncodeError(`${what} network 0 cannot be`);
  const mac = octetsFromHex(address.mac, `${what} MAC`);
  writer.uint16(requireWhole(address.network, networkMax, `${what} network`), `${what} network`);
  writer.uint8(requireWhole(mac.length, MAC_OCTETS_MAX, `${what} MAC length`), `${what} MAC length`);
  writer.octets(mac);
}

function writeMessage(writer: Writer, message: NetworkMessage): void {
  switch (message.kind) {
    case 'who-is-router-to-network':
      writeType(writer, MessageType.whoIsRouter);
      if (message.network !== undefined) writer.uint16(message.network, 'network');
      return;
    case 'i-am-router-to-network': {
      writeNetworks(writer, MessageType.iAmRouter, message.networks);
      return;
    }
    case 'router-busy-to-network': {
      writeNetworks(writer, MessageType.busy, message.networks);
      return;
    }
    case 'router-available-to-network': {
      writeNetworks(writer, MessageType.available, message.networks);
      return;
    }
    case 'reject-message-to-network':
      writeType(writer, MessageType.reject);
      writer.uint8(message.reason, 'reject reason').uint16(message.network, 'network');
      return;
    case 'what-is-network-number': {
      writeType(writer, MessageType.whatIsNetworkNumber);
      return;
    }
    case 'network-number-is':
      writeType(writer, MessageType.networkNumberIs);
      writer.uint16(message.network, 'network').uint8(message.configured ? 1 : 0, 'configured flag');
      return;
    case 'other':
      writeType(writer, message.type);
      if (message.type >= PROPRIETARY_TYPE_FROM !== (message.vendorId !== undefined)) {
        throw new EncodeError(`network message type ${message.type}: a vendor id belongs to 128 and up`);
      }
      if (message.vendorId !== undefined) writer.uint16(message.vendorId, 'vendor id');
      writer.octets(message.octets);
  }
}

function writeType(writer: Writer, type: number): void {
  writer.uint8(type, 'network message type');
}

function writeNetworks(writer: Writer, type: number, networks: readonly number[]): void {
  writeType(writer, type);
  for (const network of networks) writer.uint16(network, 'network');
}
