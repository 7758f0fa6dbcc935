// Manifests as octets (manifest.ts), the schemas that judge them (schema.ts), and their reading (json.ts).

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { MemoryStore, type ImageManifest } from '../../../src/repository/index.js';
import { sha256Of } from '../../../src/repository/digest.js';
import { loadSmall, parseJson } from '../../../src/repository/json.js';
import { encodeManifest, readManifest } from '../../../src/repository/manifest.js';
import { chunks, imageFile, manifest, noise, octets, rejection, textOf } from './samples.js';

const hash = (digit: string): string => digit.repeat(64);
const stream = imageFile(1, { octets: 5, sha256: hash('a'), objects: [{ sha256: hash('a'), octets: 5 }] });
const record = imageFile(2, {
  octets: 7,
  sha256: hash('b'),
  objects: [
    { sha256: hash('c'), octets: 3 },
    { sha256: hash('d'), octets: 4 },
  ],
  recordLengths: { sha256: hash('e'), octets: 6 },
});

type Changeable = Record<string, unknown>;
/** Reads a manifest after a change by hand, as text. */
function readChanged(change: (fields: Changeable) => void): ReturnType<typeof readManifest> {
  const fields = JSON.parse(textOf(encodeManifest(manifest([stream, record])).octets)) as Changeable;
  change(fields);
  return readManifest(octets(JSON.stringify(fields)));
}

describe('a manifest', () => {
  it('is indented text with the fields in the order of FORMAT.md, whatever order they came in', () => {
    const { files, ...rest } = manifest([stream]);
    const shuffled = {
      files: files.map((file) => Object.fromEntries(Object.entries(file).reverse())),
      ...rest,
    } as unknown;
    const text = textOf(encodeManifest(shuffled as ImageManifest).octets);
    expect(text).to.equal(textOf(encodeManifest(manifest([stream])).octets));
    expect(text).to.match(/^\{\n {2}"kind": "bacvault-image",\n {2}"format": 1,\n {2}"site": "hq",\n/);
    expect(text).to.match(/\n\}\n$/);
    expect(JSON.parse(text)).to.deep.equal(manifest([stream]));
  });

  it('has the hash of its octets as id, and is read back with every field', () => {
    const { octets: written, image } = encodeManifest(manifest([stream, record]));
    expect(image.id).to.equal(sha256Of(written));
    expect(image.manifest).to.deep.equal(manifest([stream, record]));
    expect(readManifest(written)).to.deep.equal({ ok: true, image });
  });

  it('keeps any text that a device gives', () => {
    const name = 'Ä "quoted" \\ \u0000 \u2028 \ud800 🏭 \r\n';
    const { image } = encodeManifest(manifest([], { device: { instance: 0, name } }));
    expect(image.manifest.device.name).to.equal(name);
  });

  it('may have fields that format 1 does not know, and keeps them', () => {
    const reading = readChanged((fields) => {
      fields['tags'] = ['as-built'];
      (fields['files'] as Changeable[])[0]!['volatile'] = [[0, 4]];
      (fields['device'] as Changeable)['profile'] = 'B-BC';
    });
    expect(reading).to.have.nested.property('image.manifest.tags').deep.equal(['as-built']);
    expect(reading).to.have.nested.property('image.manifest.files[0].volatile');
  });

  const wrong: Record<string, (fields: Changeable) => void> = {
    'another kind': (f) => (f['kind'] = 'bacvault-snapshot'),
    'a newer format': (f) => (f['format'] = 2),
    'no format': (f) => delete f['format'],
    'no site': (f) => delete f['site'],
    'a site that is no site name': (f) => (f['site'] = ' hq'),
    'a local time': (f) => (f['createdAt'] = '2026-03-01T02:15:00+01:00'),
    'no files': (f) => delete f['files'],
    'an instance as text': (f) => (f['device'] = { instance: '1201' }),
    'an instance over 4194303': (f) => (f['device'] = { instance: 4_194_304 }),
    'a negative instance': (f) => (f['device'] = { instance: -1 }),
    'a fraction of an octet': (f) => ((f['files'] as Changeable[])[0]!['octets'] = 5.5),
    'a capital hash': (f) => ((f['files'] as Changeable[])[0]!['sha256'] = hash('A')),
    'a path for a hash': (f) =>
      ((f['files'] as Changeable[])[0]!['objects'] = [{ sha256: '../../../../etc/passwd', octets: 5 }]),
    'another access method': (f) => ((f['files'] as Changeable[])[0]!['accessMethod'] = 'block'),
    'objects that are too short': (f) => ((f['files'] as Changeable[])[0]!['octets'] = 6),
    'an object of another hash': (f) => ((f['files'] as Changeable[])[0]!['sha256'] = hash('f')),
    'a record file without boundaries': (f) => delete (f['files'] as Changeable[])[1]!['recordLengths'],
    'a stream file with boundaries': (f) =>
      ((f['files'] as Changeable[])[0]!['recordLengths'] = { sha256: hash('e'), octets: 6 }),
    'null for a text': (f) => (f['device'] = { instance: 1201, name: null }),
  };
  for (const [what, change] of Object.entries(wrong)) {
    it(`is none with ${what}`, () => {
      const reading = readChanged(change);
      expect(reading.ok, JSON.stringify(reading)).to.equal(false);
    });
  }

  it('is none when it is cut off, no JSON, no UTF-8, or begins with a byte order mark', () => {
    const { octets: written } = encodeManifest(manifest([stream]));
    for (const bad of [
      written.subarray(0, written.length >> 1),
      octets(''),
      octets('null'),
      octets('[]'),
      noise(200),
      octets(`\ufeff${textOf(written)}`),
    ])
      expect(readManifest(bad)).to.have.property('ok', false);
    const latin1 = Uint8Array.from(Buffer.from(textOf(written).replace('AHU', 'ÄHU'), 'latin1'));
    expect(readManifest(latin1)).to.have.property('fault').that.contains('UTF-8');
  });

  it('that its maker built wrongly is a defect, not a user error', () => {
    expect(() => encodeManifest(manifest([{ ...stream, octets: 4 }])))
      .to.throw(EngineError, 'files.0')
      .with.property('code', 'internal');
  });
});

describe('parseJson and loadSmall', () => {
  it('give the value, or say what is wrong', () => {
    expect(parseJson(octets('{"a":1}'))).to.deep.equal({ ok: true, value: { a: 1 } });
    expect(parseJson(octets('{"a":'))).to.have.property('ok', false);
  });

  it('read no more than they are allowed', async () => {
    const store = new MemoryStore();
    const handle = { area: 'images', name: 'a' } as const;
    await store.save(handle, chunks(noise(70_000), noise(30_000)));
    expect(await loadSmall(store, handle, 100_000)).to.have.length(100_000);
    expect(await loadSmall(store, handle, 99_999)).to.equal(undefined);
    await rejection(loadSmall(store, { area: 'images', name: 'b' }, 10), 'store-missing');
  });
});
