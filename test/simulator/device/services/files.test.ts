// AtomicReadFile (atomic-read-file), AtomicWriteFile (atomic-write-file) and what they share (file-access,
// service): the tables of clause 14, for stream and record files, with every error of protocol.md 3.5.

import { expect } from 'chai';
import {
  ConfirmedService as Service,
  encodeReadFileRequest,
  PropertyId as P,
} from '../../../../protocol/index.js';
import {
  type Bench,
  bench,
  device,
  file,
  octets,
  ramp,
  record,
  shown,
  stream,
  unsigned,
  words,
} from '../../support.js';

const RECORDS = [octets(1), octets(), octets(2, 2), octets(3)];
const files = [stream(1, ramp(10)), record(2, RECORDS), stream(3, octets()), record(4, [])];
const STREAM = 1;
const RECORD = 2;

/** A bench in the middle of a restore. */
async function restoring(): Promise<Bench> {
  const made = bench({ files });
  expect(await made.client.reinitialize('startRestore')).to.equal('ack');
  return made;
}

describe('AtomicReadFile', () => {
  const table: [string, number, 'stream' | 'record', number, number, string][] = [
    ['octets from the start', STREAM, 'stream', 0, 4, '0: 00010203'],
    ['octets in the middle', STREAM, 'stream', 4, 4, '4: 04050607'],
    ['exactly the last octets, with EOF', STREAM, 'stream', 6, 4, '6: 06070809 EOF'],
    ['fewer than asked at the end, with EOF', STREAM, 'stream', 8, 100, '8: 0809 EOF'],
    ['the whole file, with EOF', STREAM, 'stream', 0, 10, '0: 00010203040506070809 EOF'],
    ['all but the last octet, without EOF', STREAM, 'stream', 0, 9, '0: 000102030405060708'],
    ['nothing at the end, with EOF', STREAM, 'stream', 10, 5, '10:  EOF'],
    ['nothing when nothing is asked, without EOF', STREAM, 'stream', 3, 0, '3: '],
    ['an empty file, with EOF', 3, 'stream', 0, 100, '0:  EOF'],
    ['records from the start', RECORD, 'record', 0, 2, '0: [01 ]'],
    ['exactly the last record, with EOF', RECORD, 'record', 3, 1, '3: [03] EOF'],
    ['fewer records than asked, with EOF', RECORD, 'record', 2, 9, '2: [0202 03] EOF'],
    ['no record at the end, with EOF', RECORD, 'record', 4, 1, '4: [] EOF'],
    ['a record file without records, with EOF', 4, 'record', 0, 5, '0: [] EOF'],
  ];
  for (const [what, instance, access, start, count, expected] of table) {
    it(`gives ${what}`, async () => {
      const { client } = bench({ files });
      expect(shown(await client.readFile(instance, access, start, count))).to.equal(expected);
    });
  }

  const refusals: [string, Parameters<Bench['client']['readFile']>, string][] = [
    ['an unknown file', [99, 'stream', 0, 1], 'OBJECT: UNKNOWN_OBJECT'],
    ['a start beyond the end', [STREAM, 'stream', 11, 1], 'SERVICES: INVALID_FILE_START_POSITION'],
    ['a negative start', [STREAM, 'stream', -1, 1], 'SERVICES: INVALID_FILE_START_POSITION'],
    ['a record beyond the end', [RECORD, 'record', 5, 1], 'SERVICES: INVALID_FILE_START_POSITION'],
    ['record access to a stream file', [STREAM, 'record', 0, 1], 'SERVICES: INVALID_FILE_ACCESS_METHOD'],
    ['stream access to a record file', [RECORD, 'stream', 0, 1], 'SERVICES: INVALID_FILE_ACCESS_METHOD'],
    ['what is not a file', [device(), 'stream', 0, 1], 'SERVICES: INCONSISTENT_OBJECT_TYPE'],
    [
      'an unknown object that is not a file',
      [{ type: 2, instance: 5 }, 'stream', 0, 1],
      'SERVICES: INCONSISTENT_OBJECT_TYPE',
    ],
  ];
  for (const [what, request, expected] of refusals) {
    it(`refuses ${what}`, async () => {
      const { client } = bench({ files });
      expect(await client.readFile(...request)).to.equal(expected);
    });
  }

  it('reads outside a procedure as well as inside', async () => {
    const { client } = bench({ files });
    expect(shown(await client.readFile(STREAM, 'stream', 0, 1))).to.equal('0: 00');
    await client.reinitialize('startBackup');
    expect(shown(await client.readFile(STREAM, 'stream', 0, 1))).to.equal('0: 00');
  });

  for (const [start, what] of [
    ['startBackup', 'a backup'],
    ['startRestore', 'a restore'],
  ] as const) {
    it(`refuses configuration files while ${what} is prepared, and no other file`, async () => {
      const { client, world } = bench({
        files: [stream(1, ramp(4)), stream(2, ramp(4), { configuration: false })],
        procedure: { backupPreparationMs: 1000, restorePreparationMs: 1000 },
      });
      await client.reinitialize(start);
      expect(await client.readFile(1, 'stream', 0, 1)).to.equal('DEVICE: CONFIGURATION_IN_PROGRESS');
      expect(shown(await client.readFile(2, 'stream', 0, 1))).to.equal('0: 00');
      await world.advance(1000);
      expect(shown(await client.readFile(1, 'stream', 0, 1))).to.equal('0: 00');
    });
  }

  it('segments what does not fit one APDU', async () => {
    const { client } = bench(
      { files: [stream(1, ramp(20_000))] },
      { limits: { maxApdu: 480, segmentation: 'both' } },
    );
    const ack = await client.readFile(1, 'stream', 0, 900);
    expect(typeof ack !== 'string' && ack.access === 'stream' && ack.octets).to.deep.equal(ramp(900));
  });

  it('aborts what does not fit when it cannot segment', async () => {
    const { client } = bench({
      files: [stream(1, ramp(2000))],
      limits: { maxApdu: 480, segmentation: 'none' },
    });
    expect(await client.readFile(1, 'stream', 0, 470)).to.equal('ABORT: SEGMENTATION_NOT_SUPPORTED');
    expect(shown(await client.readFile(1, 'stream', 0, 3))).to.equal('0: 000102');
  });

  describe('that does not decode', () => {
    const whole = encodeReadFileRequest({ file: file(1), access: 'stream', start: 0, count: 1 });
    const table: [string, Uint8Array, string][] = [
      ['nothing at all', octets(), 'REJECT: MISSING_REQUIRED_PARAMETER'],
      ['half a request', whole.subarray(0, 7), 'REJECT: MISSING_REQUIRED_PARAMETER'],
      ['a tag that does not belong', octets(0x21, 5, ...whole), 'REJECT: INVALID_TAG'],
      ['a request and more', octets(...whole, 0x21, 5), 'REJECT: TOO_MANY_ARGUMENTS'],
    ];
    for (const [what, payload, expected] of table) {
      it(`is rejected: ${what}`, async () => {
        expect(words(await bench({ files }).client.ask(Service.atomicReadFile, payload))).to.equal(expected);
      });
    }
  });
});

describe('AtomicWriteFile', () => {
  const table: [string, number, number, Uint8Array | Uint8Array[], number, Uint8Array[] | Uint8Array][] = [
    ['overwrites', STREAM, 2, octets(9, 9), 2, octets(0, 1, 9, 9, 4, 5, 6, 7, 8, 9)],
    ['extends at the end', STREAM, 10, octets(10), 10, ramp(11)],
    ['extends over the end', STREAM, 9, octets(7, 7), 9, octets(...ramp(9), 7, 7)],
    ['fills a gap with zeros', 3, 2, octets(5), 2, octets(0, 0, 5)],
    ['appends at -1, and says where', STREAM, -1, octets(10, 11), 10, ramp(12)],
    ['writes nothing when nothing is given', STREAM, 5, octets(), 5, ramp(10)],
    [
      'overwrites records',
      RECORD,
      1,
      [octets(8), octets(7)],
      1,
      [octets(1), octets(8), octets(7), octets(3)],
    ],
    ['fills a gap with empty records', 4, 1, [octets(6)], 1, [octets(), octets(6)]],
    ['appends records at -1, and says where', RECORD, -1, [octets(4)], 4, [...RECORDS, octets(4)]],
    ['writes empty records', 4, 0, [octets(), octets()], 0, [octets(), octets()]],
  ];
  for (const [what, instance, start, content, ackStart, after] of table) {
    it(what, async () => {
      const { client, device: view } = await restoring();
      expect(await client.writeFile(instance, start, content)).to.equal(ackStart);
      const now = after instanceof Uint8Array ? view.fileOctets(instance) : view.fileRecords(instance);
      expect(now).to.deep.equal(after);
    });
  }

  const refusals: [string, number | ReturnType<typeof device>, number, Uint8Array | Uint8Array[], string][] =
    [
      ['an unknown file', 99, 0, octets(1), 'OBJECT: UNKNOWN_OBJECT'],
      ['a start below -1', STREAM, -2, octets(1), 'SERVICES: INVALID_FILE_START_POSITION'],
      ['records for a stream file', STREAM, 0, [octets(1)], 'SERVICES: INVALID_FILE_ACCESS_METHOD'],
      ['octets for a record file', RECORD, 0, octets(1), 'SERVICES: INVALID_FILE_ACCESS_METHOD'],
      ['what is not a file', device(), 0, octets(1), 'SERVICES: INCONSISTENT_OBJECT_TYPE'],
      ['octets beyond what a file can hold', STREAM, 2 ** 30, octets(1), 'OBJECT: FILE_FULL'],
      ['records beyond what a file can hold', RECORD, 2 ** 30, [octets(1)], 'OBJECT: FILE_FULL'],
    ];
  for (const [what, instance, start, content, expected] of refusals) {
    it(`refuses ${what}, and changes nothing`, async () => {
      const { client, device: view } = await restoring();
      expect(await client.writeFile(instance, start, content)).to.equal(expected);
      expect(view.fileOctets(STREAM)).to.deep.equal(ramp(10));
      expect(view.fileRecords(RECORD)).to.deep.equal(RECORDS);
    });
  }

  it('refuses configuration files as read-only outside a restore, also during a backup', async () => {
    const { client } = bench({ files });
    expect(await client.writeFile(STREAM, 0, octets(1))).to.equal('SERVICES: FILE_ACCESS_DENIED');
    await client.reinitialize('startBackup');
    expect(await client.writeFile(STREAM, 0, octets(1))).to.equal('SERVICES: FILE_ACCESS_DENIED');
  });

  it('writes other files at any time, unless they are read-only', async () => {
    const { client } = bench({
      files: [
        stream(1, octets(), { configuration: false }),
        stream(2, octets(), { configuration: false, readOnly: true }),
      ],
    });
    expect(await client.writeFile(1, 0, octets(1))).to.equal(0);
    expect(await client.writeFile(2, 0, octets(1))).to.equal('SERVICES: FILE_ACCESS_DENIED');
    await client.reinitialize('startRestore');
    expect(await client.writeFile(2, 0, octets(1))).to.equal('SERVICES: FILE_ACCESS_DENIED');
  });

  it('refuses configuration files while a restore is prepared or completed', async () => {
    const { client, world } = bench({
      files,
      procedure: { restorePreparationMs: 500, restoreCompletionMs: 500 },
    });
    await client.reinitialize('startRestore');
    expect(await client.writeFile(STREAM, 0, octets(1))).to.equal('DEVICE: CONFIGURATION_IN_PROGRESS');
    await world.advance(500);
    expect(await client.writeFile(STREAM, 0, octets(1))).to.equal(0);
    await client.reinitialize('endRestore');
    expect(await client.writeFile(STREAM, 0, octets(1))).to.equal('DEVICE: CONFIGURATION_IN_PROGRESS');
  });

  it('clears Archive and sets Modification_Date', async () => {
    const { client, world } = bench({ files: [stream(1, ramp(3), { archive: true, modifiedUnixTime: 0 })] });
    await client.reinitialize('startRestore');
    const before = await client.readProperty(file(1), P.modificationDate);
    await world.advance(30_000);
    await client.writeFile(1, 0, octets(1));
    expect(await client.value(file(1), P.archive)).to.equal(false);
    expect(before).to.deep.equal([
      { type: 'date', year: 1970, month: 1, day: 1, weekday: 4 },
      { type: 'time', hour: 0, minute: 0, second: 0, hundredths: 0 },
    ]);
    expect(await client.readProperty(file(1), P.modificationDate)).to.deep.equal([
      { type: 'date', year: 2026, month: 1, day: 1, weekday: 4 },
      { type: 'time', hour: 0, minute: 0, second: 30, hundredths: 0 },
    ]);
  });
});

describe('sizing a file', () => {
  const P_SIZE = P.fileSize;

  it('truncates, empties and extends a stream file by File_Size', async () => {
    const { client, device: view } = await restoring();
    expect(await client.writeProperty(file(STREAM), P_SIZE, [unsigned(4)])).to.equal('ack');
    expect(view.fileOctets(STREAM)).to.deep.equal(ramp(4));
    expect(await client.writeProperty(file(STREAM), P_SIZE, [unsigned(6)])).to.equal('ack');
    expect(view.fileOctets(STREAM)).to.deep.equal(octets(0, 1, 2, 3, 0, 0));
    expect(await client.writeProperty(file(STREAM), P_SIZE, [unsigned(0)])).to.equal('ack');
    expect(await client.value(file(STREAM), P_SIZE)).to.equal(0);
  });

  it('truncates, empties and extends a record file by Record_Count', async () => {
    const { client, device: view } = await restoring();
    expect(await client.writeProperty(file(RECORD), P.recordCount, [unsigned(3)])).to.equal('ack');
    expect(view.fileRecords(RECORD)).to.deep.equal(RECORDS.slice(0, 3));
    expect(await client.value(file(RECORD), P_SIZE)).to.equal(3);
    expect(await client.writeProperty(file(RECORD), P.recordCount, [unsigned(5)])).to.equal('ack');
    expect(view.fileRecords(RECORD)).to.deep.equal([...RECORDS.slice(0, 3), octets(), octets()]);
    expect(await client.writeProperty(file(RECORD), P.recordCount, [unsigned(0)])).to.equal('ack');
    expect(await client.value(file(RECORD), P.recordCount)).to.equal(0);
  });

  const refusals: [string, number, number, ReturnType<typeof unsigned>, string][] = [
    ['File_Size of a record file', RECORD, P_SIZE, unsigned(0), 'PROPERTY: WRITE_ACCESS_DENIED'],
    ['Record_Count of a stream file', STREAM, P.recordCount, unsigned(0), 'PROPERTY: UNKNOWN_PROPERTY'],
    [
      'a size that is not an Unsigned',
      STREAM,
      P_SIZE,
      { type: 'integer', value: 1 },
      'PROPERTY: INVALID_DATA_TYPE',
    ],
    [
      'a size beyond what a file can hold',
      STREAM,
      P_SIZE,
      unsigned(2 ** 31),
      'RESOURCES: NO_SPACE_TO_WRITE_PROPERTY',
    ],
  ];
  for (const [what, instance, property, value, expected] of refusals) {
    it(`refuses ${what}`, async () => {
      const { client } = await restoring();
      expect(await client.writeProperty(file(instance), property, [value])).to.equal(expected);
    });
  }

  it('is refused outside a restore, and while it is prepared', async () => {
    const { client } = bench({ files, procedure: { restorePreparationMs: 100 } });
    expect(await client.writeProperty(file(STREAM), P_SIZE, [unsigned(0)])).to.equal(
      'PROPERTY: WRITE_ACCESS_DENIED',
    );
    await client.reinitialize('startRestore');
    expect(await client.writeProperty(file(STREAM), P_SIZE, [unsigned(0)])).to.equal(
      'DEVICE: CONFIGURATION_IN_PROGRESS',
    );
  });

  it('shows Read_Only FALSE from the START of a restore to its end', async () => {
    const { client } = bench({ files });
    expect(await client.value(file(STREAM), P.readOnly)).to.equal(true);
    await client.reinitialize('startRestore');
    expect(await client.value(file(STREAM), P.readOnly)).to.equal(false);
    await client.reinitialize('abortRestore');
    expect(await client.value(file(STREAM), P.readOnly)).to.equal(true);
    await client.reinitialize('startBackup');
    expect(await client.value(file(STREAM), P.readOnly)).to.equal(true);
  });
});
