// bacvault extract.

import { expect } from 'chai';
import { EngineError, type ImageFile, type Repository } from '../../../../src/index.js';
import { fakeEngine, type FakeEngineOptions, fakeIo, type FakeIo, image, manifest, ran } from '../fakes.js';

const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);

async function* pieces(...all: Uint8Array[]): AsyncIterable<Uint8Array> {
  await Promise.resolve();
  yield* all;
}

const repository: Partial<Repository> = {
  content: () => pieces(octets(1, 2), octets(3, 4, 5)),
  records: () => pieces(octets(7, 8), octets(), octets(9)),
};

function files(io: FakeIo): Record<string, string> {
  return Object.fromEntries(
    [...io.written].map(([path, content]) => [path, Buffer.from(content).toString('latin1')]),
  );
}

function extract(
  io: FakeIo,
  args: readonly string[],
  options: FakeEngineOptions = {},
): ReturnType<typeof ran> {
  return ran(
    ['extract', '1a2b', '--to', 'out', ...args],
    io,
    fakeEngine({ repository, images: [image()], ...options }),
  );
}

describe('extract', () => {
  it('writes stream files byte for byte, record files with their lengths, and sums for sha256sum', async () => {
    const io = fakeIo();
    const result = await extract(io, []);
    expect(result).to.include({ status: 0, err: '' });
    expect(files(io)).to.deep.equal({
      'out/file-12.bin': '\x01\x02\x03\x04\x05',
      'out/file-13.bin': '\x07\x08\x09',
      'out/file-13.lengths.txt': '2\n0\n1\n',
      'out/SHA256SUMS': `${'a'.repeat(64)}  file-12.bin\n${'b'.repeat(64)}  file-13.bin\n`,
    });
    expect(result.out).to.equal(
      'out/file-12.bin  file,12, 5 octets\nout/file-13.bin  file,13, 3 octets, 3 records\n',
    );
  });

  it('says as JSON what went where', async () => {
    const result = await extract(fakeIo(), ['--json']);
    expect(result.lines()).to.deep.equal([
      {
        kind: 'extracted-file',
        file: 12,
        access: 'stream',
        path: 'out/file-12.bin',
        octets: 5,
        sha256: 'a'.repeat(64),
      },
      {
        kind: 'extracted-file',
        file: 13,
        access: 'record',
        path: 'out/file-13.bin',
        octets: 3,
        records: 3,
        sha256: 'b'.repeat(64),
      },
    ]);
  });

  it('writes only the files asked for', async () => {
    const io = fakeIo();
    await extract(io, ['--file', '13']);
    expect(Object.keys(files(io))).to.deep.equal([
      'out/file-13.bin',
      'out/file-13.lengths.txt',
      'out/SHA256SUMS',
    ]);
    const both = fakeIo();
    await extract(both, ['--file', '13', '--file', '12']);
    expect(Object.keys(files(both))).to.include.members(['out/file-12.bin', 'out/file-13.bin']);
  });

  it('refuses a file that the image does not have, and says which it has', async () => {
    const io = fakeIo();
    const result = await extract(io, ['--file', '9']);
    expect(result.status).to.equal(2);
    expect(result.err).to.contain('The image has no file,9; it has file,12, file,13.');
    expect(io.written.size).to.equal(0);
  });

  it('overwrites nothing, and writes nothing when any name is taken', async () => {
    for (const taken of ['out/file-13.bin', 'out/file-13.lengths.txt', 'out/SHA256SUMS']) {
      const io = fakeIo();
      io.written.set(taken, octets(0));
      const result = await extract(io, []);
      expect(result.status).to.equal(2);
      expect(result.err).to.contain(`${taken} is there already. Nothing was written.`);
      expect(files(io)).to.deep.equal({ [taken]: '\x00' });
    }
  });

  it('gives a File object that is listed twice two names', async () => {
    const [first] = manifest().files as [ImageFile];
    const io = fakeIo();
    await extract(io, [], { images: [image({ files: [first, first] })] });
    expect(Object.keys(files(io))).to.deep.equal(['out/file-12.bin', 'out/file-12-2.bin', 'out/SHA256SUMS']);
  });

  it('passes the error of a damaged object on, and leaves no SHA256SUMS behind', async () => {
    const io = fakeIo();
    // eslint-disable-next-line @typescript-eslint/require-await
    const damaged = async function* (): AsyncIterable<Uint8Array> {
      yield octets(1);
      throw new EngineError('repository-corrupt', 'object ab12 is damaged');
    };
    const result = await extract(io, [], { repository: { content: damaged } });
    expect(result.status).to.equal(20);
    expect(result.err).to.contain('object ab12 is damaged');
    expect(io.written.has('out/SHA256SUMS')).to.equal(false);
  });

  it('does not believe content of another length', async () => {
    const result = await extract(fakeIo(), [], { repository: { content: () => pieces(octets(1)) } });
    expect(result.status).to.equal(20);
    expect(result.err).to.contain('out/file-12.bin has 1 octet, not 5.');
  });

  it('turns errors of the disk into ours', async () => {
    const failing = async (code: string): Promise<number> => {
      const io = fakeIo();
      const error = Object.assign(new Error(code), { code });
      return (
        await ran(
          ['extract', '1a2b', '--to', 'out'],
          { ...io, openFolder: () => Promise.reject(error) },
          fakeEngine({ images: [image()] }),
        )
      ).status;
    };
    expect(await failing('ENOSPC')).to.equal(21);
    expect(await failing('EACCES')).to.equal(20);
    expect(await failing('EEXIST')).to.equal(2);
  });
});
