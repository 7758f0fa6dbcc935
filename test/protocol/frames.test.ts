// Every golden frame of fixtures/frames, both ways, and every malformed one. What is put into that
// folder is tested; nothing is listed here.

import { expect } from 'chai';
import { DecodeError, decodeValues, encodeValues } from '../../protocol/index.js';
import type { BacnetValue } from '../../protocol/index.js';
import { assemble, dissect } from '../support/dissect.js';
import { frameFiles, loadFrames, loadMalformed } from '../support/frames.js';
import type { Frame } from '../support/frames.js';

describe('golden frames', () => {
  for (const file of frameFiles()) {
    describe(file, () => {
      for (const frame of loadFrames(file)) {
        it(`means what it says: ${frame.name} (${frame.source})`, () => {
          expect(decode(frame)).to.deep.equal(frame.means);
        });

        it(`is what we write: ${frame.name} (${frame.source})`, () => {
          expect(Buffer.from(encode(frame)).toString('hex')).to.equal(
            Buffer.from(frame.canonical).toString('hex'),
          );
        });
      }
    });
  }

  it('are there in every kind: a folder that was not read would pass in silence', () => {
    const frames = frameFiles().flatMap(loadFrames);
    expect(frames.length).to.be.at.least(200);
    expect(new Set(frames.map(({ layer }) => layer))).to.deep.equal(
      new Set(['bvll', 'npdu', 'apdu', 'values']),
    );
    expect(new Set(frames.map(({ name, layer }) => `${layer} ${name}`)).size, 'names are unique').to.equal(
      frames.length,
    );
  });
});

describe('malformed frames', () => {
  for (const { name, layer, octets, error } of loadMalformed()) {
    it(`are refused with a DecodeError that says why: ${name}`, () => {
      const attempt = () => (layer === 'values' ? decodeValues(octets) : dissect(octets, layer));
      expect(attempt).to.throw(DecodeError, error);
    });
  }
});

function decode({ layer, octets }: Frame): unknown {
  return layer === 'values' ? { values: decodeValues(octets) } : dissect(octets, layer);
}

function encode({ layer, means }: Frame): Uint8Array {
  return layer === 'values' ? encodeValues(means.values as BacnetValue[]) : assemble(means, layer);
}
