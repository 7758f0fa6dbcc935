// An image that is not for this device, or not whole, is refused before START: nothing is written.

import { expect } from 'chai';
import type { DeviceConfigInput } from '../../simulator/index.js';
import { restore } from '../../src/procedure/index.js';
import { imageOf } from '../support/images.js';
import { GOOD, reinitializations, scene } from '../support/restores.js';
import { joined, Stage } from '../support/world.js';

describe('a restore for another device', () => {
  const cases: readonly [string, DeviceConfigInput, string][] = [
    ['instance', { instance: 1002 }, 'is of device 1002'],
    ['vendor', { vendorId: 5 }, 'Vendor_Identifier: 5 (Simulated Controls) in the image, 65535'],
    ['model', { modelName: 'Other' }, 'Model_Name: Other in the image, Simulated controller on the device'],
    ['firmware', { firmwareRevision: '2.0' }, 'Firmware_Revision: 2.0 in the image, 1.0 on the device'],
  ];
  for (const [what, other, words] of cases) {
    it(`is refused before START when the ${what} differs`, async () => {
      const { quirk, seen } = reinitializations();
      const stage = await Stage.open({ device: { files: GOOD }, quirks: [quirk] });
      const image = await imageOf(stage, { files: GOOD, ...other });
      const error = await stage.expectFailure(stage.restore(image), 'device-mismatch');
      expect(error.message).to.contain(words).and.to.contain('nothing was written');
      expect(error.details.release).to.equal('not-started');
      expect(seen).to.deep.equal([]);
    });
  }

  it('is refused when the expected instance is not the one of the device', async () => {
    const set = await scene({});
    const device = await set.stage.bind();
    const act = set.stage.run(restore(device, set.stage.repository, set.image, { expect: { instance: 7 } }));
    await set.stage.expectFailure(act, 'device-mismatch');
  });

  it('is refused before START when the image is damaged', async () => {
    const { quirk, seen } = reinitializations();
    const stage = await Stage.open({ device: { files: GOOD }, quirks: [quirk] });
    const image = await imageOf(stage, { files: GOOD });
    const file = (await stage.repository.image(image)).manifest.files.at(-1)!;
    const { sha256 } = file.objects[0]!;
    const handle = { area: 'objects' as const, name: `${sha256.slice(0, 2)}/${sha256}` };
    const damaged = await joined(stage.store.load(handle));
    damaged[0] = (damaged[0] ?? 0) ^ 1;
    await stage.store.remove(handle);
    await stage.store.save(handle, damaged);
    const error = await stage.expectFailure(stage.restore(image), 'repository-corrupt');
    expect(error.details.release).to.equal('not-started');
    expect(seen).to.deep.equal([]);
  });
});
