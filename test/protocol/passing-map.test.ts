// A map that makes itself anew: to everybody else it is a Map.

import { expect } from 'chai';
import { PassingMap } from '../../protocol/index.js';

describe('a map of what comes and goes', () => {
  it('holds what a Map would, in the same order, however much has come and gone', () => {
    const passing = new PassingMap<number, string>();
    const plain = new Map<number, string>();
    for (let at = 0; at < 2000; at += 1) {
      passing.set(at, `entry ${at}`);
      plain.set(at, `entry ${at}`);
      const gone = at % 3 === 0 ? at - 30 : at - 7;
      expect(passing.delete(gone)).to.equal(plain.delete(gone));
      expect(passing.size).to.equal(plain.size);
    }
    expect([...passing.keys()]).to.deep.equal([...plain.keys()]);
    expect([...passing.values()]).to.deep.equal([...plain.values()]);
    expect([passing.get(1999), passing.get(1992), passing.has(1999), passing.has(-1)]).to.deep.equal([
      'entry 1999',
      undefined,
      true,
      false,
    ]);
  });

  it('is empty once it is cleared, and takes what comes then', () => {
    const passing = new PassingMap<string, number>();
    passing.set('a', 1);
    passing.clear();
    passing.set('b', 2);
    passing.set('b', 3);
    expect([[...passing.keys()], [...passing.values()], passing.size]).to.deep.equal([['b'], [3], 1]);
  });
});
