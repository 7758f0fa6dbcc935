// The responding side of clause 5.4.5 as a table: what an APDU of a client does to a request of that
// client, under the same invoke id, that we have in hand already. The first APDU of a request finds no
// state and is dealt with in server.ts (IDLE).

/** States of clause 5.4.5. */
export type ServerStateName =
  /** SEGMENTED_REQUEST. */
  | 'assembling'
  /** AWAIT_RESPONSE: the application has it. */
  | 'thinking'
  /** SEGMENTED_RESPONSE. */
  | 'answering'
  | 'ended';

export type RequestKind =
  /** The same unsegmented request. */
  | 'same-request'
  /** An unsegmented request that is another one. */
  | 'other-request'
  /** A segment that may be of this request. */
  | 'segment'
  /** A first segment that is not the one of this request. */
  | 'other-first-segment'
  | 'segment-ack'
  | 'abort';

/** What happens. */
export type ServerMove =
  /** To the receiver of segments. */
  | 'collect'
  /** To the sender of segments. */
  | 'advance'
  /** The SegmentACK of the last segment again: it must have been lost (DuplicateSegmentReceived). */
  | 'acknowledge-again'
  /** AbortPDU_Received: the client wants no answer any more. */
  | 'end'
  /** Nothing. */
  | 'ignore'
  /** UnexpectedPDU_Received: Abort, reason invalid APDU in this state. */
  | 'refuse'
  /** The client has forgotten the old request (it restarted, say): the new one takes its place. */
  | 'replace';

export const SERVER_MOVES: Readonly<Record<ServerStateName, Readonly<Record<RequestKind, ServerMove>>>> = {
  assembling: {
    'same-request': 'refuse',
    'other-request': 'refuse',
    segment: 'collect',
    'other-first-segment': 'replace',
    'segment-ack': 'ignore',
    abort: 'end',
  },
  thinking: {
    // DuplicateRequestReceived.
    'same-request': 'ignore',
    // Two requests with one invoke id: the answer to one would be taken for that to the other. The late
    // copy of an old request is likelier than a client that forgot this one within the time to answer.
    'other-request': 'ignore',
    segment: 'acknowledge-again',
    'other-first-segment': 'ignore',
    'segment-ack': 'ignore',
    abort: 'end',
  },
  answering: {
    'same-request': 'ignore',
    'other-request': 'replace',
    segment: 'ignore',
    'other-first-segment': 'replace',
    'segment-ack': 'advance',
    abort: 'end',
  },
  ended: {
    'same-request': 'ignore',
    'other-request': 'ignore',
    segment: 'ignore',
    'other-first-segment': 'ignore',
    'segment-ack': 'ignore',
    abort: 'ignore',
  },
};
