// Who-Is and I-Am (clause 16.10): asking who is there, and reading who says so. Nobody is chosen here.

import {
  DecodeError,
  decodeIAmRequest,
  encodeWhoIsRequest,
  INSTANCE_MAX,
  isBroadcast,
  UnconfirmedService,
  type Address,
  type Destination,
} from '../../protocol/index.js';
import type { Log, Unsubscribe } from '../ports.js';
import type { RequestQueue } from '../pacing/index.js';
import { BROADCAST_LANE, laneOf } from './options.js';
import type { Announcement, DeviceInstance } from './types.js';
import { encoded } from './usage.js';
import type { Wire } from './wire.js';

/**
 * Asks for the devices of an instance range; no range asks for all, unconfigured ones
 * too. Waits for its turn and its pace. Rejects `usage` for a range that is none.
 */
export async function askWhoIs(
  wire: Wire,
  queue: RequestQueue,
  to: Destination,
  range: { readonly low?: DeviceInstance; readonly high?: DeviceInstance },
  signal: AbortSignal,
): Promise<void> {
  const { low, high } = range;
  const everybody = low === undefined && high === undefined;
  const payload = encoded(() =>
    encodeWhoIsRequest(everybody ? {} : { low: low ?? 0, high: high ?? INSTANCE_MAX }),
  );
  const send = (): Promise<void> => {
    wire.unconfirmed(to, UnconfirmedService.whoIs, payload);
    return Promise.resolve();
  };
  await queue.run(isBroadcast(to) ? BROADCAST_LANE : laneOf(to), send, { priority: 'control', signal });
}

/** Calls the listener for every I-Am that decodes. */
export function onAnnouncement(
  wire: Wire,
  log: Log | undefined,
  listener: (announcement: Announcement) => void,
): Unsubscribe {
  return wire.onEvent((event) => {
    if (event.kind !== 'unconfirmed' || event.service !== UnconfirmedService.iAm) return;
    try {
      const { device, maxApdu, segmentation, vendorId } = decodeIAmRequest(event.payload);
      listener({ instance: device, address: event.from, maxApdu, segmentation, vendorId });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      log?.log('debug', `An I-Am from ${event.from.link} does not decode.`, { error });
    }
  });
}

/**
 * One text per place of a device. Behind routers the router is left out: two routers into one network are
 * two ways to one device, not two devices.
 */
export function placeKey(address: Address): string {
  return address.network === undefined ? address.link : `${address.network}:${address.mac ?? ''}`;
}

/** Where something is, for people. */
export function placeWords(address: Address): string {
  if (address.network === undefined) return address.link;
  const mac = address.mac ?? '';
  const readable = mac.length === 2 ? String(Number.parseInt(mac, 16)) : mac;
  return `MAC ${readable} of network ${address.network} behind router ${address.link}`;
}
