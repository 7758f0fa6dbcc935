// The configuration file that a capture shows being read, octet for octet.

import type { ReadFileAck } from '../../protocol/index.js';
import { dissect } from './dissect.js';
import { readPcap } from './pcap.js';

/** All stream parts of AtomicReadFile acknowledgements, each at its place. */
export function capturedFile(path: string): Uint8Array {
  const parts = new Map<number, Uint8Array>();
  for (const { payload } of readPcap(path)) {
    const { apdu, payload: service } = dissect(payload, 'bvll') as {
      readonly apdu?: { readonly type: string };
      readonly payload?: Partial<ReadFileAck>;
    };
    if (apdu?.type === 'complex-ack' && service?.access === 'stream' && service.octets !== undefined)
      parts.set(service.start ?? 0, service.octets);
  }
  const file: number[] = [];
  for (const [start, octets] of [...parts].sort(([one], [other]) => one - other)) {
    if (start !== file.length) throw new Error(`the capture has no octets from ${file.length} to ${start}`);
    file.push(...octets);
  }
  return Uint8Array.from(file);
}
