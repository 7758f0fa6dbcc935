// repository.json: made once, and judged before anything else is believed.

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { FORMAT, MemoryStore } from '../../../src/repository/index.js';
import {
  loadRepositoryFile,
  newRepositoryFile,
  REPOSITORY_HANDLE,
} from '../../../src/repository/repository-file.js';
import { clock, octets, random, rejection, textOf } from './samples.js';

const written = (): string => textOf(newRepositoryFile(clock, random(), 'Main Building'));

async function load(content: string | Uint8Array): Promise<unknown> {
  const store = new MemoryStore();
  await store.save(REPOSITORY_HANDLE, typeof content === 'string' ? octets(content) : content);
  return loadRepositoryFile(store, '/backups');
}

describe('repository.json', () => {
  it('is read back as it was made', async () => {
    const file = await load(written());
    expect(file).to.include({
      kind: 'bacvault-repository',
      format: FORMAT,
      createdAt: '2026-03-01T02:14:00.000Z',
    });
    expect(file).to.have.nested.property('options.defaultSite', 'Main Building');
    expect(file)
      .to.have.property('id')
      .that.matches(/^[0-9a-f]{32}$/);
  });

  it('takes its id from chance, all 128 bits of it', async () => {
    const edges = [0, 0xffffffff, 1, 0x80000000];
    const content = newRepositoryFile(clock, { uint32: () => edges.shift() ?? 0 }, 'hq');
    expect(await load(content)).to.have.property('id', '00000000ffffffff0000000180000000');
    expect(textOf(newRepositoryFile(clock, random(), 'hq'))).to.equal(
      textOf(newRepositoryFile(clock, random(), 'hq')),
    );
  });

  it('refuses a default site that is no site name', () => {
    expect(() => newRepositoryFile(clock, random(), ''))
      .to.throw(EngineError)
      .with.property('code', 'usage');
  });

  it('that is missing means that there is no repository, and the folder is named', async () => {
    const error = await rejection(loadRepositoryFile(new MemoryStore(), '/backups'), 'repository-not-found');
    expect(error.message).to.contain('/backups');
    expect(error.exitCode).to.equal(10);
  });

  it('of a newer format is refused with both numbers, whatever else is in it', async () => {
    for (const content of [
      '{"kind":"bacvault-repository","format":2}',
      written().replace('"format": 1', '"format": 17'),
    ]) {
      const error = await rejection(load(content), 'repository-format');
      expect(error.message)
        .to.match(/format (2|17);.*format 1$/)
        .and.contain('/backups');
      expect(error.exitCode).to.equal(19);
    }
  });

  it('with any one octet changed is never taken for whole', async function () {
    this.timeout(20_000);
    const whole = octets(written());
    for (let at = 0; at < whole.length; at += 1) {
      for (const bit of [1, 32, 128]) {
        const changed = whole.slice();
        changed[at]! ^= bit;
        const error = await rejection(load(changed));
        // A changed digit of the format is refused as another format.
        expect(['repository-corrupt', 'repository-format'], `octet ${at}`).to.include(error.code);
      }
    }
  });

  for (const [what, content] of [
    ['empty', ''],
    ['cut off', written().slice(0, 100)],
    ['no object', '[]\n'],
    ['of another kind', written().replace('bacvault-repository', 'bacvault-image')],
    ['of format 0', written().replace('"format": 1', '"format": 0')],
    ['without a hash', '{"kind":"bacvault-repository","format":1}'],
    ['larger than 64 KiB', written() + ' '.repeat(65_536)],
  ] as const) {
    it(`that is ${what} is damaged, and the folder is named`, async () => {
      const error = await rejection(load(content), 'repository-corrupt');
      expect(error.message).to.contain('/backups');
      expect(error.exitCode).to.equal(20);
    });
  }

  it('may have fields of a later version, as long as its hash is right', async () => {
    const { createHash } = await import('node:crypto');
    const longer = written().replace('"options"', '"colour": "blue",\n  "options"');
    const kept = longer
      .split('\n')
      .filter((line) => !line.includes('"sha256":'))
      .join('\n');
    const sum = createHash('sha256').update(kept).digest('hex');
    expect(await load(longer.replace(/"sha256": "[0-9a-f]+"/, `"sha256": "${sum}"`))).to.have.property(
      'colour',
      'blue',
    );
  });
});
