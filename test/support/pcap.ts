// Reads UDP datagrams out of capture files: classic pcap and pcapng (which also hides behind the name
// .pcap), either byte order, Ethernet (with VLAN tags), loopback, cooked and raw IP links, IPv4 with
// fragments put together again.

import { readFileSync } from 'node:fs';

export interface CapturedDatagram {
  /** Number of the packet that completed it, from 1 as in Wireshark. */
  readonly packet: number;
  /** "a.b.c.d:port". */
  readonly from: string;
  readonly to: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
  /** Whether it came in more than one IP fragment. */
  readonly fragmented: boolean;
}

const LINK_NULL = 0;
const LINK_ETHERNET = 1;
const LINK_RAW = 101;
const LINK_LOOP = 108;
const LINK_LINUX_COOKED = 113;
const IPV4 = 0x0800;
const UDP = 17;

/** All IPv4 UDP datagrams of a capture, in order. Throws when it is not a capture file. */
export function readPcap(path: string): CapturedDatagram[] {
  const fragments = new Map<string, Fragment[]>();
  const datagrams: CapturedDatagram[] = [];
  let packet = 0;
  for (const { frame, link } of framesOf(new Uint8Array(readFileSync(path)), path)) {
    packet += 1;
    const ip = ipPacket(frame, link);
    const datagram = ip && udpDatagram(ip, packet, fragments);
    if (datagram !== undefined) datagrams.push(datagram);
  }
  return datagrams;
}

interface LinkFrame {
  readonly frame: Uint8Array;
  readonly link: number;
}

function framesOf(file: Uint8Array, path: string): Generator<LinkFrame> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const magic = view.getUint32(0, true);
  if (magic === 0x0a0d0d0a) return pcapngFrames(file, view);
  if (magic === 0xa1b2c3d4 || magic === 0xa1b23c4d) return classicFrames(file, view, true);
  if (magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1) return classicFrames(file, view, false);
  throw new Error(`${path} is not a capture file`);
}

function* classicFrames(file: Uint8Array, view: DataView, little: boolean): Generator<LinkFrame> {
  const link = view.getUint32(20, little) & 0x0fff_ffff;
  for (let at = 24; at + 16 <= file.length;) {
    const captured = view.getUint32(at + 8, little);
    yield { frame: file.subarray(at + 16, at + 16 + captured), link };
    at += 16 + captured;
  }
}

const BLOCK_SECTION = 0x0a0d0d0a;
const BLOCK_INTERFACE = 1;
const BLOCK_ENHANCED_PACKET = 6;

function* pcapngFrames(file: Uint8Array, view: DataView): Generator<LinkFrame> {
  let little = true;
  let links: number[] = [];
  for (let at = 0; at + 12 <= file.length;) {
    const type = view.getUint32(at, little);
    if (type === BLOCK_SECTION) {
      little = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      links = [];
    }
    if (type === BLOCK_INTERFACE) links.push(view.getUint16(at + 8, little));
    if (type === BLOCK_ENHANCED_PACKET) {
      const captured = view.getUint32(at + 20, little);
      yield {
        frame: file.subarray(at + 28, at + 28 + captured),
        link: links[view.getUint32(at + 8, little)]!,
      };
    }
    at += view.getUint32(at + 4, little);
  }
}

/** The IPv4 packet inside a frame of the link; undefined for anything else. */
function ipPacket(frame: Uint8Array, link: number): Uint8Array | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  switch (link) {
    case LINK_ETHERNET: {
      let at = 12;
      while (frame.length > at + 4 && view.getUint16(at) === 0x8100) at += 4;
      return frame.length > at + 2 && view.getUint16(at) === IPV4 ? frame.subarray(at + 2) : undefined;
    }
    case LINK_NULL:
    case LINK_LOOP:
      return frame.length > 4 && frame[4]! >> 4 === 4 ? frame.subarray(4) : undefined;
    case LINK_LINUX_COOKED:
      return frame.length > 16 && view.getUint16(14) === IPV4 ? frame.subarray(16) : undefined;
    case LINK_RAW:
      return frame.length > 0 && frame[0]! >> 4 === 4 ? frame : undefined;
    default:
      throw new Error(`link type ${link} is not known here`);
  }
}

interface Fragment {
  readonly offset: number;
  readonly octets: Uint8Array;
  readonly last: boolean;
}

function udpDatagram(
  ip: Uint8Array,
  packet: number,
  fragments: Map<string, Fragment[]>,
): CapturedDatagram | undefined {
  const view = new DataView(ip.buffer, ip.byteOffset, ip.byteLength);
  if (ip[9] !== UDP) return undefined;
  const header = (ip[0]! & 0x0f) * 4;
  const body = ip.subarray(header, view.getUint16(2));
  const flags = view.getUint16(6);
  const hosts = [ip.subarray(12, 16).join('.'), ip.subarray(16, 20).join('.')] as const;
  const more = (flags & 0x2000) !== 0;
  const offset = (flags & 0x1fff) * 8;
  if (!more && offset === 0) return fromUdp(body, hosts, packet, false);
  const key = `${hosts.join('>')} ${view.getUint16(4)}`;
  const parts = [...(fragments.get(key) ?? []), { offset, octets: body, last: !more }];
  fragments.set(key, parts);
  const whole = joined(parts);
  if (whole === undefined) return undefined;
  fragments.delete(key);
  return fromUdp(whole, hosts, packet, true);
}

function joined(parts: readonly Fragment[]): Uint8Array | undefined {
  const sorted = [...parts].sort((a, b) => a.offset - b.offset);
  if (sorted.at(-1)?.last !== true) return undefined;
  let end = 0;
  for (const { offset, octets } of sorted) {
    if (offset > end) return undefined;
    end = Math.max(end, offset + octets.length);
  }
  const whole = new Uint8Array(end);
  for (const { offset, octets } of sorted) whole.set(octets, offset);
  return whole;
}

function fromUdp(
  udp: Uint8Array,
  [source, destination]: readonly [string, string],
  packet: number,
  fragmented: boolean,
): CapturedDatagram {
  const view = new DataView(udp.buffer, udp.byteOffset, udp.byteLength);
  const sourcePort = view.getUint16(0);
  const destinationPort = view.getUint16(2);
  return {
    packet,
    from: `${source}:${sourcePort}`,
    to: `${destination}:${destinationPort}`,
    sourcePort,
    destinationPort,
    payload: new Uint8Array(udp.subarray(8, view.getUint16(4))),
    fragmented,
  };
}
