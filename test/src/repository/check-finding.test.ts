// check-finding: what no image depends on is a warning, never an error.

import { expect } from 'chai';
import { leftover, unknownFile, unreadable } from '../../../src/repository/check-finding.js';

describe('findings of a check', () => {
  it('only warn of unknown files and of leftovers, and hurt nobody', () => {
    const harmless = { severity: 'warning', images: [], devices: [] };
    expect(unknownFile('images/x')).to.deep.include({ ...harmless, code: 'unknown-file', place: 'images/x' });
    expect(leftover('tmp/x', 'why')).to.deep.equal({
      ...{ ...harmless, code: 'leftover' },
      ...{ place: 'tmp/x', message: 'why' },
    });
  });

  it('say in the words of the error why a file cannot be read', () => {
    expect(unreadable(new Error('EIO: the sector is bad'))).to.equal(
      'it cannot be read: EIO: the sector is bad',
    );
    expect(unreadable('odd')).to.equal('it cannot be read: odd');
  });
});
