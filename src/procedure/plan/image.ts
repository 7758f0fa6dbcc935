// Is the image what should be restored? Whole, proven, recent, and what would be lost with it.

import { parseUtcText } from '../../repository/index.js';
import { numeral, unknown } from './comparing.js';
import type { Check, PlanFacts } from './facts.js';

const databaseRevision: Check = {
  title: 'Database_Revision',
  ok: 'As when the image was made: nothing was changed since.',
  warns: 'It has moved: the restore throws changes away; or one side does not say.',
  code: 'device-mismatch',
  judge: ({ image, live, newest }) => {
    const [was, is] = [image.manifest.procedure.databaseRevision, live.facts.databaseRevision];
    const values = { image: numeral(was), device: numeral(is) };
    if (was === undefined || is === undefined) {
      const who = was === undefined ? 'the image' : 'the device';
      return unknown(values, 'warn', `unknown: ${who} does not say, so changes since the image may be lost`);
    }
    if (was === is)
      return { severity: 'ok', ...values, text: 'nothing was changed since the image was made' };
    const kept = newest?.manifest.procedure.databaseRevision === is && newest.id !== image.id;
    const where = kept ? `; image ${newest.id.slice(0, 8)} holds them` : ', and no newer image holds them';
    const text =
      is > was
        ? `changed since the image was made: the restore throws those changes away${where}`
        : 'lower than in the image: the device was reset, replaced or restored since';
    return { severity: 'warn', ...values, text };
  },
};

const hashes: Check = {
  title: 'Hashes of the image',
  ok: 'Every octet of the image in the repository has its hash.',
  blocks: 'The image is damaged.',
  never: 'a damaged image is never restored: its octets are not those of the device',
  code: 'repository-corrupt',
  judge: ({ damage }) =>
    damage === undefined
      ? { severity: 'ok', image: 'right', text: 'the image is whole' }
      : { severity: 'block', image: 'wrong', text: damage },
};

/** How an image was proven, in words. */
const PROOFS = {
  'second-reading': 'by a second reading of the device',
  restored: 'by a restore that was compared',
  drill: 'by a drill',
} as const;

const verified: Check = {
  title: 'Proof of the image',
  ok: 'Verified: by a second reading, by a restore that was compared, or by a drill.',
  warns: 'Never verified.',
  code: 'restore-unverified',
  judge: ({ standing }) => {
    const proof = standing.verified;
    if (proof === undefined) {
      const text = 'nobody has proven that this image is what the device held, or that it can be restored';
      return { severity: 'warn', image: 'not verified', text };
    }
    return { severity: 'ok', image: `verified ${proof.at}`, text: `verified ${PROOFS[proof.how]}` };
  },
};

const DAY_MS = 86_400_000;

/** After this many days an image is called old: a month of changes by hand. */
export const OLD_DAYS = 30;

const age: Check = {
  title: 'Age of the image',
  ok: `The newest image of the device, ${OLD_DAYS} days old at most.`,
  warns: `Older; or there is a newer one (undo images do not count); or it is from the future.`,
  code: 'device-mismatch',
  judge: (facts) => {
    const { image, newest } = facts;
    const days = daysOld(facts);
    const values = { image: image.manifest.createdAt };
    if (days === undefined)
      return unknown(values, 'warn', 'unknown: made in the future, so a clock is or was wrong');
    const text = days === 0 ? 'less than a day old' : `${days} ${days === 1 ? 'day' : 'days'} old`;
    if (newest !== undefined && newest.manifest.createdAt > image.manifest.createdAt) {
      const newer = `image ${newest.id.slice(0, 8)} of ${newest.manifest.createdAt} is newer`;
      return { severity: 'warn', ...values, text: `${text}, and ${newer}` };
    }
    return { severity: days > OLD_DAYS ? 'warn' : 'ok', ...values, text };
  },
};

/** undefined: from the future. A clock that is some minutes off is none. */
function daysOld({ image, unixTimeMs }: PlanFacts): number | undefined {
  const made = parseUtcText(image.manifest.createdAt);
  if (made === undefined || made > unixTimeMs + DAY_MS / 24) return undefined;
  return Math.max(0, Math.floor((unixTimeMs - made) / DAY_MS));
}

export const IMAGE_CHECKS = {
  'database-revision': databaseRevision,
  'image-hashes': hashes,
  'image-verified': verified,
  'image-age': age,
} as const satisfies Record<string, Check>;
