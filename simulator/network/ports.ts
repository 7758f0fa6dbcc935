// What a router stands between: ports, each with a network number of its own. Types only.

/** One side of a router. MACs are lower-case hex; '' is everyone. */
export interface RouterPort {
  readonly network: number;
  /** The longest APDU that the network behind the port carries, octets. */
  readonly maxApdu: number;
  /** Whether it takes nothing more at this time. */
  isBusy(now: number): boolean;
  /** Sends an NPDU to a MAC of this network. */
  send(npdu: Uint8Array, toMac: string, now: number): void;
}
