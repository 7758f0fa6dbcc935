// The part of a restore that changes a device, and its proof: an image is written, the device followed until it
// is back, backed up again and compared. What comes of it is one report. A restore and a rollback both end here.

import { formatPlace, type Device } from '../client/index.js';
import type { ImageSummary, Repository } from '../repository/index.js';
import { type Proven, prove } from './proof.js';
import { Session } from './session.js';
import { sightingReport } from './states.js';
import type { Story } from './story.js';
import { outageOf, type Timeline } from './timeline.js';
import type { RestoreOptions, RestoreReport } from './types.js';
import type { Undo } from './undo.js';
import { type PlannedTarget, writeRestore, type WrittenRestore } from './write-restore.js';

export interface WriteAndProve {
  readonly device: Device;
  readonly repository: Repository;
  readonly image: ImageSummary;
  readonly planned: PlannedTarget;
  readonly undo: Undo | undefined;
  /** Checks of the plan that blocked and were allowed. */
  readonly allowed: readonly string[];
  readonly story: Story;
  readonly timeline: Timeline;
  readonly options: RestoreOptions;
}

/** Rejects as `writeRestore` does; what was written and ended is a report, whatever its proof says. */
export async function writeAndProve(act: WriteAndProve): Promise<RestoreReport> {
  const { device, repository, image, planned, undo, story, timeline, options } = act;
  const beganMs = device.client.clock.now();
  const session = new Session(device, options);
  session.emit({ kind: 'step', step: 'write', device: device.instance });
  await story.require('start', { image: image.id });
  const written = await writeRestore(session, repository, image, options, planned);
  const outageMs = outageOf(timeline.times.slice(-1));
  const { identity, deviations, openEntry, ...facts } = written;
  await story.tell('written', { ...facts, outageMs });
  const proven = await prove({
    device,
    repository,
    image: image.manifest,
    undo: undo?.image.manifest,
    // A replaced controller has become another instance, and was found as that.
    identity: { ...identity, instance: device.instance },
    options,
  });
  await story.tell('proof', { ...proven.proof, release: proven.release });
  const isEqual = proven.proof.outcome === 'equal';
  const unproven = doubts(written, proven);
  const release = proven.release ?? written.release;
  const verdict = unproven.length === 0 && release === 'released' ? 'verified' : 'restored-unverified';
  const unrecorded = verdict === 'verified' ? await recordRestored(repository, image, story) : [];
  const openEntries = [openEntry, proven.openEntry, undo?.openEntry].filter((entry) => entry !== undefined);
  return {
    kind: 'restore-report',
    device: device.instance,
    imageId: image.id,
    verdict,
    readBack: written.readBack,
    after: {
      ...written.after,
      ...(proven.sighting === undefined ? {} : sightingReport(proven.sighting)),
      address: formatPlace(device.address),
    },
    proof: proven.proof,
    ...undoReport(undo),
    octets: written.octets,
    octetsRewritten: written.octetsRewritten,
    durationMs: Math.round(device.client.clock.now() - beganMs),
    outageMs,
    steps: timeline.times,
    // What could not be read back before the end, and was equal after it, stays worth knowing.
    deviations: [...new Set([...deviations, ...(isEqual ? written.unread : []), ...proven.deviations])],
    ...(written.learned === undefined ? {} : { learned: written.learned }),
    ...(written.quirks === undefined ? {} : { quirks: written.quirks }),
    unproven,
    release,
    run: story.run,
    unrecorded: [...(undo?.unrecorded ?? []), ...unrecorded],
    allowed: act.allowed,
    ...(openEntries[0] === undefined ? {} : { openEntry: openEntries[0] }),
  };
}

/**
 * Everything that speaks against the restore. A backup that was equal afterwards makes good what could not be
 * read back before the end; one that was seen to leave its own procedure shows that the device left the restore.
 */
function doubts(written: WrittenRestore, { proof, release }: Proven): readonly string[] {
  const doubts = [...written.unproven, ...proof.reasons];
  if (proof.outcome !== 'equal') doubts.unshift(...written.unread);
  // What explains the others comes first.
  if (release === undefined && written.stillIn !== undefined) doubts.unshift(written.stillIn);
  if (release === 'unproven') doubts.push('that the device left the backup after the restore was not seen');
  return doubts;
}

/** Writes down that the image was restored and proven; gives back why it could not. */
async function recordRestored(
  repository: Repository,
  image: ImageSummary,
  story: Story,
): Promise<readonly string[]> {
  try {
    await repository.record(image, { type: 'verified', how: 'restored', run: story.run });
    return [];
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return [`that image ${image.id.slice(0, 8)} was restored and proven could not be written down: ${words}`];
  }
}

function undoReport(undo: Undo | undefined): Pick<RestoreReport, 'undo'> {
  if (undo === undefined) return {};
  const { image, secondReading } = undo;
  return { undo: { imageId: image.id, ...(secondReading === undefined ? {} : { secondReading }) } };
}
