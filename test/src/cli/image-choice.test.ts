// How images are named on the command line.

import { InvalidArgumentError } from 'commander';
import { expect } from 'chai';
import { findImage, imageName } from '../../../src/cli/image-choice.js';
import { EngineError, type Repository } from '../../../src/index.js';
import { image } from './fakes.js';

function repository(asked: unknown[]): Repository {
  const fake: Partial<Repository> = {
    image: (...args) => {
      asked.push(args);
      return Promise.resolve(image());
    },
  };
  return fake as Repository;
}

describe('image-choice', () => {
  it('takes 4 to 64 hex digits in any case, and "latest"', () => {
    expect(['1A2b', 'f'.repeat(64), 'LATEST'].map(imageName)).to.deep.equal([
      '1a2b',
      'f'.repeat(64),
      'latest',
    ]);
    for (const text of ['', '1a2', 'f'.repeat(65), 'newest', '1a2g', ' 1a2b']) {
      expect(() => imageName(text), text).to.throw(InvalidArgumentError);
    }
  });

  it('lets an id stand for itself: the device does not narrow it, a site does', async () => {
    const asked: unknown[] = [];
    await findImage(repository(asked), '1a2b', { instance: 7 });
    await findImage(repository(asked), '1a2b', { instance: 7, site: 'x' });
    expect(asked).to.deep.equal([
      ['1a2b', {}],
      ['1a2b', { site: 'x' }],
    ]);
  });

  it('never takes the latest image of just any device', async () => {
    const asked: unknown[] = [];
    await findImage(repository(asked), 'latest', { instance: 0 });
    expect(asked).to.deep.equal([['latest', { instance: 0 }]]);
    const failure = await findImage(repository(asked), 'latest', {}).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(EngineError).and.to.have.property('code', 'usage');
  });
});
