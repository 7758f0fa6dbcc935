// Images for restore tests: made from a device that behaves, and put into the repository of another stage.

import type { DeviceConfigInput } from '../../simulator/index.js';
import type { ImageManifest } from '../../src/repository/index.js';
import { Stage } from './world.js';

/** One backup of each description is enough for all tests of a run. */
const donors = new Map<string, Promise<{ readonly stage: Stage; readonly manifest: ImageManifest }>>();

async function donated(
  donor: DeviceConfigInput,
): Promise<{ readonly stage: Stage; readonly manifest: ImageManifest }> {
  const stage = await Stage.open({ device: donor });
  const { manifest } = await stage.backup();
  return { stage, manifest };
}

/** Backs up a well-behaved device of this description and publishes the image in the stage's repository. */
export async function imageOf(
  stage: Stage,
  donor: DeviceConfigInput,
  change: (manifest: ImageManifest) => ImageManifest = (manifest) => manifest,
): Promise<string> {
  const key = JSON.stringify(donor, (_, value: unknown) =>
    value instanceof Uint8Array ? [...value].join() : value,
  );
  const made = donors.get(key) ?? donated(donor);
  donors.set(key, made);
  const { stage: good, manifest } = await made;
  return publishedIn(stage, good, change(manifest));
}

/** Publishes an image of another stage's repository in the stage's own. */
export async function publishedIn(stage: Stage, from: Stage, manifest: ImageManifest): Promise<string> {
  const draft = await stage.repository.begin();
  for (const file of manifest.files) {
    if (file.accessMethod === 'stream') await draft.addStream(from.repository.content(file));
    else await draft.addRecords(from.repository.records(file));
  }
  return (await draft.publish(manifest)).id;
}
