// A right site file in words (site-words). What is defended: it can be explained before there is a repository, and what
// a password needs that is not there is told.

import { expect } from 'chai';
import { EngineError } from '../../../src/index.js';
import { fakeEngine, fakeIo, ran } from './fakes.js';

describe('a site file in words', () => {
  it('is explained without a repository, and warns of an environment variable that is not set', async () => {
    const text = 'site: a\ngroups: { g: { password: { env: NOT_SET } } }\nrules: { n: { what: all } }\n';
    const engine = fakeEngine({
      openRepository: () => Promise.reject(new EngineError('repository-not-found', 'none')),
    });
    const result = await ran(['site', 'check'], fakeIo({ files: { './site.yaml': text } }), engine);
    expect(result.status, result.err).to.equal(0);
    expect(result.out)
      .to.include('Rule n: means no known device.')
      .and.to.include('environment variable NOT_SET');
    expect(result.err).to.include('the environment variable NOT_SET for group g is not set here');
  });
});
