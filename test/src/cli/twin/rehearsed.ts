// Drills for tests: an image of a simulated device in a repository in memory, and the real command on it.

import type { DeviceConfigInput, Quirk } from '../../../../simulator/index.js';
import { type Engine, realEngine } from '../../../../src/cli/engine.js';
import type { ImageSummary } from '../../../../src/index.js';
import { Stage, type StageOptions } from '../../../support/world.js';
import { type FakeIo, fakeIo, type FakeIoOptions, type Ran, ran } from '../fakes.js';

export interface Kept {
  readonly stage: Stage;
  readonly image: ImageSummary;
}

/** A device, backed up. */
export async function kept(
  device: DeviceConfigInput,
  quirks: readonly (string | Quirk)[] = [],
  more: StageOptions = {},
): Promise<Kept> {
  const stage = await Stage.open({ device, quirks, ...more });
  const { imageId } = await stage.backup();
  return { stage, image: await stage.repository.image(imageId) };
}

export interface DrillRun extends FakeIoOptions {
  readonly args?: readonly string[];
  /** Functions of the engine that the test replaces. */
  readonly engine?: Partial<Engine>;
  readonly onIo?: (io: FakeIo) => void;
}

/** "bacvault drill" on the image, with the real engine. */
export function drilled({ stage, image }: Kept, options: DrillRun = {}): Promise<Ran> {
  const { args = [], engine = {}, onIo, ...io } = options;
  const computer = fakeIo(io);
  onIo?.(computer);
  return ran(['drill', image.id, ...args], computer, {
    ...realEngine,
    openRepository: () => Promise.resolve(stage.repository),
    ...engine,
  });
}
