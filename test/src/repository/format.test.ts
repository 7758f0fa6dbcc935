// FORMAT.md is the contract: what it prints must be so, and its recipes must work.

import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { expect } from 'chai';
import { sha256Of } from '../../../src/repository/digest.js';
import { FileStore } from '../../../src/io/file-store.js';
import { FORMAT, openRepository } from '../../../src/repository/index.js';
import { imageHandle } from '../../../src/repository/names.js';
import { all, clock, collect, filesIn, fixture, formatDocument, random, temporaryFolder } from './samples.js';

const example = filesIn(fixture('v1-example'));
const blocks = [...formatDocument().matchAll(/```(\w*)\n([\s\S]*?)```/g)].map(([, kind = '', text = '']) => ({
  kind,
  text,
}));
const manifestName = [...example.keys()].find((name) => name.startsWith('images/'))!;

describe('FORMAT.md', () => {
  it('shows the example repository as it is, octet for octet', () => {
    const shown = blocks.filter((block) => block.kind === 'text').map((block) => block.text);
    expect(shown).to.deep.equal([
      example.get('repository.json')!.toString(),
      example.get(manifestName)!.toString(),
    ]);
  });

  it('prints the hash of every file of the example, and each name agrees with its hash', () => {
    const lines = [...formatDocument().matchAll(/^([0-9a-f]{64}) {2}(\S+)$/gm)].map(([, hash, name]) => ({
      hash,
      name,
    }));
    expect(lines.map((line) => line.name)).to.deep.equal(
      [...example.keys()].filter((name) => name !== 'repository.json'),
    );
    for (const { hash, name = '' } of lines) {
      expect(sha256Of(example.get(name)!), name).to.equal(hash);
      if (name.startsWith('objects/')) expect(name).to.equal(`objects/${hash!.slice(0, 2)}/${hash}`);
      else expect(name).to.contain(`-${hash!.slice(0, 8)}.json`);
    }
  });

  it('says how repository.json guards itself, and that is so', () => {
    const text = example.get('repository.json')!.toString();
    const kept = text.split(/(?<=\n)/).filter((line) => !line.includes('"sha256":'));
    expect(text).to.contain(`"sha256": "${sha256Of(Buffer.from(kept.join('')))}"`);
  });

  it('is about the format that this code writes', () => {
    expect(formatDocument()).to.match(new RegExp(`^# Repository format ${FORMAT}\n`));
  });

  describe('section 12, followed with nothing but a shell', function () {
    const script = /^## 12\.[\s\S]*?(?=^## 13)/m
      .exec(formatDocument())![0]
      .split('```')
      .filter((part) => part.startsWith('sh\n'))
      .map((part) => part.slice(3))
      .join('');
    const made: (() => void)[] = [];
    afterEach(() => {
      for (const remove of made.splice(0)) remove();
    });

    /** A copy of a repository in which a POSIX shell does as the document says, for one of its manifests. */
    const follow = (
      name: string,
      manifest?: string,
    ): {
      readonly status: number | null;
      readonly restored: ReadonlyMap<string, Buffer>;
      readonly said: string;
    } => {
      const { folder, remove } = temporaryFolder();
      made.push(remove);
      cpSync(fixture(name), folder, { recursive: true });
      const text = manifest === undefined ? script : script.replace(/^manifest=.*$/m, `manifest=${manifest}`);
      const { status, stdout, stderr } = spawnSync('sh', ['-eu', '-c', text], {
        cwd: folder,
        encoding: 'utf8',
      });
      const restored = [...filesIn(folder)].filter(([path]) => path.startsWith('restored/'));
      return {
        status,
        restored: new Map(restored.map(([path, octets]) => [path.slice(9), octets])),
        said: stdout + stderr,
      };
    };

    before(function () {
      if (process.platform === 'win32') this.skip(); // The recipe is for a POSIX shell.
    });

    it('gives the files and the records of the example', () => {
      const { status, restored, said } = follow('v1-example');
      expect(status, said).to.equal(0);
      const contents = [...restored].filter(([name]) => name.endsWith('.bin'));
      expect(contents.map(([name, octets]) => [name, octets.toString()])).to.deep.equal([
        ['01-file-1.bin', 'setpoint=21.5\nfan=auto\n'],
        ['02-file-2-record-1.bin', 'alpha'],
        ['02-file-2-record-2.bin', ''],
        ['02-file-2-record-3.bin', 'be'],
        ['02-file-2.bin', 'alphabe'],
        ['03-file-3.bin', ''],
      ]);
    });

    it('gives the octets of every file of every image of the lived-in repository', async () => {
      const folder = fixture('v1-lived-in');
      const repository = await openRepository(new FileStore(folder), {
        clock,
        random: random(),
        place: folder,
      });
      const images = await repository.images();
      expect(images).to.have.length(3);
      for (const { id, manifest } of images) {
        const { name } = imageHandle(manifest, id);
        const { status, restored, said } = follow('v1-lived-in', `images/${name}`);
        expect(status, said).to.equal(0);
        for (const [at, file] of manifest.files.entries()) {
          const stem = `0${at + 1}-file-${file.instance}`;
          const content = await collect(repository.content(file));
          expect(Buffer.compare(restored.get(`${stem}.bin`)!, content), stem).to.equal(0);
          if (file.recordLengths === undefined) continue;
          for (const [index, record] of (await all(repository.records(file))).entries())
            expect(Buffer.compare(restored.get(`${stem}-record-${index + 1}.bin`)!, record)).to.equal(0);
        }
      }
    });

    it('ends with an error for a damaged object, a missing one, and an edited manifest', () => {
      for (const name of ['v1-damaged-object', 'v1-missing-object', 'v1-edited-manifest']) {
        const manifest = [...filesIn(fixture(name)).keys()].find((path) => path.startsWith('images/'));
        expect(follow(name, manifest).status, name).to.not.equal(0);
      }
    });
  });
});
