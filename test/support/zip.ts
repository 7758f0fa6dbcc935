// ZIP archives made octet by octet, also such as no program would make: names that are paths, sizes that lie,
// members that share their octets.

import { crc32 } from './crc32.js';
import { deflateRawSync } from 'node:zlib';

export interface ZipMember {
  readonly name: string | Uint8Array;
  readonly content: Uint8Array;
  readonly stored?: boolean;
  /** What the archive says instead of the truth. */
  readonly claimedOctets?: number;
  readonly claimedCrc?: number;
  /** Takes the packed octets of the member before. */
  readonly shared?: boolean;
  readonly encrypted?: boolean;
  /** MS-DOS time. */
  readonly time?: number;
}

export function zipOf(members: readonly ZipMember[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  let last = { start: 0, packed: Buffer.alloc(0), crc: 0 };
  for (const member of members) {
    const name = typeof member.name === 'string' ? Buffer.from(member.name) : Buffer.from(member.name);
    const fresh = member.shared !== true;
    if (fresh) {
      const packed = member.stored === true ? Buffer.from(member.content) : deflateRawSync(member.content);
      last = { start: at, packed, crc: crc32(member.content) };
    }
    const { start, packed, crc } = last;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(member.encrypted === true ? 0x0801 : 0x0800, 2);
    fields.writeUInt16LE(member.stored === true ? 0 : 8, 4);
    fields.writeUInt16LE(member.time ?? 0, 6);
    fields.writeUInt16LE(0x21, 8);
    fields.writeUInt32LE(member.claimedCrc ?? crc, 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(member.claimedOctets ?? member.content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    if (fresh) {
      const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, packed]);
      parts.push(local);
      at += local.length;
    }
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(start, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, rest, name]));
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(at, 12);
  return new Uint8Array(Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end]));
}
