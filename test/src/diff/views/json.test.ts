// JSON: structure instead of lines, exact in what it calls equal, and safe from what JSON can be.

import { expect } from 'chai';
import fc from 'fast-check';
import { jsonTree } from '../../../../src/diff/views/json.js';
import { treeView } from '../../../../src/diff/views/tree.js';
import { told } from './told.js';

function compare(a: string, b: string): string[] {
  const [one, other] = [jsonTree(a), jsonTree(b)];
  if (one === undefined || other === undefined) throw new Error('no JSON');
  return told(treeView('json', one, other));
}

describe('JSON', () => {
  it('is compared by its values, not by how it is written', () => {
    expect(compare('{"a":1,"b":[1,2]}', '{\n  "b": [ 1, 2 ],\n  "a": 1\n}\n')).to.deep.equal([]);
    expect(
      compare('{"ahu":{"setpoint":21.0,"mode":"auto"}}', '{"ahu":{"mode":"off","setpoint":21.5},"new":{}}'),
    ).to.deep.equal(['= ahu/setpoint 21.0 -> 21.5', '= ahu/mode "auto" -> "off"', '+ new {}']);
  });

  it('finds elements of an array again behind one that was put in', () => {
    expect(compare('[1,2,3]', '[1,9,2,3]')).to.deep.equal(['+ [1] 9']);
    expect(compare('[{"id":1,"v":1},{"id":2,"v":1}]', '[{"id":2,"v":5},{"id":3,"v":1}]')).to.deep.equal([
      '- [0] id: 1, v: 1',
      '= [1]/v 1 -> 5',
      '+ [1] id: 3, v: 1',
    ]);
  });

  it('knows an element again whose members are in another order', () => {
    const before = '[{"a":1,"b":2},{"a":3,"b":4}]';
    expect(compare(before, '[{"a":9},{"b":2,"a":1},{"b":4,"a":3}]')).to.deep.equal(['+ [0] a: 9']);
  });

  it('keeps digits that numbers would lose, and members that are there twice', () => {
    expect(compare('{"id":12345678901234567890}', '{"id":12345678901234567891}')).to.have.length(1);
    expect(compare('{"a":1,"a":2}', '{"a":3,"a":2}')).to.deep.equal(['= a 1 -> 3']);
    expect(compare('{"__proto__":1}', '{"__proto__":2}')).to.deep.equal(['= __proto__ 1 -> 2']);
  });

  it('is refused where it is none', () => {
    for (const text of ['', '1', '"x"', '{', '{"a":1}x', '[1,]', '{a:1}', '// c\n{}', '[1] /* c */', '[01]'])
      expect(jsonTree(text), text).to.equal(undefined);
  });

  it('is what JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(jsonTree(text) !== undefined).to.equal(/^[[{]/.test(text));
      }),
    );
  });

  it('is not taken apart when it nests or holds more than is reasonable', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(jsonTree(nested(64))).to.not.equal(undefined);
    expect(jsonTree(nested(65))).to.equal(undefined);
    expect(jsonTree(nested(100_000))).to.equal(undefined);
    expect(jsonTree('['.repeat(100_000))).to.equal(undefined);
    expect(jsonTree(`[${'1,'.repeat(300_000)}1]`)).to.equal(undefined);
  });
});
