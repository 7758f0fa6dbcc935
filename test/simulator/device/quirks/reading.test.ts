// Quirks of reading: each does what its summary says, and nothing more. Every row of protocol.md 3.5 that
// a device can cause has its quirk here.

import { expect } from 'chai';
import {
  ConfirmedService as Service,
  decodeReadFileAck,
  DecodeError,
  encodeReadFileRequest,
  PropertyId as P,
} from '../../../../protocol/index.js';
import { type Bench, device, file, octets, quirkyBench, ramp, record, shown, stream } from '../../support.js';

const files = [
  stream(1, ramp(10)),
  record(2, [octets(1), octets(), octets(3)]),
  stream(3, octets()),
  record(4, []),
];
const quirky = (...quirks: string[]): Bench => quirkyBench(quirks, { files });
const reader =
  ({ client }: Bench) =>
  async (...request: Parameters<Bench['client']['readFile']>): Promise<string> =>
    shown(await client.readFile(...request));

describe('eof-late', () => {
  it('says FALSE with the last octet; the read at the end says TRUE, with nothing', async () => {
    const read = reader(quirky('eof-late'));
    expect(await read(1, 'stream', 5, 5)).to.equal('5: 0506070809');
    expect(await read(1, 'stream', 5, 99)).to.equal('5: 0506070809');
    expect(await read(1, 'stream', 10, 5)).to.equal('10:  EOF');
    expect(await read(2, 'record', 0, 3)).to.equal('0: [01  03]');
    expect(await read(2, 'record', 3, 1)).to.equal('3: [] EOF');
    expect(await read(3, 'stream', 0, 5)).to.equal('0:  EOF');
  });

  for (const [value, expected] of [
    ['services-11', 'SERVICES: INVALID_FILE_START_POSITION'],
    ['object-11', 'OBJECT: INVALID_FILE_START_POSITION'],
  ] as const) {
    it(`=${value} refuses the read at the end with ${expected}`, async () => {
      const read = reader(quirky(`eof-late=${value}`));
      expect(await read(1, 'stream', 5, 5)).to.equal('5: 0506070809');
      expect(await read(1, 'stream', 10, 5)).to.equal(expected);
      expect(await read(2, 'record', 3, 1)).to.equal(expected);
      expect(await read(3, 'stream', 0, 5)).to.equal('0:  EOF');
    });
  }
});

describe('eof-early', () => {
  it('says TRUE from its point on, although more follows', async () => {
    const read = reader(quirky('eof-early=6'));
    expect(await read(1, 'stream', 0, 5)).to.equal('0: 0001020304');
    expect(await read(1, 'stream', 5, 2)).to.equal('5: 0506 EOF');
    expect(await reader(quirky('eof-early'))(2, 'record', 0, 1)).to.equal('0: [01] EOF');
  });
});

describe('eof-never', () => {
  it('says FALSE for ever', async () => {
    const read = reader(quirky('eof-never'));
    expect(await read(1, 'stream', 5, 50)).to.equal('5: 0506070809');
    expect(await read(1, 'stream', 10, 50)).to.equal('10: ');
    expect(await read(3, 'stream', 0, 50)).to.equal('0: ');
    expect(await read(4, 'record', 0, 5)).to.equal('0: []');
  });
});

describe('zero-octets', () => {
  it('gives nothing and FALSE the first times, or always', async () => {
    const once = reader(quirky('zero-octets'));
    expect(await once(3, 'stream', 0, 4)).to.equal('0:  EOF');
    expect(await once(1, 'stream', 0, 4)).to.equal('0: ');
    expect(await once(1, 'stream', 0, 4)).to.equal('0: 00010203');
    const always = reader(quirky('zero-octets=always'));
    for (let i = 0; i < 3; i++) expect(await always(1, 'stream', 0, 99)).to.equal('0: ');
    expect(await always(2, 'record', 1, 9)).to.equal('1: []');
  });
});

describe('short-reads', () => {
  it('gives at most so many, FALSE, and the end all the same', async () => {
    const read = reader(quirky('short-reads=4'));
    expect(await read(1, 'stream', 0, 10)).to.equal('0: 00010203');
    expect(await read(1, 'stream', 6, 10)).to.equal('6: 06070809 EOF');
    expect(await reader(quirky('short-reads=1'))(2, 'record', 1, 5)).to.equal('1: []');
  });
});

describe('long-reads', () => {
  it('gives more than was asked for', async () => {
    const read = reader(quirky('long-reads=2'));
    expect(await read(1, 'stream', 0, 3)).to.equal('0: 0001020000');
    expect(await read(2, 'record', 0, 1)).to.equal('0: [01  ]');
  });
});

describe('wrong-read-position', () => {
  it('acknowledges another start than the one it read from', async () => {
    const read = reader(quirky('wrong-read-position=3*1'));
    expect(await read(1, 'stream', 0, 3)).to.equal('3: 000102');
    expect(await read(1, 'stream', 0, 3)).to.equal('0: 000102');
  });
});

describe('record-count-mismatch', () => {
  it('says more records than it gives, so that the answer does not decode', async () => {
    const { client } = quirky('record-count-mismatch');
    const ask = async (id: number, access: 'stream' | 'record'): Promise<Uint8Array> => {
      const payload = encodeReadFileRequest({ file: file(id), access, start: 0, count: 2 });
      const outcome = await client.ask(Service.atomicReadFile, payload);
      return outcome.kind === 'ack' ? outcome.payload : octets();
    };
    const wrong = await ask(2, 'record');
    expect(() => decodeReadFileAck(wrong)).to.throw(DecodeError, 'record count is 3, 2 records follow');
    const right = decodeReadFileAck(await ask(1, 'stream'));
    expect(shown(right)).to.equal('0: 0001');
  });
});

describe('file-changes', () => {
  it('changes and grows a file after its first octets were read, so many times', async () => {
    const b = quirky('file-changes=2');
    const read = reader(b);
    const before = await b.client.readProperty(file(1), P.modificationDate);
    await b.world.advance(2000);
    expect(await read(1, 'stream', 0, 3)).to.equal('0: 000102');
    expect(await b.client.value(file(1), P.fileSize)).to.equal(11);
    expect(await b.client.readProperty(file(1), P.modificationDate)).to.not.deep.equal(before);
    expect(await read(1, 'stream', 3, 3)).to.equal('3: 030405');
    expect(await read(1, 'stream', 0, 3)).to.equal('0: ff0102');
    expect(await b.client.value(file(1), P.fileSize)).to.equal(12);
    await read(1, 'stream', 0, 3);
    expect(await b.client.value(file(1), P.fileSize)).to.equal(12);
  });

  it('=1:same-size changes content and Modification_Date only', async () => {
    const b = quirky('file-changes=1:same-size');
    await b.world.advance(2000);
    await b.client.readFile(1, 'stream', 0, 99);
    expect(b.device.fileOctets(1)).to.deep.equal(octets(255, ...ramp(10).subarray(1)));
  });

  it('changes record files in the same way', async () => {
    const b = quirky('file-changes');
    await b.client.readFile(2, 'record', 0, 1);
    expect(b.device.fileRecords(2)).to.deep.equal([octets(254), octets(), octets(3), octets(0)]);
  });
});

describe('file-changes, shrinking', () => {
  it('=1:shrink takes the last octet or record away, and nothing from an empty file', async () => {
    const b = quirky('file-changes=2:shrink');
    await b.client.readFile(1, 'stream', 0, 99);
    expect(b.device.fileOctets(1)).to.deep.equal(octets(255, ...ramp(9).subarray(1)));
    await b.client.readFile(2, 'record', 0, 1);
    expect(b.device.fileRecords(2)).to.deep.equal([octets(254), octets()]);
    const empty = quirkyBench(['file-changes=1:shrink'], { files: [stream(1, octets())] });
    await empty.client.readFile(1, 'stream', 0, 9);
    expect(empty.device.fileOctets(1)).to.deep.equal(octets());
  });
});

describe('stale-answers', () => {
  it('gives the answer of a moment ago to another question under the same invoke id', async () => {
    const { world, client } = quirky('stale-answers=6');
    const first = await client.readFile(1, 'stream', 0, 1);
    // 255 invoke ids go round in a few milliseconds each.
    for (let i = 0; i < 254; i += 1) await client.readFile(1, 'stream', 1, 1);
    expect(world.clock.now(), 'within its memory').to.be.below(6000);
    expect(await client.readFile(1, 'stream', 5, 1)).to.deep.equal(first);
    expect(await client.value(device(), P.databaseRevision), 'another service under an old id').to.contain(
      'no answer',
    );
    await world.advance(20_000);
    expect(shown(await client.readFile(1, 'stream', 5, 1))).to.equal('5: 05');
  });
});

describe('silent-above', () => {
  it('says nothing to a read of more octets, or of longer records', async () => {
    const b = quirky('silent-above=4');
    const read = reader(b);
    expect(await read(1, 'stream', 0, 4)).to.equal('0: 00010203');
    expect(await read(1, 'stream', 0, 5)).to.contain('no answer');
    const long = quirkyBench(['silent-above=4'], { files: [record(1, [ramp(5)])] });
    expect(await long.client.readFile(1, 'record', 0, 1)).to.contain('no answer');
  });
});

describe('files-reversed', () => {
  it('lists Configuration_Files the other way round, whole and by index', async () => {
    const { client } = quirky('files-reversed');
    const plain = quirky();
    const [there, here] = [
      await client.readProperty(device(), 154),
      await plain.client.readProperty(device(), 154),
    ];
    expect(there).to.deep.equal([...(here as object[])].reverse());
    expect(await client.readProperty(device(), 154, 1)).to.deep.equal([(here as object[]).at(-1)]);
  });
});

describe('file-size-unreadable', () => {
  it('refuses File_Size alone, also among others', async () => {
    const { client } = quirky('file-size-unreadable');
    expect(await client.value(file(1), P.fileSize)).to.equal('PROPERTY: UNKNOWN_FILE_SIZE');
    const [result] = await client.readMultiple([
      { object: file(2), properties: [{ property: 42 }, { property: 141 }] },
    ]);
    expect(result!.properties).to.deep.equal([
      { property: 42, errorClass: 2, errorCode: 122 },
      { property: 141, values: [{ type: 'unsigned', value: 3 }] },
    ]);
  });
});

describe('file-size-in-records', () => {
  it('counts records as File_Size of record files alone', async () => {
    const { client } = quirky('file-size-in-records');
    expect(await client.value(file(2), P.fileSize)).to.equal(3);
    expect(await client.value(file(1), P.fileSize)).to.equal(10);
  });
});

describe('access-method-swapped', () => {
  it('shows the other File_Access_Method, and serves the real one', async () => {
    const b = quirky('access-method-swapped');
    expect(await b.client.value(file(1), P.fileAccessMethod)).to.equal(0);
    expect(await b.client.value(file(2), P.fileAccessMethod)).to.equal(1);
    expect(await reader(b)(1, 'record', 0, 1)).to.equal('SERVICES: INVALID_FILE_ACCESS_METHOD');
    expect(await reader(b)(1, 'stream', 0, 1)).to.equal('0: 00');
  });
});

describe('abort-above', () => {
  it('aborts reads of more octets', async () => {
    const read = reader(quirky('abort-above=4'));
    expect(await read(1, 'stream', 0, 5)).to.equal('ABORT: SEGMENTATION_NOT_SUPPORTED');
    expect(await read(1, 'stream', 8, 5)).to.equal('ABORT: SEGMENTATION_NOT_SUPPORTED');
    expect(await read(1, 'stream', 0, 4)).to.equal('0: 00010203');
  });

  it('aborts records with more octets, with the reason that is said', async () => {
    const read = reader(quirky('abort-above=1:apdu-too-long'));
    expect(await read(2, 'record', 0, 3)).to.equal('ABORT: APDU_TOO_LONG');
    expect(await read(2, 'record', 0, 2)).to.equal('0: [01 ]');
    expect(await reader(quirky('abort-above=1:1'))(1, 'stream', 0, 2)).to.equal('ABORT: BUFFER_OVERFLOW');
  });
});

describe('one-record-only', () => {
  it('rejects a read of two records, and of no octets', async () => {
    const read = reader(quirky('one-record-only'));
    expect(await read(2, 'record', 0, 2)).to.equal('REJECT: PARAMETER_OUT_OF_RANGE');
    expect(await read(2, 'record', 2, 1)).to.equal('2: [03] EOF');
    expect(await read(1, 'stream', 0, 9)).to.equal('0: 000102030405060708');
  });

  it('=first has no record but the first', async () => {
    const read = reader(quirky('one-record-only=first'));
    expect(await read(2, 'record', 0, 1)).to.equal('0: [01]');
    expect(await read(2, 'record', 1, 1)).to.equal('SERVICES: INVALID_FILE_START_POSITION');
    expect(await read(2, 'record', 0, 2)).to.equal('REJECT: PARAMETER_OUT_OF_RANGE');
  });
});

describe('ignores-client-limits', () => {
  it('sends one APDU of any length to a client that takes 50 octets', async () => {
    for (const [quirks, longest] of [
      [['ignores-client-limits'], 400],
      [[], 50],
    ] as const) {
      const b = quirkyBench(
        [...quirks],
        { files: [stream(1, ramp(500))] },
        { limits: { maxApdu: 50, segmentation: 'both', maxSegments: 64 } },
      );
      let most = 0;
      b.world.onDatagram((datagram, from) => {
        if (from.startsWith('10.0.0.10')) most = Math.max(most, datagram.length - 6);
        return undefined;
      });
      void b.client.request(
        Service.atomicReadFile,
        encodeReadFileRequest({ file: file(1), access: 'stream', start: 0, count: 400 }),
      );
      await b.world.advance(500);
      expect(most).to.be.at.least(longest);
      expect(most > 50).to.equal(quirks.length > 0);
    }
  });
});

describe('reads-refused', () => {
  it('says still preparing, for its times or seconds, or for ever', async () => {
    const busy = 'DEVICE: CONFIGURATION_IN_PROGRESS';
    const times = reader(quirky('reads-refused=DEVICE:2*2'));
    expect([
      await times(1, 'stream', 0, 1),
      await times(1, 'stream', 0, 1),
      await times(1, 'stream', 0, 1),
    ]).to.deep.equal([busy, busy, '0: 00']);
    const b = quirky('reads-refused=@5');
    expect(await reader(b)(1, 'stream', 0, 1)).to.equal(busy);
    await b.world.advance(5000);
    expect(await reader(b)(1, 'stream', 0, 1)).to.equal('0: 00');
    const ever = reader(quirky('reads-refused=abort:other'));
    for (let i = 0; i < 3; i++) expect(await ever(1, 'stream', 0, 1)).to.equal('ABORT: OTHER');
  });
});

describe('error-class', () => {
  it('changes the class of file errors, and keeps the code', async () => {
    const b = quirky('error-class=object');
    expect(await reader(b)(1, 'stream', 11, 1)).to.equal('OBJECT: INVALID_FILE_START_POSITION');
    expect(await b.client.writeFile(1, 0, octets(1))).to.equal('OBJECT: FILE_ACCESS_DENIED');
    expect(await b.client.readProperty(device(), P.presentValue)).to.equal('PROPERTY: UNKNOWN_PROPERTY');
  });
});

describe('empty-file-error', () => {
  it('refuses reads of empty files alone', async () => {
    const object = reader(quirky('empty-file-error'));
    expect(await object(3, 'stream', 0, 1)).to.equal('OBJECT: INVALID_FILE_START_POSITION');
    expect(await object(4, 'record', 0, 1)).to.equal('OBJECT: INVALID_FILE_START_POSITION');
    expect(await object(1, 'stream', 0, 1)).to.equal('0: 00');
    const services = reader(quirky('empty-file-error=services-11'));
    expect(await services(3, 'stream', 0, 1)).to.equal('SERVICES: INVALID_FILE_START_POSITION');
  });
});

describe('silent-after-reads', () => {
  it('answers its reads and then nothing, for its seconds or for ever', async () => {
    const b = quirky('silent-after-reads=2@10');
    const read = reader(b);
    expect(await read(1, 'stream', 0, 1)).to.equal('0: 00');
    expect(await read(1, 'stream', 0, 1)).to.equal('0: 00');
    expect(await read(1, 'stream', 0, 1)).to.equal('no answer after 1 attempt');
    await b.world.advance(7000);
    expect(await read(1, 'stream', 0, 1)).to.equal('0: 00');
    const ever = quirky('silent-after-reads=1');
    await reader(ever)(1, 'stream', 0, 1);
    await ever.world.advance(3_600_000);
    expect(await ever.client.value(device(), P.systemStatus)).to.equal('no answer after 1 attempt');
  });
});

describe('restarts-after-reads', () => {
  it('restarts once instead of answering the next read, and forgets the procedure', async () => {
    const b = quirky('restarts-after-reads=1');
    const read = reader(b);
    await b.client.reinitialize('startBackup');
    expect(await read(1, 'stream', 0, 1)).to.equal('0: 00');
    expect(await read(1, 'stream', 1, 1)).to.equal('no answer after 1 attempt');
    b.client.announcements.length = 0;
    await b.world.advance(3000);
    expect(b.client.announcements).to.have.length(1);
    expect(b.device.backupState).to.equal(0);
    expect(await read(1, 'stream', 1, 1)).to.equal('1: 01');
  });
});
