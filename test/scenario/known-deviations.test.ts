// What is known of a device by vendor and model, at work: each remedy makes a device usable that is not
// without it, or spares it what it does not bear, and is told; where the knowledge is wrong, nothing breaks.

import { expect } from 'chai';
import {
  ConfirmedService,
  decodeReadFileRequest,
  decodeReadPropertyRequest,
  decodeReinitializeDeviceRequest,
  decodeWriteFileRequest,
  PropertyId,
} from '../../protocol/index.js';
import type { DeviceConfigInput, FileConfig, Quirk } from '../../simulator/index.js';
import type { DeviceQuirk, Remedies } from '../../src/procedure/index.js';
import { expectExact, GOOD, NARROW, scene } from '../support/restores.js';
import { recordFile, Stage, type StageOptions, streamFile } from '../support/world.js';

const VENDOR = 4711;

const known = (remedies: Remedies, more: Partial<DeviceQuirk> = {}): readonly DeviceQuirk[] => [
  { name: 'odd', match: { vendorId: VENDOR }, remedies, source: 'seen on site', ...more },
];

/** Every request of the client, as the device gets it. */
interface Seen {
  readonly service: number;
  readonly payload: Uint8Array;
  readonly now: number;
}

function listener(): { readonly quirk: Quirk; readonly seen: Seen[] } {
  const seen: Seen[] = [];
  const quirk: Quirk = {
    name: 'listens',
    summary: 'notes what it is asked',
    beforeRequest: ({ service, payload, now }) => {
      seen.push({ service, payload, now });
      return undefined;
    },
  };
  return { quirk, seen };
}

const of = (seen: readonly Seen[], service: number): readonly Uint8Array[] =>
  seen.filter((request) => request.service === service).map(({ payload }) => payload);

const FILES: readonly FileConfig[] = [streamFile(1, 3000), recordFile(2, [10, 0, 30, 40, 50, 60])];

const device = (more: DeviceConfigInput = {}): DeviceConfigInput => ({
  vendorId: VENDOR,
  limits: NARROW,
  files: FILES,
  ...more,
});

/** A device, and what it is asked. */
async function listening(options: StageOptions): Promise<{ readonly stage: Stage; readonly seen: Seen[] }> {
  const { quirk, seen } = listener();
  const stage = await Stage.open({ ...options, quirks: [quirk, ...(options.quirks ?? [])] });
  return { stage, seen };
}

async function expectImage(stage: Stage, imageId: string): Promise<void> {
  const image = await stage.repository.image(imageId);
  for (const { instance, access } of stage.view.files) {
    if (access === 'stream')
      expect([...(await stage.content(image, instance))]).to.deep.equal([
        ...stage.view.fileOctets(instance)!,
      ]);
    else
      expect(await stage.records(image, instance)).to.deep.equal(
        stage.view.fileRecords(instance)!.map((record) => [...record]),
      );
  }
}

describe('a known deviation', () => {
  it('is told as it is met: in an event, in the report, and in the manifest', async () => {
    const stage = await Stage.open({ device: device() });
    const quirks = known({ recordsMax: 1 }, { advice: { image: 'Trends are not in it.' } });
    const report = await stage.backup({ quirks });
    const told = { name: 'odd', remedies: ['recordsMax 1'], advice: ['Trends are not in it.'] };
    expect(report.quirks).to.deep.equal([{ ...told, source: 'seen on site' }]);
    expect(stage.events).to.deep.include({ kind: 'quirk', device: 1001, ...told });
    expect(report.manifest.procedure.deviations).to.include('known deviation odd: recordsMax 1');
  });

  it('of another vendor changes nothing and is not told', async () => {
    const { stage, seen } = await listening({ device: device({ vendorId: 5 }) });
    const report = await stage.backup({ quirks: known({ recordsMax: 1, readOctetsMax: 16 }) });
    expect(report.quirks).to.equal(undefined);
    expect(of(seen, ConfirmedService.atomicReadFile).map((p) => decodeReadFileRequest(p).count)).to.include(
      468,
    );
  });

  it('preparationSeconds: a device that prepares longer than it says is waited for', async () => {
    const slow = device({
      procedure: { backupPreparationMs: 400_000, backupPreparationTimeS: 0, backupFailureTimeoutS: 0 },
    });
    const hurried = await Stage.open({ device: slow });
    await hurried.expectFailure(hurried.backup(), 'procedure-failed');
    const patient = await Stage.open({ device: slow });
    await expectImage(
      patient,
      (await patient.backup({ quirks: known({ preparationSeconds: 600 }) })).imageId,
    );
  });

  it('quietAfterStartSeconds: nothing is asked of it for so long', async () => {
    const { stage, seen } = await listening({ device: device() });
    await stage.backup({ quirks: known({ quietAfterStartSeconds: 20 }) });
    const start = seen.find(({ service }) => service === ConfirmedService.reinitializeDevice)!.now;
    expect(seen.filter(({ now }) => now > start && now < start + 20_000)).to.deep.equal([]);
  });

  it('returnSeconds: a device that stays away for long after a restore is waited for', async () => {
    const options = { device: { vendorId: VENDOR }, quirks: ['silent-after-end=1200'] };
    const hurried = await scene(options);
    await hurried.stage.expectFailure(hurried.stage.restore(hurried.image), 'device-silent');
    const patient = await scene(options);
    const report = await patient.stage.restore(patient.image, { quirks: known({ returnSeconds: 3600 }) });
    expect(report.release).to.equal('released');
    expectExact(patient);
  });

  it('readOctetsMax, writeOctetsMax, recordsMax: no request is larger', async () => {
    const { quirk, seen } = listener();
    const set = await scene({ device: { vendorId: VENDOR }, quirks: [quirk] });
    const quirks = known({ readOctetsMax: 100, writeOctetsMax: 50, recordsMax: 1 });
    await set.stage.restore(set.image, { quirks });
    expectExact(set);
    for (const payload of of(seen, ConfirmedService.atomicReadFile)) {
      const { access, count } = decodeReadFileRequest(payload);
      expect(count).to.be.at.most(access === 'stream' ? 100 : 1);
    }
    for (const payload of of(seen, ConfirmedService.atomicWriteFile)) {
      const write = decodeWriteFileRequest(payload);
      if (write.access === 'stream') expect(write.octets.length).to.be.at.most(50);
      else expect(write.records.length).to.equal(1);
    }
  });

  it('sizing not-written: a device that empties files by itself is never asked to', async () => {
    const { quirk, seen } = listener();
    const quirks = [quirk, 'file-size-refused', 'truncates-at-zero'];
    const set = await scene({ device: { vendorId: VENDOR }, quirks });
    const report = await set.stage.restore(set.image, { quirks: known({ sizing: 'not-written' }) });
    expectExact(set);
    expect(report.unproven).to.deep.equal([]);
    expect(of(seen, ConfirmedService.writeProperty)).to.deep.equal([]);
  });

  it('sizing not-written, where that is wrong: the size is found out, and the restore is exact', async () => {
    const set = await scene({ device: { vendorId: VENDOR } });
    const report = await set.stage.restore(set.image, { quirks: known({ sizing: 'not-written' }) });
    expectExact(set);
    expect(report.readBack).to.equal('equal');
    expect(report.octetsRewritten).to.be.above(0);
  });

  it('configurationFiles by-index: the list is never read as a whole; where that is wrong, it is', async () => {
    const whole = (seen: readonly Seen[]): boolean =>
      of(seen, ConfirmedService.readProperty)
        .map(decodeReadPropertyRequest)
        .some(({ property, index }) => property === PropertyId.configurationFiles && index === undefined);
    const quirks = known({ configurationFiles: 'by-index' });
    const asked = await listening({ device: device() });
    await expectImage(asked.stage, (await asked.stage.backup({ quirks })).imageId);
    expect(whole(asked.seen)).to.equal(false);
    const noIndexes: Quirk = {
      name: 'no-indexes',
      summary: 'refuses array indexes',
      beforeRequest: ({ service, payload }) =>
        service === ConfirmedService.readProperty && decodeReadPropertyRequest(payload).index !== undefined
          ? { kind: 'error', errorClass: 2, errorCode: 50 }
          : undefined,
    };
    const wrong = await listening({ device: device(), quirks: [noIndexes] });
    await expectImage(wrong.stage, (await wrong.stage.backup({ quirks })).imageId);
    expect(whole(wrong.seen)).to.equal(true);
  });

  it('password when-asked: a device that refuses any password gets none', async () => {
    const { stage, seen } = await listening({ device: device(), quirks: ['password-unexpected'] });
    const report = await stage.backup({ password: 'secret', quirks: known({ password: 'when-asked' }) });
    expect(report.release).to.equal('released');
    expect(report.manifest.procedure.passwordUsed).to.equal(false);
    for (const payload of of(seen, ConfirmedService.reinitializeDevice))
      expect(decodeReinitializeDeviceRequest(payload).password).to.equal(undefined);
  });

  it('password when-asked: a device that wants one gets it, from then on', async () => {
    const { stage, seen } = await listening({ device: device({ password: 'secret' }) });
    const report = await stage.backup({ password: 'secret', quirks: known({ password: 'when-asked' }) });
    expect(report.release).to.equal('released');
    expect(report.manifest.procedure.passwordUsed).to.equal(true);
    const sent = of(seen, ConfirmedService.reinitializeDevice).map(
      (payload) => decodeReinitializeDeviceRequest(payload).password,
    );
    expect(sent).to.deep.equal([undefined, 'secret', 'secret']);
  });

  it('endOfFile not-trusted: a file is read to its File_Size', async () => {
    const stage = await Stage.open({ device: device(), quirks: ['eof-early'] });
    const report = await stage.backup({ quirks: known({ endOfFile: 'not-trusted' }) });
    await expectImage(stage, report.imageId);
    expect(report.manifest.procedure.deviations.join()).to.contain(
      'said End_Of_File at 468 of 3000; read on',
    );
  });

  it('endOfFile not-trusted: what does not come is missing all the same', async () => {
    const stage = await Stage.open({ device: device(), quirks: ['zero-octets=always'] });
    const failed = stage.backup({ quirks: known({ endOfFile: 'not-trusted' }) });
    expect((await stage.expectFailure(failed, 'transfer-failed')).message).to.contain(
      'gave nothing more at 0',
    );
  });

  it('advises where it helps: when START is refused, and when a file cannot be copied', async () => {
    const advice = { start: 'Switch it on first.', transfer: 'It aborts all reads.', restore: 'It reboots.' };
    const quirks = known({}, { advice });
    const refused = await Stage.open({
      device: device(),
      quirks: ['start-refused=SERVICES:SERVICE_REQUEST_DENIED'],
    });
    const error = await refused.expectFailure(refused.backup({ quirks }), 'device-refused');
    expect(error.details.advice).to.deep.equal(['Switch it on first.']);
    const aborting = await Stage.open({ device: device(), quirks: ['reads-refused=abort:other'] });
    const failed = await aborting.expectFailure(aborting.backup({ quirks }), 'transfer-failed');
    expect(failed.details.advice).to.deep.equal(['It aborts all reads.']);
  });
});

describe('what an image learned of its device', () => {
  /** The first AtomicReadFile of a stream file after a point in time. */
  const firstRead = (seen: readonly Seen[], from: number): number =>
    decodeReadFileRequest(
      of(
        seen.filter(({ now }) => now >= from),
        ConfirmedService.atomicReadFile,
      )[0]!,
    ).count;

  it('is the size that worked, and the next backup begins there', async () => {
    const { stage, seen } = await listening({ device: device(), quirks: ['abort-above=200'] });
    const first = await stage.backup();
    expect(firstRead(seen, 0)).to.equal(468);
    const { learned } = first.manifest.procedure;
    expect(learned).to.deep.equal({ readOctets: 117 });
    const again = stage.now;
    const second = await stage.backup();
    await expectImage(stage, second.imageId);
    expect(firstRead(seen, again)).to.equal(117);
    expect(second.manifest.procedure.learned, 'it was tried again, and still holds').to.deep.equal(learned);
  });

  it('is given up when the device can do more now', async () => {
    const { stage } = await listening({
      device: device(),
      quirks: ['reads-refused=abort:segmentation-not-supported*2'],
    });
    expect((await stage.backup()).manifest.procedure.learned).to.deep.equal({ readOctets: 117 });
    const second = await stage.backup();
    await expectImage(stage, second.imageId);
    expect(second.manifest.procedure.learned).to.equal(undefined);
  });

  it('is forgotten with other firmware', async () => {
    let firmware = '1.0';
    const updates: Quirk = {
      name: 'updates',
      summary: 'gets other firmware',
      property: ({ property }) =>
        property === PropertyId.firmwareRevision ? [{ type: 'character-string', text: firmware }] : undefined,
    };
    const { stage, seen } = await listening({ device: device(), quirks: ['abort-above=200', updates] });
    await stage.backup();
    firmware = '1.1';
    const again = stage.now;
    await stage.backup();
    expect(firstRead(seen, again)).to.equal(468);
  });

  it('is how it ends files, swaps access methods, lists its files and counts records', async () => {
    const stage = await Stage.open({
      device: device(),
      quirks: ['eof-late=object-11', 'access-method-swapped', 'files-by-index', 'one-record-only'],
    });
    const learned = {
      endOfFile: 'refused',
      accessMethod: 'swapped',
      configurationFiles: 'by-index',
      recordsPerRead: 1,
    } as const;
    const first = await stage.backup();
    expect(first.manifest.procedure.learned).to.deep.equal(learned);
    const second = await stage.backup();
    await expectImage(stage, second.imageId);
    expect(second.manifest.procedure.learned).to.deep.equal(learned);
    expect(second.manifest.procedure.requests).to.be.below(first.manifest.procedure.requests);
  });

  it('is harmless where all of it is wrong: backup, comparison and restore are exact', async () => {
    const bogus = {
      readOctets: 16,
      writeOctets: 16,
      recordsPerRead: 1,
      endOfFile: 'never',
      accessMethod: 'swapped',
      sizing: 'refused',
      configurationFiles: 'by-index',
    } as const;
    const set = await scene({
      learned: bogus,
      before: GOOD.map((file) =>
        file.access === 'stream' ? { ...file, content: file.content.slice(0, 5) } : file,
      ),
    });
    expect((await set.stage.verify(set.image)).equal).to.equal(false);
    const restored = await set.stage.restore(set.image);
    expectExact(set);
    expect(restored.unproven).to.deep.equal([]);
    expect((await set.stage.verify(set.image)).equal).to.equal(true);
    const next = await set.stage.backup();
    await expectImage(set.stage, next.imageId);
    expect(next.manifest.procedure.learned?.accessMethod).to.equal(undefined);
  });

  it('is also what a restore found out: told, kept beside the image once, and used by the next', async () => {
    const { quirk, seen } = listener();
    const set = await scene({ quirks: [quirk, 'file-size-refused', 'truncates-at-zero'] });
    const { stage } = set;
    const report = await stage.restore(set.image);
    expect(report.learned).to.deep.equal({ sizing: 'refused' });
    const image = await stage.repository.image(set.image);
    const kept = async (): Promise<readonly unknown[]> =>
      (await stage.repository.facts(image)).flatMap(({ fact }) =>
        fact.type === 'learned' ? [fact.learned] : [],
      );
    expect(await kept()).to.deep.equal([{ sizing: 'refused' }]);
    const { instance } = set.good[0]!;
    stage.view.setFile(instance, new Uint8Array(5), stage.now);
    const again = stage.now;
    await stage.restore(set.image);
    expectExact(set);
    const sized = of(
      seen.filter(({ now }) => now >= again),
      ConfirmedService.writeProperty,
    );
    expect(sized, 'nothing had to shrink').to.deep.equal([]);
    expect(await kept()).to.have.length(1);
  });
});
