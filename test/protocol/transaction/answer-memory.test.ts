// Answers that are remembered for a repeated request, within bounds.

import { expect } from 'chai';
import { AnswerMemory } from '../../../protocol/transaction/answer-memory.js';
import { pattern } from '../../support/pair.js';

const ACK = { kind: 'simple-ack' } as const;

describe('answer-memory', () => {
  it('gives the answer of the same request under the same key, until its time is over', () => {
    const memory = new AnswerMemory(1000);
    memory.remember('a', 6, pattern(4), ACK, 0);
    expect(memory.recall('a', 6, pattern(4), 999)).to.equal(ACK);
    expect(memory.recall('a', 6, pattern(4), 1000)).to.equal(undefined);
    expect(memory.recall('b', 6, pattern(4), 0)).to.equal(undefined);
    expect(memory.recall('a', 7, pattern(4), 0)).to.equal(undefined);
    expect(memory.recall('a', 6, pattern(4, 1), 0)).to.equal(undefined);
    expect(memory.recall('a', 6, pattern(5), 0)).to.equal(undefined);
  });

  it('remembers nothing when it was told so, and never a silence', () => {
    const none = new AnswerMemory(0);
    none.remember('a', 6, pattern(4), ACK, 0);
    expect(none.recall('a', 6, pattern(4), 0)).to.equal(undefined);
    const memory = new AnswerMemory(1000);
    memory.remember('a', 6, pattern(4), ACK, 0);
    memory.remember('a', 6, pattern(4), { kind: 'silence' }, 1);
    expect(memory.recall('a', 6, pattern(4), 2)).to.equal(undefined);
  });

  it('keeps at most 256 answers, and none of more than 65536 octets', () => {
    const memory = new AnswerMemory(1000);
    for (let i = 0; i < 300; i += 1) memory.remember(`${i}`, 6, pattern(4), ACK, 0);
    const kept = Array.from({ length: 300 }, (_, i) => memory.recall(`${i}`, 6, pattern(4), 0) === ACK);
    expect(kept.filter(Boolean)).to.have.length(256);
    expect([kept[43], kept[44], kept[299]]).to.deep.equal([false, true, true]);
    memory.remember('large', 6, pattern(4), { kind: 'complex-ack', payload: pattern(65_533) }, 0);
    expect(memory.recall('large', 6, pattern(4), 0)).to.equal(undefined);
  });
});
