// Files of the user: the system's errors in our words, and never anything overwritten.

import { expect } from 'chai';
import { onDisk, once } from '../../../src/cli/on-disk.js';
import { EngineError, type ErrorCode } from '../../../src/index.js';

const failing = (error: Error): Promise<EngineError> =>
  onDisk('a/page.html', () => Promise.reject(error)).then(
    () => expect.fail('it did not reject'),
    (thrown: unknown) => thrown as EngineError,
  );

const system = (code: string): Error => Object.assign(new Error(`${code}: no`), { code });

describe('writing for the user', () => {
  it('says what the system says, with the code that fits', async () => {
    const cases: readonly (readonly [string, ErrorCode, string])[] = [
      ['EEXIST', 'usage', 'a/page.html is there already; it was not touched.'],
      ['ENOSPC', 'store-no-space', 'No space left for a/page.html.'],
      ['EACCES', 'store-io', 'a/page.html could not be written: EACCES: no.'],
    ];
    for (const [code, expected, message] of cases)
      expect(await failing(system(code))).to.include({ code: expected, message });
  });

  it('lets errors of the repository and results pass', async () => {
    const own = new EngineError('repository-corrupt', 'damaged');
    expect(await failing(own)).to.equal(own);
    expect(await onDisk('x', () => Promise.resolve(7))).to.equal(7);
  });

  it('takes a text as content', async () => {
    const parts: Uint8Array[] = [];
    for await (const part of once('grüß')) parts.push(part);
    expect(Buffer.concat(parts).toString('utf8')).to.equal('grüß');
  });
});
