// Several properties with one question (at-once): as good as one by one, whatever a device makes of it. A device that
// does it wrongly costs one question, says so in its image, and is not asked so again.

import { expect } from 'chai';
import { ConfirmedService, INSTANCE_MAX, PropertyId } from '../../../protocol/index.js';
import type { DeviceConfigInput } from '../../../simulator/index.js';
import { readAtOnce } from '../../../src/procedure/at-once.js';
import { Session } from '../../../src/procedure/session.js';
import type { ImageManifest } from '../../../src/repository/index.js';
import { QUIRK_DRAWS } from '../../swarm/quirk-draws.js';
import {
  apduOf,
  CLIENT_LINK,
  type Mangle,
  recordFile,
  Stage,
  type StageOptions,
  streamFile,
} from '../../support/world.js';

const { readProperty, readPropertyMultiple, reinitializeDevice } = ConfirmedService;

const DEVICE: DeviceConfigInput = {
  name: 'AHU 3',
  serialNumber: '17',
  location: 'roof',
  limits: { maxApdu: 480, segmentation: 'none' },
  files: [streamFile(1, 1200), recordFile(2, [10, 0, 30]), streamFile(3, 0), streamFile(4, 7)],
};

/** Services of the client's requests, in order. */
function listen(stage: Stage): number[] {
  const services: number[] = [];
  stage.world.onDatagram((octets, from) => {
    const apdu = from === CLIENT_LINK ? apduOf(octets) : undefined;
    if (apdu?.type === 'confirmed-request') services.push(apdu.service);
    return undefined;
  });
  return services;
}

const count = (services: readonly number[], service: number): number =>
  services.filter((one) => one === service).length;

interface Told {
  readonly stage: Stage;
  readonly services: number[];
  readonly manifest: ImageManifest;
}

async function backedUp(options: StageOptions = {}): Promise<Told> {
  const stage = await Stage.open({ ...options, device: { ...DEVICE, ...options.device } });
  const services = listen(stage);
  const { manifest } = await stage.backup();
  return { stage, services, manifest };
}

/** What a device says of itself and its files. */
const said = ({ device, files, procedure }: ImageManifest): unknown => {
  const { databaseRevision, backupFailureTimeoutS, backupPreparationTimeS, restoreCompletionTimeS } =
    procedure;
  return {
    device,
    files,
    facts: [databaseRevision, backupFailureTimeoutS, backupPreparationTimeS, restoreCompletionTimeS],
  };
};

describe('properties that are asked for at once', () => {
  let alone: Told;
  before(async () => {
    alone = await backedUp({ device: { readsMultiple: false } });
  });

  it('give the same image with half the questions', async () => {
    const { services, manifest } = await backedUp();
    expect(said(manifest)).to.deep.equal(said(alone.manifest));
    expect(count(alone.services, readPropertyMultiple)).to.equal(0);
    expect(services.length).to.be.lessThan(alone.services.length * 0.65);
    expect(manifest.procedure.learned).to.equal(undefined);
    expect(manifest.procedure.deviations).to.deep.equal([]);
  });

  it('fit the answers of the smallest devices', async () => {
    for (const maxApdu of [50, 128, 206]) {
      const { manifest } = await backedUp({ device: { limits: { maxApdu, segmentation: 'none' } } });
      expect(said(manifest), `APDUs of ${maxApdu}`).to.deep.equal(said(alone.manifest));
      expect(manifest.procedure.deviations).to.deep.equal([]);
    }
  });

  for (const { name, values } of QUIRK_DRAWS.filter(({ apart }) => apart === 'multiple')) {
    for (const value of values) {
      const quirk = value === undefined ? name : `${name}=${value}`;
      it(`give the same image where the device does it wrongly: ${quirk}`, async () => {
        const { manifest } = await backedUp({ quirks: [quirk] });
        expect(said(manifest)).to.deep.equal(said(alone.manifest));
        expect(manifest.procedure.retries).to.be.at.most(4);
      });
    }
  }

  for (const quirk of [
    'multiple-refused',
    'multiple-refused=silence',
    'multiple-wrong',
    'multiple-wrong=reversed',
  ]) {
    it(`are asked for once and not again, nor by the next backup: ${quirk}`, async () => {
      const { stage, services, manifest } = await backedUp({ quirks: [quirk] });
      const { learned, deviations } = manifest.procedure;
      expect(learned).to.deep.equal({ readPropertyMultiple: 'unusable' });
      expect(deviations.join()).to.contain('says that it has ReadPropertyMultiple, which did not work');
      // With its repetitions, where nobody answers.
      expect(count(services, readPropertyMultiple)).to.equal(quirk.endsWith('silence') ? 4 : 1);
      services.length = 0;
      const next = await stage.backup();
      expect(count(services, readPropertyMultiple)).to.equal(0);
      expect(next.manifest.procedure.learned).to.deep.equal(learned);
      expect(next.manifest.procedure.deviations).to.deep.equal([]);
    });
  }

  it('are tried again when the device only said that it is busy', async () => {
    const { stage, services, manifest } = await backedUp({
      quirks: ['multiple-refused=DEVICE:DEVICE_BUSY*1'],
    });
    expect(count(services, readPropertyMultiple)).to.equal(1);
    expect(manifest.procedure.learned).to.equal(undefined);
    await stage.backup();
    expect(count(services, readPropertyMultiple)).to.be.greaterThan(1);
  });

  it('are not given up for good when the network loses other questions, too', async () => {
    let asked = 0;
    const mangle: Mangle = (apdu) => {
      if (apdu?.type !== 'confirmed-request') return undefined;
      // The question for its services, the first of the backup itself, and every one for several properties.
      if (apdu.service === readProperty) return (asked += 1) === 4 + 1 ? [] : undefined;
      return apdu.service === readPropertyMultiple ? [] : undefined;
    };
    const { services, manifest } = await backedUp({ mangle });
    expect(said(manifest)).to.deep.equal(said(alone.manifest));
    expect(manifest.procedure.learned).to.equal(undefined);
    expect(count(services, readPropertyMultiple)).to.equal(0);
  });

  it('are asked for alone where the device does not say that it has the service', async () => {
    const { services } = await backedUp({ quirks: ['property-missing=protocol-services-supported'] });
    expect(count(services, readPropertyMultiple)).to.equal(0);
  });

  it('are asked for alone in a restore, from its START to its END', async () => {
    const { stage, services, manifest } = await backedUp();
    services.length = 0;
    const { imageId } = await stage.backup();
    services.length = 0;
    await stage.restore(imageId);
    const [start = -1, end = -1] = services.flatMap((service, at) =>
      service === reinitializeDevice ? [at] : [],
    );
    expect(count(services.slice(start, end), readPropertyMultiple)).to.equal(0);
    expect(count(services.slice(0, start), readPropertyMultiple)).to.be.greaterThan(manifest.files.length);
  });

  it('are read alone when they change: what was told at once may be old', async () => {
    const { stage } = await backedUp({ quirks: ['multiple-wrong=cached'] });
    stage.view.setFile(1, new Uint8Array(1500).fill(7), stage.now);
    const { manifest, imageId } = await stage.backup();
    expect(manifest.files[0]).to.deep.include({ fileSize: 1500, octets: 1500 });
    const image = await stage.repository.image(imageId);
    expect([...(await stage.content(image, 1))]).to.deep.equal([...stage.view.fileOctets(1)!]);
    const verified = await stage.verify(imageId);
    expect(verified.equal).to.equal(true);
  });

  it('are not asked of a device without an instance: it answers under another one', async () => {
    const stage = await Stage.open({ device: { ...DEVICE, instance: INSTANCE_MAX } });
    const services = listen(stage);
    const session = new Session(await stage.bind(), {});
    const asked = [PropertyId.objectName, PropertyId.modelName];
    expect([...(await stage.run(readAtOnce(session, session.object, asked)))]).to.deep.equal([]);
    expect(count(services, readPropertyMultiple)).to.equal(0);
  });
});
