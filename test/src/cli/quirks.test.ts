// --quirks: the file reaches the engine, and a file that cannot be read or has a mistake ends the command
// with 2 before anything is sent.

import { expect } from 'chai';
import { fakeEngine, fakeIo, ran } from './fakes.js';

const GOOD = '{ "quirks": [{ "name": "slow", "match": { "vendorId": 5 }, "source": "seen" }] }';
const QUIRK = { name: 'slow', match: { vendorId: 5 }, source: 'seen' };

const VERBS: readonly (readonly [string, readonly string[], number])[] = [
  ['backup', ['backup', '1201'], 2],
  ['verify', ['verify', 'latest', '1201'], 3],
  ['restore', ['restore', 'latest', '1201', '--yes-device', '1201'], 3],
  ['probe', ['probe', '1201'], 1],
];

describe('--quirks', () => {
  for (const [verb, args, place] of VERBS) {
    it(`reaches ${verb}`, async () => {
      const engine = fakeEngine();
      await ran([...args, '--quirks', 'q.json'], fakeIo({ files: { 'q.json': GOOD } }), engine);
      const calls = engine.argumentsOf(verb) as unknown as readonly unknown[][];
      expect(calls.at(-1)?.[place]).to.deep.include({ quirks: [QUIRK] });
    });

    it(`with a mistake ends ${verb} with 2 and its place, and nothing is sent`, async () => {
      const engine = fakeEngine();
      const bad = fakeIo({ files: { 'q.json': '{\n  "quirks": [ { "name": 5 } ]\n}' } });
      const { status, err } = await ran([...args, '--quirks', 'q.json'], bad, engine);
      expect(status).to.equal(2);
      expect(err).to.contain('q.json:2:25: quirks.0.name');
      expect(engine.argumentsOf('openClient')).to.deep.equal([]);
    });
  }

  it('that cannot be read ends with 2 as well', async () => {
    const { status, err } = await ran(['probe', '1201', '--quirks', 'gone.json'], fakeIo(), fakeEngine());
    expect(status).to.equal(2);
    expect(err).to.contain('The file of quirks gone.json cannot be read.');
  });
});
