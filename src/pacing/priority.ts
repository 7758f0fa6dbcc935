// Who goes first in a lane. A release must overtake everything else that waits: a device that is left
// in backup or restore is worse than any delay. The order of this list is the order of precedence.

/** Order of precedence, first wins: END and ABORT; what keeps a session alive; questions; file octets. */
export const PRIORITIES = ['release', 'keep-alive', 'control', 'bulk'] as const;

/** Place of a request in its lane's queue. Equal priorities keep the order of their arrival. */
export type Priority = (typeof PRIORITIES)[number];
