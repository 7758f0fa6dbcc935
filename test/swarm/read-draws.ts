// Draws how eagerly each device is read, what some on the link do with several reads at once, and who tells several
// properties at once, and how. From seeds of its own, so that the rest of a night is what it was.

import { type FileConfig, SeededRandom } from '../../simulator/index.js';
import { QUIRK_DRAWS } from './quirk-draws.js';
import { type DeviceSpec, pick } from './site-spec.js';

/** The quirks of devices that are met by whoever reads one part after the other, too. */
export const COMMON_DRAWS = QUIRK_DRAWS.filter(({ apart }) => apart === undefined);

const READ_DRAWS = QUIRK_DRAWS.filter(({ apart }) => apart === 'reads');

const MULTIPLE_DRAWS = QUIRK_DRAWS.filter(({ apart }) => apart === 'multiple');

export function drawReads(seed: number, device: DeviceSpec, index: number): DeviceSpec {
  const random = new SeededRandom(`reads ${seed} ${index}`);
  const pace = pick(random, ['auto', 'auto', 'fast', 'gentle'] as const);
  // A living file is its device's only one, and is not lost.
  const { lane, living } = device;
  if (lane !== undefined || living !== undefined || !random.chance(0.25)) return { ...device, pace };
  const draw = pick(random, READ_DRAWS);
  // A file that is long enough to be read so.
  const long: FileConfig = {
    instance: 60,
    access: 'stream',
    content: random.octets(2 ** (10 + random.below(6))),
  };
  const { config, quirks } = device;
  const files = [...(config.files ?? []), long];
  return {
    ...device,
    pace,
    config: { ...config, files },
    quirks: [...quirks, { draw, value: pick(random, draw.values) }],
  };
}

/** Some devices have no ReadPropertyMultiple, and some only say so. */
export function drawMultiple(seed: number, device: DeviceSpec, index: number): DeviceSpec {
  const random = new SeededRandom(`multiple ${seed} ${index}`);
  const { config, quirks } = device;
  if (random.chance(0.25)) return { ...device, config: { ...config, readsMultiple: false } };
  if (!random.chance(0.25)) return device;
  const draw = pick(random, MULTIPLE_DRAWS);
  return { ...device, quirks: [...quirks, { draw, value: pick(random, draw.values) }] };
}
