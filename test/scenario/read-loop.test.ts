// The reading rules (protocol facts 3.5), row by row, against a device that behaves so: the image is
// exact, or there is none and the reason is told.

import { expect } from 'chai';
import { ConfirmedService, decodeReadFileRequest, PropertyId } from '../../protocol/index.js';
import type { DeviceConfigInput, FileConfig, Quirk } from '../../simulator/index.js';
import { EngineError, type ErrorCode } from '../../src/errors.js';
import { backup, type BackupReport } from '../../src/procedure/index.js';
import { ticking } from '../support/ticking.js';
import { recordFile, Stage, type StageOptions, streamFile } from '../support/world.js';

const NARROW = { maxApdu: 480, segmentation: 'none' } as const;

const device = (files: readonly FileConfig[], more: DeviceConfigInput = {}): DeviceConfigInput => ({
  limits: NARROW,
  ...more,
  files,
});

async function exact(options: StageOptions): Promise<BackupReport> {
  const stage = await Stage.open(options);
  const report = await stage.backup();
  const image = await stage.repository.image(report.imageId);
  for (const { instance, access } of stage.view.files) {
    if (access === 'stream')
      expect([...(await stage.content(image, instance))]).to.deep.equal([
        ...stage.view.fileOctets(instance)!,
      ]);
    else
      expect(await stage.records(image, instance)).to.deep.equal(
        stage.view.fileRecords(instance)!.map((r) => [...r]),
      );
  }
  expect(report.release).to.equal('released');
  stage.expectFree();
  return report;
}

async function fails(options: StageOptions, code: ErrorCode, words: string): Promise<void> {
  const stage = await Stage.open(options);
  const error = await stage.expectFailure(stage.backup(), code);
  expect(error.message).to.contain(words);
  expect(await stage.repository.images(), 'no image of half a device').to.have.length(0);
  stage.expectFree();
}

const STREAM = [streamFile(1, 2000)];
const EXACT_CHUNKS = [streamFile(1, 468 + 467 + 467)];

describe('table 3.5: the read loop', () => {
  it('EOF TRUE: stops after storing the octets that came with it', async () => {
    expect((await exact({ device: device(STREAM) })).manifest.procedure.deviations).to.deep.equal([]);
  });

  it('EOF FALSE on the exact last octet: nothing, SERVICES/11 or OBJECT/11 at File_Size is the end', async () => {
    for (const how of ['empty', 'services-11', 'object-11']) {
      await exact({ device: device(STREAM), quirks: [`eof-late=${how}`] });
      await exact({ device: device(EXACT_CHUNKS), quirks: [`eof-late=${how}`] });
      await exact({ device: device([recordFile(1, [10, 20, 30])]), quirks: [`eof-late=${how}`] });
    }
  });

  it('EOF TRUE before File_Size is reached: no image', async () => {
    await fails(
      { device: device(STREAM), quirks: ['eof-early=400'] },
      'transfer-failed',
      'said End_Of_File at',
    );
    await fails(
      { device: device([recordFile(1, [9, 9, 9])]), quirks: ['eof-early=1'] },
      'transfer-failed',
      'Record_Count is 3',
    );
  });

  it('EOF TRUE before File_Size because the file shrank: read again, and exact', async () => {
    let reads = 0;
    const shrinks: Quirk = {
      name: 'shrinks',
      summary: 'loses its tail once',
      beforeRequest: ({ device: view, service, now }) => {
        if (service === ConfirmedService.atomicReadFile && ++reads === 3)
          view.setFile(1, view.fileOctets(1)!.slice(0, 500), now);
        return undefined;
      },
    };
    const report = await exact({ device: device(STREAM), quirks: [shrinks] });
    expect(report.octets).to.equal(500);
  });

  it('zero octets and EOF FALSE: asked again once, and goes on where octets come', async () => {
    await exact({ device: device(STREAM), quirks: ['zero-octets=1'] });
  });

  it('zero octets and EOF FALSE, and no File_Size: asked again with patience, since nothing else tells the end', async () => {
    await exact({ device: device(STREAM), quirks: ['zero-octets=4', 'file-size-unreadable'] });
  });

  it('zero octets and EOF FALSE for ever: never loops, and is no image while octets are missing', async () => {
    await fails(
      { device: device(STREAM), quirks: ['zero-octets=always'] },
      'transfer-failed',
      'gave nothing more at 0',
    );
  });

  it('EOF never: nothing at the end is the end, with a deviation', async () => {
    const report = await exact({ device: device(STREAM), quirks: ['eof-never'] });
    expect(report.manifest.procedure.deviations.join()).to.contain('End_Of_File FALSE');
    await exact({ device: device([recordFile(1, [5, 6])]), quirks: ['eof-never'] });
  });

  it('fewer octets than asked and EOF FALSE: advances by the octets received', async () => {
    await exact({ device: device(STREAM), quirks: ['short-reads=100'] });
    await exact({ device: device([recordFile(1, [9, 8, 7, 6, 5, 4, 3])]), quirks: ['short-reads=2'] });
  });

  it('more octets than asked: a protocol error', async () => {
    await fails(
      { device: device([streamFile(1, 400)]), quirks: ['long-reads=1'] },
      'transfer-failed',
      'asked for',
    );
    await fails(
      { device: device([recordFile(1, [4, 4])]), quirks: ['long-reads=1'] },
      'transfer-failed',
      'asked for',
    );
    await fails(
      { device: device([streamFile(1, 400)]), quirks: ['long-reads=1', 'abort-above=100'] },
      'transfer-failed',
      'asked for',
    );
  });

  it('more octets than asked behind the size alone: found by asking for one there', async () => {
    for (const files of [[streamFile(1, 400)], [recordFile(1, [4, 4])]])
      await fails(
        { device: device(files), quirks: ['eof-late=empty', 'long-reads=30'] },
        'transfer-failed',
        'where 1 were asked for',
      );
  });

  it('a size that says less than there is: read to the end all the same, with a deviation', async () => {
    const understated: Quirk = {
      name: 'understated',
      summary: 'tells File_Size and Record_Count of a content that it had before',
      property: ({ property }) =>
        property === PropertyId.fileSize || property === PropertyId.recordCount
          ? [{ type: 'unsigned', value: 2 }]
          : undefined,
    };
    for (const files of [STREAM, [recordFile(1, [5, 0, 5, 9])]]) {
      const { manifest } = await exact({ device: device(files), quirks: [understated] });
      expect(manifest.procedure.deviations.join()).to.match(/(File_Size|Record_Count) is 2, but there were/);
    }
  });

  it('returned start not the requested one: its octets are not taken; asked again, then exact', async () => {
    await exact({ device: device(STREAM), quirks: ['wrong-read-position=7*3'] });
    await fails({ device: device(STREAM), quirks: ['wrong-read-position=7'] }, 'transfer-failed', 'position');
  });

  it('returned Record Count not the number of records: a protocol error', async () => {
    await fails(
      { device: device([recordFile(1, [4, 4])]), quirks: ['record-count-mismatch'] },
      'transfer-failed',
      'does not decode',
    );
  });

  it('record of size 0: kept as an empty record', async () => {
    const report = await exact({ device: device([recordFile(1, [0, 3, 0, 0])]) });
    expect(report.manifest.files[0]).to.deep.include({ recordCount: 4, octets: 3 });
  });

  it('one record larger than the unsegmented limit: moved in segments, or unreadable in clear words, never split', async () => {
    await exact({
      device: device([recordFile(1, [5, 2000, 5])], { limits: { maxApdu: 480, segmentation: 'transmit' } }),
    });
    await fails(
      { device: device([recordFile(1, [5, 2000, 5])]) },
      'transfer-unreadable',
      'record 1 is larger',
    );
  });

  it('File_Size of record files that counts records: not used as a bound', async () => {
    await exact({ device: device([recordFile(1, [50, 60, 70])]), quirks: ['file-size-in-records'] });
  });

  it('empty file: however the device says so', async () => {
    const empty = [streamFile(1, 0), recordFile(2, [])];
    await exact({ device: device(empty) });
    for (const how of ['object-11', 'services-11'])
      await exact({ device: device(empty), quirks: [`empty-file-error=${how}`] });
  });

  it('file changes while reading, in size or not: read again, twice at most', async () => {
    for (const how of ['grow', 'same-size']) {
      await exact({ device: device(STREAM), quirks: [`file-changes=2:${how}`] });
      await exact({ device: device([recordFile(1, [5, 5, 5])]), quirks: [`file-changes=1:${how}`] });
      await fails(
        { device: device(STREAM), quirks: [`file-changes=3:${how}`] },
        'transfer-changed',
        'changed in 3 readings',
      );
    }
  });

  it('Modification_Date that is the time of the question: two equal readings are enough, and it is noted', async () => {
    for (const files of [STREAM, [recordFile(1, [5, 0, 5])]]) {
      const report = await exact({ device: device(files), quirks: [ticking] });
      expect(report.manifest.procedure.deviations.join()).to.contain('two readings were equal');
    }
    const both = [ticking, 'file-changes=3:same-size'];
    await fails({ device: device(STREAM), quirks: both }, 'transfer-changed', 'changed in 3 readings');
  });

  it('Modification_Date unreadable: a change of the same size would go unnoticed, and the image says so', async () => {
    const report = await exact({ device: device(STREAM), quirks: ['property-missing=71'] });
    expect(report.manifest.procedure.deviations.join()).to.contain('Modification_Date is not readable');
  });

  it('End_Of_File too early, and no size that tells it: found by looking behind it', async () => {
    for (const sizeless of ['file-size-unreadable', 'property-missing=42'])
      await fails(
        { device: device(STREAM), quirks: ['eof-early=1', sizeless] },
        'transfer-failed',
        'more after it',
      );
  });

  it('a restarted file leaves nothing of the first reading in the image', async () => {
    const stage = await Stage.open({
      device: device([streamFile(1, 200_000)]),
      quirks: ['file-changes=1:same-size'],
    });
    const report = await stage.backup();
    expect(report.octets).to.equal(200_000);
    const check = await stage.repository.check();
    expect(check.findings).to.deep.equal([]);
    expect(check.octets).to.equal(200_000);
  });

  it('File_Size unreadable: reads until EOF', async () => {
    const report = await exact({
      device: device([streamFile(1, 2000), streamFile(2, 0)]),
      quirks: ['file-size-unreadable'],
    });
    expect(report.manifest.files[0]).to.not.have.property('fileSize');
  });

  it('wrong access method: the other one is tried once', async () => {
    const report = await exact({
      device: device([streamFile(1, 900), recordFile(2, [5, 6])]),
      quirks: ['access-method-swapped'],
    });
    expect(report.manifest.files.map((file) => file.accessMethod)).to.deep.equal(['stream', 'record']);
    await fails(
      { device: device(STREAM), quirks: ['reads-refused=SERVICES:INVALID_FILE_ACCESS_METHOD'] },
      'transfer-failed',
      'neither stream nor record',
    );
  });

  it('Abort 4, 1 or 11: halves what it asks for, remembers it for the next file, and stops at 16 octets', async () => {
    for (const reason of ['segmentation-not-supported', 'buffer-overflow', 'apdu-too-long']) {
      const asked: number[] = [];
      const listens: Quirk = {
        name: 'listens',
        summary: 'notes what is asked for',
        beforeRequest: ({ service, payload }) => {
          if (service === ConfirmedService.atomicReadFile) asked.push(decodeReadFileRequest(payload).count);
          return undefined;
        },
      };
      const files = [streamFile(1, 300), streamFile(2, 300)];
      await exact({ device: device(files), quirks: [listens, `abort-above=100:${reason}`] });
      expect(asked.slice(0, 5)).to.deep.equal([300, 150, 75, 75, 75]);
      expect(asked.filter((count) => count > 100)).to.have.length(2);
    }
    await fails({ device: device(STREAM), quirks: ['abort-above=10'] }, 'transfer-unreadable', '16 octets');
  });

  it('Abort 4 although the device said that it can segment: falls back to one APDU', async () => {
    await exact({
      device: { files: STREAM, limits: { maxApdu: 480, segmentation: 'both' } },
      quirks: ['abort-above=470'],
    });
  });

  it('Reject of requests for several records: asks for one at a time', async () => {
    await exact({ device: device([recordFile(1, [5, 5, 5, 5, 5])]), quirks: ['one-record-only'] });
  });

  it('ACK longer than our max APDU: taken', async () => {
    await exact({ device: device(STREAM), quirks: ['ignores-client-limits'] });
  });

  it('errors of any class count by their code', async () => {
    for (const errorClass of ['OBJECT', 'SERVICES', 'DEVICE']) {
      await exact({
        device: device([streamFile(1, 0), streamFile(2, 700)]),
        quirks: [`error-class=${errorClass}`, 'access-method-swapped'],
      });
    }
  });

  it('busy answers are waited out, and a device that is busy for ever is given up and released', async () => {
    for (const answer of ['SERVICES:BUSY', 'DEVICE:DEVICE_BUSY', 'abort:OUT_OF_RESOURCES']) {
      await exact({ device: device(STREAM), quirks: [`reads-refused=${answer}*4`] });
    }
    await fails(
      { device: device(STREAM), quirks: ['reads-refused=SERVICES:BUSY'] },
      'transfer-failed',
      'SERVICES: BUSY',
    );
  });

  it('silence for a while is survived; silence for ever ends in an error that says so', async () => {
    await exact({
      device: device(STREAM, { procedure: { backupFailureTimeoutS: 0 } }),
      quirks: ['silent-after-reads=2@20'],
    });
    const stage = await Stage.open({ device: device(STREAM), quirks: ['silent-after-reads=2'] });
    const error = await stage.expectFailure(stage.backup(), 'release-failed');
    expect(error.details).to.deep.include({ failure: 'device-silent', file: 1, release: 'unproven' });
  });

  it('a network that is away for half a minute costs no backup, wherever it strikes', async () => {
    for (const atMs of [20, 40, 60, 80, 100]) {
      const stage = await Stage.open({ device: device(STREAM, { procedure: { backupFailureTimeoutS: 0 } }) });
      const bound = await stage.bind();
      const away = stage.now + atMs;
      stage.world.onDatagram((_octets, _from, _to, now) =>
        now >= away && now < away + 30_000 ? 'drop' : undefined,
      );
      const report = await stage
        .run(backup(bound, stage.repository))
        .catch((error: unknown) => error as EngineError);
      // Before START nothing is lost but time: that is told at once.
      if (report instanceof EngineError) expect(report.details.release).to.equal('not-started');
      else expect(report.octets).to.equal(2000);
      stage.expectFree();
    }
  });

  it('a path that swallows large frames is met with smaller ones', async () => {
    const narrow = {
      device: { files: [streamFile(1, 9000)], limits: { maxApdu: 1476, segmentation: 'none' as const } },
    };
    const stage = await Stage.open(narrow);
    stage.world.onDatagram((octets) => (octets.length > 600 ? 'drop' : undefined));
    const report = await stage.backup();
    const image = await stage.repository.image(report.imageId);
    expect([...(await stage.content(image, 1))]).to.deep.equal([...stage.view.fileOctets(1)!]);
    stage.expectFree();
  });
});
