// The door to device descriptions: profiles in JSON, and files in a few words.

export { CONTENT_SPEC, filesFromSpec } from './content-spec.js';
export { deviceFromProfile, ProfileError, quirkOf } from './profile.js';
