// The two layers around an APDU, put on and taken off: NPDU, and BVLL on B/IP. Knows how a peer behind a
// router is addressed (clause 6.2) and where an answer to it must go. Keeps no state.

import { type Address, BROADCAST, type Broadcast, type Destination, isBroadcast, type LinkAddress } from '../address.js';
import { decodeBvll, encodeBvll } from '../bvll.js';
import type { EndpointOptions, Output } from '../exchange.js';
import { GLOBAL_NETWORK } from '../limits.js';

import { decodeNpdu, encodeNpdu, type NetworkAddress, type Npdu } from '../npdu.js';

type Content = Npdu['content'];

export interface Envelope {
  readonly content: Content;
  readonly priority: number;
  readonly expectingReply: boolean;
}

export type Opened =
  | {
      readonly kind: 'npdu';
      /** Where an answer goes. */
      readonly from: Address;
      readonly content: Content;
      readonly priority: number;
      /** It came to everyone. */
      readonly broadcast: boolean;
    }
  /** A BVLC-Result: somebody's verdict on a BVLL message of ours. */
  | { readonly kind: 'result'; readonly code: number }
  /** Sound, but for another network or another kind of node. */
  | { readonly kind: 'not-for-us'; readonly reason: string };

/** Takes the envelope off; DecodeError when there is none. */
export function open(octets: Uint8Array, link: LinkAddress, framing: EndpointOptions['framing']): Opened {
  if (framing === 'npdu') return openNpdu(octets, link, false);
  const message = decodeBvll(octets);
  switch (message.kind) {
    case 'original-unicast':
      return openNpdu(message.npdu, link, false);
    case 'original-broadcast':
      return openNpdu(message.npdu, link, true);
    case 'forwarded-npdu':
      // The BBMD only carried it: its origin is whom to answer (Annex J.4.5).
      return openNpdu(message.npdu, message.origin, true);
    case 'result':
      return { kind: 'result', code: message.code };
    default:
      return { kind: 'not-for-us', reason: `BVLL message ${message.kind}` };
  }
}

function openNpdu(octets: Uint8Array, link: LinkAddress, broadcast: boolean): Opened {
  const { destination, source, content, priority } = decodeNpdu(octets);
  if (destination !== undefined && destination.network !== GLOBAL_NETWORK) {
    return { kind: 'not-for-us', reason: `a message for network ${destination.network}, and this is no router` };
  }
  const from: Address = source === undefined ? { link } : { link, network: source.network, mac: source.mac };
  return { kind: 'npdu', from, content, priority, broadcast: broadcast || destination !== undefined };
}

/** Puts the envelope on. With a BBMD, broadcasts go to it to be distributed. */
export function seal(to: Destination, envelope: Envelope, framing: EndpointOptions['framing'], bbmd?: LinkAddress): Output {
  const destination = destinationOf(to);
  const npdu = encodeNpdu({ ...envelope, ...(destination !== undefined && { destination }) });
  const link = isBroadcast(to) ? to.via : to.link;
  if (framing === 'npdu') return { kind: 'send', to: link ?? BROADCAST, datagram: npdu };
  if (link !== undefined) return { kind: 'send', to: link, datagram: encodeBvll({ kind: 'original-unicast', npdu }) };
  if (bbmd !== undefined) return { kind: 'send', to: bbmd, datagram: encodeBvll({ kind: 'distribute-broadcast', npdu }) };
  return { kind: 'send', to: BROADCAST, datagram: encodeBvll({ kind: 'original-broadcast', npdu }) };
}

function destinationOf(to: Destination): NetworkAddress | undefined {
  if (isBroadcast(to)) return broadcastNetwork(to);
  return to.network === undefined ? undefined : { network: to.network, mac: to.mac ?? '' };
}

function broadcastNetwork({ broadcast }: Broadcast): NetworkAddress | undefined {
  if (broadcast === 'local') return undefined;
  return { network: broadcast === 'global' ? GLOBAL_NETWORK : broadcast, mac: '' };
}
