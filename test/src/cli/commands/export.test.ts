// bacvault export, and import.

import { expect } from 'chai';
import { EngineError, type ExportReport, type ImportReport } from '../../../../src/index.js';
import { fakeEngine, fakeIo, image, ran } from '../fakes.js';

const exported: ExportReport = {
  kind: 'export-report',
  place: '/x/a.zip',
  images: ['1', '2'],
  files: 3,
  octets: 1234,
};
const imported: ImportReport = {
  kind: 'import-report',
  place: '/x/a.zip',
  imported: ['1'],
  present: ['2'],
  facts: 1,
};

describe('export', () => {
  it('writes the images that are named, in their order, into the file that is named last', async () => {
    const given: unknown[] = [];
    const engine = fakeEngine({
      images: [image()],
      repository: {
        export: (images, archive) => {
          given.push(
            images.map(({ id }) => id),
            archive.place,
          );
          return Promise.resolve(exported);
        },
      },
    });
    const result = await ran(['export', '1a2b', 'LATEST', 'a.zip', '--device', '1201'], fakeIo(), engine);
    expect(result).to.include({ status: 0, out: '/x/a.zip: 2 images, 3 files, 1 234 octets\n' });
    expect(given).to.deep.equal([[image().id, image().id], 'a.zip']);
    expect(engine.argumentsOf('image')).to.deep.equal([
      ['1a2b', {}],
      ['latest', { instance: 1201 }],
    ]);
  });

  it('says what is missing before it opens anything', async () => {
    for (const args of [['export'], ['export', 'a.zip'], ['export', 'no-image', 'a.zip']]) {
      const engine = fakeEngine();
      expect((await ran(args, fakeIo(), engine)).status, args.join(' ')).to.equal(2);
      expect(engine.calls).to.deep.equal([]);
    }
  });
});

describe('import', () => {
  it('tells what came in and what was there already', async () => {
    const engine = fakeEngine({ repository: { import: () => Promise.resolve(imported) } });
    const result = await ran(['import', 'a.zip'], fakeIo(), engine);
    expect(result.out).to.equal('/x/a.zip: 1 image imported; 1 there already; 1 tag, note or proof added\n');
    expect(engine.argumentsOf('openArchive')).to.deep.equal(['a.zip']);
    const json = await ran(['import', 'a.zip', '--json'], fakeIo(), engine);
    expect(json.lines()).to.deep.equal([{ ...imported }]);
  });

  it('of a damaged file exits 20 with its words', async () => {
    const engine = fakeEngine({
      repository: { import: () => Promise.reject(new EngineError('archive-damaged', 'a.zip: x is missing')) },
    });
    const result = await ran(['import', 'a.zip'], fakeIo(), engine);
    expect(result.status).to.equal(20);
    expect(result.err).to.contain('x is missing').and.contain('Nothing was imported');
  });

  it('--from reads a folder as one image, with what the user says of its files', async () => {
    const given: unknown[] = [];
    const engine = fakeEngine({
      repository: {
        importForeign: (folder, layout, words) => {
          given.push(folder.place, layout, words);
          const unknown = ['modelName'];
          return Promise.resolve({
            kind: 'foreign-import-report',
            place: '/x',
            layout,
            image: 'ab'.repeat(32),
            unknown,
          });
        },
      },
    });
    const options = [
      '--device',
      '1201',
      '--site',
      'North',
      '--file',
      'a=b.bin=1:record',
      '--file',
      'c.bin=0',
    ];
    const result = await ran(['import', 'x', '--from', 'vts', ...options], fakeIo(), engine);
    expect(result.out).to.equal('image abababab from /x; unknown: modelName\n');
    const files = new Map([
      ['a=b.bin', { instance: 1, accessMethod: 'record' }],
      ['c.bin', { instance: 0 }],
    ]);
    expect(given).to.deep.equal(['x', 'vts', { site: 'North', instance: 1201, files }]);
  });

  it('refuses what belongs to the other way, a layout that is none, and a file that is not said right', async () => {
    for (const args of [
      ['a.zip', '--device', '1'],
      ['a.zip', '--site', 'x'],
      ['x', '--from', 'other'],
      ['x', '--from', 'folder', '--file', 'a.bin'],
      ['x', '--from', 'folder', '--file', 'a.bin=4194303'],
      ['x', '--from', 'folder', '--file', 'a.bin=1:both'],
    ]) {
      const engine = fakeEngine();
      expect((await ran(['import', ...args], fakeIo(), engine)).status, args.join(' ')).to.equal(2);
      expect(engine.calls).to.deep.equal([]);
    }
  });
});
