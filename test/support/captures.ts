// What a whole capture says, for the tests that replay it: every BACnet/IP datagram taken apart, segments
// joined to messages, answers matched with their requests, and everything written again from its parts.

import type { Apdu, ConfirmedRequest, SegmentHeader } from '../../protocol/index.js';
import { ACKNOWLEDGED, assemble, CONFIRMED, dissect } from './dissect.js';
import type { PayloadCodec } from './dissect.js';
import { readPcap } from './pcap.js';
import type { CapturedDatagram } from './pcap.js';

export interface CaptureSummary {
  /** BACnet/IP datagrams: UDP ports 47808..47899 on either side, and BVLL type X'81'. */
  datagrams: number;
  /** Those that our encoder writes octet for octet as they came, from nothing but what we decoded. */
  identical: number;
  /** Packet numbers of the others. */
  readonly different: number[];
  /** How many there are of each kind of APDU or network message, as "complex-ack 6". */
  readonly kinds: Record<string, number>;
  /** Messages that came in segments, complete, decoded, and identical when written again. */
  joined: number;
  /** Segments of messages that never became complete (aborted, or sent twice). */
  leftSegments: number;
  /** Answers whose request was seen before, under the same invoke id and service. */
  answered: number;
  /** Answers to a request that the capture does not have. */
  readonly unasked: number[];
  /** Payloads that a service codec of ours decoded. */
  payloads: number;
}

type Segmented = Extract<Apdu, { type: 'confirmed-request' | 'complex-ack' }>;

interface Message {
  readonly parts: Uint8Array[];
  next: number;
}

export function summarizeCapture(path: string): CaptureSummary {
  const summary: CaptureSummary = {
    datagrams: 0,
    identical: 0,
    different: [],
    kinds: {},
    joined: 0,
    leftSegments: 0,
    answered: 0,
    unasked: [],
    payloads: 0,
  };
  const requests = new Map<string, ConfirmedRequest>();
  const messages = new Map<string, Message>();
  for (const datagram of readPcap(path).filter(isBacnetIp)) {
    summary.datagrams += 1;
    const parts = dissect(datagram.payload, 'bvll');
    if (Buffer.from(assemble(parts, 'bvll')).equals(datagram.payload)) summary.identical += 1;
    else summary.different.push(datagram.packet);
    const apdu = parts.apdu as Apdu | undefined;
    const kind = apdu === undefined ? messageKind(parts) : apduKind(apdu);
    summary.kinds[kind] = (summary.kinds[kind] ?? 0) + 1;
    if (apdu === undefined) continue;
    matchAnswer(apdu, datagram, requests, summary);
    if (parts.payload !== undefined && !(parts.payload instanceof Uint8Array)) summary.payloads += 1;
    if ('segment' in apdu) {
      joinSegment(
        { ...apdu, payload: parts.payload as Uint8Array },
        apdu.segment,
        datagram,
        messages,
        summary,
      );
    }
  }
  summary.leftSegments = [...messages.values()].reduce((sum, { parts }) => sum + parts.length, 0);
  return summary;
}

function isBacnetIp({ sourcePort, destinationPort, payload }: CapturedDatagram): boolean {
  const ours = (port: number) => port >= 47808 && port <= 47899;
  return (ours(sourcePort) || ours(destinationPort)) && payload[0] === 0x81;
}

function apduKind(apdu: Apdu): string {
  const service = 'service' in apdu ? ` ${apdu.service}` : '';
  return `${apdu.type}${service}${'segment' in apdu ? ' segment' : ''}`;
}

function messageKind(parts: ReturnType<typeof dissect>): string {
  if (parts.npdu === undefined) return (parts.bvll as { kind: string }).kind;
  return (parts.npdu as { content: { message: { kind: string } } }).content.message.kind;
}

function matchAnswer(
  apdu: Apdu,
  { from, to, packet }: CapturedDatagram,
  requests: Map<string, ConfirmedRequest>,
  summary: CaptureSummary,
): void {
  if (apdu.type === 'confirmed-request') requests.set(`${from} ${to} ${apdu.invokeId}`, apdu);
  if (apdu.type !== 'simple-ack' && apdu.type !== 'complex-ack' && apdu.type !== 'error') return;
  const request = requests.get(`${to} ${from} ${apdu.invokeId}`);
  if (request?.service === apdu.service) summary.answered += 1;
  else summary.unasked.push(packet);
}

function joinSegment(
  apdu: Segmented,
  segment: SegmentHeader,
  { from, to }: CapturedDatagram,
  messages: Map<string, Message>,
  summary: CaptureSummary,
): void {
  const key = `${from} ${to} ${apdu.type} ${apdu.invokeId}`;
  const message = messages.get(key) ?? { parts: [], next: 0 };
  messages.set(key, message);
  if (segment.sequence !== message.next) return;
  message.parts.push(apdu.payload);
  message.next = (message.next + 1) % 256;
  if (segment.moreFollows) return;
  messages.delete(key);
  const payload = new Uint8Array(Buffer.concat(message.parts));
  const codec: PayloadCodec = (apdu.type === 'complex-ack' ? ACKNOWLEDGED : CONFIRMED)[apdu.service]!;
  if (Buffer.from(codec.encode(codec.decode(payload))).equals(payload)) summary.joined += 1;
}
