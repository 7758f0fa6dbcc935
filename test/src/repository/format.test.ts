// FORMAT.md is the contract: what it prints must be so, and its recipes must work.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { sha256Of } from '../../../src/repository/digest.js';
import { FORMAT } from '../../../src/repository/index.js';
import { filesIn, fixture, formatDocument, temporaryFolder } from './samples.js';

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

  it('has a recipe that cuts records with nothing but a shell', function () {
    if (process.platform === 'win32') this.skip(); // The recipe is for a POSIX shell.
    const { folder, remove } = temporaryFolder();
    const recipe = blocks.find((block) => block.text.includes('while read'))!.text;
    writeFileSync(join(folder, 'lengths'), '5\n0\n2\n');
    writeFileSync(join(folder, 'file-2.bin'), 'alphabe');
    const script = recipe.replace(/objects\/\S+/, 'lengths');
    const run = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(run.status, run.stderr).to.equal(0);
    const records = [...filesIn(folder)].filter(([name]) => name.startsWith('record-'));
    expect(records.map(([name, content]) => [name, content.toString()])).to.deep.equal([
      ['record-1.bin', 'alpha'],
      ['record-2.bin', ''],
      ['record-3.bin', 'be'],
    ]);
    remove();
  });
});
