// Hashes of octets and streams, against the published values of SHA-256.

import { expect } from 'chai';
import { digestOf, Hasher, hashing, sha256Of, readThrough } from '../../../src/repository/digest.js';
import { chunks, collect, noise, octets, rejection, textOf } from './samples.js';
import { EngineError } from '../../../src/errors.js';

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('digests', () => {
  it('are those of FIPS 180-4, however the content is cut', async () => {
    expect(sha256Of(octets('abc'))).to.equal(ABC);
    expect(sha256Of(octets(''))).to.equal(EMPTY);
    expect(await digestOf(chunks('a', '', 'bc'))).to.deep.equal({ sha256: ABC, octets: 3 });
    expect(await digestOf(chunks())).to.deep.equal({ sha256: EMPTY, octets: 0 });
  });

  it('are taken in passing, without changing what passes', async () => {
    const [one, other] = [new Hasher(), new Hasher()];
    expect(textOf(await collect(hashing(chunks('ab', 'c'), one, other)))).to.equal('abc');
    expect(one.digest()).to.deep.equal({ sha256: ABC, octets: 3 });
    expect(other.digest().sha256).to.equal(ABC);
  });

  it('stop between chunks when they are told to', async () => {
    let seen = 0;
    const reading = digestOf(chunks(noise(10), noise(10), noise(10)), () => {
      seen += 1;
      if (seen === 2) throw new EngineError('cancelled', 'enough');
    });
    await rejection(reading, 'cancelled');
    expect(seen).to.equal(2);
  });

  it('are read through without a digest, and stop alike', async () => {
    expect(await readThrough(chunks('ab', 'c'))).to.equal(3);
    const enough = (): never => {
      throw new EngineError('cancelled', 'enough');
    };
    await rejection(readThrough(chunks('ab', 'c'), enough), 'cancelled');
  });
});
