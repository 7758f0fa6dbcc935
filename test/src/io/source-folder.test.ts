// A folder that is read from: its plain files and nothing else.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openSourceFolder } from '../../../src/io/source-folder.js';
import { collect, rejection, temporaryFolder, textOf } from '../repository/samples.js';

describe('a source folder', () => {
  it('has its plain files, without folders and links, and reads no other', async () => {
    const { folder, remove } = temporaryFolder();
    try {
      writeFileSync(join(folder, 'b.bin'), 'two');
      writeFileSync(join(folder, 'a.bin'), '');
      mkdirSync(join(folder, 'below'));
      if (process.platform !== 'win32') symlinkSync('/etc/hostname', join(folder, 'link'));
      const source = await openSourceFolder(folder);
      expect(source.names).to.deep.equal(['a.bin', 'b.bin']);
      expect(textOf(await collect(source.read('b.bin')))).to.equal('two');
      expect(await collect(source.read('a.bin'))).to.have.length(0);
      await rejection(collect(source.read('../b.bin')), 'internal');
    } finally {
      remove();
    }
  });

  it('that is not there, or is a file, is no folder', async () => {
    const { folder, remove } = temporaryFolder();
    try {
      writeFileSync(join(folder, 'file'), '');
      await rejection(openSourceFolder(join(folder, 'none')), 'usage');
      await rejection(openSourceFolder(join(folder, 'file')), 'usage');
    } finally {
      remove();
    }
  });
});
