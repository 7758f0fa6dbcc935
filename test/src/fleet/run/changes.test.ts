// What changed from one image to the next, in the words of a summary.

import { expect } from 'chai';

import { changesSince } from '../../../../src/fleet/run/changes.js';
import type { ImageManifest, ImageSummary } from '../../../../src/repository/index.js';
import { imageOf } from '../../../support/images.js';
import { Stage, streamFile } from '../../../support/world.js';

const DEVICE = { files: [streamFile(1, 100), streamFile(2, 50)] };

async function setUp() {
  const stage = await Stage.open({ device: DEVICE });
  const image = async (
    device = DEVICE,
    change: (manifest: ImageManifest) => ImageManifest = (manifest) => manifest,
  ): Promise<ImageSummary> => stage.repository.image(await imageOf(stage, device, change));
  return { stage, image };
}

describe('changes', () => {
  it('has a first image, and one that is the same', async () => {
    const { stage, image } = await setUp();
    const one = await image();
    expect(await changesSince(stage.repository, undefined, one)).to.deep.equal({
      change: 'first',
      changes: [],
    });
    expect(await changesSince(stage.repository, one, one)).to.deep.equal({ change: 'same', changes: [] });
  });

  it('names the files that changed, came and went', async () => {
    const { stage, image } = await setUp();
    const after = await image({ files: [streamFile(1, 120), streamFile(3, 10)] });
    const { change, changes } = await changesSince(stage.repository, await image(), after);
    expect(change).to.equal('changed');
    expect(changes.join('; ')).to.match(
      /file,1.*changed from 100 to 120 octets; file,3.*is new; file,2.*is gone/,
    );
  });

  it('names what the device calls itself now', async () => {
    const { stage, image } = await setUp();
    const after = await image(DEVICE, (manifest) => ({
      ...manifest,
      device: { ...manifest.device, name: 'AHU 9' },
    }));
    const { change, changes } = await changesSince(stage.repository, await image(), after);
    expect(change).to.equal('changed');
    expect(changes.join()).to.include('Object_Name was').and.include('"AHU 9"');
  });

  it('does not know where contents cannot be read', async () => {
    const { stage, image } = await setUp();
    const before = await image(DEVICE, (manifest) => ({
      ...manifest,
      files: manifest.files.map((file) => ({ ...file, volatileRanges: [{ start: 0, end: 1 }] })),
    }));
    const after = await image({
      files: [{ ...streamFile(1, 100), content: new Uint8Array(100) }, streamFile(2, 50)],
    });
    for (const { sha256 } of after.manifest.files[0]?.objects ?? [])
      await stage.store.remove({ area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` });
    expect((await changesSince(stage.repository, before, after)).change).to.equal('unknown');
  });
});
