// What made an image, as manifests say it. Must agree with package.json; a test compares them.

/** Name and version of this program. */
export const TOOL = 'bacvault 0.1.0';
