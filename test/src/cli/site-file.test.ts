// The site file of a command, and the secrets that it points to; and the page that a result is written to.

import { expect } from 'chai';

import { openPage } from '../../../src/cli/page.js';
import { Session } from '../../../src/cli/session.js';
import { findSiteFile, readSiteFile, secretReader, siteFilePlace } from '../../../src/cli/site-file.js';
import { failure } from '../../support/world.js';
import { fakeEngine, fakeIo } from './fakes.js';

const FILE = 'site: North\nrules: {}\n';

describe('the site file', () => {
  it('is where the option, the environment or the default says', () => {
    const env = { BACVAULT_SITE_FILE: 'there.yaml' };
    expect(siteFilePlace({ siteFile: 'here.yaml' }, fakeIo({ env }))).to.equal('here.yaml');
    expect(siteFilePlace({}, fakeIo({ env }))).to.equal('there.yaml');
    expect(siteFilePlace({}, fakeIo())).to.equal('./site.yaml');
  });

  it('is read, or its mistakes are told', async () => {
    expect((await readSiteFile({}, fakeIo({ files: { './site.yaml': FILE } }))).name).to.equal('North');
    const wrong = fakeIo({ files: { './site.yaml': 'site: 7\n' } });
    expect((await failure(readSiteFile({}, wrong))).message).to.include('./site.yaml:1');
    expect((await failure(readSiteFile({}, fakeIo()))).message).to.include('./site.yaml cannot be read');
  });

  it('may be missing where a command can do without, but not when it was named', async () => {
    expect(await findSiteFile({}, fakeIo())).to.equal(undefined);
    expect((await failure(findSiteFile({ siteFile: 'x.yaml' }, fakeIo()))).code).to.equal('usage');
  });
});

describe('the secrets of a site file', () => {
  const io = fakeIo({
    env: { REINIT: 'from the environment', EMPTY: '' },
    files: {
      'etc/secret.txt': '\uFEFFfrom the file\r\nsecond line\n',
      '/abs/secret.txt': 'from there',
      'program pass show north': 'from the program\n',
    },
  });
  const read = secretReader({ siteFile: 'etc/site.yaml' }, io);

  it('are read from where they are, relative to the site file', async () => {
    expect(await read({ kind: 'clear', password: 'clear' })).to.equal('clear');
    expect(await read({ kind: 'env', name: 'REINIT' })).to.equal('from the environment');
    expect(await read({ kind: 'file', path: 'secret.txt' })).to.equal('from the file');
    expect(await read({ kind: 'file', path: '/abs/secret.txt' })).to.equal('from there');
    expect(await read({ kind: 'command', command: ['pass', 'show', 'north'] })).to.equal('from the program');
  });

  it('that cannot be had say where they were looked for', async () => {
    expect((await failure(read({ kind: 'env', name: 'EMPTY' }))).message).to.include('EMPTY');
    expect((await failure(read({ kind: 'file', path: 'gone.txt' }))).message).to.include('etc/gone.txt');
    const { message } = await failure(read({ kind: 'command', command: ['pass', '--secret', 'x'] }));
    expect(message).to.include('the program pass').and.not.include('--secret');
  });
});

describe('a page', () => {
  it('is refused before anything is done when something is there', async () => {
    const io = fakeIo();
    const session = new Session(io, fakeEngine(), 'run', {});
    expect(await openPage(session, undefined)).to.equal(undefined);
    const write = await openPage(session, 'report.html');
    await write?.(() => 'page');
    expect([...io.written.values()].map((octets) => new TextDecoder().decode(octets))).to.deep.equal([
      'page',
    ]);
    expect((await failure(openPage(session, 'report.html'))).message).to.include('is there already');
    expect((await failure(openPage(session, 'folder/'))).message).to.include('names no file');
  });
});
