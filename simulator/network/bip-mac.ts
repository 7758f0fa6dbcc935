// A B/IP address as the six octets that stand for it in SADR and DADR (Annex J.1.2).

import { hexFromOctets, octetsFromHex } from '../../protocol/index.js';
import type { LinkAddress } from '../../protocol/index.js';

/** "10.0.0.1:47808" as "0a000001bac0". Throws RangeError for anything but a B/IP address. */
export function macFromBip(address: LinkAddress): string {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3}):(\d{1,5})$/.exec(address)?.slice(1).map(Number);
  const [a = 256, b = 256, c = 256, d = 256, port = 65536] = parts ?? [];
  if (Math.max(a, b, c, d) > 255 || port > 65535) throw new RangeError(`"${address}" is not a B/IP address`);
  return hexFromOctets(Uint8Array.of(a, b, c, d, port >> 8, port & 0xff));
}

/** The reverse; undefined when the MAC has not six octets. */
export function bipFromMac(mac: string): LinkAddress | undefined {
  if (mac.length !== 12) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, high = 0, low = 0] = octetsFromHex(mac, 'MAC');
  return `${a}.${b}.${c}.${d}:${high * 256 + low}`;
}
