// Whether a twin holds an image: its own memory against the repository's octets, without the engine. Every
// octet and every record boundary counts.

import type { DeviceView } from '../../../simulator/index.js';
import type { ImageFile, ImageSummary, Repository } from '../../index.js';

/** One file, on the twin and in the image. */
export interface FileProof {
  readonly file: number;
  readonly access: 'stream' | 'record';
  readonly equal: boolean;
  /** Octets in the image. */
  readonly octets: number;
  /** Records in the image. */
  readonly records?: number;
  /** What is wrong, in words. */
  readonly problem?: string;
}

/** Compares every configuration file. Rejects with what the repository rejects with. */
export async function proveTwin(
  twin: DeviceView,
  repository: Repository,
  image: ImageSummary,
): Promise<FileProof[]> {
  const proofs: FileProof[] = [];
  for (const file of image.manifest.files) {
    proofs.push(
      file.accessMethod === 'stream'
        ? await provenStream(twin, repository, file)
        : await provenRecords(twin, repository, file),
    );
  }
  const known = new Set(image.manifest.files.map((file) => file.instance));
  for (const { instance, access, configuration } of twin.files) {
    if (!configuration || known.has(instance)) continue;
    proofs.push({ file: instance, access, equal: false, octets: 0, problem: 'it is not in the image' });
  }
  return proofs;
}

async function provenStream(twin: DeviceView, repository: Repository, file: ImageFile): Promise<FileProof> {
  const { instance, octets } = file;
  const proof = { file: instance, access: 'stream', octets } as const;
  const problem = accessProblem(twin, file);
  if (problem !== undefined) return { ...proof, equal: false, problem };
  const held = twin.fileOctets(instance) ?? new Uint8Array(0);
  let at = 0;
  for await (const chunk of repository.content(file)) {
    const differs = firstDifference(held.subarray(at, at + chunk.length), chunk);
    if (differs !== undefined)
      return { ...proof, equal: false, problem: `it differs from octet ${at + differs} on` };
    at += chunk.length;
  }
  if (held.length > at) return { ...proof, equal: false, problem: `it has ${held.length} octets` };
  return { ...proof, equal: true };
}

async function provenRecords(twin: DeviceView, repository: Repository, file: ImageFile): Promise<FileProof> {
  const { instance, octets } = file;
  const held = twin.fileRecords(instance) ?? [];
  let problem = accessProblem(twin, file);
  let records = 0;
  // To the end in any case: the number of records is part of the proof.
  for await (const record of repository.records(file)) {
    const there = held[records];
    if (there?.length !== record.length || firstDifference(there, record) !== undefined)
      problem ??= `it differs from record ${records} on`;
    records += 1;
  }
  if (held.length > records) problem ??= `it has ${held.length} records`;
  return {
    file: instance,
    access: 'record',
    octets,
    records,
    equal: problem === undefined,
    ...(problem === undefined ? {} : { problem }),
  };
}

function accessProblem(twin: DeviceView, { instance, accessMethod }: ImageFile): string | undefined {
  const there = twin.files.find((file) => file.instance === instance);
  if (there === undefined) return 'there is no such file';
  return there.access === accessMethod ? undefined : `it has ${there.access} access`;
}

/** Where two runs of octets part, a missing end included; undefined when they are the same. */
function firstDifference(held: Uint8Array, wanted: Uint8Array): number | undefined {
  for (let at = 0; at < wanted.length; at += 1) if (held[at] !== wanted[at]) return at;
  return undefined;
}

/** "file,12". */
export function fileTitle({ file }: Pick<FileProof, 'file'>): string {
  return `file,${file}`;
}
