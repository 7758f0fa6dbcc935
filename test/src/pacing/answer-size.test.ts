// How many properties one question asks for: every one once, in order, and no more than the answer has room for.

import { expect } from 'chai';
import fc from 'fast-check';
import { answerGroups } from '../../../src/pacing/index.js';

describe('the properties of one answer', () => {
  it('are as many as fit, in their order', () => {
    // 3 octets of header, 7 about the object, and 8 about each property besides its value.
    expect(answerGroups([1, 2, 3], () => 10, 3 + 7 + 3 * 18)).to.deep.equal([[1, 2, 3]]);
    expect(answerGroups([1, 2, 3], () => 10, 3 + 7 + 3 * 18 - 1)).to.deep.equal([[1, 2], [3]]);
    expect(answerGroups([], () => 10, 480)).to.deep.equal([]);
  });

  it('are never lost nor asked for twice, and are alone where even one may not fit', () => {
    const any = fc.array(fc.tuple(fc.nat(500), fc.nat(200)), { maxLength: 20 });
    fc.assert(
      fc.property(any, fc.integer({ min: 50, max: 1476 }), (sized, room) => {
        const octets = new Map(sized);
        const properties = [...octets.keys()];
        const groups = answerGroups(properties, (property) => octets.get(property) ?? 0, room);
        expect(groups.flat()).to.deep.equal(properties);
        for (const group of groups) {
          const sum = group.reduce((all, property) => all + (octets.get(property) ?? 0) + 8, 10);
          if (group.length > 1) expect(sum).to.be.at.most(room);
        }
      }),
    );
  });
});
