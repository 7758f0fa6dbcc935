// How much of a comparison is worked out and kept. Everything that is cut is counted, and the result says
// how much there is: a limit must never make a difference disappear.

/** Files up to this size, on both sides, are looked into; of larger ones the ranges and their octets are shown. */
export const CONTENT_OCTETS_MAX = 8 * 1024 * 1024;

/** Ranges kept of one file. */
export const RANGES_MAX = 1000;

/** Hexadecimal views of one file. */
export const WINDOWS_MAX = 20;

/** Octets of a change that its hexadecimal view shows of each side. */
export const WINDOW_OCTETS = 256;

/** Octets before and after a change that its hexadecimal view shows. */
export const WINDOW_CONTEXT = 16;

/** Changes of one view: hunks of lines, values, members, records. */
export const CHANGES_MAX = 200;

/** Lines of one hunk. */
export const HUNK_LINES_MAX = 60;

/** Lines before and after a change. */
export const CONTEXT_LINES = 3;

/** Characters of a line or of a value. */
export const EXCERPT_CHARACTERS = 240;

/** Characters of a name in a path. */
export const LABEL_CHARACTERS = 80;

/** Octets of a record. */
export const EXCERPT_OCTETS = 96;

/** Insertions and deletions up to which the best alignment is looked for; beyond, a good one. */
export const EDITS_MAX = 2000;

/** Lines of a text. */
export const LINES_MAX = 500_000;

/** Values in a structure. */
export const NODES_MAX = 200_000;

/** How deep a structure may nest. */
export const DEPTH_MAX = 64;

/** Records that are aligned; files with more are compared place by place. */
export const RECORDS_MAX = 250_000;

/** Octets of a gap between two matches that are held in memory to find where the difference begins and ends. */
export const GAP_OCTETS_MAX = 1024 * 1024;

/** Members of a ZIP archive. */
export const MEMBERS_MAX = 10_000;

/** Octets that are unpacked from one pair of archives, all their members together. */
export const UNPACKED_OCTETS_MAX = 64 * 1024 * 1024;

/** Octets that are read to say of the images of a list whether they changed. */
export const LIST_OCTETS_MAX = 256 * 1024 * 1024;
