// An exported file in the hands of somebody without bacvault: unzip and sha256sum, as FORMAT.md section 14 says.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createArchive, initRepository } from '../../src/open.js';
import type { Repository } from '../../src/repository/index.js';
import { imageHandle } from '../../src/repository/names.js';
import {
  all,
  chunks,
  collect,
  filesIn,
  formatDocument,
  imageFile,
  manifest,
  noise,
  temporaryFolder,
} from '../src/repository/samples.js';

/** A site with everything that a file system, a shell or a list of sums could stumble over. */
const SITE = 'Süd & "Co" \\ #1';

async function fill(repository: Repository): Promise<void> {
  const draft = await repository.begin();
  const files = [
    imageFile(1, await draft.addStream(chunks(noise(700_000)))),
    imageFile(2, await draft.addStream(chunks())),
    imageFile(4_194_303, await draft.addRecords(chunks('one', '', noise(300)))),
  ];
  const image = await draft.publish(manifest(files, { site: SITE }));
  await repository.record(image, { type: 'tag', tag: 'as-built' });
  await repository.record(image, { type: 'note', text: 'handed over, "süd"' });
}

describe('an exported file', () => {
  let folder: string;
  let remove: () => void;
  let repository: Repository;
  before(async () => {
    ({ folder, remove } = temporaryFolder());
    repository = await initRepository(join(folder, 'repository'));
    await fill(repository);
    const archive = await createArchive(join(folder, 'north.zip'));
    await repository.export(await repository.images(), archive);
  });
  after(() => remove());

  const script = formatDocument()
    .split('```')
    .find((part) => part.startsWith('sh\nunzip'))!
    .slice(3);
  const sh = (text: string, cwd = folder): { readonly status: number | null; readonly said: string } => {
    const { status, stdout, stderr } = spawnSync('sh', ['-eu', '-c', text], { cwd, encoding: 'utf8' });
    return { status, said: stdout + stderr };
  };

  it('is whole for unzip, and every sum is right for sha256sum', async () => {
    expect(sh('unzip -tqq north.zip')).to.deep.equal({ status: 0, said: '' });
    const checked = sh(script);
    expect(checked.status, checked.said).to.equal(0);
    const lines = checked.said.trimEnd().split('\n');
    const found = [...filesIn(join(folder, 'north')).keys()];
    // Every file but the list itself; and nothing that sha256sum had to say more than OK.
    expect(lines).to.have.length(found.length - 1);
    for (const line of lines) expect(line).to.match(/: OK$/);
    const [{ id, manifest: whole }] = (await repository.images()) as [
      Awaited<ReturnType<Repository['images']>>[number],
    ];
    const stem = imageHandle(whole, id).name.replace(/\.json$/, '');
    for (const [at, file] of whole.files.entries()) {
      const name = `files/${stem}/0${at + 1}-file-${file.instance}.bin`;
      const octets = readFileSync(join(folder, 'north', name));
      expect(Buffer.compare(octets, await collect(repository.content(file))), name).to.equal(0);
    }
    expect(await all(repository.runs())).to.deep.equal([]);
  });

  it('shows sha256sum an octet that is another, and a file that is missing', () => {
    cpSync(join(folder, 'north'), join(folder, 'other'), { recursive: true });
    const files = [...filesIn(join(folder, 'other'))].filter(([name]) => name !== 'SHA256SUMS');
    for (const [name, octets] of files.filter(([, content]) => content.length > 0)) {
      octets[octets.length >> 1]! ^= 0x10;
      writeFileSync(join(folder, 'other', name), octets);
      expect(sh('sha256sum --status -c SHA256SUMS', join(folder, 'other')).status, name).to.not.equal(0);
      octets[octets.length >> 1]! ^= 0x10;
      writeFileSync(join(folder, 'other', name), octets);
    }
    expect(sh('sha256sum --status -c SHA256SUMS', join(folder, 'other')).status).to.equal(0);
    mkdirSync(join(folder, 'gone'));
    expect(
      sh(`mv ${files[0]![0]} ../gone; sha256sum --status -c SHA256SUMS`, join(folder, 'other')).status,
    ).to.not.equal(0);
  });

  it('has names that Windows and macOS take as well', () => {
    const names = [...filesIn(join(folder, 'north')).keys()];
    for (const name of names) {
      expect(name.length, name).to.be.at.most(200);
      for (const part of name.split('/')) {
        expect(part).to.match(/^[A-Za-z0-9_=.-]*[A-Za-z0-9_=-]$/);
        expect(part).to.not.match(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
      }
    }
    expect(new Set(names.map((name) => name.toLowerCase())).size).to.equal(names.length);
  });
});
