// Every cap and default of the protocol, each with its clause, so that no number hides in code.
// Octets, seconds and milliseconds are in the names. Nothing here depends on anything else.

/** Where B/IP devices listen, X'BAC0' (Annex J.1). */
export const BIP_PORT = 47808;

/** Longest NPDU on B/IP, octets (clause 6.2, Annex J.1): 1476 of APDU and 21 of NPCI. */
export const BIP_NPDU_OCTETS_MAX = 1497;

/** Sizes that Max_APDU_Length_Accepted can be told in, by their code in a request (clause 20.1.2.5). */
export const APDU_SIZES = [50, 128, 206, 480, 1024, 1476] as const;

/** The least APDU that every device takes, octets (clause 12.11.18). */
export const APDU_OCTETS_MIN = 50;

/** The most that fits B/IP, octets (clause 20.1.2.5). */
export const APDU_OCTETS_MAX = 1476;

/** Numbers of segments that a request can name, by their code (clause 20.1.2.4); code 0 is unspecified. */
export const SEGMENT_COUNTS = [2, 4, 8, 16, 32, 64] as const;

/** Stands for "more than 64 segments accepted" (clause 20.1.2.4). */
export const SEGMENTS_UNLIMITED = 65;

/** What must be assumed of a peer that can segment and does not say how much (clause 20.1.2.4). */
export const SEGMENTS_ASSUMED = 2;

/** Largest window of segments (clause 20.1.2.8). */
export const WINDOW_SIZE_MAX = 127;

/** Header octets before the service payload (clause 20.1). */
export const CONFIRMED_REQUEST_HEADER_OCTETS = 4;
export const CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS = 6;
export const COMPLEX_ACK_HEADER_OCTETS = 3;
export const COMPLEX_ACK_SEGMENT_HEADER_OCTETS = 5;

/** Defaults of APDU_Timeout, APDU_Segment_Timeout and Number_Of_APDU_Retries (clause 12.11). */
export const APDU_TIMEOUT_MS = 6000;
export const SEGMENT_TIMEOUT_MS = 5000;
export const APDU_RETRIES = 3;

/** A wait that is shorter than APDU_Timeout is followed by one this many times as long: ours. */
export const WAIT_FACTOR = 3;

/** What would be left of all waits, when it is a smaller part of APDU_Timeout, is no wait of its own: ours. */
export const LAST_WAIT_PART = 1 / 4;

/** A receiver of segments waits this many times APDU_Segment_Timeout (clause 5.4.1). */
export const SEGMENT_RECEIVE_TIMEOUT_FACTOR = 4;

/** Window size that we propose; the peer may answer with less (clause 5.3). */
export const WINDOW_SIZE_DEFAULT = 16;

/** Hop count of a message that leaves its first network (clause 6.2.3). */
export const HOP_COUNT = 255;

/** DNET of a broadcast to every network (clause 6.2.2). */
export const GLOBAL_NETWORK = 65535;

/** Largest number of a real network (clause 6.2.2); 0 and 65535 are none. */
export const NETWORK_MAX = 65534;

/** Longest MAC of a remote network, octets (clause 6.2.2; 7 is LonTalk's). */
export const MAC_OCTETS_MAX = 7;

/** Largest object instance (clause 20.2.14); for devices it means "unconfigured" (clause 12.11.1). */
export const INSTANCE_MAX = 4194303;

/** Largest object type (clause 20.2.14). */
export const OBJECT_TYPE_MAX = 1023;

/** ReinitializeDevice password, characters (clause 16.4): code points, not octets. */
export const PASSWORD_CHARACTERS_MAX = 20;

/** How deep opening tags may nest before we stop believing: ours, deeper than any production needs. */
export const NESTING_MAX = 32;

/** A BBMD keeps a foreign device this much longer than the time to live, s (Annex J.5.2.3). */
export const FOREIGN_GRACE_S = 30;

/** A receiver of segments gives up after this many times APDU_Segment_Timeout without a new one: ours. */
export const SEGMENT_STALL_FACTOR = 16;

/** Longest message that is put together from segments or cut into them, octets: ours. */
export const MESSAGE_OCTETS_MAX = 4 * 1024 * 1024;

/** What a segment costs besides its octets, so that empty ones are bounded too, octets: ours. */
export const SEGMENT_OVERHEAD_OCTETS = 16;

/** An invoke id without a clean end rests this many times APDU_Timeout, and at most this long, ms: ours. */
export const INVOKE_ID_REST_FACTOR = 4;
export const INVOKE_ID_REST_MS_MAX = 60_000;

/** How many resting invoke ids, and how many peers' last ids, are remembered: ours. */
export const INVOKE_IDS_RESTING_MAX = 4096;
export const INVOKE_ID_PEERS_MAX = 1024;

/** Requests that a server has in hand, in all and of one peer; more are aborted (out of resources): ours. */
export const SERVER_TRANSACTIONS_MAX = 512;
export const SERVER_TRANSACTIONS_OF_PEER_MAX = 128;

/** Segmented requests that a server puts together at once; more are aborted (out of resources): ours. */
export const SERVER_REASSEMBLIES_MAX = 16;

/** How long a server's application may think before the request is aborted, ms (clause 5.4.5.3): ours. */
export const SERVER_REPLY_MS = 60_000;

/** Answers that a server can remember, and the most octets of request and answer together: ours. */
export const ANSWERS_REMEMBERED_MAX = 256;
export const ANSWER_REMEMBERED_OCTETS_MAX = 65_536;

/** A busy router is left alone this long, ms, unless it says earlier that it is available (clause 6.6.4). */
export const ROUTER_BUSY_MS = 30_000;

/** A request waits for a busy router no longer than this without any progress, ms: ours. */
export const ROUTER_BUSY_MS_MAX = 300_000;

/** Busy routers that are remembered: ours. */
export const BUSY_ROUTERS_MAX = 256;

/** A foreign device whose BBMD refuses or is silent asks again after these times, ms, and then after the last: ours. */
export const FOREIGN_RETRY_MS = [2000, 5000, 10_000, 30_000] as const;
