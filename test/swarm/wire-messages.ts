// What is in a datagram on the wire: the APDU, between whom, and in a few words for a replay.

import {
  type Apdu,
  ConfirmedService,
  decodeApdu,
  decodeBvll,
  DecodeError,
  decodeNpdu,
} from '../../protocol/index.js';

export interface Message {
  readonly apdu: Apdu;
  readonly source: { readonly network: number; readonly mac: string } | undefined;
  readonly destination: { readonly network: number; readonly mac: string } | undefined;
}

/** One flipped bit makes a unicast a broadcast, which is heard all the same. */
function npduOf(datagram: Uint8Array): Uint8Array | undefined {
  const bvll = decodeBvll(datagram);
  return bvll.kind === 'original-unicast' || bvll.kind === 'original-broadcast' ? bvll.npdu : undefined;
}

export function messageOf(datagram: Uint8Array): Message | undefined {
  try {
    const npdu = npduOf(datagram);
    if (npdu === undefined) return undefined;
    const { content, source, destination } = decodeNpdu(npdu);
    if (content.kind !== 'apdu') return undefined;
    return { apdu: decodeApdu(content.apdu), source, destination };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

export function rejectedNetwork(datagram: Uint8Array): number | undefined {
  try {
    const npdu = npduOf(datagram);
    if (npdu === undefined) return undefined;
    const { content } = decodeNpdu(npdu);
    if (content.kind !== 'network-message') return undefined;
    return content.message.kind === 'reject-message-to-network' ? content.message.network : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Where a device is, from the client: "10.0.0.2:47808", or with its network and MAC behind a router. */
export function placeOf(link: string, routed?: { readonly network: number; readonly mac: string }): string {
  return routed === undefined ? link : `${routed.network}:${routed.mac}@${link}`;
}

const SERVICES = new Map(Object.entries(ConfirmedService).map(([name, number]) => [number as number, name]));

export function apduWords(apdu: Apdu): string {
  const id = 'invokeId' in apdu ? ` #${apdu.invokeId}` : '';
  const service = 'service' in apdu ? ` ${SERVICES.get(apdu.service) ?? apdu.service}` : '';
  const payload = 'payload' in apdu ? ` ${Buffer.from(apdu.payload.subarray(0, 24)).toString('hex')}` : '';
  const octets = 'payload' in apdu ? ` (${apdu.payload.length})` : '';
  const reason = 'reason' in apdu ? ` reason ${apdu.reason}` : '';
  return `${apdu.type}${id}${service}${reason}${octets}${payload}`;
}
