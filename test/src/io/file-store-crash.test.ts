// What a FileStore keeps when a save stops: between any two operations, by an error or the end of the
// process, and what two processes do to each other. After each, the repository's own check has the word.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { FileStore } from '../../../src/io/file-store.js';
import type { FileSystem } from '../../../src/io/file-system.js';
import { initRepository, openRepository, type Repository } from '../../../src/repository/index.js';
import {
  all,
  chunks,
  clock,
  collect,
  imageFile,
  manifest,
  noise,
  random,
  rejection,
  saveImage,
  temporaryFolder,
  textOf,
} from '../repository/samples.js';
import { faultyFiles, quickFiles, systemError, withoutHardLinks } from './faulty-files.js';

const large = [noise(262_000), noise(1000)];
const later = { createdAt: '2026-03-02T02:15:00.000Z' };

/** One backup: a stream file of several writes, one that is there already, and records. */
async function backup(repository: Repository): Promise<string> {
  const draft = await repository.begin();
  const files = [
    imageFile(1, await draft.addStream(chunks(...large))),
    imageFile(2, await draft.addStream(chunks('before'))),
    imageFile(3, await draft.addRecords(chunks('one', '', 'three'))),
  ];
  return (await draft.publish(manifest(files, later))).id;
}

describe('a FileStore that is stopped', () => {
  const made: (() => void)[] = [];
  const newFolder = (): string => {
    const { folder, remove } = temporaryFolder();
    made.push(remove);
    return folder;
  };
  afterEach(() => {
    for (const remove of made.splice(0)) remove();
  });

  let processes = 0;
  const open = (folder: string, fileSystem = quickFiles): Promise<Repository> =>
    openRepository(new FileStore(folder, { fileSystem }), {
      clock,
      random: random((processes += 1)),
      place: folder,
    });

  const prepared = async (): Promise<string> => {
    const folder = newFolder();
    const store = new FileStore(folder, { fileSystem: quickFiles });
    const repository = await initRepository(store, {
      clock,
      random: random(),
      place: folder,
      defaultSite: 'hq',
    });
    await saveImage(repository, 'before');
    return folder;
  };

  /** A claim that a crashed writer left is in the way until it is a minute old. */
  const aMinutePasses = (folder: string): void => {
    const then = Date.now() / 1000 - 61;
    for (const name of existsSync(join(folder, 'tmp')) ? readdirSync(join(folder, 'tmp')) : [])
      utimesSync(join(folder, 'tmp', name), then, then);
  };

  /** No error; the image from before is whole; a new one is there whole or not at all. Gives the number of images. */
  const expectSound = async (folder: string): Promise<number> => {
    const repository = await open(folder);
    const { findings } = await repository.check({ readData: true });
    expect(findings.filter((finding) => finding.code !== 'leftover')).to.deep.equal([]);
    const images = await repository.images();
    for (const image of images) await repository.verifyImage(image);
    const [first] = images.at(-1)!.manifest.files;
    expect(textOf(await collect(repository.content(first!)))).to.equal('before');
    return images.length;
  };

  for (const [kind, below] of [
    ['with hard links', quickFiles],
    ['without hard links', withoutHardLinks('EPERM', quickFiles)],
  ] as const) {
    it(`${kind}: by a crash before or within any operation of a backup, shows a whole image or none`, async function () {
      this.timeout(60_000);
      let saved = 0;
      let unsaved = 0;
      for (let at = 0; ; at += 1) {
        const folder = await prepared();
        const crash = { reached: false };
        const crashing = faultyFiles(({ number }) => {
          if (number < at) return undefined;
          crash.reached = true;
          return systemError('ECRASH');
        }, below);
        const outcome = await open(folder, crashing)
          .then(backup)
          .catch(() => 'failed');
        const images = await expectSound(folder);
        // What was reported as saved is there. (The reverse may happen: saved, and the answer lost.)
        if (outcome !== 'failed') expect(images).to.equal(2);
        if (images === 2) saved += 1;
        else unsaved += 1;
        if (!crash.reached) break;
        if (at % 5 > 0) continue;
        aMinutePasses(folder);
        await backup(await open(folder, below));
        expect(await expectSound(folder)).to.equal(2);
      }
      expect(unsaved).to.be.greaterThan(40);
      expect(saved).to.be.greaterThan(0);
    });
  }

  it('by one error in any operation of a backup, fails clearly or not at all, and works on', async function () {
    this.timeout(60_000);
    let failed = 0;
    for (let at = 0; ; at += 1) {
      const folder = await prepared();
      let hit = '';
      let first = true;
      const stumbling = faultyFiles(({ number, operation }) => {
        if (number !== at || !first) return undefined;
        hit = operation;
        return systemError('EIO');
      }, quickFiles);
      const store = new FileStore(folder, { fileSystem: stumbling });
      const repository = await openRepository(store, { clock, random: random(), place: folder }).catch(() =>
        open(folder),
      );
      const error: unknown = await backup(repository).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      first = false;
      if (error !== undefined) {
        expect(error).to.be.instanceOf(EngineError).with.property('code', 'store-io');
        expect(await expectSound(folder)).to.equal(1);
        failed += 1;
      }
      if (hit !== 'unlink') expect(await all(new FileStore(folder).leftovers()), hit).to.deep.equal([]);
      if (hit === '') break;
      if (at % 5 > 0) continue;
      await backup(repository);
      expect(await expectSound(folder)).to.equal(2);
    }
    expect(failed).to.be.greaterThan(40);
  });

  it('by a crash in any operation of init, leaves a repository or none, and init can be done again', async () => {
    for (let at = 0; ; at += 1) {
      const folder = join(newFolder(), 'new', 'repository');
      const crash = { reached: false };
      const crashing = faultyFiles(({ number }) => {
        if (number < at) return undefined;
        crash.reached = true;
        return systemError('ECRASH');
      }, quickFiles);
      const init = (fileSystem: FileSystem): Promise<Repository> =>
        initRepository(new FileStore(folder, { fileSystem }), {
          clock,
          random: random(),
          place: folder,
          defaultSite: 'hq',
        });
      const outcome: unknown = await init(crashing).catch((error: unknown) => error);
      const isThere = existsSync(join(folder, 'repository.json'));
      if (!isThere) {
        expect(outcome).to.be.instanceOf(Error);
        await rejection(open(folder), 'repository-not-found');
        await init(quickFiles);
      }
      expect(
        (await (await open(folder)).check()).findings.filter((f) => f.code !== 'leftover'),
      ).to.deep.equal([]);
      await rejection(init(quickFiles), 'repository-exists');
      if (!crash.reached) break;
    }
  });
});

describe('a FileStore in several processes', () => {
  let folder: string;
  let remove: () => void;
  beforeEach(() => ({ folder, remove } = temporaryFolder()));
  afterEach(() => remove());

  /** Started from source or from the built tests, whichever runs now. */
  const start = (...args: string[]): ChildProcess => {
    const script = fileURLToPath(import.meta.url).replace(/-crash\.test\.(ts|js)$/, '-process.$1');
    return spawn(process.execPath, [...process.execArgv, script, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  };
  const line = async (child: ChildProcess): Promise<string> => {
    let text = '';
    while (!text.endsWith('\n')) text += String((await once(child.stdout!, 'data'))[0]);
    return text;
  };

  it('gives each name to one of two processes, and both find the content whole', async function () {
    this.timeout(60_000);
    const children = [start('race', folder, '1'), start('race', folder, '2')];
    for (const child of children) expect(await line(child)).to.equal('ready\n');
    const ends = children.map((child) => once(child, 'exit'));
    const results = children.map(line);
    for (const child of children) child.stdin!.write('go\n');
    const won = (await Promise.all(results)).map((result) => JSON.parse(result) as number[]);
    for (const end of ends) expect((await end)[0]).to.equal(0);
    expect([...won[0]!, ...won[1]!].sort((a, b) => a - b)).to.deep.equal(
      Array.from({ length: 100 }, (_, at) => at),
    );
    const store = new FileStore(folder);
    for (const [process, files] of won.entries()) {
      for (const file of files) {
        const content = await collect(store.load({ area: 'images', name: `hq/1201/${file}.json` }));
        expect(Buffer.compare(content, noise(3000, process + 1)), `file ${file}`).to.equal(0);
      }
    }
    for (let file = 0; file < 100; file += 1) {
      const content = await collect(store.load({ area: 'objects', name: `ab/${file}` }));
      expect(Buffer.compare(content, noise(2000, file))).to.equal(0);
    }
    expect(await all(store.leftovers())).to.deep.equal([]);
  });

  it('shows nothing of a save whose process was killed, but as a leftover', async () => {
    const child = start('hang', folder);
    const exit = once(child, 'exit');
    await line(child);
    child.kill('SIGKILL');
    await exit;
    const store = new FileStore(folder);
    expect(await all(store.list('images'))).to.deep.equal([]);
    const [leftover] = await all(store.leftovers());
    expect(leftover).to.have.property('octets', 1_000_000);
    expect(await store.save({ area: 'images', name: 'hq/1201/hung.json' }, noise(5))).to.equal(5);
  });
});
