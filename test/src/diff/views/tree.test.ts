// Structures: what was added, removed and changed in them, by path.

import { expect } from 'chai';
import { outline, type TreeNode, treeView } from '../../../../src/diff/views/tree.js';
import { told } from './told.js';

const leaf = (label: string, value: string): TreeNode => ({ label, value, ordered: true, children: [] });
const set = (label: string, ...children: TreeNode[]): TreeNode => ({ label, ordered: false, children });
const row = (label: string, ...children: TreeNode[]): TreeNode => ({ label, ordered: true, children });
const compare = (a: TreeNode, b: TreeNode): string[] => told(treeView('json', a, b));

describe('a tree view', () => {
  it('tells values that are another, new, or gone, with the way to them', () => {
    const a = set('', set('ahu', leaf('setpoint', '21'), leaf('mode', 'auto')), leaf('old', '1'));
    const b = set('', set('ahu', leaf('setpoint', '22'), leaf('mode', 'auto'), leaf('unit', 'K')));
    expect(compare(a, b)).to.deep.equal(['= ahu/setpoint 21 -> 22', '+ ahu/unit K', '- old 1']);
  });

  it('finds nothing where only the order of a set differs', () => {
    expect(
      compare(set('', leaf('a', '1'), leaf('b', '2')), set('', leaf('b', '2'), leaf('a', '1'))),
    ).to.deep.equal([]);
  });

  it('tells that the order of a row differs', () => {
    expect(
      compare(row('', leaf('a', '1'), leaf('b', '2')), row('', leaf('b', '2'), leaf('a', '1'))),
    ).to.have.length(2);
  });

  it('tells what was put into a row, and nothing behind it', () => {
    const children = ['p', 'q', 'r', 's'].map((label) => leaf(label, label));
    const b = row('', children[0]!, leaf('new', 'x'), ...children.slice(1));
    expect(compare(row('', ...children), b)).to.deep.equal(['+ new x']);
  });

  it('compares what has the same pairing text, and names the rest', () => {
    const point = (id: string, value: string): TreeNode => ({
      ...set('<point>', leaf('id', id), leaf('value', value)),
      label: `<point ${id}>`,
      kin: '<point>',
      pairing: `point ${id}`,
    });
    const a = row('', point('1', 'a'), point('2', 'b'));
    const b = row('', point('3', 'a'), point('2', 'c'));
    expect(compare(a, b)).to.deep.equal([
      '- <point 1> id: 1, value: a',
      '= <point 2>/value b -> c',
      '+ <point 3> id: 3, value: a',
    ]);
  });

  it('takes several of one name in their turn', () => {
    const a = set('', leaf('x', '1'), leaf('x', '2'));
    const b = set('', leaf('x', '1'), leaf('x', '3'), leaf('x', '4'));
    expect(compare(a, b)).to.deep.equal(['= x 2 -> 3', '+ x 4']);
  });

  it('tells a value that became a structure', () => {
    expect(compare(set('', leaf('x', '1')), set('', set('x', leaf('y', '1'))))).to.deep.equal([
      '= x 1 -> y: 1',
    ]);
  });

  it('counts what it does not show', () => {
    const many = Array.from({ length: 1000 }, (_, index) => leaf(`v${index}`, '1'));
    const view = treeView('json', set(''), set('', ...many));
    expect(view.changes).to.have.length(200);
    expect(view).to.include({ added: 1000, removed: 0, changed: 0, more: 800 });
  });

  it('shows where two very long values differ, and keeps names short', () => {
    const long = 'x'.repeat(100_000);
    const name = 'n'.repeat(1000);
    const [change] = treeView(
      'json',
      set('', leaf(name, `${long}1`)),
      set('', leaf(name, `${long}2`)),
    ).changes;
    expect([change?.a?.text.at(-1), change?.b?.text.at(-1)]).to.deep.equal(['1', '2']);
    expect(change?.path).to.deep.equal([`${'n'.repeat(80)}...`]);
  });

  it('outlines a large structure in one short line', () => {
    const many = Array.from({ length: 1000 }, (_, index) => leaf(`v${index}`, 'value'));
    expect(outline(set('', ...many))).to.match(/^v0: value, v1: value, .*\.\.\.$/);
    expect(outline(set('', ...many)).length).to.be.at.most(243);
  });
});
