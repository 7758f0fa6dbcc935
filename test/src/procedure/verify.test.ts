// verify: a device against an image; and image-content, which finds the image and its content.

import { expect } from 'chai';
import type { FileConfig } from '../../../simulator/index.js';
import { imageOf } from '../../support/images.js';
import { ticking } from '../../support/ticking.js';
import { octetsOf, recordFile, Stage, streamFile } from '../../support/world.js';

const FILES: readonly FileConfig[] = [streamFile(1, 3000), recordFile(2, [10, 20, 30])];
const LIMITS = { maxApdu: 480, segmentation: 'none' } as const;

async function scene(files: readonly FileConfig[] = FILES): Promise<{ stage: Stage; image: string }> {
  const stage = await Stage.open({ device: { files, limits: LIMITS } });
  return { stage, image: await imageOf(stage, { files: FILES, limits: LIMITS }) };
}

describe('a comparison of device and image', () => {
  it('finds them equal, writes nothing, and releases the device', async () => {
    const { stage, image } = await scene();
    const report = await stage.verify(image);
    expect(report.equal).to.equal(true);
    expect(report.release).to.equal('released');
    expect(report.files).to.deep.equal([
      { file: 1, equal: true, unit: 'octets', ranges: [], imageSize: 3000, deviceSize: 3000 },
      { file: 2, equal: true, unit: 'records', ranges: [], imageSize: 3, deviceSize: 3 },
    ]);
    stage.expectFree();
  });

  it('never calls a device equal that gives nothing of a file whose File_Size says that there is something', async () => {
    const files = [streamFile(1, 96)];
    const stage = await Stage.open({ device: { files, limits: LIMITS }, quirks: ['zero-octets=always'] });
    const image = await imageOf(stage, { files: [streamFile(1, 0)], limits: LIMITS });
    const found = await stage.verify(image).then(
      ({ equal }) => equal,
      (error: unknown) => error,
    );
    expect(found).to.not.equal(true);
  });

  it('says when a device gives more than its File_Size, however equal that is', async () => {
    const long = { device: { files: [streamFile(1, 0)], limits: LIMITS }, quirks: ['long-reads'] };
    const stage = await Stage.open(long);
    const image = await imageOf(stage, {
      files: [{ ...streamFile(1, 1), content: new Uint8Array(1) }],
      limits: LIMITS,
    });
    const { equal, deviations } = await stage.verify(image);
    expect(equal).to.equal(true);
    expect(deviations).to.include('file 1: File_Size is 0, but there were 1');
  });

  it('lists the ranges of octets and records that differ', async () => {
    const { stage, image } = await scene();
    const content = stage.view.fileOctets(1)!;
    content.set(
      content.subarray(1000, 1010).map((octet) => octet ^ 0xff),
      1000,
    );
    stage.view.setFile(1, content, stage.now);
    stage.view.setFile(
      2,
      [octetsOf(10, 2), octetsOf(21, 5), stage.view.fileRecords(2)![2]!, octetsOf(1)],
      stage.now,
    );
    const report = await stage.verify(image);
    expect(report.equal).to.equal(false);
    expect(report.files[0]?.ranges).to.deep.equal([{ start: 1000, end: 1010 }]);
    expect(report.files[1]).to.deep.include({ imageSize: 3, deviceSize: 4 });
    expect(report.files[1]?.ranges).to.deep.include({ start: 3, end: 4 });
    stage.expectFree();
  });

  it('counts a file that only one side has, another access method, and another order as different', async () => {
    const extra = await scene([...FILES, streamFile(5, 7)]);
    expect((await extra.stage.verify(extra.image)).files.at(-1)).to.deep.include({
      file: 5,
      equal: false,
      problem: 'the image has no such file',
      deviceSize: 7,
    });

    const missing = await scene([FILES[0]!]);
    const report = await missing.stage.verify(missing.image);
    expect(report.equal).to.equal(false);
    expect(report.files.at(-1)).to.deep.include({ file: 2, imageSize: 3, deviceSize: 0 });

    const first = await scene([FILES[1]!]);
    const rest = await first.stage.verify(first.image);
    expect(
      rest.files.map(({ file, equal }) => [file, equal]),
      'a missing file displaces no other',
    ).to.deep.equal([
      [2, true],
      [1, false],
    ]);

    const order = await scene([FILES[1]!, FILES[0]!]);
    const ordered = await order.stage.verify(order.image);
    expect(ordered.files.map((file) => file.equal)).to.deep.equal([false, false]);
    expect(ordered.files[0]?.problem).to.contain('number 2 in the image and number 1');

    const access = await scene([streamFile(1, 3000), streamFile(2, 5)]);
    expect((await access.stage.verify(access.image)).files[1]?.problem).to.contain('not a record file');
    access.stage.expectFree();
  });

  it('reads a file again that changes meanwhile, and gives up when it never rests', async () => {
    for (const [quirk, equal] of [
      ['file-changes=1:same-size', false],
      ['file-changes=3:same-size', undefined],
    ] as const) {
      const stage = await Stage.open({ device: { files: FILES, limits: LIMITS }, quirks: [quirk] });
      const image = await imageOf(stage, { files: FILES, limits: LIMITS });
      if (equal === undefined) await stage.expectFailure(stage.verify(image), 'transfer-changed');
      else expect((await stage.verify(image)).equal).to.equal(equal);
      stage.expectFree();
    }
  });

  it('notes that a file has another date, and was read twice alike, where that is called equal', async () => {
    const stage = await Stage.open({ device: { files: FILES, limits: LIMITS }, quirks: [ticking] });
    const image = await imageOf(stage, { files: FILES, limits: LIMITS });
    const { equal, deviations } = await stage.verify(image);
    expect(equal).to.equal(true);
    expect(deviations.join()).to.match(/file 1: Modification_Date was .*, but two readings were equal/);
    stage.view.setFile(1, octetsOf(2999), 0);
    stage.view.setFile(2, [octetsOf(1)], 0);
    const second = await stage.verify(image);
    expect(second.files.map((file) => file.equal)).to.deep.equal([false, false]);
    expect(second.deviations).to.deep.equal([]);
  });

  it('finds "latest" among the images of this device alone, and any image by its id', async () => {
    const { stage, image } = await scene();
    const other = await imageOf(stage, { instance: 1002, files: FILES, limits: LIMITS });
    expect((await stage.verify('latest')).imageId).to.equal(image);
    expect((await stage.verify(other.slice(0, 8))).imageId).to.equal(other);
  });

  it('fails before START when the image is not there', async () => {
    const { stage } = await scene();
    const error = await stage.expectFailure(stage.verify('ffffffff'), 'image-not-found');
    expect(error.details.release).to.equal('not-started');
    expect(stage.deviceEvents).to.deep.equal([]);
  });
});
