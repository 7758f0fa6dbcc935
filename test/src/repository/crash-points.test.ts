// Every command of the repository, stopped at every point: before and after each operation that changes the disk,
// with the power on and with the power going. What was reported saved is whole, what was to be forgotten is whole
// or gone, nothing is damaged, and what is left over is told by `check` and taken away by the next prune.

import { expect } from 'chai';
import type { FileSystem } from '../../../src/io/file-system.js';
import type { FoundImage, ImageSummary, Repository } from '../../../src/repository/index.js';
import { DyingDisk, type Dying } from '../../support/dying.js';
import { withoutHardLinks } from '../io/faulty-files.js';
import { folderOf } from './foreign/folder.js';
import { MemoryArchive } from './portable/archive.js';
import { all, chunks, imageFile, manifest, saveImage } from './samples.js';

/** What is in the repository before the command begins. */
interface Before {
  readonly images: readonly FoundImage[];
  /** Of the oldest image, which has a tag, a proof and a note. */
  readonly oldest: ImageSummary;
  readonly newest: ImageSummary;
  readonly archive: MemoryArchive;
}

interface Story {
  /** What it does; gives the ids of images that are there when it has come to its end. */
  readonly act: (repository: Repository, before: Before) => Promise<readonly string[]>;
  /** Images that need not be there afterwards. */
  readonly mayGo?: (before: Before) => readonly string[];
  /** What more must be true when it came to its end. */
  readonly done?: (repository: Repository, before: Before) => Promise<void>;
}

const day = (number: number): string => `2026-02-${String(number).padStart(2, '0')}T01:00:00.000Z`;
const CREATED = '2026-02-20T01:00:00.000Z';

async function backup(repository: Repository): Promise<readonly string[]> {
  const draft = await repository.begin();
  const files = [
    imageFile(1, await draft.addStream(chunks('new content'))),
    imageFile(2, await draft.addStream(chunks('left behind'))),
    imageFile(3, await draft.addRecords(chunks('one', '', 'three'))),
  ];
  return [(await draft.publish(manifest(files, { createdAt: CREATED }))).id];
}

const stories: Readonly<Record<string, Story>> = {
  'a backup': { act: backup },
  'a forget by id': {
    act: async (repository, { oldest }) => {
      await repository.forget({ ids: [oldest.id] });
      return [];
    },
    mayGo: ({ oldest }) => [oldest.id],
    done: async (repository, { oldest }) => {
      expect((await repository.images()).map(({ id }) => id)).to.not.include(oldest.id);
    },
  },
  'a forget by a policy': {
    act: async (repository) => {
      await repository.forget({ policy: { last: 1 } });
      return [];
    },
    mayGo: ({ images }) => images.filter(({ standing }) => standing.tags.length === 0).map(({ id }) => id),
    done: async (repository, { oldest, newest }) => {
      const kept = (await repository.images({ instance: 1201 })).map(({ id }) => id);
      expect(kept).to.deep.equal([newest.id, oldest.id]);
    },
  },
  'a prune': {
    act: async (repository) => {
      await repository.prune();
      return [];
    },
    done: async (repository) => {
      // Nobody waits until it is durable that they are gone: the power may bring some back.
      const { findings } = await repository.check();
      expect(findings.filter(({ place }) => !/^(objects|trash)\//.test(place))).to.deep.equal([]);
    },
  },
  'an import': {
    act: async (repository, { archive }) => (await repository.import(archive)).imported,
  },
  'an import of a folder': {
    act: async (repository) => {
      const files = new Map([['a.bin', { instance: 1, accessMethod: 'stream' as const }]]);
      const words = { site: 'other', instance: 77, files };
      return [(await repository.importForeign(folderOf('old', { 'a.bin': 'a' }), 'folder', words)).image];
    },
  },
  'a tag, a note and a proof': {
    act: async (repository, { newest }) => {
      await repository.record(newest, { type: 'tag', tag: 'golden' });
      await repository.record(newest, { type: 'note', text: 'before the flood' });
      await repository.record(newest, { type: 'verified', how: 'restored' });
      return [];
    },
    done: async (repository, { newest }) => {
      expect(await repository.facts(newest)).to.have.length(3);
    },
  },
  'a run log': {
    act: async (repository) => {
      const run = await repository.beginRun('run');
      await run.write('image', { site: 'hq', instance: 1201 });
      await run.end('done');
      return [];
    },
    done: async (repository) => {
      const [last] = (await all(repository.runs())).slice(-1);
      expect(await repository.readRun(last!)).to.include({ ended: true, torn: false });
    },
  },
  'a procedure in the journal': {
    act: async ({ journal }) => {
      const opened = await journal.open({
        ...{ procedure: 'backup', site: 'hq', instance: 1201, target: '1201@192.168.1.10' },
      });
      const held = await journal.note(opened, { standing: 'held' });
      await journal.note(await journal.note(held, { standing: 'held' }), { standing: 'ending' });
      await journal.close(opened.id);
      return [];
    },
    done: async ({ journal }) => {
      expect(await journal.entries()).to.deep.equal([]);
    },
  },
  'a question, which keeps an index': {
    act: async (repository, { newest }) => {
      await repository.record(newest, { type: 'tag', tag: 'golden' });
      expect(await all(repository.find({ tags: ['golden'] }))).to.have.length(1);
      return [];
    },
  },
};

let prepared: Promise<{ readonly disk: DyingDisk; readonly before: Before }> | undefined;

async function prepare(): Promise<{ readonly disk: DyingDisk; readonly before: Before }> {
  const elsewhere = await new DyingDisk('elsewhere').init();
  const archive = new MemoryArchive();
  const sent = await saveImage(elsewhere, 'from elsewhere', { site: 'else', createdAt: day(3) }, ['x', 'yz']);
  await elsewhere.record(sent, { type: 'tag', tag: 'as-built' });
  await elsewhere.export([sent], archive);

  const disk = new DyingDisk('before');
  const repository = await disk.init();
  const oldest = await saveImage(repository, 'as it was built', { createdAt: day(1) }, ['r1', 'r2']);
  await repository.record(oldest, { type: 'tag', tag: 'as-built' });
  await repository.record(oldest, { type: 'verified', how: 'second-reading' });
  await repository.record(oldest, { type: 'note', text: 'handed over' });
  const gone = await saveImage(repository, 'left behind', { createdAt: day(2) });
  await saveImage(repository, 'in between', { createdAt: day(4) });
  await saveImage(repository, 'in between', { createdAt: day(5) });
  const newest = await saveImage(repository, 'as it is', { createdAt: day(6) });
  await repository.forget({ ids: [gone.id] });
  await repository.close();
  return { disk, before: { images: await all(repository.find()), oldest, newest, archive } };
}

/** What was known before is there, but for what may go; nothing is damaged. Gives the ids that are there. */
async function expectSound(
  repository: Repository,
  before: Before,
  mayGo: readonly string[],
): Promise<readonly string[]> {
  const { findings } = await repository.check({ readData: true });
  expect(findings.filter(({ code }) => code !== 'leftover')).to.deep.equal([]);
  for (const { place } of findings)
    expect(place).to.match(/^(tmp|objects|trash|images|runs|locks|journal)\//);
  const images = await repository.images();
  for (const image of images) await repository.verifyImage(image);
  const found = new Map((await all(repository.find())).map((image) => [image.id, image]));
  for (const image of before.images) {
    const now = found.get(image.id);
    if (!mayGo.includes(image.id)) expect(now, 'an image is gone').to.not.equal(undefined);
    // Facts may have come, and none has gone.
    if (now) {
      expect(now.standing.tags).to.include.members([...image.standing.tags]);
      expect(now.standing.notes).to.deep.include.members([...image.standing.notes]);
      if (image.standing.verified) expect(now.standing.verified).to.not.equal(undefined);
    }
  }
  return images.map(({ id }) => id);
}

interface Outcome {
  readonly ending: 'done' | 'died';
  readonly leftovers: number;
}

async function liveAndDie(
  story: Story,
  dying: Dying,
  change?: (f: FileSystem) => FileSystem,
): Promise<Outcome> {
  prepared ??= prepare();
  const { disk: template, before } = await prepared;
  const disk = new DyingDisk(`${dying.at} ${dying.death}`, template, change);
  const mayGo = story.mayGo?.(before) ?? [];
  let promised: readonly string[] = [];
  const ending = await disk.run(async (repository) => {
    promised = await story.act(repository, before);
  }, dying);
  if (typeof ending !== 'string') throw ending.failed;

  const next = await disk.open();
  expect(await expectSound(next, before, mayGo)).to.include.members([...promised]);
  if (ending === 'done') await story.done?.(next, before);
  const leftovers = (await next.check()).findings.length;

  // The next one does the same again, and a prune a day later takes away all that was left over.
  const again = await disk.run(async (repository) => {
    promised = await story.act(repository, before).catch((error: unknown) => {
      if (mayGo.length + leftovers === 0) throw error;
      return promised;
    });
    for (const { id } of await repository.journal.entries()) await repository.journal.close(id);
  });
  if (typeof again !== 'string') throw again.failed;
  disk.wait();
  await disk.run((repository) => repository.prune());
  const last = await disk.open();
  expect(await expectSound(last, before, mayGo)).to.include.members([...promised]);
  const { findings } = await last.check();
  expect(findings.filter(({ place }) => !place.startsWith('runs/'))).to.deep.equal([]);
  for (const { message } of findings) expect(message).to.match(/last line was not written to its end/);
  return { ending, leftovers };
}

/** Lets a command die at every point. Gives how often it did. */
async function everywhere(
  powerFails: boolean,
  live: (dying: Dying) => Promise<Outcome>,
  deaths: readonly Dying['death'][] = ['before', 'after'],
): Promise<{ readonly died: number; readonly leftovers: number }> {
  let [died, leftovers] = [0, 0];
  for (const death of deaths) {
    for (let at = 0; ; at += 1) {
      const outcome = await live({ at, death, powerFails }).catch((error: unknown) => {
        throw new Error(`${death} operation ${at}: ${String(error)}`, { cause: error });
      });
      if (outcome.ending === 'done') break;
      died += 1;
      leftovers += outcome.leftovers;
    }
  }
  return { died, leftovers };
}

describe('a process that dies at any point of', () => {
  for (const [name, story] of Object.entries(stories)) {
    for (const powerFails of [false, true]) {
      const how = powerFails ? 'with the power' : 'alone';
      it(`${name}, ${how}, leaves all that was saved, and nothing that stays in the way`, async function () {
        this.timeout(120_000);
        const { died, leftovers } = await everywhere(powerFails, (dying) => liveAndDie(story, dying));
        expect(died).to.be.greaterThan(20);
        expect(leftovers).to.be.greaterThan(0);
      });
    }

    it(`${name} does so on a disk without hard links too`, async function () {
      this.timeout(120_000);
      const change = (files: FileSystem): FileSystem => withoutHardLinks('ENOTSUP', files);
      await everywhere(false, (dying) => liveAndDie(story, dying, change), ['after']);
    });
  }

  for (const powerFails of [false, true]) {
    it(`a repair, ${powerFails ? 'with the power' : 'alone'}, deletes nothing, and the next one goes on`, async function () {
      this.timeout(120_000);
      const { disk: template } = await prepare();
      const damaged = await damage(template);
      const { died } = await everywhere(powerFails, async (dying) => {
        const disk = new DyingDisk(`${dying.at} ${dying.death}`, template);
        const ending = await disk.run(
          (repository) => repository.check({ readData: true, repair: true }),
          dying,
        );
        if (typeof ending !== 'string') throw ending.failed;
        await expectKept(disk, damaged);
        const second = await (await disk.open()).check({ readData: true, repair: true });
        await expectKept(disk, damaged);
        const told = second.findings.filter(({ severity }) => severity === 'error');
        // What was moved is told no more; that images miss it is.
        const left = (await (await disk.open()).check({ readData: true })).findings;
        const errors = left.filter(({ severity }) => severity === 'error');
        expect(errors.map(({ code }) => code)).to.deep.equal(['object-missing']);
        expect(errors[0]!.images).to.have.length(2);
        return { ending, leftovers: told.length };
      });
      expect(died).to.be.greaterThan(20);
    });
  }
});

/** Damages an object, a fact and a manifest. Gives what is in every file. */
async function damage(disk: DyingDisk): Promise<ReadonlySet<string>> {
  for (const [path, octets] of await disk.files()) {
    const text = new TextDecoder().decode(octets);
    const isFact = path.startsWith('images/') && text.includes('handed over');
    const isManifest = path.includes('2026-02-06') && text.includes('bacvault-image');
    if (text === 'in between' || isFact || isManifest)
      await disk.put(
        path,
        octets.map((octet, at) => (at === 5 ? octet ^ 1 : octet)),
      );
  }
  return contents(await disk.files());
}

const contents = (files: ReadonlyMap<string, Uint8Array>): ReadonlySet<string> =>
  new Set(
    [...files]
      .filter(([path]) => /^(objects|images|aside)\//.test(path))
      .map(([, octets]) => new TextDecoder().decode(octets)),
  );

async function expectKept(disk: DyingDisk, octets: ReadonlySet<string>): Promise<void> {
  expect([...contents(await disk.files())]).to.include.members([...octets]);
}
