// The requesting side of clause 5.4.4 as a table: what an APDU of our peer, under our invoke id and about
// our service, does in each state. Timers and sending are in client-transaction.ts; that an APDU is about
// this transaction at all is seen to before the table is asked.

import type { Apdu } from '../apdu.js';

/** States of clause 5.4.4; SEGMENTED_REQUEST is two, by its variable SentAllSegments. */
export type ClientStateName =
  /** Not sent: the router is busy. IDLE to the standard. */
  | 'held'
  /** SEGMENTED_REQUEST, some segments were never sent. */
  | 'sending'
  /** SEGMENTED_REQUEST, every segment was sent at least once. */
  | 'sent'
  /** AWAIT_CONFIRMATION. */
  | 'waiting'
  /** SEGMENTED_CONF. */
  | 'assembling'
  /** The outcome is out. */
  | 'ended';

export type AnswerKind =
  | 'simple-ack'
  | 'whole-complex-ack'
  | 'first-segment'
  | 'later-segment'
  | 'segment-ack'
  | 'error'
  | 'reject'
  | 'abort';

/** What happens. */
export type ClientMove =
  /** The answer: SimpleACK_Received, ErrorPDU_Received, ... */
  | 'confirm'
  /** SegmentedComplexACK_Received: the answer begins. */
  | 'assemble'
  /** A segment of the answer, to the receiver of segments. */
  | 'collect'
  /** A SegmentACK, to the sender of segments. */
  | 'advance'
  /** Nothing. */
  | 'ignore'
  /** UnexpectedPDU_Received: Abort, reason invalid APDU in this state. */
  | 'refuse';

type Row = Readonly<Record<AnswerKind, ClientMove>>;

const NOTHING: Row = {
  'simple-ack': 'ignore',
  'whole-complex-ack': 'ignore',
  'first-segment': 'ignore',
  'later-segment': 'ignore',
  'segment-ack': 'ignore',
  error: 'ignore',
  reject: 'ignore',
  abort: 'ignore',
};

const WAITING: Row = {
  'simple-ack': 'confirm',
  'whole-complex-ack': 'confirm',
  'first-segment': 'assemble',
  'later-segment': 'refuse',
  // The last SegmentACK again (SegmentACK_Received).
  'segment-ack': 'ignore',
  error: 'confirm',
  reject: 'confirm',
  abort: 'confirm',
};

export const CLIENT_MOVES: Readonly<Record<ClientStateName, Row>> = {
  held: NOTHING,
  sending: {
    'simple-ack': 'refuse',
    'whole-complex-ack': 'refuse',
    'first-segment': 'refuse',
    'later-segment': 'refuse',
    'segment-ack': 'advance',
    error: 'refuse',
    reject: 'confirm',
    abort: 'confirm',
  },
  // The answer says that the request arrived, though its last SegmentACK was lost.
  sent: { ...WAITING, 'segment-ack': 'advance' },
  waiting: WAITING,
  assembling: {
    'simple-ack': 'refuse',
    'whole-complex-ack': 'refuse',
    'first-segment': 'collect',
    'later-segment': 'collect',
    // The standard refuses it (clause 5.4.4.4). It can only be a late copy of one that we had, and a late
    // copy must not end a good answer.
    'segment-ack': 'ignore',
    error: 'refuse',
    reject: 'refuse',
    abort: 'confirm',
  },
  ended: NOTHING,
};

/** APDUs that a server sends. */
export type AnswerApdu = Extract<
  Apdu,
  { readonly type: 'simple-ack' | 'complex-ack' | 'segment-ack' | 'error' | 'reject' | 'abort' }
>;

/** The column of the table. */
export function answerKind(apdu: AnswerApdu): AnswerKind {
  if (apdu.type !== 'complex-ack') return apdu.type;
  if (apdu.segment === undefined) return 'whole-complex-ack';
  return apdu.segment.sequence === 0 ? 'first-segment' : 'later-segment';
}
