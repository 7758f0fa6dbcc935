// Where a peer is, as the network layer sees it. Plain values: comparable by key, printable, JSON.
// A link address is text, so that one endpoint serves B/IP ("192.168.1.10:47808") and any other
// data link (a MAC as lower-case hex) alike. It must never hold a host name.

/** B/IP: "a.b.c.d:port". Other links: the MAC as lower-case hex, two digits an octet. */
export type LinkAddress = string;

/** One peer. With `network` and `mac` it is behind the router that answers at `link`. */
export interface Address {
  readonly link: LinkAddress;
  /** Network number 1..65534 of a remote network (DNET/SNET). */
  readonly network?: number;
  /** MAC on that network, lower-case hex, 1..7 octets. Present exactly when `network` is. */
  readonly mac?: string;
}

/** The link address that stands for "everyone on this link". */
export const BROADCAST = 'broadcast';

/** A broadcast: on our own link, on every network (DNET 65535), or on one remote network. */
export interface Broadcast {
  readonly broadcast: 'local' | 'global' | number;
  /** Sends it to this one router or device instead of the whole link. */
  readonly via?: LinkAddress;
}

export type Destination = Address | Broadcast;

export function isBroadcast(destination: Destination): destination is Broadcast {
  return 'broadcast' in destination;
}

/** One text per peer: "192.168.1.10:47808", or "2001:0a@192.168.1.1:47808" behind a router. */
export function addressKey(address: Address): string {
  if (address.network === undefined) return address.link;
  return `${address.network}:${address.mac ?? ''}@${address.link}`;
}
