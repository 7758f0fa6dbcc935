// An acknowledgement in one APDU, however long, past the endpoint and its limits: only for the quirk of
// devices that do not look at what their client accepts.

import { encodeApdu, encodeBvll, encodeNpdu } from '../../protocol/index.js';
import type { Address } from '../../protocol/index.js';
import type { Sending } from '../types.js';

/** Wraps a ComplexACK for a peer, on a B/IP link or on any other. */
export function bareAcknowledgement(
  to: Address,
  invokeId: number,
  service: number,
  payload: Uint8Array,
  framing: 'bip' | 'npdu',
): Sending {
  const { network, mac } = to;
  const npdu = encodeNpdu({
    priority: 0,
    expectingReply: false,
    ...(network !== undefined && mac !== undefined && { destination: { network, mac } }),
    content: { kind: 'apdu', apdu: encodeApdu({ type: 'complex-ack', invokeId, service, payload }) },
  });
  return { to: to.link, datagram: framing === 'bip' ? encodeBvll({ kind: 'original-unicast', npdu }) : npdu };
}
