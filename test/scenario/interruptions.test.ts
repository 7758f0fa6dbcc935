// The link goes away in the middle of a transfer (protocol facts 1.6, 3.5, 4.6): a transfer goes on at the
// last proven octet when nothing changed meanwhile, begins anew when something did, and ends honestly when
// the device left the procedure. How often an octet travels is read from the wire.

import { expect } from 'chai';
import { ConfirmedService, PropertyId } from '../../protocol/index.js';
import type { DeviceConfigInput, FileConfig } from '../../simulator/index.js';
import type { ProgressEvent } from '../../src/procedure/index.js';
import { interrupt, type Outage, type Wire } from '../support/interrupted.js';
import { expectExact, type Scene, scene } from '../support/restores.js';
import { apduOf, CLIENT_LINK, octetsOf, recordFile, Stage, streamFile } from '../support/world.js';

const NARROW = { maxApdu: 480, segmentation: 'none' } as const;
const CHUNK = 480;
const { atomicReadFile, atomicWriteFile } = ConfirmedService;

const RECORDS = recordFile(
  1,
  Array.from({ length: 40 }, (_, i) => 30 + i),
);
const RECORD_OCTETS = 40 * 30 + (39 * 40) / 2;
const FILES: readonly (readonly [string, FileConfig, number])[] = [
  ['stream', streamFile(1, 4000), 4000],
  ['record', RECORDS, RECORD_OCTETS],
];

const device = (file: FileConfig, backupFailureTimeoutS = 60): DeviceConfigInput => ({
  limits: NARROW,
  files: [file],
  procedure: { backupFailureTimeoutS },
});

/** The image holds what the device holds now. */
async function expectImage(stage: Stage, imageId: string): Promise<void> {
  const image = await stage.repository.image(imageId);
  const records = stage.view.fileRecords(1);
  if (records === undefined) {
    expect([...(await stage.content(image, 1))]).to.deep.equal([...stage.view.fileOctets(1)!]);
  } else {
    expect(await stage.records(image, 1)).to.deep.equal(records.map((record) => [...record]));
  }
}

const resumptions = (stage: Stage): readonly ProgressEvent[] =>
  stage.events.filter(({ kind }) => kind === 'resumed');

describe('the link is gone in the middle of a reading', () => {
  for (const [access, file, octets] of FILES) {
    it(`for 20 s: a ${access} file goes on where it was, and nothing is read twice but the part on its way`, async () => {
      const stage = await Stage.open({ device: device(file) });
      const wire = interrupt(stage, [{ service: atomicReadFile, nth: 4, forMs: 20_000 }]);
      const report = await stage.backup();
      await expectImage(stage, report.imageId);
      expect(wire.readOctets, 'octets that arrived').to.equal(octets);
      expect(resumptions(stage)).to.have.length(1);
      expect(report.release).to.equal('released');
      stage.expectFree();
    });

    it(`for 20 s, for its answers alone: a ${access} file still arrives once`, async () => {
      const stage = await Stage.open({ device: device(file) });
      const outage = { service: atomicReadFile, nth: 4, forMs: 20_000, answersOnly: true };
      const wire = interrupt(stage, [outage]);
      await expectImage(stage, (await stage.backup()).imageId);
      expect(wire.readOctets).to.equal(octets);
    });

    it(`five times for 20 s: a ${access} file goes on each time`, async () => {
      const stage = await Stage.open({ device: device(file) });
      const outage = { service: atomicReadFile, nth: 2, forMs: 20_000 };
      const wire = interrupt(stage, [outage, outage, outage, outage, outage]);
      await expectImage(stage, (await stage.backup()).imageId);
      expect(resumptions(stage)).to.have.length(5);
      expect(wire.readOctets).to.be.at.most(octets + 5 * CHUNK);
    });

    it(`for 20 s, in which a ${access} file got another size: it is read anew, once`, async () => {
      const stage = await Stage.open({ device: device(file) });
      const grow = ({ view, now }: Stage): void =>
        view.setFile(
          1,
          access === 'stream' ? octetsOf(4500, 7) : [octetsOf(9), ...view.fileRecords(1)!],
          now,
        );
      const outage = { service: atomicReadFile, nth: 4, forMs: 20_000, meanwhile: grow };
      const wire = interrupt(stage, [outage]);
      const report = await stage.backup();
      await expectImage(stage, report.imageId);
      expect(wire.readOctets, 'what came before the outage, one part, and the file').to.be.at.most(
        5 * CHUNK + report.octets,
      );
    });

    it(`for 20 s, in which a ${access} file got another date: it is read anew`, async () => {
      const stage = await Stage.open({ device: device(file) });
      const change = ({ view, now }: Stage): void =>
        view.setFile(
          1,
          access === 'stream'
            ? octetsOf(4000, 7)
            : view.fileRecords(1)!.map(({ length }) => octetsOf(length, 3)),
          now,
        );
      // Modification_Date tells hundredths of a second.
      const meanwhile = (at: Stage): void => void at.world.clock.sleep(1000).then(() => change(at));
      interrupt(stage, [{ service: atomicReadFile, nth: 4, forMs: 20_000, meanwhile }]);
      const report = await stage.backup();
      await expectImage(stage, report.imageId);
      expect(stage.events.filter(({ kind }) => kind === 'file')).to.have.length(2);
    });
  }

  it('three times, and the file changed each time: no image, and the reason is told', async () => {
    const stage = await Stage.open({ device: device(streamFile(1, 4000)) });
    let size = 4000;
    const meanwhile = ({ view, now }: Stage): void => view.setFile(1, octetsOf((size += 1)), now);
    const outage = { service: atomicReadFile, nth: 3, forMs: 20_000, meanwhile };
    interrupt(stage, [outage, outage, outage]);
    const error = await stage.expectFailure(stage.backup(), 'transfer-changed');
    expect(error.message).to.match(/it changed in 3 readings: during an interruption at \d+ File_Size was/);
    expect(await stage.repository.images()).to.have.length(0);
    stage.expectFree();
  });

  it('twice, and the file changed each time: the third reading is the image', async () => {
    const stage = await Stage.open({ device: device(streamFile(1, 4000)) });
    let size = 4000;
    const meanwhile = ({ view, now }: Stage): void => view.setFile(1, octetsOf((size += 1)), now);
    const outage = { service: atomicReadFile, nth: 3, forMs: 20_000, meanwhile };
    interrupt(stage, [outage, outage]);
    await expectImage(stage, (await stage.backup()).imageId);
  });

  it('for longer than the watchdog: the device has left, and that is what is told', async () => {
    const stage = await Stage.open({ device: device(streamFile(1, 4000), 30) });
    interrupt(stage, [{ service: atomicReadFile, nth: 4, forMs: 40_000 }]);
    const error = await stage.expectFailure(stage.backup(), 'procedure-failed');
    expect(error.message).to.contain('gave up the backup by itself: the device shows backup-failure');
    expect(error.details.release).to.equal('released');
    expect(await stage.repository.images()).to.have.length(0);
  });

  it('for good: it is waited for as long as the device keeps the backup open, and no longer', async () => {
    for (const [timeoutS, leastMs, mostMs] of [
      [60, 60_000, 180_000],
      [240, 240_000, 360_000],
      [7200, 600_000, 720_000],
    ] as const) {
      const stage = await Stage.open({ device: device(streamFile(1, 4000), timeoutS) });
      interrupt(stage, [{ service: atomicReadFile, nth: 4, forMs: 86_400_000 }]);
      const error = await stage.expectFailure(stage.backup(), 'release-failed');
      expect(error.details['failure']).to.equal('device-silent');
      expect(stage.now, `Backup_Failure_Timeout ${timeoutS}`).to.be.within(leastMs, mostMs);
    }
  });

  it('for as long as the caller allows, when the caller says', async () => {
    const stage = await Stage.open({ device: device(streamFile(1, 4000), 600) });
    interrupt(stage, [{ service: atomicReadFile, nth: 4, forMs: 400_000 }]);
    await stage.expectFailure(stage.backup({ outageTimeoutMs: 60_000 }), 'release-failed');
    const patient = await Stage.open({ device: device(streamFile(1, 4000), 600) });
    interrupt(patient, [{ service: atomicReadFile, nth: 4, forMs: 400_000 }]);
    await expectImage(patient, (await patient.backup()).imageId);
  });

  it('and the device restarted meanwhile: no image of a device that is in no backup', async () => {
    const stage = await Stage.open({ device: device(streamFile(1, 4000)) });
    const meanwhile = ({ view, now }: Stage): void => view.restart(3000, now);
    interrupt(stage, [{ service: atomicReadFile, nth: 4, forMs: 20_000, meanwhile }]);
    const error = await stage.expectFailure(stage.backup(), 'procedure-failed');
    expect(error.message).to.contain('the device shows idle');
    expect(await stage.repository.images()).to.have.length(0);
  });

  it('and a comparison goes on too, or begins anew when the file changed', async () => {
    const stage = await Stage.open({ device: device(streamFile(1, 4000)) });
    const { imageId } = await stage.backup();
    const wire = interrupt(stage, [{ service: atomicReadFile, nth: 4, forMs: 20_000 }]);
    expect((await stage.verify(imageId)).equal).to.equal(true);
    expect(wire.readOctets).to.equal(4000);
    const meanwhile = ({ view, now }: Stage): void => view.setFile(1, octetsOf(4001), now);
    interrupt(stage, [{ service: atomicReadFile, nth: 4, forMs: 20_000, meanwhile }]);
    expect((await stage.verify(imageId)).equal).to.equal(false);
  });
});

/** A device that is to get its file back, with the link taken away. */
async function restoring(
  file: FileConfig,
  outage: Outage | readonly Outage[],
  timeoutS = 60,
): Promise<{ readonly set: Scene; readonly wire: Wire }> {
  const before =
    file.access === 'stream'
      ? { ...file, content: octetsOf(700, 5) }
      : { ...file, records: [octetsOf(5, 5)] };
  const set = await scene({
    good: [file],
    before: [before],
    device: { limits: NARROW, procedure: { backupFailureTimeoutS: timeoutS } },
  });
  return { set, wire: interrupt(set.stage, [outage].flat()) };
}

/** The device forgets its file, after the part on its way has arrived. */
function loses({ view, world }: Stage): void {
  const nothing = view.fileRecords(1) === undefined ? new Uint8Array(0) : [];
  void world.clock.sleep(1000).then(() => view.setFile(1, nothing, world.clock.now()));
}

/** After an outage, whatever was on its way is read back before anything is written again. */
function expectLooked(wire: Wire): void {
  for (const [i, request] of wire.requests.entries()) {
    if (request !== '-') continue;
    const after = wire.requests.slice(i + 1);
    expect(after[0], 'the first request after the outage').to.equal('read');
  }
}

describe('the link is gone in the middle of a writing', () => {
  for (const [access, file, octets] of FILES) {
    for (const answersOnly of [false, true]) {
      const which = answersOnly ? 'its answers are lost' : 'everything is lost';
      it(`for 20 s, and ${which}: a ${access} file goes on, and only what did not arrive is written again`, async () => {
        const { set, wire } = await restoring(file, {
          service: atomicWriteFile,
          nth: 3,
          forMs: 20_000,
          answersOnly,
        });
        const report = await set.stage.restore(set.image);
        expectExact(set);
        expectLooked(wire);
        expect(report.readBack).to.equal('equal');
        expect(wire.writtenOctets, 'the part on its way had arrived').to.equal(octets);
        expect(resumptions(set.stage).length).to.be.at.least(1);
      });
    }

    it(`five times for 20 s: a ${access} file is exact in the end`, async () => {
      const outage = { service: atomicWriteFile, nth: 2, forMs: 20_000 };
      const { set, wire } = await restoring(file, [outage, outage, outage, outage, outage]);
      await set.stage.restore(set.image);
      expectExact(set);
      expectLooked(wire);
      expect(wire.writtenOctets).to.be.at.most(octets + 5 * CHUNK);
    });

    it(`and the device lost a ${access} file meanwhile: it is written from its start again`, async () => {
      const outage = { service: atomicWriteFile, nth: 4, forMs: 20_000, meanwhile: loses };
      const { set, wire } = await restoring(file, outage);
      const report = await set.stage.restore(set.image);
      expectExact(set);
      expect(report.readBack).to.equal('equal');
      expect(wire.writtenOctets).to.be.at.most(octets + 5 * CHUNK);
    });
  }

  it('and what was being read back has changed: it is compared anew', async () => {
    const { set } = await restoring(streamFile(1, 4000), {
      service: atomicReadFile,
      nth: 4,
      forMs: 20_000,
      meanwhile: ({ view, world }) =>
        void world.clock.sleep(1000).then(() => view.setFile(1, octetsOf(4000, 3), world.clock.now())),
    });
    const report = await set.stage.restore(set.image);
    expectExact(set);
    expect(report.octetsRewritten).to.equal(4000);
  });

  it('again and again, and the device lost the file each time: the restore is aborted', async () => {
    const outage = { service: atomicWriteFile, nth: 3, forMs: 20_000, meanwhile: loses };
    const { set } = await restoring(streamFile(1, 4000), [outage, outage, outage]);
    const error = await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-changed');
    expect(error.message).to.match(
      /it lost what was written in 3 attempts: File_Size is \d+, after \d+ octets/,
    );
    set.stage.expectFree();
  });

  it('for longer than the watchdog: the device has left, and nothing more is written', async () => {
    const { set, wire } = await restoring(
      streamFile(1, 4000),
      {
        service: atomicWriteFile,
        nth: 3,
        forMs: 50_000,
      },
      30,
    );
    const error = await set.stage.expectFailure(set.stage.restore(set.image), 'procedure-failed');
    expect(error.message).to.contain('gave up the restore by itself: the device shows restore-failure');
    expect(wire.requests.filter((request) => request.startsWith('write'))).to.have.length(3);
  });

  it('and the device restarted meanwhile: nothing more is written', async () => {
    const { set, wire } = await restoring(streamFile(1, 4000), {
      service: atomicWriteFile,
      nth: 3,
      forMs: 20_000,
      meanwhile: ({ view, now }) => view.restart(3000, now),
    });
    const error = await set.stage.expectFailure(set.stage.restore(set.image), 'procedure-failed');
    expect(error.message).to.contain('the device shows idle');
    expect(wire.requests.filter((request) => request.startsWith('write'))).to.have.length(3);
  });

  it('for good: what became of the last write is not guessed', async () => {
    const { set, wire } = await restoring(streamFile(1, 4000), {
      service: atomicWriteFile,
      nth: 3,
      forMs: 86_400_000,
    });
    const error = await set.stage.expectFailure(set.stage.restore(set.image), 'release-failed');
    expect(error.message).to.contain('was to be read back');
    expect(wire.requests.filter((request) => request.startsWith('write'))).to.have.length(3);
  });
});

describe('what keeps a procedure alive', () => {
  it('is a configuration file that is touched, not the Device object, while nothing else moves', async () => {
    const stage = await Stage.open({ device: device(streamFile(1, 1000), 15) });
    const touched: string[] = [];
    stage.world.onDatagram((octets, from) => {
      const apdu = apduOf(octets);
      if (from === CLIENT_LINK && apdu?.type === 'confirmed-request' && stage.now > pausedFromMs)
        touched.push(
          `${apdu.service} ${apdu.payload[1] === 0x02 && apdu.payload[2] === 0x80 ? 'file' : 'device'} ${apdu.payload.at(-1)}`,
        );
      return undefined;
    });
    let pausedFromMs = Infinity;
    // A store that takes a minute over each chunk: four times the watchdog.
    const save = stage.store.saveNamed.bind(stage.store);
    async function* slowly(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of content) {
        yield chunk;
        pausedFromMs = stage.now;
        await stage.world.clock.sleep(60_000);
        pausedFromMs = Infinity;
      }
    }
    stage.store.saveNamed = (area, content, name) => save(area, slowly(content), name);
    const report = await stage.backup();
    await expectImage(stage, report.imageId);
    expect(touched.length).to.be.at.least(4);
    expect(new Set(touched)).to.deep.equal(
      new Set([`${ConfirmedService.readProperty} file ${PropertyId.fileSize}`]),
    );
  });
});
