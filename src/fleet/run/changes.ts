// What changed from one image of a device to the next, in words for a summary. Octets are only read where parts of
// a file are known to change by themselves; a summary must not cry wolf, and must not read a whole night again.

import { judgeImages } from '../../diff/index.js';
import type { DeviceIdentity, ImageFile, ImageSummary, Repository } from '../../repository/index.js';
import type { ImageChange } from './types.js';

export interface Changes {
  readonly change: ImageChange;
  /** Empty unless it changed. */
  readonly changes: readonly string[];
}

const NAMES = {
  name: 'Object_Name',
  modelName: 'Model_Name',
  firmwareRevision: 'Firmware_Revision',
  applicationSoftwareVersion: 'Application_Software_Version',
  serialNumber: 'Serial_Number',
  location: 'Location',
  description: 'Description',
} as const satisfies Partial<Record<keyof DeviceIdentity, string>>;

/** Never rejects: what cannot be compared is "unknown". */
export async function changesSince(
  repository: Repository,
  before: ImageSummary | undefined,
  after: ImageSummary,
): Promise<Changes> {
  if (before === undefined) return { change: 'first', changes: [] };
  const identity = identityChanges(before.manifest.device, after.manifest.device);
  const revision = revisionChange(before, after);
  try {
    const verdict = await judgeImages(repository, before, after);
    if (verdict !== 'different')
      return { change: identity.length > 0 ? 'changed' : 'same', changes: identity };
    const files = fileChanges(before.manifest.files, after.manifest.files);
    return { change: 'changed', changes: [...files, ...identity, ...revision] };
  } catch {
    return { change: 'unknown', changes: [...identity, ...revision] };
  }
}

function fileChanges(before: readonly ImageFile[], after: readonly ImageFile[]): string[] {
  const words = ({ objectIdentifier, name }: ImageFile): string =>
    name === undefined ? objectIdentifier : `${objectIdentifier} (${name})`;
  const was = new Map(before.map((file) => [file.instance, file]));
  const is = new Set(after.map((file) => file.instance));
  const changes: string[] = [];
  for (const file of after) {
    const old = was.get(file.instance);
    if (old === undefined) changes.push(`${words(file)} is new`);
    else if (old.sha256 !== file.sha256)
      changes.push(
        old.octets === file.octets
          ? `${words(file)} changed`
          : `${words(file)} changed from ${old.octets} to ${file.octets} octets`,
      );
  }
  for (const file of before) if (!is.has(file.instance)) changes.push(`${words(file)} is gone`);
  return changes;
}

function identityChanges(before: DeviceIdentity, after: DeviceIdentity): string[] {
  return (Object.entries(NAMES) as [keyof typeof NAMES, string][]).flatMap(([key, name]) => {
    const [was, is] = [before[key], after[key]];
    return was === is ? [] : [`${name} was ${quoted(was)}, is ${quoted(is)}`];
  });
}

function revisionChange({ manifest: before }: ImageSummary, { manifest: after }: ImageSummary): string[] {
  const [was, is] = [before.procedure.databaseRevision, after.procedure.databaseRevision];
  return was === is ? [] : [`Database_Revision was ${was ?? 'not told'}, is ${is ?? 'not told'}`];
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'not told' : JSON.stringify(text);
}
