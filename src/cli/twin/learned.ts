// What became known of a device after its image was made: restores note habits that no backup can meet.

import type { ImageSummary, LearnedHabits, Repository } from '../../index.js';

/** The habits in the facts beside the image, the newest word for each. */
export async function learnedSince(repository: Repository, image: ImageSummary): Promise<LearnedHabits> {
  let learned: LearnedHabits = {};
  for (const { fact } of await repository.facts(image))
    if (fact.type === 'learned') learned = { ...learned, ...fact.learned };
  return learned;
}
