// The layers around an APDU, put on and taken off: NPDU, and BVLL on B/IP. Knows how a peer behind a router
// is addressed (clause 6.2) and where an answer to a datagram must go. Keeps no state.

import { BROADCAST, isBroadcast } from './address.js';
import type { Address, Destination, LinkAddress } from './address.js';
import { BvllResult, decodeBvll, encodeBvll } from './bvll.js';
import type { Bvll } from './bvll.js';
import type { EndpointOptions, Output } from './exchange.js';
import { GLOBAL_NETWORK } from './limits.js';
import { decodeNpdu, encodeNpdu } from './npdu.js';
import type { NetworkAddress, Npdu } from './npdu.js';

type Framing = EndpointOptions['framing'];

export interface Envelope {
  readonly content: Npdu['content'];
  /** NPCI network priority 0..3. */
  readonly priority: number;
  readonly expectingReply: boolean;
}

export type Opened =
  | {
      readonly kind: 'npdu';
      /** Whom it is from: an answer goes there. */
      readonly from: Address;
      /** It came to everyone, not to us alone. */
      readonly broadcast: boolean;
      readonly content: Npdu['content'];
      readonly priority: number;
    }
  /** A BBMD's verdict on something that we asked of it. */
  | { readonly kind: 'result'; readonly code: number }
  /** Sound, but nothing for us; `refusal` is the result code to send back where one is due. */
  | { readonly kind: 'not-for-us'; readonly reason: string; readonly refusal?: number };

/** What a node that is no BBMD answers to those who take it for one (Annex J.2, J.4.5). */
const REFUSALS: Readonly<Partial<Record<Bvll['kind'], number>>> = {
  'write-bdt': BvllResult.writeBdtNak,
  'read-bdt': BvllResult.readBdtNak,
  'register-foreign-device': BvllResult.registerForeignDeviceNak,
  'read-fdt': BvllResult.readFdtNak,
  'delete-fdt-entry': BvllResult.deleteFdtEntryNak,
  'distribute-broadcast': BvllResult.distributeBroadcastNak,
};

/** Takes the layers off. DecodeError when they are not what they should be. */
export function openDatagram(datagram: Uint8Array, link: LinkAddress, framing: Framing): Opened {
  // Other links do not tell us who a frame was for: only its DNET can.
  if (framing === 'npdu') return openNpdu(datagram, link, false);
  const message = decodeBvll(datagram);
  switch (message.kind) {
    case 'original-unicast':
      return openNpdu(message.npdu, link, false);
    case 'original-broadcast':
      return openNpdu(message.npdu, link, true);
    case 'forwarded-npdu':
      // The BBMD only carried it; whoever sent it first is who is answered, and directly.
      return openNpdu(message.npdu, message.origin, true);
    case 'result':
      return { kind: 'result', code: message.code };
    default: {
      const refusal = REFUSALS[message.kind];
      const reason = `BVLL message "${message.kind}" is for a BBMD`;
      return { kind: 'not-for-us', reason, ...(refusal !== undefined && { refusal }) };
    }
  }
}

function openNpdu(octets: Uint8Array, link: LinkAddress, broadcast: boolean): Opened {
  const { destination, source, content, priority } = decodeNpdu(octets);
  if (destination !== undefined && destination.network !== GLOBAL_NETWORK) {
    return { kind: 'not-for-us', reason: `for network ${destination.network}, and we are no router` };
  }
  const from = source === undefined ? { link } : { link, network: source.network, mac: source.mac };
  return { kind: 'npdu', from, broadcast: broadcast || destination !== undefined, content, priority };
}

/**
 * Puts the layers on. With `distributor`, broadcasts go to that BBMD to be distributed. EncodeError for a
 * destination that cannot be.
 */
export function sealDatagram(
  to: Destination,
  envelope: Envelope,
  framing: Framing,
  distributor?: LinkAddress,
): Output {
  const destination = destinationOf(to);
  const npdu = encodeNpdu({ ...envelope, ...(destination && { destination }) });
  const link = isBroadcast(to) ? to.via : to.link;
  if (framing === 'npdu') return { kind: 'send', to: link ?? BROADCAST, datagram: npdu };
  if (link !== undefined) return bvll(link, { kind: 'original-unicast', npdu });
  if (distributor !== undefined) return bvll(distributor, { kind: 'distribute-broadcast', npdu });
  return bvll(BROADCAST, { kind: 'original-broadcast', npdu });
}

/** A BVLC-Result. */
export function resultDatagram(to: LinkAddress, code: number): Output {
  return bvll(to, { kind: 'result', code });
}

function bvll(to: LinkAddress, message: Bvll): Output {
  return { kind: 'send', to, datagram: encodeBvll(message) };
}

function destinationOf(to: Destination): NetworkAddress | undefined {
  if (!isBroadcast(to))
    return to.network === undefined ? undefined : { network: to.network, mac: to.mac ?? '' };
  if (to.broadcast === 'local') return undefined;
  return { network: to.broadcast === 'global' ? GLOBAL_NETWORK : to.broadcast, mac: '' };
}
