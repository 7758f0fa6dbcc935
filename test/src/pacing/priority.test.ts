// Who goes first.

import { expect } from 'chai';

import { PRIORITIES } from '../../../src/pacing/index.js';

describe('priorities', () => {
  it('put the release of a device before everything, and file octets after everything', () => {
    expect(PRIORITIES[0]).to.equal('release');
    expect(PRIORITIES.at(-1)).to.equal('bulk');
    expect(PRIORITIES.indexOf('keep-alive')).to.be.below(PRIORITIES.indexOf('control'));
  });
});
