// Names of things in a repository: reversible, and safe on every file system.

import { expect } from 'chai';
import fc from 'fast-check';
import { EngineError } from '../../../src/errors.js';
import { handleFault } from '../../../src/ports.js';
import {
  decodeSite,
  encodeSite,
  factHandle,
  folderOf,
  imageHandle,
  journalHandle,
  objectHandle,
  parseImageName,
  parseJournalName,
  parseObjectName,
  siteFault,
} from '../../../src/repository/names.js';
import { manifest } from './samples.js';

const sites = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  .filter((site) => siteFault(site) === undefined);
const hash = fc.stringMatching(/^[0-9a-f]{64}$/);

describe('encodeSite and decodeSite', () => {
  it('encode as FORMAT.md says', () => {
    for (const [site, folder] of [
      ['hq', 'hq'],
      ['HQ', '_h_q'],
      ['Main Building', '_main=20_building'],
      ['Zürich', '_z=c3=bcrich'],
      ['a_b=c', 'a=5fb=3dc'],
      ['con', '=63on'],
      ['Con', '_con'],
      ['lpt0', '=6cpt0'],
      ['console', 'console'],
      ['..', '=2e=2e'],
      ['a/b\\c:d', 'a=2fb=5cc=3ad'],
      ['楼', '=e6=a5=bc'],
    ] as const) {
      expect(encodeSite(site)).to.equal(folder);
      expect(decodeSite(folder)).to.equal(site);
    }
  });

  it('bring every site name back, by a folder name that every store takes', () => {
    fc.assert(
      fc.property(sites, (site) => {
        const folder = encodeSite(site);
        expect(decodeSite(folder)).to.equal(site);
        expect(handleFault({ area: 'images', name: folder })).to.equal(undefined);
        expect(folder).to.equal(folder.toLowerCase());
      }),
    );
  });

  it('keep sites apart that differ only in case', () => {
    fc.assert(
      fc.property(sites, sites, (one, other) => {
        fc.pre(one !== other);
        expect(encodeSite(one).toLowerCase()).to.not.equal(encodeSite(other).toLowerCase());
      }),
    );
    expect(encodeSite('Site')).to.not.equal(encodeSite('site'));
  });

  it('take no folder name for a site that no site is encoded to', () => {
    for (const folder of [
      '',
      'A',
      'Main',
      '=4d',
      '=61',
      '=c3',
      '=zz',
      '=6',
      '_',
      '__',
      '_1',
      'a b',
      'con',
      'a=20',
      '=2E',
      'é',
    ])
      expect(decodeSite(folder), folder).to.equal(undefined);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z=_0-9-]{1,12}$/), (folder) => {
        const site = decodeSite(folder);
        if (site !== undefined) expect(encodeSite(site)).to.equal(folder);
      }),
    );
  });

  it('refuse what is no site name, and say why', () => {
    for (const [site, why] of [
      ['', 'empty'],
      [' hq', 'space'],
      ['hq\t', 'space'],
      ['h\nq', 'control'],
      ['h\u0000q', 'control'],
      ['\ud800', 'Unicode'],
      ['x'.repeat(121), 'shorter'],
      ['楼'.repeat(14), 'shorter'],
    ] as const) {
      expect(() => encodeSite(site), JSON.stringify(site))
        .to.throw(EngineError, why)
        .with.property('code', 'usage');
    }
    expect(encodeSite('x'.repeat(120))).to.have.length(120);
  });
});

describe('the folder of a name', () => {
  it('is all before its last part', () => {
    expect(folderOf('hq/1201/2026.json')).to.equal('hq/1201');
  });
});

describe('names of objects', () => {
  it('hold the hash, in a folder of its first two digits', () => {
    fc.assert(
      fc.property(hash, (sha256) => {
        const handle = objectHandle(sha256);
        expect(handle).to.deep.equal({ area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` });
        expect(parseObjectName(handle.name)).to.equal(sha256);
      }),
    );
  });

  it('are nothing else', () => {
    const sha256 = 'ab'.repeat(32);
    for (const name of [
      sha256,
      `ac/${sha256}`,
      `ab/${sha256.slice(1)}`,
      `AB/${sha256.toUpperCase()}`,
      `ab/${sha256}.tmp`,
      `x/ab/${sha256}`,
    ])
      expect(parseObjectName(name), name).to.equal(undefined);
  });
});

describe('names of images', () => {
  const id = 'c0ffee00'.repeat(8);

  it('say site, instance, time and the first digits of the id, and come from the manifest', () => {
    const { name } = imageHandle(
      manifest([], { site: 'Main Building', device: { instance: 4_194_303 } }),
      id,
    );
    expect(name).to.equal('_main=20_building/4194303/2026-03-01T021507Z-c0ffee00.json');
    expect(parseImageName(name)).to.deep.equal({
      site: 'Main Building',
      instance: 4_194_303,
      time: '2026-03-01T021507Z',
      id8: 'c0ffee00',
    });
  });

  it('are never longer than FORMAT.md promises', () => {
    const { area, name } = imageHandle(
      manifest([], { site: 'x'.repeat(120), device: { instance: 4_194_303 } }),
      id,
    );
    expect(`${area}/${name}`).to.have.length(168);
    const fact = factHandle({ area, name }, id);
    expect(`${area}/${fact.name}`).to.have.length(177);
    expect(handleFault({ area, name })).to.equal(undefined);
  });

  it('are nothing else', () => {
    for (const name of [
      ...[
        'hq/1201/2026-03-01T021507Z-c0ffee00.json.bak',
        'hq/1201/2026-03-01T021507Z-c0ffee00',
        '2026-03-01T021507Z-c0ffee00.json',
      ],
      ...[
        'hq/01201/2026-03-01T021507Z-c0ffee00.json',
        'HQ/1201/2026-03-01T021507Z-c0ffee00.json',
        'hq/1201/x/2026-03-01T021507Z-c0ffee00.json',
      ],
      ...[
        'hq/1201/2026-03-01T021507Z-C0FFEE00.json',
        'hq/-1/2026-03-01T021507Z-c0ffee00.json',
        'hq/1201/2026-03-01T02:15:07Z-c0ffee00.json',
      ],
      'hq/1201/2026-03-01T021507Z-c0ffee00 (1).json',
    ])
      expect(parseImageName(name), name).to.equal(undefined);
  });
});

describe('names of the journal', () => {
  it('are those of entries and their notes, and nothing else', () => {
    const entry = '0123456789abcdef';
    for (const note of [0, 1, 12]) {
      const { area, name } = journalHandle(entry, note);
      expect(handleFault({ area, name })).to.equal(undefined);
      expect(parseJournalName(name)).to.deep.equal({ id: entry, note });
    }
    for (const name of [
      `${entry}.0.json`,
      `${entry}.01.json`,
      `${entry}.1.2.json`,
      `${entry}.json.bak`,
      'x.json',
    ])
      expect(parseJournalName(name), name).to.equal(undefined);
  });
});
