// Restores on devices that make them hard. Every story ends in one of two ways: the device holds the
// image exactly, or the restore says that it does not; and the device is never left stuck.

import { expect } from 'chai';
import { ConfirmedService } from '../../protocol/index.js';
import type { Quirk } from '../../simulator/index.js';
import { imageOf } from '../support/images.js';
import { damaged, exact, GOOD, NARROW, reinitializations, scene } from '../support/restores.js';
import { octetsOf, recordFile, Stage, streamFile } from '../support/world.js';

const { atomicWriteFile, writeProperty } = ConfirmedService;

describe('a restore and the size of files', () => {
  it('does not touch a size that is right already', async () => {
    const writes: number[] = [];
    const listens: Quirk = {
      name: 'listens',
      summary: 'notes writes',
      beforeRequest: ({ service }) => {
        writes.push(service);
        return undefined;
      },
    };
    await exact({
      good: [streamFile(1, 900)],
      before: [{ ...streamFile(1, 900), access: 'stream', content: octetsOf(900, 5) }],
      quirks: [listens],
    });
    expect(writes).to.not.include(writeProperty);
  });

  it('tolerates a refused File_Size where the device truncates at position 0, or the file grows', async () => {
    const report = await exact({ quirks: ['file-size-refused', 'truncates-at-zero'] });
    expect(report.deviations.join()).to.contain('File_Size := 0');
    await exact({ good: [streamFile(1, 900)], before: [streamFile(1, 100)], quirks: ['file-size-refused'] });
  });

  it('aborts where a stale tail cannot be got rid of', async () => {
    const set = await scene({
      good: [streamFile(1, 100)],
      before: [streamFile(1, 900)],
      quirks: ['file-size-refused'],
    });
    const error = await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-differs');
    expect(error.message).to.contain('File_Size is 900 instead of 100');
    expect(error.details.release).to.equal('released');
  });

  it('empties files, with and without an empty write', async () => {
    const good = [streamFile(1, 0), recordFile(2, [])];
    await exact({
      good,
      before: [streamFile(1, 50), recordFile(2, [5, 5])],
      quirks: ['empty-write-refused'],
    });
    await exact({
      good: [streamFile(1, 0)],
      before: [streamFile(1, 50)],
      quirks: ['file-size-refused', 'truncates-at-zero'],
    });
  });

  it('makes missing File objects under their instance, and says so', async () => {
    const report = await exact({ before: [damaged(GOOD)[1]!] });
    expect(report.deviations.join()).to.contain('was missing and was made');
  });

  it('fails and aborts where a missing File object cannot be made', async () => {
    for (const quirk of [
      'create-refused',
      'create-refused=RESOURCES:NO_SPACE_FOR_OBJECT',
      'create-by-type-only',
    ]) {
      const set = await scene({ before: [damaged(GOOD)[0]!], quirks: [quirk] });
      const error = await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-failed');
      expect(error.message).to.contain('CreateObject was refused');
      expect(error.details).to.deep.include({ file: 2, release: 'released' });
    }
  });

  it('finds a File object whose CreateObject was not acknowledged', async () => {
    await exact({ before: [damaged(GOOD)[0]!, damaged(GOOD)[1]!], quirks: ['lost-ack=create*1'] });
  });

  it('does not convert a file of the other access method', async () => {
    const set = await scene({ good: [streamFile(1, 100)], before: [recordFile(1, [4])] });
    const planned = await set.stage.expectFailure(set.stage.restore(set.image), 'device-mismatch');
    expect(planned.message).to.contain('File_Access_Method: stream in the image, record on the device');
    const allowed = { allow: ['file-access'], reason: 'a test' };
    const error = await set.stage.expectFailure(set.stage.restore(set.image, allowed), 'transfer-failed');
    expect(error.message).to.contain('File_Access_Method is record');
    expect(set.stage.view.fileRecords(1)).to.deep.equal([octetsOf(4, 1)]);
  });

  it('restores devices whose File_Access_Method is swapped', async () => {
    const report = await exact({ quirks: ['access-method-swapped'] });
    expect(report.deviations.join()).to.contain('all the same');
  });

  it('writes files that still say Read_Only', async () => {
    const report = await exact({ quirks: ['read-only-stays'] });
    expect(report.deviations.join()).to.contain('Read_Only is TRUE');
  });
});

describe('a restore and writes that go wrong', () => {
  it('reads back and goes on when an acknowledgement is lost', async () => {
    await exact({ quirks: ['lost-ack=write*2'] });
    await exact({ quirks: ['lost-ack=property*1'] });
  });

  it('survives silence while it writes, on a device that keeps the restore open', async () => {
    await exact({
      device: { procedure: { backupFailureTimeoutS: 0 } },
      quirks: ['silent-after-writes=2@25'],
    });
  });

  it('does not believe acknowledgements of other positions', async () => {
    await exact({ quirks: ['wrong-write-position=1*3'] });
  });

  it('finds and writes again what the device dropped or corrupted', async () => {
    for (const quirk of ['write-dropped=3', 'write-corrupts=3']) {
      const report = await exact({ quirks: [quirk] });
      expect(report.readBack).to.equal('equal');
    }
  });

  it('writes only the part again that differs, when the beginning of the file is right', async () => {
    const spoils = (): Quirk => {
      let writes = 0;
      return {
        name: 'spoils',
        summary: 'spoils what its third write brought',
        afterRequest: ({ service, device, now }) => {
          if (service !== atomicWriteFile || ++writes !== 3) return undefined;
          const content = device.fileRecords(1)?.map((record) => record.slice()) ?? device.fileOctets(1)!;
          const last = content.at(-1)!;
          if (content instanceof Uint8Array) content[content.length - 5] = ~Number(last) & 0xff;
          else (last as Uint8Array)[0] = ~(last as Uint8Array)[0]! & 0xff;
          device.setFile(1, content, now);
          return undefined;
        },
      };
    };
    const report = await exact({ good: [streamFile(1, 4000)], quirks: [spoils()] });
    expect(report.octetsRewritten).to.be.within(1, 16);
    const again = await exact({ good: [recordFile(1, [400, 400, 400, 400])], quirks: [spoils()] });
    expect(again.octetsRewritten).to.equal(400);
  });

  it('reads back again when the file changed while it was read back', async () => {
    for (const how of ['grow', 'same-size']) {
      const report = await exact({ quirks: [`file-changes=1:${how}`] });
      expect(report.octetsRewritten).to.be.above(0);
    }
  });

  it('aborts when the content never reads back equal', async () => {
    let calls = 0;
    const rots: Quirk = {
      name: 'rots',
      summary: 'spoils a file after each write',
      afterRequest: ({ service, device, now }) => {
        if (service === atomicWriteFile) {
          const content = device.fileOctets(1)!;
          if (content.length > 5) content[5] = calls++ & 0xff;
          device.setFile(1, content, now);
        }
        return undefined;
      },
    };
    const set = await scene({ good: [streamFile(1, 1000)], quirks: [rots] });
    const error = await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-differs');
    expect(error.message).to.contain('written 3 times');
    expect(error.details.release).to.equal('released');
  });

  it('reports as unproven what the device does not let be read back', async () => {
    for (const answer of [
      'DEVICE:CONFIGURATION_IN_PROGRESS',
      'SERVICES:SERVICE_REQUEST_DENIED',
      'abort:OTHER',
    ]) {
      const report = await exact({ quirks: [`reads-refused=${answer}`] });
      expect(report.readBack).to.equal('not-possible');
      expect(report.unproven.join()).to.contain('could not be read back');
    }
  });

  it('aborts when what is read back makes no sense', async () => {
    for (const quirk of ['wrong-read-position', 'long-reads']) {
      const set = await scene({ quirks: [quirk] });
      const error = await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-failed');
      expect(error.details.release).to.equal('released');
    }
  });

  it('still finds a wrong size where content cannot be read back', async () => {
    const set = await scene({
      good: [streamFile(1, 100)],
      before: [streamFile(1, 900)],
      quirks: ['reads-refused', 'file-size-refused'],
    });
    await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-differs');
  });

  it("aborts on a refused write, in the device's own words", async () => {
    for (const [answer, words] of [
      ['OBJECT:FILE_FULL', 'OBJECT: FILE_FULL'],
      ['SERVICES:FILE_ACCESS_DENIED', 'SERVICES: FILE_ACCESS_DENIED'],
    ]) {
      const set = await scene({ quirks: [`writes-refused=${answer}`] });
      const error = await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-failed');
      expect(error.message).to.contain(words).and.to.contain('ABORTRESTORE was acknowledged');
    }
  });

  it('says that the device gave up when its watchdog fires in the middle', async () => {
    const set = await scene({
      device: { procedure: { backupFailureTimeoutS: 8 } },
      quirks: ['silent-after-writes=2@9'],
    });
    const error = await set.stage.expectFailure(set.stage.restore(set.image), 'procedure-failed');
    expect(error.message).to.contain('gave up the restore by itself');
  });

  it('knows before START that a record is larger than what the device takes', async () => {
    const { quirk, seen } = reinitializations();
    const stage = await Stage.open({
      device: { limits: NARROW, files: [recordFile(1, [5])] },
      quirks: [quirk],
    });
    const image = await imageOf(stage, {
      limits: { maxApdu: 480, segmentation: 'both' },
      files: [recordFile(1, [5, 900])],
    });
    const error = await stage.expectFailure(stage.restore(image), 'transfer-unreadable');
    expect(error.details.release).to.equal('not-started');
    expect(seen).to.deep.equal([]);
  });
});
