// The names of all checks of a restore plan, in the order in which they are shown. A name is what a user
// types after --allow and what a run log keeps for years: it is never given another meaning.

export const CHECK_NAMES = [
  'site',
  'instance',
  'duplicate-instance',
  'vendor',
  'model',
  'firmware',
  'application-software',
  'protocol-revision',
  'serial-number',
  'address',
  'old-device',
  'spare',
  'system-status',
  'backup-state',
  'services',
  'undo',
  'files',
  'create-object',
  'file-access',
  'file-size',
  'read-only',
  'max-apdu',
  'segmentation',
  'record-size',
  'database-revision',
  'image-hashes',
  'image-verified',
  'image-age',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

export function isCheckName(text: string): text is CheckName {
  return (CHECK_NAMES as readonly string[]).includes(text);
}
