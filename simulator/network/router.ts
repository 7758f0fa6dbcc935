// A BACnet router between one B/IP network and MS/TP networks (clause 6): it passes messages on with
// SNET/SADR added and the hop count counted down, says which networks it reaches, and says why not.
// It has no application layer and never looks into an APDU.

import {
  BIP_NPDU_OCTETS_MAX,
  BROADCAST,
  decodeBvll,
  DecodeError,
  decodeNpdu,
  encodeBvll,
  encodeNpdu,
  GLOBAL_NETWORK,
  HOP_COUNT,
  NetworkRejectReason,
} from '../../protocol/index.js';
import type { LinkAddress, NetworkMessage, Npdu } from '../../protocol/index.js';
import type { Sending, SimulatedNode } from '../types.js';
import { bipFromMac, macFromBip } from './bip-mac.js';
import { type LaneOptions, MstpLane } from './mstp-lane.js';
import type { RouterPort } from './ports.js';

export interface RouterOptions {
  readonly lanes: readonly LaneOptions[];
  /** Number of the B/IP network that the router stands on; default 1. */
  readonly localNetwork?: number;
}

/** Where a message came from: the port, the sender's MAC there, and whether it went to everyone. */
interface Origin {
  readonly port: RouterPort;
  readonly mac: string;
  readonly isBroadcast: boolean;
}

export class Router implements SimulatedNode {
  onDue: (() => void) | undefined;
  readonly #lanes: readonly MstpLane[];
  readonly #bip: RouterPort;
  readonly #ports: readonly RouterPort[];
  /** Announcements of busy periods that are still to come. */
  readonly #notices: { readonly atMs: number; readonly message: NetworkMessage }[];
  #sendings: Sending[] = [];

  constructor(options: RouterOptions) {
    this.#lanes = options.lanes.map((lane) => new MstpLane(lane));
    this.#bip = {
      network: options.localNetwork ?? 1,
      maxApdu: BIP_NPDU_OCTETS_MAX,
      isBusy: () => false,
      send: (npdu, toMac) => this.#sendBip(npdu, toMac),
    };
    this.#ports = [this.#bip, ...this.#lanes];
    if (new Set(this.#ports.map((port) => port.network)).size !== this.#ports.length)
      throw new RangeError('every port of a router has a network number of its own');
    this.#notices = this.#lanes.flatMap(({ network, busy }) =>
      busy.flatMap(({ fromMs, untilMs }) => [
        { atMs: fromMs, message: { kind: 'router-busy-to-network' as const, networks: [network] } },
        { atMs: untilMs, message: { kind: 'router-available-to-network' as const, networks: [network] } },
      ]),
    );
  }

  /**
   * Puts a node with "npdu" framing on one of the lanes, under a MAC of two hex digits, before the router
   * starts. Throws RangeError for a network or MAC that cannot be.
   */
  attach(network: number, mac: string, node: SimulatedNode): void {
    const lane = this.#lanes.find((candidate) => candidate.network === network);
    if (lane === undefined) throw new RangeError(`the router has no network ${network}`);
    lane.attach(mac, node);
    node.onDue = () => this.onDue?.();
  }

  start(now: number): Sending[] {
    for (const port of this.#ports) this.#announceRoutes(port, undefined, now);
    for (const lane of this.#lanes) lane.start(now);
    return this.#taken();
  }

  receive(datagram: Uint8Array, from: LinkAddress, now: number): Sending[] {
    try {
      const message = decodeBvll(datagram);
      if (message.kind === 'original-unicast' || message.kind === 'original-broadcast') {
        const isBroadcast = message.kind === 'original-broadcast';
        this.#route(message.npdu, { port: this.#bip, mac: macFromBip(from), isBroadcast }, now);
      } else if (message.kind === 'forwarded-npdu') {
        this.#route(
          message.npdu,
          { port: this.#bip, mac: macFromBip(message.origin), isBroadcast: true },
          now,
        );
      }
    } catch (error) {
      // What is not BACnet/IP is not for a router.
      if (!(error instanceof DecodeError)) throw error;
    }
    return this.tick(now);
  }

  tick(now: number): Sending[] {
    for (const notice of [...this.#notices]) {
      if (notice.atMs > now) continue;
      this.#notices.splice(this.#notices.indexOf(notice), 1);
      this.#bip.send(networkMessage(notice.message), '', now);
    }
    for (const lane of this.#lanes) {
      lane.tick(now, (npdu, mac, isBroadcast) =>
        this.#routeFromLane(npdu, { port: lane, mac, isBroadcast }, now),
      );
    }
    return this.#taken();
  }

  nextDeadline(): number | undefined {
    const times = [
      ...this.#lanes.map((lane) => lane.nextDeadline()),
      ...this.#notices.map((notice) => notice.atMs),
    ].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #routeFromLane(npdu: Uint8Array, origin: Origin, now: number): void {
    try {
      this.#route(npdu, origin, now);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }

  #route(octets: Uint8Array, origin: Origin, now: number): void {
    const npdu = decodeNpdu(octets);
    const { destination } = npdu;
    if (destination === undefined) {
      if (npdu.content.kind === 'network-message') this.#onNetworkMessage(npdu.content.message, origin, now);
      return;
    }
    const others = this.#ports.filter((port) => port !== origin.port);
    if (destination.network === GLOBAL_NETWORK) {
      if (npdu.content.kind === 'network-message') this.#onNetworkMessage(npdu.content.message, origin, now);
      for (const port of others) this.#pass(npdu, destination.mac, port, origin, now);
      return;
    }
    const port = others.find((candidate) => candidate.network === destination.network);
    if (port !== undefined) this.#pass(npdu, destination.mac, port, origin, now);
    else if (destination.network !== origin.port.network && !origin.isBroadcast)
      this.#reject(npdu, NetworkRejectReason.notDirectlyConnected, origin, now);
  }

  /** Sends a message on through another port, or says why not. */
  #pass(npdu: Npdu, toMac: string, port: RouterPort, origin: Origin, now: number): void {
    const hopCount = (npdu.hopCount ?? HOP_COUNT) - 1;
    if (hopCount <= 0) return;
    if (port.isBusy(now)) {
      this.#reject(npdu, NetworkRejectReason.routerBusy, origin, now);
      return;
    }
    if (npdu.content.kind === 'apdu' && npdu.content.apdu.length > port.maxApdu) {
      this.#reject(npdu, NetworkRejectReason.messageTooLong, origin, now);
      return;
    }
    const { priority, expectingReply, content } = npdu;
    const source = npdu.source ?? { network: origin.port.network, mac: origin.mac };
    // On its last network a message needs no destination any more; a global one goes on and on.
    const global = npdu.destination?.network === GLOBAL_NETWORK && {
      destination: npdu.destination,
      hopCount,
    };
    port.send(encodeNpdu({ priority, expectingReply, source, content, ...global }), toMac, now);
  }

  /** Reject-Message-To-Network, back to whoever sent the message (clause 6.4.4). Broadcasts are lost silently. */
  #reject(npdu: Npdu, reason: number, { port, mac, isBroadcast }: Origin, now: number): void {
    if (isBroadcast || npdu.destination === undefined || npdu.destination.mac === '') return;
    const message: NetworkMessage = {
      kind: 'reject-message-to-network',
      reason,
      network: npdu.destination.network,
    };
    port.send(networkMessage(message, npdu.source), mac, now);
  }

  #onNetworkMessage(message: NetworkMessage, origin: Origin, now: number): void {
    if (message.kind === 'who-is-router-to-network') this.#announceRoutes(origin.port, message.network, now);
    if (message.kind === 'what-is-network-number') {
      const { network } = origin.port;
      origin.port.send(networkMessage({ kind: 'network-number-is', network, configured: true }), '', now);
    }
  }

  /** I-Am-Router-To-Network, to everyone on the port, for the networks behind the other ports. */
  #announceRoutes(port: RouterPort, wanted: number | undefined, now: number): void {
    const networks = this.#ports
      .filter((other) => other !== port && (wanted === undefined || other.network === wanted))
      .map((other) => other.network);
    if (networks.length > 0) port.send(networkMessage({ kind: 'i-am-router-to-network', networks }), '', now);
  }

  #sendBip(npdu: Uint8Array, toMac: string): void {
    if (toMac === '') {
      this.#sendings.push({ to: BROADCAST, datagram: encodeBvll({ kind: 'original-broadcast', npdu }) });
      return;
    }
    const to = bipFromMac(toMac);
    if (to !== undefined)
      this.#sendings.push({ to, datagram: encodeBvll({ kind: 'original-unicast', npdu }) });
  }

  #taken(): Sending[] {
    const sendings = this.#sendings;
    this.#sendings = [];
    return sendings;
  }
}

/** A message between routers; with a destination when whom it concerns is behind another router. */
function networkMessage(message: NetworkMessage, destination?: { network: number; mac: string }): Uint8Array {
  return encodeNpdu({
    priority: 0,
    expectingReply: false,
    ...(destination && { destination }),
    content: { kind: 'network-message', message },
  });
}
