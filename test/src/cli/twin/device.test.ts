// A twin's description made complete, or refused before anything is served.

import { expect } from 'chai';
import { twinDevice } from '../../../../src/cli/twin/device.js';
import { twinProfile } from '../../../../src/cli/twin/profile.js';
import { isEngineError } from '../../../../src/index.js';
import { manifest } from '../fakes.js';

const profile = twinProfile(manifest());

describe('the device of a twin', () => {
  it('has the password, and the quirks that were asked for before the recorded ones', () => {
    const config = twinDevice(
      { ...profile, quirks: [{ quirk: 'eof-never', because: 'x' }] },
      [{ instance: 1, access: 'stream', content: Uint8Array.of(7) }],
      { password: 'geheim', quirks: ['short-reads=9'], unixTimeAtZero: 5, announces: 'unicast' },
    );
    expect(config.quirks?.map(({ name }) => name)).to.deep.equal(['short-reads', 'eof-never']);
    expect(config).to.include({ password: 'geheim', unixTimeAtZero: 5, announces: 'unicast' });
    expect(config.files).to.have.length(1);
  });

  it('refuses what no device can be as usage', () => {
    const refused = (make: () => unknown): string => {
      try {
        make();
      } catch (error) {
        if (isEngineError(error, 'usage')) return error.message;
        throw error;
      }
      throw new Error('it was not refused');
    };
    const twice = { instance: 1, access: 'stream', content: new Uint8Array(0) } as const;
    expect(refused(() => twinDevice(profile, [twice, twice], {}))).to.contain('two files have instance 1');
    expect(refused(() => twinDevice(profile, [], { quirks: ['nonsense'] }))).to.contain(
      'no quirk "nonsense"',
    );
  });
});
