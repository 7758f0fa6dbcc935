// A twin is the device of its image, as far as BACnet can tell: backed up again it gives the same image, and
// a twin of the twin's image is the same twin. For every device of the shelf, and for odd ones.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DeviceConfigInput } from '../../simulator/index.js';
import { deviceFromProfile } from '../../simulator/profile/index.js';
import { loadFiles, twinDevice, twinProfile } from '../../src/cli/twin/index.js';
import type { ImageManifest } from '../../src/index.js';
import { projectRoot } from '../support/sources.js';
import { recordFile, Stage, streamFile } from '../support/world.js';

const SHELF = join(projectRoot, 'fixtures', 'devices');

const DEVICES: readonly (readonly [name: string, device: DeviceConfigInput, quirks?: readonly string[]])[] = [
  ...readdirSync(SHELF).map((name) => {
    const device = deviceFromProfile(JSON.parse(readFileSync(join(SHELF, name), 'utf8')));
    return [name, device] as const;
  }),
  [
    'an odd device',
    {
      instance: 4_194_302,
      files: [streamFile(9, 0), recordFile(4, [0, 0, 1]), streamFile(1, 70_000), recordFile(2, [])],
      limits: { maxApdu: 206, segmentation: 'transmit' },
      procedure: { backupPreparationMs: 7000, restoreCompletionTimeS: 300 },
      databaseRevision: 99,
    },
    [
      'eof-late=object-11',
      'empty-file-error=services-11',
      'system-status-static',
      'property-missing=location+model-name',
    ],
  ],
];

async function imageAndTwin(
  device: DeviceConfigInput,
  quirks: readonly string[] = [],
): Promise<{ readonly manifest: ImageManifest; readonly twin: DeviceConfigInput }> {
  const stage = await Stage.open({ device, quirks });
  const { imageId } = await stage.backup(device.password === undefined ? {} : { password: device.password });
  const image = await stage.repository.image(imageId);
  const files = await loadFiles(stage.repository, image);
  const twin = twinDevice(twinProfile(image.manifest), files, { password: device.password });
  return { manifest: image.manifest, twin };
}

/** What must be the same in both images; times and requests are their own. */
function essence({ device, reachedAt, files, procedure }: ImageManifest): object {
  const { databaseRevision, deviations, statesSeen, systemStatusSeen } = procedure;
  const { backupPreparationTimeS, restorePreparationTimeS, restoreCompletionTimeS, backupFailureTimeoutS } =
    procedure;
  const told = {
    backupPreparationTimeS,
    restorePreparationTimeS,
    restoreCompletionTimeS,
    backupFailureTimeoutS,
  };
  const seen = { databaseRevision, deviations, statesSeen: [...new Set(statesSeen)], systemStatusSeen };
  return { device, reachedAt, files, seen, told };
}

describe('a twin', () => {
  for (const [name, device, quirks] of DEVICES) {
    it(`of ${name} gives the image that it was made of`, async () => {
      const origin = await imageAndTwin(device, quirks);
      const again = await imageAndTwin(origin.twin);
      expect(essence(again.manifest)).to.deep.equal(essence(origin.manifest));
      // A silent device is seen to be ready when it is next asked, up to 5 s later.
      expect(again.manifest.procedure.timings?.prepareMs).to.be.closeTo(
        origin.manifest.procedure.timings?.prepareMs ?? NaN,
        5500,
      );
    });
  }
});
