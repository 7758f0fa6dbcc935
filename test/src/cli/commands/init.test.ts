// bacvault init.

import { expect } from 'chai';
import { fakeEngine, fakeIo, ran } from '../fakes.js';

describe('init', () => {
  it('makes a repository where it was told, with the site of its default', async () => {
    const engine = fakeEngine();
    const result = await ran(['init', '--repo', 'north', '--site', 'Hospital North'], fakeIo(), engine);
    expect(result).to.include({ status: 0, err: '' });
    const [[place, options]] = engine.argumentsOf('initRepository') as [[string, object]];
    expect(place).to.equal('north');
    expect(options).to.include({ defaultSite: 'Hospital North' });
    expect(result.out).to.equal('Made the repository c0ffee in north, site default.\n');
    expect(engine.argumentsOf('close repository')).to.have.length(1);
  });

  it('prints the repository as one JSON object', async () => {
    const result = await ran(['init', '--json'], fakeIo(), fakeEngine());
    expect(result.lines()).to.deep.equal([
      { kind: 'repository', id: 'c0ffee', place: './bacvault-repository', defaultSite: 'default' },
    ]);
  });

  it('refuses a site without a name', async () => {
    const engine = fakeEngine();
    expect((await ran(['init', '--site', ' '], fakeIo(), engine)).status).to.equal(2);
    expect(engine.calls).to.deep.equal([]);
  });
});
