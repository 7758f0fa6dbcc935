// A short look, and what it says of a device that moved on since its image.

import { expect } from 'chai';

import { glance } from '../../../src/procedure/index.js';
import { failure, Stage, type StageOptions, streamFile } from '../../support/world.js';

async function withImage(options: StageOptions = {}) {
  const stage = await Stage.open({ device: { files: [streamFile(1, 100)] }, ...options });
  const { manifest } = await stage.backup();
  const device = await stage.bind();
  const look = (more: Parameters<typeof glance>[1] = {}) =>
    stage.run(glance(device, { against: manifest, ...more }));
  return { stage, manifest, device, look };
}

describe('glance', () => {
  it('says that a device is as it was when its Database_Revision and Last_Restore_Time are', async () => {
    const { look, manifest } = await withImage();
    expect(await look()).to.include({ since: 'same', databaseRevision: manifest.procedure.databaseRevision });
    expect(await look({ thorough: true })).to.include({ since: 'same' });
  });

  it('says that it moved when its Database_Revision is another one', async () => {
    const { manifest, device, stage } = await withImage();
    const { procedure } = manifest;
    const other = {
      ...manifest,
      procedure: { ...procedure, databaseRevision: (procedure.databaseRevision ?? 0) + 1 },
    };
    expect(await stage.run(glance(device, { against: other }))).to.include({ since: 'moved' });
  });

  it('says that it moved when it is another controller with the same revision, looked at thoroughly', async () => {
    const { manifest, device, stage } = await withImage();
    const other = { ...manifest, device: { ...manifest.device, firmwareRevision: '0.9' } };
    const look = (thorough: boolean) => stage.run(glance(device, { against: other, thorough }));
    expect(await look(true)).to.include({ since: 'moved' });
    expect(await look(false)).to.include({ since: 'same' });
  });

  it('does not take it for the same when one of the two has no Database_Revision', async () => {
    const { manifest, device, stage } = await withImage();
    const { databaseRevision, ...procedure } = manifest.procedure;
    expect(databaseRevision).to.be.a('number');
    const against = { ...manifest, procedure };
    expect(await stage.run(glance(device, { against }))).to.include({ since: 'untold' });
  });

  it('reads vendor and model when it is asked who that is, and nothing of the procedure', async () => {
    const { device, stage } = await withImage();
    const { identity, since } = await stage.run(glance(device, { kind: true }));
    expect(identity).to.include({ vendorName: 'Simulated Controls', modelName: 'Simulated controller' });
    expect(since).to.equal(undefined);
  });

  it('fails as a device that is silent does', async () => {
    const { device, stage } = await withImage();
    stage.world.setLink({}, { lossRate: 1 });
    expect((await failure(stage.run(glance(device, { kind: true })))).code).to.equal('device-silent');
  });
});
