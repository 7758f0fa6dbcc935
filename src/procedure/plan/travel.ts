// Can the image's content travel to this device? Its APDU, its segmentation, and the longest record.

import { compared, listed, numeral, unknown } from './comparing.js';
import type { Check } from './facts.js';

const maxApdu: Check = {
  title: 'Max_APDU_Length_Accepted',
  ok: 'As large as when the image was made, or larger.',
  warns: 'Smaller: another path or device, and slower; or the image does not say.',
  code: 'device-mismatch',
  judge: ({ image, live }) => {
    const [was, is] = [image.manifest.reachedAt.maxApdu, live.reachedAt.maxApdu];
    const values = { image: numeral(was === 0 ? undefined : was), device: numeral(is) };
    if (was === 0) return unknown(values, 'warn', 'unknown: the image does not say');
    if (is < was)
      return { severity: 'warn', ...values, text: 'smaller than when the image was made, so slower' };
    return { severity: 'ok', ...values, text: 'large enough' };
  },
};

const segmentation: Check = {
  title: 'Segmentation_Supported',
  ok: 'As when the image was made.',
  warns: 'Another: another path or device; or the image does not say.',
  code: 'device-mismatch',
  judge: ({ image, live }) =>
    compared(image.manifest.reachedAt.segmentation, live.reachedAt.segmentation, {
      same: 'as when the image was made',
      differ: ['warn', 'not as when the image was made'],
      oneUnknown: 'warn',
      bothUnknown: 'warn',
    }),
};

const recordSize: Check = {
  title: 'Longest record',
  ok: 'Every record fits one request to this device.',
  warns: 'The image is damaged, so its records could not be measured.',
  blocks: 'A record does not.',
  never: 'a record is never split, so it could only be left out',
  code: 'transfer-unreadable',
  judge: ({ files, damage, live }) => {
    const device = `${live.reachedAt.maxApdu} octets of APDU, segmentation ${live.reachedAt.segmentation}`;
    if (damage !== undefined && files.some(({ row }) => row.accessMethod === 'record'))
      return unknown({ device }, 'warn', 'unknown: the image is damaged');
    const long = files.flatMap(({ row, tooLong }) =>
      tooLong === undefined ? [] : [`${row.objectIdentifier} ${tooLong} octets`],
    );
    if (long.length === 0) return { severity: 'ok', device, text: 'every record fits one request' };
    const text = `a record is larger than one request to this device: ${listed(long)}`;
    return { severity: 'block', image: listed(long), device, text };
  },
};

export const TRAVEL_CHECKS = {
  'max-apdu': maxApdu,
  segmentation,
  'record-size': recordSize,
} as const satisfies Record<string, Check>;
