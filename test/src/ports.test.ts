// The rules of src/ports.ts: no name of a Store leaves its area, on no platform; and where a secret could be read on its way.

import { expect } from 'chai';
import fc from 'fast-check';
import { posix, win32 } from 'node:path';
import { handleFault, isReadableOnTheWay, type StoreHandle } from '../../src/ports.js';

const handle = (name: string, area: StoreHandle['area'] = 'objects'): StoreHandle => ({ area, name });

describe('handleFault', () => {
  it('lets no name out of its area, whatever the name', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[a-z./\\: -]{0,12}$/),
      fc.array(fc.constantFrom('..', '.', 'a', '', 'con', 'a.', '/', '\\')).map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(names, (name) => {
        if (handleFault(handle(name)) !== undefined) return;
        expect(posix.resolve('/r/objects', name)).to.equal(`/r/objects/${name}`);
        expect(win32.resolve('C:\\r\\objects', name)).to.equal(
          `C:\\r\\objects\\${name.replaceAll('/', '\\')}`,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('takes the names of the format', () => {
    for (const name of [
      `ab/${'ab'.repeat(32)}`,
      '_main=20_building/1201/2026-03-01T021507Z-4270fcb6.json',
      '2026-03-01T021507Z.ndjson',
      'console',
      'x'.repeat(200),
    ])
      expect(handleFault(handle(name)), name).to.equal(undefined);
    expect(handleFault(handle('repository.json', 'repository'))).to.equal(undefined);
  });

  it('keeps the top folder free of folders of its own', () => {
    expect(handleFault(handle('objects/ab', 'repository'))).to.be.a('string');
  });
});

describe('isReadableOnTheWay', () => {
  it('is true of everything that leaves this computer without TLS', () => {
    for (const url of [
      'mqtt://broker',
      'http://10.1.0.5:80/x',
      'smtp://127.0.0.1.example.org',
      'mqtt://[::2]',
    ])
      expect(isReadableOnTheWay(url), url).to.equal(true);
    for (const url of ['mqtts://broker', 'https://10.1.0.5/x', 'smtps://mail.example.org'])
      expect(isReadableOnTheWay(url), url).to.equal(false);
    for (const url of [
      'mqtt://127.0.0.1',
      'http://localhost:8080/',
      'smtp://[::1]:25',
      'mqtt://127.1.2.3:1883',
    ])
      expect(isReadableOnTheWay(url), url).to.equal(false);
  });
});
