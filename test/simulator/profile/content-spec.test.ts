// Files in a few words (content-spec): what is said is what there is, the same from the same seed.

import { expect } from 'chai';
import { filesFromSpec } from '../../../simulator/profile/index.js';

describe('files in a few words', () => {
  it('are streams, records and empty files, numbered from 1', () => {
    const files = filesFromSpec('stream:1000, record:20x40,empty,empty-record,record:50x0-9', 1);
    expect(files.map((f) => [f.instance, f.name, f.access])).to.deep.equal([
      [1, 'stream-1.bin', 'stream'],
      [2, 'records-2', 'record'],
      [3, 'stream-3.bin', 'stream'],
      [4, 'records-4', 'record'],
      [5, 'records-5', 'record'],
    ]);
    const [one, two, three, four, five] = files.map((f) => (f.access === 'stream' ? f.content : f.records));
    expect(one).to.have.length(1000);
    expect((two as Uint8Array[]).map((r) => r.length)).to.deep.equal(new Array(20).fill(40));
    expect(three).to.have.length(0);
    expect(four).to.have.length(0);
    expect(new Set((five as Uint8Array[]).map((r) => r.length)).size).to.be.within(6, 10);
  });

  it('are the same from the same seed and others from another', () => {
    const spec = 'stream:100,record:3x10-20';
    expect(filesFromSpec(spec, 'a')).to.deep.equal(filesFromSpec(spec, 'a'));
    expect(filesFromSpec(spec, 'a')).to.not.deep.equal(filesFromSpec(spec, 'b'));
  });

  it('refuse what they cannot be, naming the word', () => {
    for (const word of [
      '',
      'stream',
      'stream:',
      'stream:-1',
      'stream:1k',
      'stream:2147483648',
      'stream:10000000000',
      'record:3',
      'record:3x',
      'file',
      'record:1x9-3',
    ])
      expect(() => filesFromSpec(`empty,${word}`, 1), word).to.throw(RangeError, `"${word}"`);
  });
});
