// A link that goes away in the middle of a transfer, and what travelled on it: how often each octet came or
// went is read from the wire, not from the engine.

import { ConfirmedService, decodeReadFileAck, decodeWriteFileRequest } from '../../protocol/index.js';
import { apduOf, CLIENT_LINK, type Stage } from './world.js';

const { atomicReadFile, atomicWriteFile } = ConfirmedService;

/** What was on the wire of the file services: octets (or records' octets) that were received by whom they were for. */
export interface Wire {
  /** Octets of AtomicReadFile answers that reached the client. */
  readOctets: number;
  /** Octets of AtomicWriteFile requests that reached the device. */
  writtenOctets: number;
  /** "read 0", "write 400", "-" for the outage, in the order they were sent. */
  readonly requests: string[];
}

export interface Outage {
  /** The answer to the n-th request of this service is the first datagram that is lost. */
  readonly service: number;
  readonly nth: number;
  readonly forMs: number;
  /** Only answers are lost: the device does what it is asked. */
  readonly answersOnly?: boolean;
  /** What happens to the device meanwhile. */
  readonly meanwhile?: (stage: Stage) => void;
}

/** Takes the link away, once for each outage, and notes what travels. */
export function interrupt(stage: Stage, outages: readonly Outage[]): Wire {
  const wire: Wire = { readOctets: 0, writtenOctets: 0, requests: [] };
  const waiting = outages.map((outage) => ({ ...outage, seen: 0 }));
  let awayUntilMs = -1;
  let answersOnly = false;
  stage.world.onDatagram((octets, from, _to, now) => {
    const apdu = apduOf(octets);
    const towards = from === CLIENT_LINK;
    const lost = now < awayUntilMs && !(towards && answersOnly);
    if (apdu?.type === 'confirmed-request') {
      noteRequest(wire, apdu.service, apdu.payload, lost);
      const [next] = waiting;
      if (next !== undefined && !lost && apdu.service === next.service && ++next.seen === next.nth) {
        waiting.shift();
        wire.requests.push('-');
        awayUntilMs = now + next.forMs;
        answersOnly = next.answersOnly ?? false;
        next.meanwhile?.(stage);
        return undefined;
      }
    }
    if (!lost && apdu?.type === 'complex-ack' && apdu.service === atomicReadFile) {
      wire.readOctets += lengthOf(decodeReadFileAck(apdu.payload));
    }
    return lost ? 'drop' : undefined;
  });
  return wire;
}

function noteRequest(wire: Wire, service: number, payload: Uint8Array, lost: boolean): void {
  if (service === atomicReadFile) wire.requests.push('read');
  if (service !== atomicWriteFile) return;
  const write = decodeWriteFileRequest(payload);
  wire.requests.push(`write ${write.start}`);
  if (!lost) wire.writtenOctets += lengthOf(write);
}

function lengthOf(
  part:
    | { readonly access: 'stream'; readonly octets: Uint8Array }
    | { readonly access: 'record'; readonly records: readonly Uint8Array[] },
): number {
  return part.access === 'stream'
    ? part.octets.length
    : part.records.reduce((sum, record) => sum + record.length, 0);
}
