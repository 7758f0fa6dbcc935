// Known deviations as data: what is shipped says where it is from, a file with a mistake is refused with the
// place of it, and a quirk applies to the devices it is about and no other.

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import {
  type DeviceQuirk,
  KNOWN_QUIRKS,
  parseQuirks,
  quirksOf,
  remedyWords,
  withKnownQuirks,
} from '../../../src/procedure/quirks.js';

const quirk = (more: Partial<DeviceQuirk> = {}): DeviceQuirk => ({
  name: 'slow',
  match: { vendorId: 999 },
  source: 'a story',
  ...more,
});

function mistakeOf(content: string): string {
  try {
    parseQuirks(content, 'site.json');
  } catch (error) {
    expect(error).to.be.instanceOf(EngineError);
    const { code, exitCode, message } = error as EngineError;
    expect([code, exitCode]).to.deep.equal(['usage', 2]);
    return message;
  }
  throw new Error('it was taken');
}

const named = (match: DeviceQuirk['match'], device: object): string[] =>
  quirksOf({ instance: 1, ...device }, [quirk({ match })]).map(({ name }) => name);

describe('the quirks that bacvault knows', () => {
  it('say in words where they are from, and what is done or advised', () => {
    expect(KNOWN_QUIRKS.length).to.be.above(5);
    for (const { name, source, remedies = {}, advice = {} } of KNOWN_QUIRKS) {
      expect(source, name).to.match(/^[A-Z].*\.$/);
      expect(Object.keys({ ...remedies, ...advice }), name).to.not.be.empty;
    }
  });

  it('give way to a quirk of the same name that a user has', () => {
    const own = quirk({ name: 'bacnet-stack' });
    const all = withKnownQuirks([own]);
    expect(all).to.have.length(KNOWN_QUIRKS.length);
    expect(all.filter(({ name }) => name === 'bacnet-stack')).to.deep.equal([own]);
    expect(withKnownQuirks([quirk()])).to.have.length(KNOWN_QUIRKS.length + 1);
  });
});

describe('a file of quirks', () => {
  it('is JSON, with comments where they help', () => {
    const [found] = parseQuirks(
      `{
        // The chiller plant.
        "quirks": [
          { "name": "slow", "match": { "vendorId": [1, 2], "model": "AHU*", "firmware": { "from": "4.2" } },
            "remedies": { "preparationSeconds": 600, "password": "when-asked" }, "source": "seen", },
        ],
      }`,
      'site.json',
    );
    expect(found?.remedies).to.deep.equal({ preparationSeconds: 600, password: 'when-asked' });
  });

  it('is refused with line and column where it is no JSON', () => {
    expect(mistakeOf('{\n  "quirks": [\n    { "name": }\n  ]\n}')).to.match(
      /site\.json:3:\d+: value expected/,
    );
    expect(mistakeOf('')).to.contain('site.json:1:1:');
    expect(mistakeOf('{ "quirks": [')).to.contain('site.json:1:');
  });

  it('is refused with line and column of each value that cannot be', () => {
    const text = `{ "quirks": [
  { "name": "Slow One", "match": { "vendorId": "x" },
    "remedies": { "recordsMax": 0 },
    "source": "" } ] }`;
    const message = mistakeOf(text);
    for (const place of ['site.json:2:13: quirks.0.name', 'site.json:2:48: quirks.0.match.vendorId'])
      expect(message).to.contain(place);
    expect(message).to.contain('site.json:3:33: quirks.0.remedies.recordsMax');
    expect(message).to.contain('site.json:4:15: quirks.0.source');
  });

  it('is refused with the place of a key that nobody knows, or that is missing', () => {
    const unknown = `{ "quirks": [\n  { "name": "slow", "match": { "vendorId": 1 },\n    "remedy": {}, "source": "seen" } ] }`;
    expect(mistakeOf(unknown)).to.match(/site\.json:3:5: .*remedy/);
    const missing = `{ "quirks": [\n  { "name": "slow", "match": { "vendorId": 1 } } ] }`;
    expect(mistakeOf(missing)).to.match(/site\.json:2:3: quirks\.0\.source/);
    expect(mistakeOf('{ "quirk": [] }')).to.contain('site.json:1:');
  });

  it('is refused when two quirks have one name', () => {
    const one = `{ "name": "slow", "match": { "vendorId": 1 }, "source": "seen" }`;
    expect(mistakeOf(`{ "quirks": [\n${one},\n${one} ] }`)).to.match(
      /site\.json:3:\d+: .*"slow" is there twice/,
    );
  });
});

describe('a quirk', () => {
  it('is about a vendor, or several; a device that tells none is nobody’s', () => {
    expect(named({ vendorId: 5 }, { vendorId: 5 })).to.deep.equal(['slow']);
    expect(named({ vendorId: [4, 5] }, { vendorId: 5 })).to.deep.equal(['slow']);
    expect(named({ vendorId: 5 }, { vendorId: 6 })).to.deep.equal([]);
    expect(named({ vendorId: 5 }, {})).to.deep.equal([]);
  });

  it('may be about models, with * for anything, whatever the capitals', () => {
    const models = (pattern: string, modelName?: string): string[] =>
      named(
        { vendorId: 5, model: pattern },
        { vendorId: 5, ...(modelName === undefined ? {} : { modelName }) },
      );
    expect(models('AHU-*', 'ahu-12 (EU)')).to.deep.equal(['slow']);
    expect(models('AHU-*', 'VAV-12')).to.deep.equal([]);
    expect(models('A.U', 'AHU'), 'a dot is a dot').to.deep.equal([]);
    expect(models('*')).to.deep.equal([]);
  });

  it('may be about a range of firmware, compared number by number', () => {
    const within = (firmwareRevision: string): boolean =>
      named({ vendorId: 5, firmware: { from: '4.9', before: '5' } }, { vendorId: 5, firmwareRevision })
        .length > 0;
    expect(['4.9', '4.10', '4.9.0.1', 'v4.99 beta'].map(within)).to.deep.equal([true, true, true, true]);
    expect(['4.8.9', '5', '5.0.1', '10.1'].map(within)).to.deep.equal([false, false, false, false]);
  });

  it('tells its remedies in words', () => {
    expect(remedyWords({ recordsMax: 1, sizing: 'not-written' })).to.deep.equal([
      'recordsMax 1',
      'sizing not-written',
    ]);
  });
});
