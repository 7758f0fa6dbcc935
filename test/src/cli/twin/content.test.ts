// The files of an image in memory: whole, with what the image says of them, and never more than fits.

import { expect } from 'chai';
import {
  emptyFiles,
  loadFiles,
  requireHoldable,
  TWIN_OCTETS_MAX,
  TWIN_RECORDS_MAX,
} from '../../../../src/cli/twin/content.js';
import type { Repository } from '../../../../src/index.js';
import { failure, recordFile, Stage, streamFile } from '../../../support/world.js';
import { image, manifest } from '../fakes.js';

describe('the content of a twin', () => {
  it('has every octet and every record boundary, names, types and dates', async () => {
    const modifiedUnixTime = Date.UTC(2024, 1, 29, 7, 30, 1, 250);
    const files = [
      { ...streamFile(5, 200_000), name: 'program', fileType: 'bin', modifiedUnixTime },
      { ...recordFile(3, [0, 7, 0, 300]), archive: true },
    ];
    const stage = await Stage.open({ device: { files } });
    const { imageId } = await stage.backup();
    const loaded = await loadFiles(stage.repository, await stage.repository.image(imageId));
    expect(loaded).to.have.length(2);
    // Inside the backup nothing may be written, and so it was recorded.
    expect(loaded[0]).to.deep.include({ ...files[0], readOnly: true });
    expect(loaded[1]).to.deep.include({ ...files[1], readOnly: true });
  });

  it('can be empty, with the same kinds of files', () => {
    expect(emptyFiles(image())).to.deep.equal([
      { instance: 12, name: 'config.bin', access: 'stream', content: new Uint8Array(0) },
      { instance: 13, access: 'record', records: [] },
    ]);
  });

  it('is refused when it does not fit into memory, before anything is read', () => {
    const [file] = manifest().files;
    const large = image({ files: [{ ...file!, octets: TWIN_OCTETS_MAX + 1 }] });
    expect(() => requireHoldable(large)).to.throw(/holds its files in memory/);
    expect(() => requireHoldable(image({ files: [{ ...file!, octets: TWIN_OCTETS_MAX }] }))).to.not.throw();
  });

  it('is refused when a file has more records than the simulator takes', async () => {
    const none = new Uint8Array(0);
    const repository = {
      content: async function* () {
        yield await Promise.resolve(new Uint8Array(5));
      },
      records: async function* () {
        for (let count = 0; count <= TWIN_RECORDS_MAX; count += 1) yield none;
        await Promise.resolve();
      },
    } as unknown as Repository;
    const error = await failure(loadFiles(repository, image()));
    expect(error.code).to.equal('usage');
    expect(error.message).to.contain('file,13 has too many records');
  });

  it('has no date where the device gave none', () => {
    const [file] = manifest().files;
    const files = [{ ...file!, modificationDate: '2026-*-* 10:00:00.00' }];
    expect(emptyFiles(image({ files }))[0]).to.not.have.property('modifiedUnixTime');
  });
});
