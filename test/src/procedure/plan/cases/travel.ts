// Scenes for the checks of travel: APDU, segmentation, and records that are too long for both.

import type { PlanCase } from '../../../../support/plans.js';
import { recordFile, streamFile } from '../../../../support/world.js';

const WIDE = { maxApdu: 1476, segmentation: 'both' } as const;

/** 600 octets do not fit 480, and a record is never split. */
const LONG = [streamFile(1, 10), recordFile(2, [10, 600])];

export const TRAVEL_CASES: readonly PlanCase[] = [
  { check: 'max-apdu', is: 'ok', when: 'it is the same', image: '480', device: '480' },
  {
    check: 'max-apdu',
    is: 'ok',
    when: 'it is larger',
    story: { device: { limits: WIDE } },
    image: '480',
    device: '1476',
  },
  {
    check: 'max-apdu',
    is: 'warn',
    when: 'it is smaller',
    story: { donor: { limits: WIDE } },
    image: '1476',
    device: '480',
  },
  {
    check: 'max-apdu',
    is: 'warn',
    when: 'the image does not say',
    story: { manifest: (manifest) => ({ ...manifest, reachedAt: { ...manifest.reachedAt, maxApdu: 0 } }) },
    unknown: true,
  },

  { check: 'segmentation', is: 'ok', when: 'it is the same', image: 'none', device: 'none' },
  {
    check: 'segmentation',
    is: 'warn',
    when: 'it is another',
    story: { donor: { limits: WIDE } },
    image: 'both',
    device: 'none',
  },
  {
    check: 'segmentation',
    is: 'warn',
    when: 'the image does not say',
    story: {
      manifest: (manifest) => ({ ...manifest, reachedAt: { ...manifest.reachedAt, segmentation: '' } }),
    },
    unknown: true,
  },

  { check: 'record-size', is: 'ok', when: 'every record fits', story: { donor: { limits: WIDE } } },
  {
    check: 'record-size',
    is: 'ok',
    when: 'a long record fits a device that segments',
    story: { donor: { limits: WIDE, files: LONG }, device: { limits: WIDE, files: LONG } },
  },
  {
    check: 'record-size',
    is: 'warn',
    when: 'the image is damaged, and cannot be measured',
    story: {
      prepare: async (stage, image) => {
        const { manifest } = await stage.repository.image(image);
        const { sha256 } = manifest.files[1]!.objects[0]!;
        await stage.store.remove({ area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` });
      },
    },
    unknown: true,
  },
  {
    check: 'record-size',
    is: 'block',
    when: 'a record is longer than one request',
    story: { donor: { limits: WIDE, files: LONG }, device: { files: LONG } },
    image: 'file,2 600 octets',
    device: '480 octets of APDU, segmentation none',
  },
];
