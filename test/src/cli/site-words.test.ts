// A right site file in words (site-words). What is defended: it can be explained before there is a repository, and what
// a password needs that is not there is told.

import { expect } from 'chai';
import { type DeviceStatus, EngineError } from '../../../src/index.js';
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

  it('knows whose password a device gets, also where a group goes by the number of a vendor', async () => {
    const text =
      'site: a\ngroups: { g: { vendors: [7], password: { env: P } } }\nrules: { n: { what: all } }\n';
    const known: DeviceStatus[] = [7, 8].map((vendorId) => ({
      kind: 'device-status',
      site: 'a',
      device: 1200 + vendorId,
      vendorId,
      rules: ['n'],
      state: 'never',
      reason: 'it has no image',
    }));
    const io = fakeIo({ files: { './site.yaml': text }, env: { P: 'x' } });
    const { out } = await ran(['site', 'check'], io, fakeEngine({ statuses: known }));
    expect(out).to.include('Without a password: 1 known device (1208).');
  });
});
