// What made an image, a fact or a run log, as they say it. Must agree with package.json; a test compares them.

/** Name and version of this program. */
export const TOOL = 'bacvault 0.1.0';
