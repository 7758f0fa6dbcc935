// backup, identify, opening, configuration-files, prepare, start, lease, release and end-backup, as a program sees
// them: what a report and its manifest hold. The stories of second-reading are in test/scenario.

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { backup } from '../../../src/procedure/index.js';
import type { ImageDraft } from '../../../src/repository/index.js';
import { failure, NETWORK, recordFile, ROUTER_LINK, Stage, streamFile } from '../../support/world.js';

const IDENTITY = {
  instance: 42,
  name: 'AHU 3',
  vendorId: 17,
  vendorName: 'Acme',
  modelName: 'X1',
  firmwareRevision: '2.1',
  applicationSoftwareVersion: '7',
  serialNumber: 'S-1',
  location: 'Roof',
  description: 'Air handling',
};

const DEVICE = {
  ...IDENTITY,
  databaseRevision: 9,
  files: [{ ...streamFile(3, 100), name: 'config', fileType: 'BIN', archive: true }, recordFile(9, [3, 0])],
};

describe('a backup', () => {
  it('keeps who the device is, how it was reached, and what the procedure saw', async () => {
    const stage = await Stage.open({ device: DEVICE });
    const { manifest, imageId, octets, files } = await stage.backup({ site: 'north' });
    expect(manifest.device).to.deep.equal({ ...IDENTITY, protocolRevision: 22 });
    expect(manifest.site).to.equal('north');
    expect(manifest.reachedAt).to.deep.equal({
      address: '10.0.0.10:47808',
      maxApdu: 1476,
      segmentation: 'both',
    });
    expect(manifest.procedure).to.deep.include({
      databaseRevision: 9,
      backupFailureTimeoutS: 60,
      passwordUsed: false,
      statesSeen: ['idle', 'performing-a-backup', 'idle'],
      systemStatusSeen: ['operational', 'backup-in-progress', 'operational'],
      deviations: [],
    });
    expect(manifest.procedure.startedAt <= manifest.procedure.endedAt).to.equal(true);
    expect(manifest.files[0]).to.deep.include({
      objectIdentifier: 'file,3',
      name: 'config',
      fileType: 'BIN',
      archive: true,
      readOnly: true,
      fileSize: 100,
    });
    expect(manifest.files[1]).to.deep.include({
      objectIdentifier: 'file,9',
      accessMethod: 'record',
      recordCount: 2,
      octets: 3,
    });
    expect({ octets, files }).to.deep.equal({ octets: 103, files: 2 });
    expect((await stage.repository.image(imageId)).manifest).to.deep.equal(manifest);
  });

  it('keeps network and MAC of a device behind a router', async () => {
    const stage = await Stage.open({
      device: { ...DEVICE, limits: { maxApdu: 480, segmentation: 'none' } },
      lane: {},
    });
    const { manifest } = await stage.backup();
    expect(manifest.reachedAt).to.deep.equal({
      address: ROUTER_LINK,
      network: NETWORK,
      mac: '0a',
      maxApdu: 480,
      segmentation: 'none',
    });
  });

  it('publishes nothing when the repository cannot save, and releases the device before it says so', async () => {
    const stage = await Stage.open({ device: DEVICE });
    const full = new EngineError('store-no-space', 'no space');
    for (const fails of ['addStream', 'publish'] as const) {
      const device = await stage.bind();
      const repository = Object.create(stage.repository, {
        options: { value: stage.repository.options },
        image: { value: stage.repository.image.bind(stage.repository) },
        begin: {
          value: async (): Promise<ImageDraft> => ({
            ...(await draftOf(stage)),
            [fails]: () => Promise.reject(full),
          }),
        },
      }) as typeof stage.repository;
      const error = await stage.expectFailure(stage.run(backup(device, repository)), 'store-no-space');
      expect(error.details.release).to.equal('released');
      expect(error.cause).to.equal(full);
      stage.expectFree();
    }
    expect(await stage.repository.images()).to.have.length(0);
  });

  it('refuses a site that cannot be before anything is sent', async () => {
    const stage = await Stage.open({ device: DEVICE });
    const error = await failure(stage.backup({ site: 'a\nb' }));
    expect(error.details.release).to.equal('not-started');
    expect(stage.deviceEvents).to.deep.equal([]);
  });

  it('notes a file that is listed twice, and copies it once', async () => {
    const stage = await Stage.open({
      device: DEVICE,
      quirks: [
        {
          name: 'twice',
          summary: 'lists a file twice',
          property: ({ property }) =>
            property === 154
              ? [3, 9, 3].map((instance) => ({
                  type: 'object-identifier' as const,
                  object: { type: 10, instance },
                }))
              : undefined,
        },
      ],
    });
    const { manifest } = await stage.backup();
    expect(manifest.files.map((file) => file.instance)).to.deep.equal([3, 9]);
    expect(manifest.procedure.deviations).to.deep.equal(['Configuration_Files lists file 3 more than once']);
  });

  it('is an error when a file gives less records than it has, though its access method is told wrongly', async () => {
    for (const files of [[recordFile(1, [3, 4])], [streamFile(1, 5), recordFile(2, [3, 4])]]) {
      const stage = await Stage.open({
        device: { files },
        quirks: ['access-method-swapped', 'one-record-only=first'],
      });
      const error = await stage.expectFailure(stage.backup(), 'transfer-failed');
      expect(error.message).to.contain(
        'AtomicReadFile at 1 was refused: SERVICES: INVALID_FILE_START_POSITION',
      );
      const whole = await Stage.open({ device: { files }, quirks: ['access-method-swapped'] });
      expect((await whole.backup()).manifest.files.at(-1)).to.include({ recordCount: 2, octets: 7 });
    }
  });

  it('is an error when a listed file does not exist', async () => {
    const stage = await Stage.open({
      device: DEVICE,
      quirks: [
        {
          name: 'ghost',
          summary: 'lists a file that is not there',
          property: ({ property }) =>
            property === 154
              ? [{ type: 'object-identifier', object: { type: 10, instance: 77 } }]
              : undefined,
        },
      ],
    });
    const error = await stage.expectFailure(stage.backup(), 'transfer-failed');
    expect(error.message).to.contain('file 77').and.to.contain('UNKNOWN_OBJECT');
  });
});

async function draftOf(stage: Stage): Promise<ImageDraft> {
  const draft = await stage.repository.begin();
  return {
    addStream: (content) => draft.addStream(content),
    addRecords: (records) => draft.addRecords(records),
    publish: (manifest) => draft.publish(manifest),
    publishOctets: (octets) => draft.publishOctets(octets),
    close: () => draft.close(),
  };
}
