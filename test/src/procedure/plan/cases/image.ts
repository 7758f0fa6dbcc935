// Scenes for the checks of the image: whole, proven and recent, and all that it may be instead.

import { utcText } from '../../../../../src/repository/index.js';
import { WORLD_START_UNIX_TIME } from '../../../../../simulator/index.js';
import type { PlanCase } from '../../../../support/plans.js';
import { GOOD } from '../../../../support/restores.js';
import { imageOf } from '../../../../support/images.js';

const DAY_MS = 86_400_000;

const made = (days: number): string => utcText(WORLD_START_UNIX_TIME + days * DAY_MS);

/** An image that was made so many days after the world began. */
const aged = (days: number) => ({
  manifest: (manifest: Parameters<NonNullable<Parameters<typeof imageOf>[2]>>[0]) => ({
    ...manifest,
    createdAt: made(days),
  }),
});

export const IMAGE_CASES: readonly PlanCase[] = [
  { check: 'database-revision', is: 'ok', when: 'it is the same', image: '1', device: '1' },
  {
    check: 'database-revision',
    is: 'warn',
    when: 'the device was changed since',
    story: { device: { databaseRevision: 5 } },
    image: '1',
    device: '5',
    says: 'no newer image holds them',
  },
  {
    check: 'database-revision',
    is: 'warn',
    when: 'the device was changed since, and backed up then',
    story: {
      device: { databaseRevision: 5 },
      prepare: async (stage) => {
        await imageOf(stage, { databaseRevision: 5, files: GOOD }, (manifest) => ({
          ...manifest,
          createdAt: made(1),
        }));
      },
    },
    says: 'holds them',
  },
  {
    check: 'database-revision',
    is: 'warn',
    when: 'it is lower than in the image',
    story: { donor: { databaseRevision: 5 } },
    image: '5',
    device: '1',
    says: 'reset, replaced or restored',
  },
  {
    check: 'database-revision',
    is: 'warn',
    when: 'the device does not tell it',
    story: { quirks: ['property-missing=database-revision'] },
    unknown: true,
  },

  { check: 'image-hashes', is: 'ok', when: 'every octet is there', image: 'right' },
  {
    check: 'image-hashes',
    is: 'block',
    when: 'an object is missing',
    story: {
      prepare: async (stage, image) => {
        const { manifest } = await stage.repository.image(image);
        const { sha256 } = manifest.files[0]!.objects[0]!;
        await stage.store.remove({ area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` });
      },
    },
    image: 'wrong',
    says: 'is damaged',
  },

  { check: 'image-verified', is: 'warn', when: 'nobody has proven it', image: 'not verified' },
  {
    check: 'image-verified',
    is: 'ok',
    when: 'it was proven by a second reading',
    story: {
      prepare: async (stage, image) => {
        const found = await stage.repository.image(image);
        await stage.repository.record(found, { type: 'verified', how: 'second-reading' });
      },
    },
    says: 'by a second reading',
  },

  { check: 'image-age', is: 'ok', when: 'it is of today', says: 'less than a day old' },
  { check: 'image-age', is: 'ok', when: 'it is 30 days old', story: aged(-30), says: '30 days old' },
  { check: 'image-age', is: 'warn', when: 'it is older', story: aged(-32), says: '32 days old' },
  {
    check: 'image-age',
    is: 'warn',
    when: 'there is a newer one',
    story: {
      ...aged(-3),
      prepare: async (stage) => {
        await imageOf(stage, { files: GOOD }, (manifest) => ({ ...manifest, createdAt: made(-2) }));
      },
    },
    says: 'is newer',
  },
  {
    check: 'image-age',
    is: 'ok',
    when: 'only an undo image is newer',
    story: {
      ...aged(-3),
      prepare: async (stage) => {
        await imageOf(stage, { files: GOOD }, (manifest) => ({
          ...manifest,
          createdAt: made(-2),
          tags: ['undo'],
        }));
      },
    },
  },
  { check: 'image-age', is: 'warn', when: 'it is from the future', story: aged(2), unknown: true },
];
