// The loops over a device in memory: asking, run-download, copy-file, compare-file,
// check-part and run-upload, with the answers of devices put in their way.

import { expect } from 'chai';
import { AbortReason, ErrorClass, ErrorCode, PropertyId } from '../../../protocol/index.js';
import type { Reply } from '../../../src/client/index.js';
import { MemoryStore, initRepository } from '../../../src/repository/index.js';
import { checkPart } from '../../../src/transfer/check-part.js';
import {
  askPatiently,
  askPersistently,
  compareFile,
  copyFile,
  download,
  refusalCode,
  uploadFile,
} from '../../../src/transfer/index.js';
import { clock as stopped } from '../repository/samples.js';
import { chunked, each, error, FakePort, FILE, no, SILENCE, yes } from '../../support/file-port.js';
import { failure, joined, octetsOf } from '../../support/world.js';

const BUSY = error(ErrorCode.configurationInProgress, ErrorClass.device);
const TOO_LARGE = no({ kind: 'abort', reason: AbortReason.segmentationNotSupported, server: true });

/** Nothing speaks against going on. */
const mayResume = (): Promise<void> => Promise.resolve();

async function read(port: FakePort): Promise<number[]> {
  const octets: number[] = [];
  for await (const { parts } of download(port, FILE, {
    access: port.access,
    expected: port.content.length,
    mayResume,
  })) {
    for (const part of parts) octets.push(...part);
  }
  return octets;
}

async function repository(): ReturnType<typeof initRepository> {
  let random = 0;
  return initRepository(new MemoryStore(), {
    place: 'memory',
    clock: { ...stopped, sleep: () => Promise.resolve() },
    random: { uint32: () => (random += 1) },
    defaultSite: 'test',
  });
}

describe('asking', () => {
  it('waits out busy answers with growing pauses, and returns the last one when patience ends', async () => {
    const port = new FakePort(new Uint8Array(0));
    let asked = 0;
    const reply = await askPatiently(port, () => Promise.resolve((asked += 1) < 4 ? BUSY : yes(7)));
    expect(reply).to.deep.equal(yes(7));
    expect(port.pausedMs).to.equal(3500);
    expect(await askPatiently(port, () => Promise.resolve(BUSY), 3000)).to.deep.equal(BUSY);
    expect(port.pausedMs).to.equal(3500 + 1500);
  });

  it('bears silences when it is told to: four in a row at least, and for as long as an outage may last', async () => {
    const port = new FakePort(new Uint8Array(0));
    let asked = 0;
    const silent = (until: number) => (): Promise<Reply<number>> => {
      asked += 1;
      port.clockMs += 12_000;
      return Promise.resolve(asked < until ? SILENCE : yes(7));
    };
    expect(await askPersistently(port, silent(4))).to.deep.equal(yes(7));
    asked = 0;
    expect(await askPersistently(port, silent(Infinity))).to.equal(SILENCE);
    expect(asked).to.equal(4);
    asked = 0;
    port.outageMs = 100_000;
    expect(await askPersistently(port, silent(9))).to.deep.equal(yes(7));
  });

  it('bears a router that has lost the device, with pauses', async () => {
    const port = new FakePort(new Uint8Array(0));
    const lost = no({ kind: 'network-reject', network: 1, reason: 1 });
    let asked = 0;
    const answer = await askPersistently(port, () => Promise.resolve((asked += 1) < 5 ? lost : yes(7)));
    expect(answer).to.deep.equal(yes(7));
    expect(port.pausedMs).to.equal(500 + 1000 + 2000 + 4000);
    const tooLong = no({ kind: 'network-reject', network: 1, reason: 4 });
    expect(await askPersistently(port, () => Promise.resolve(tooLong))).to.equal(tooLong);
  });

  it('returns every other answer at once, silence too', async () => {
    const port = new FakePort(new Uint8Array(0));
    expect(await askPatiently(port, () => Promise.resolve(SILENCE))).to.equal(SILENCE);
    expect(port.pausedMs).to.equal(0);
    expect(refusalCode({ kind: 'timeout', attempts: 1 }, 'transfer-failed')).to.equal('device-silent');
    expect(refusalCode({ kind: 'network-reject', network: 1, reason: 1 }, 'transfer-failed')).to.equal(
      'device-no-route',
    );
    expect(refusalCode({ kind: 'reject', reason: 9 }, 'transfer-failed')).to.equal('transfer-failed');
  });
});

describe('a download', () => {
  it('asks for what fits and keeps the content in order', async () => {
    const port = new FakePort(octetsOf(300));
    expect(await read(port)).to.deep.equal([...octetsOf(300)]);
    expect(port.requests).to.deep.equal(['read 0+118', 'read 118+118', 'read 236+64']);
  });

  it('halves its requests when the device aborts them, and fails when not even 16 octets come', async () => {
    const port = new FakePort(octetsOf(100), { read: ({ count }) => (count > 40 ? TOO_LARGE : undefined) });
    expect(await read(port)).to.deep.equal([...octetsOf(100)]);
    expect(port.requests.slice(0, 3)).to.deep.equal(['read 0+100', 'read 0+50', 'read 0+25']);
    const never = new FakePort(octetsOf(100), { read: () => TOO_LARGE });
    expect((await failure(read(never))).code).to.equal('transfer-unreadable');
  });

  it('survives silences of one part, and gives up after four in a row', async () => {
    let silences = 3;
    const port = new FakePort(octetsOf(300), {
      read: ({ start }) => (start > 0 && silences-- > 0 ? SILENCE : undefined),
    });
    expect(await read(port)).to.deep.equal([...octetsOf(300)]);
    const dead = new FakePort(octetsOf(300), { read: ({ start }) => (start > 0 ? SILENCE : undefined) });
    expect((await failure(read(dead))).code).to.equal('device-silent');
    expect(dead.requests).to.have.length(5);
  });

  it('calls a record that cannot be moved unreadable, by its number', async () => {
    const port = new FakePort([octetsOf(3), octetsOf(900)], {
      read: ({ start, count }) => (start + count > 1 ? TOO_LARGE : undefined),
    });
    const thrown = await failure(read(port));
    expect(thrown.code).to.equal('transfer-unreadable');
    expect(thrown.message).to.contain('record 1 is larger');
  });
});

describe('copying a file', () => {
  it('gives the row of the manifest, with what the device said', async () => {
    const store = await repository();
    const draft = await store.begin();
    const row = await copyFile(new FakePort(octetsOf(300)), draft, FILE);
    expect(row).to.deep.include({
      objectIdentifier: 'file,1',
      instance: 1,
      accessMethod: 'stream',
      octets: 300,
      fileSize: 300,
    });
    expect([...(await joined(store.content(row)))]).to.deep.equal([...octetsOf(300)]);
  });

  it('begins anew when the file changed, and nothing of the first reading stays', async () => {
    let changes = 1;
    const port = new FakePort(octetsOf(300), {
      read: ({ start }, self) => {
        if (start > 200 && changes-- > 0) self.content = octetsOf(310, 2);
        return undefined;
      },
    });
    const store = await repository();
    const row = await copyFile(port, await store.begin(), FILE);
    expect([...(await joined(store.content(row)))]).to.deep.equal([...octetsOf(310, 2)]);
    expect((await store.check()).objects).to.equal(1);
  });

  it('reports what went wrong itself, not the error the store made of it', async () => {
    const port = new FakePort(octetsOf(300), {
      read: ({ start }) => (start > 100 ? error(ErrorCode.unknownObject) : undefined),
    });
    const thrown = await failure(copyFile(port, await (await repository()).begin(), FILE));
    expect(thrown.code).to.equal('transfer-failed');
    expect(thrown.message).to.contain('SERVICES: UNKNOWN_OBJECT').and.to.contain('file 1');
  });

  it('does not take a draft that stopped early for a whole file', async () => {
    const port = new FakePort(octetsOf(300), {
      read: ({ start }) => (start > 100 ? error(ErrorCode.unknownObject) : undefined),
    });
    const notUsed = (): Promise<never> => Promise.reject(new Error('not used'));
    const lenient = {
      addStream: async (content: AsyncIterable<Uint8Array>) => {
        try {
          await joined(content);
        } catch {
          // This draft forgets that its input failed.
        }
        return { octets: 0, sha256: '', objects: [] };
      },
      ...{ addRecords: notUsed, publish: notUsed, publishOctets: notUsed },
      close: () => Promise.resolve(),
    };
    expect((await failure(copyFile(port, lenient, FILE))).code).to.equal('transfer-failed');
  });
});

describe('comparing a file', () => {
  const compare = (port: FakePort, image: Uint8Array): ReturnType<typeof compareFile> =>
    compareFile(port, FILE, { access: 'stream', open: () => chunked(image, 64) }, { mayResume });

  it('finds nothing when nothing differs, and exact ranges and sizes when something does', async () => {
    const image = octetsOf(400);
    expect(await compare(new FakePort(image.slice()), image)).to.deep.equal({
      equal: true,
      ranges: [],
      imageSize: 400,
      deviceSize: 400,
    });
    const other = image.slice();
    other[117] = ~(other[117] ?? 0) & 0xff;
    other[118] = ~(other[118] ?? 0) & 0xff;
    other[399] = ~(other[399] ?? 0) & 0xff;
    expect((await compare(new FakePort(other), image)).ranges).to.deep.equal([
      { start: 117, end: 119 },
      { start: 399, end: 400 },
    ]);
  });

  it('counts what one side has more as different', async () => {
    const image = octetsOf(400);
    const shorter = await compare(new FakePort(image.slice(0, 150)), image);
    expect(shorter).to.deep.equal({
      equal: false,
      ranges: [{ start: 150, end: 400 }],
      imageSize: 400,
      deviceSize: 150,
    });
    const longer = await compare(new FakePort(octetsOf(500)), octetsOf(500).slice(0, 400));
    expect(longer).to.deep.equal({
      equal: false,
      ranges: [{ start: 400, end: 500 }],
      imageSize: 400,
      deviceSize: 500,
    });
  });

  it('compares records one by one: boundaries count', async () => {
    const image = [octetsOf(4), octetsOf(0), octetsOf(6)];
    const open = (): AsyncIterable<Uint8Array> => each(image);
    const equal = await compareFile(
      new FakePort(image.slice()),
      FILE,
      { access: 'record', open },
      { mayResume },
    );
    expect(equal).to.deep.equal({ equal: true, ranges: [], imageSize: 3, deviceSize: 3 });
    const moved = [octetsOf(4), octetsOf(6), octetsOf(0)];
    const differs = await compareFile(new FakePort(moved), FILE, { access: 'record', open }, { mayResume });
    expect(differs.ranges).to.deep.equal([{ start: 1, end: 3 }]);
    const fewer = await compareFile(
      new FakePort(image.slice(0, 1)),
      FILE,
      { access: 'record', open },
      { mayResume },
    );
    expect(fewer).to.deep.include({ imageSize: 3, deviceSize: 1, equal: false });
  });
});

describe('checking a part', () => {
  const part = octetsOf(200);

  it('tells equal, different and not there', async () => {
    expect(await checkPart(new FakePort(octetsOf(300)), FILE, 'stream', 0, [part])).to.equal('equal');
    expect(await checkPart(new FakePort(octetsOf(300, 2)), FILE, 'stream', 0, [part])).to.equal('different');
    expect(await checkPart(new FakePort(octetsOf(150)), FILE, 'stream', 0, [part])).to.equal('different');
    expect(await checkPart(new FakePort(octetsOf(50)), FILE, 'stream', 100, [part])).to.equal('different');
    const records = [octetsOf(3), octetsOf(4)];
    expect(await checkPart(new FakePort([octetsOf(1), ...records]), FILE, 'record', 1, records)).to.equal(
      'equal',
    );
    expect(await checkPart(new FakePort([octetsOf(1), ...records]), FILE, 'record', 0, records)).to.equal(
      'different',
    );
  });

  it('says that it is not possible when the device refuses or answers something else', async () => {
    for (const reply of [BUSY, error(ErrorCode.fileAccessDenied)]) {
      expect(await checkPart(new FakePort(part, { read: () => reply }), FILE, 'stream', 0, [part])).to.equal(
        'not-possible',
      );
    }
    const stale = new FakePort(part, {
      read: () => yes({ access: 'stream', endOfFile: false, start: 9, octets: part }),
    });
    expect(await checkPart(stale, FILE, 'stream', 0, [part])).to.equal('not-possible');
  });
});

describe('an upload', () => {
  const upload = (port: FakePort, content: Uint8Array, present?: number): ReturnType<typeof uploadFile> =>
    uploadFile(
      port,
      FILE,
      { access: 'stream', total: content.length, ...(present === undefined ? {} : { present }) },
      () => chunked(content, 64),
    );

  it('empties, then writes ascending parts that fit', async () => {
    const port = new FakePort(octetsOf(400, 9));
    const result = await upload(port, octetsOf(300), 400);
    expect(port.requests).to.deep.equal(['clear', 'write 0+113', 'write 113+113', 'write 226+74']);
    expect([...(port.content as Uint8Array)]).to.deep.equal([...octetsOf(300)]);
    expect(result).to.deep.equal({ octets: 300, truncationUnknown: false });
    expect(port.done).to.deep.equal([113, 226, 300]);
  });

  it('reads back before it writes again what nobody answered', async () => {
    let silences = 1;
    const port = new FakePort(new Uint8Array(0), {
      write: (request, self) => {
        if (request.start === 0 || silences-- <= 0) return undefined;
        self.honestWrite(request);
        return SILENCE;
      },
    });
    await upload(port, octetsOf(300), 0);
    expect(port.requests).to.deep.equal(['write 0+113', 'write 113+113', 'read 113+113', 'write 226+74']);
    expect([...(port.content as Uint8Array)]).to.deep.equal([...octetsOf(300)]);
  });

  it('writes the same position again when reading back shows that nothing arrived', async () => {
    let silences = 1;
    const port = new FakePort(new Uint8Array(0), {
      write: ({ start }) => (start > 0 && silences-- > 0 ? SILENCE : undefined),
    });
    await upload(port, octetsOf(300), 0);
    expect(port.requests).to.deep.equal([
      'write 0+113',
      'write 113+113',
      'read 113+113',
      'write 113+113',
      'write 226+74',
    ]);
  });

  it('looks at the size after an unanswered truncation', async () => {
    const port = new FakePort(octetsOf(400), {
      setProperty: (_, self) => {
        self.clear();
        return SILENCE;
      },
    });
    expect(await upload(port, octetsOf(10), 400)).to.deep.equal({ octets: 10, truncationUnknown: true });
    expect(port.requests).to.deep.equal(['clear', 'write 0+10']);
  });

  it('fails with the words of the device', async () => {
    const port = new FakePort(new Uint8Array(0), {
      write: () => error(ErrorCode.fileFull, ErrorClass.object),
    });
    const thrown = await failure(upload(port, octetsOf(10), 0));
    expect(thrown.message).to.equal('file 1: AtomicWriteFile at 0 was refused: OBJECT: FILE_FULL');
    expect(thrown.details).to.deep.include({ file: 1, words: 'OBJECT: FILE_FULL' });
  });

  it('writes records whole, several where they fit', async () => {
    const records = [octetsOf(30), octetsOf(0), octetsOf(100), octetsOf(50)];
    const port = new FakePort([]);
    await uploadFile(port, FILE, { access: 'record', total: 4, present: 0 }, () => each(records));
    expect(port.requests).to.deep.equal(['write 0+2', 'write 2+1', 'write 3+1']);
    expect(port.content).to.deep.equal(records);
  });

  it('asks File_Size of a stream file, Record_Count of a record file', async () => {
    const asked: number[] = [];
    for (const content of [octetsOf(5), [octetsOf(5), octetsOf(5)]]) {
      const port = new FakePort(content, {
        setProperty: (property) => void asked.push(property),
      });
      await uploadFile(port, FILE, { access: port.access, total: 0, present: 9 }, () => each([]));
    }
    expect(asked).to.deep.equal([PropertyId.fileSize, PropertyId.recordCount]);
  });
});
