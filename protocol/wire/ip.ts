// B/IP addresses (Annex J.1.2): four octets of IPv4 address and two of UDP port, as text
// "a.b.c.d:port". No names, no IPv6, and no shorthand: what is printed is what is sent.

import type { LinkAddress } from '../address.js';
import { EncodeError } from '../errors.js';
import type { Reader } from './reader.js';
import { requireWhole } from './writer.js';
import type { Writer } from './writer.js';

/** Takes six octets as "a.b.c.d:port". */
export function readIpPort(reader: Reader, what: string): LinkAddress {
  const host = readIp(reader, what);
  return `${host}:${reader.uint16(what)}`;
}

/** Takes four octets as "a.b.c.d". */
export function readIp(reader: Reader, what: string): string {
  return Array.from(reader.view(4, what)).join('.');
}

/** Writes "a.b.c.d:port" as six octets; EncodeError when the address is none. */
export function writeIpPort(writer: Writer, address: LinkAddress, what: string): void {
  const colon = address.lastIndexOf(':');
  const port = address.slice(colon + 1);
  if (colon < 0 || !/^\d{1,5}$/.test(port)) throw new EncodeError(`${what} "${address}" is not a.b.c.d:port`);
  writeIp(writer, address.slice(0, colon), what);
  writer.uint16(Number(port), `port of ${what}`);
}

/** Writes "a.b.c.d" as four octets; EncodeError when it is none. */
export function writeIp(writer: Writer, host: string, what: string): void {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  if (parts === null) throw new EncodeError(`${what} "${host}" is not an IPv4 address`);
  const octets = parts.slice(1).map((part) => requireWhole(Number(part), 255, `octet of ${what}`));
  writer.octets(Uint8Array.from(octets));
}
