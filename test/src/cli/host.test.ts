// The real computer: files that are never overwritten nor left half written, signals, the version.

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { hostIo } from '../../../src/cli/host.js';
import type { Interruption } from '../../../src/cli/io.js';
import { projectRoot } from '../../support/sources.js';

async function* pieces(...texts: string[]): AsyncIterable<Uint8Array> {
  await Promise.resolve();
  for (const text of texts) yield Buffer.from(text);
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('host', () => {
  let place: string;

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'bacvault-cli-'));
  });

  afterEach(() => {
    rmSync(place, { recursive: true });
  });

  it('runs a program without a shell, and gives what it prints', async () => {
    const echo = "process.stdin.on('data', (d) => process.stdout.write(d + process.argv[1]))";
    const command = [process.execPath, '-e', echo, '$HOME;|'] as const;
    expect(await hostIo().capture(command, { timeLimitMs: 20_000, input: 'in ' })).to.equal('in $HOME;|');
  });

  it('never repeats the arguments of a program that fails, is missing or takes too long', async () => {
    const io = hostIo();
    const fails = [process.execPath, '-e', 'process.exit(7)', 'secret'] as const;
    const status = await failure(io.capture(fails, { timeLimitMs: 20_000 }));
    expect(String(status))
      .to.match(/ended with 7$/)
      .and.not.include('secret');
    const missing = await failure(
      io.capture([join(place, 'no-such-program'), 'secret'], { timeLimitMs: 20_000 }),
    );
    expect(String(missing))
      .to.match(/ENOENT$/)
      .and.not.include('secret');
    const sleeps = [process.execPath, '-e', 'setInterval(() => 0, 1000)', 'secret'] as const;
    const late = await failure(io.capture(sleeps, { timeLimitMs: 50 }));
    expect(String(late)).to.include('took longer than 50 ms').and.not.include('secret');
  });

  it('knows the version of the package', () => {
    const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(hostIo().version).to.equal(manifest.version);
  });

  it('makes a folder with all above it, and writes files into it whole', async () => {
    const folder = await hostIo().openFolder(join(place, 'a', 'b'));
    expect(await folder.exists('x.bin')).to.equal(false);
    expect(await folder.create('x.bin', pieces('ab', '', 'cd'))).to.equal(4);
    expect(await folder.exists('x.bin')).to.equal(true);
    expect(readFileSync(folder.pathOf('x.bin'), 'utf8')).to.equal('abcd');
    expect(await folder.create('empty.bin', pieces())).to.equal(0);
  });

  it('never touches a file that is there', async () => {
    const folder = await hostIo().openFolder(place);
    writeFileSync(join(place, 'x.bin'), 'mine');
    expect(await failure(folder.create('x.bin', pieces('yours')))).to.have.property('code', 'EEXIST');
    expect(readFileSync(join(place, 'x.bin'), 'utf8')).to.equal('mine');
  });

  it('removes what it wrote when the content fails half-way, and passes the failure on', async () => {
    const folder = await hostIo().openFolder(place);
    const damage = new Error('damaged');
    const failing = async function* (): AsyncIterable<Uint8Array> {
      yield* pieces('ab');
      throw damage;
    };
    expect(await failure(folder.create('x.bin', failing()))).to.equal(damage);
    expect(existsSync(join(place, 'x.bin'))).to.equal(false);
  });

  it('sees whether others can read a file, where the platform can say', async () => {
    const path = join(place, 'p');
    writeFileSync(path, 'x');
    chmodSync(path, 0o644);
    expect(await hostIo().readableByOthers(path)).to.equal(process.platform !== 'win32');
    chmodSync(path, 0o600);
    expect(await hostIo().readableByOthers(path)).to.equal(false);
  });

  it('hears signals until it is told not to', () => {
    const heard: Interruption[] = [];
    const before = process.listenerCount('SIGHUP');
    const stop = hostIo().onInterrupt((cause) => heard.push(cause));
    process.emit('SIGHUP', 'SIGHUP');
    stop();
    expect(heard).to.deep.equal([{ kind: 'signal', name: 'SIGHUP' }]);
    expect(process.listenerCount('SIGHUP')).to.equal(before);
  });
});
