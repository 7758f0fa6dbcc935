// The rule for names that every Store holds to (src/ports.ts): no name leaves its area, on no platform.

import { expect } from 'chai';
import fc from 'fast-check';
import { posix, win32 } from 'node:path';
import { handleFault, type StoreHandle } from '../../src/ports.js';

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
