// Invoke ids: unique among what is out to a peer, never 0, going round, resting where an answer may come late.

import { expect } from 'chai';
import { InvokeIds } from '../../../protocol/transaction/invoke-ids.js';

const none = (): boolean => false;

describe('invoke-ids', () => {
  it('goes round 1..255 and never uses 0', () => {
    const ids = new InvokeIds(254);
    const taken = Array.from({ length: 510 }, () => ids.next('a', none, 0));
    expect(taken.slice(0, 4)).to.deep.equal([254, 255, 1, 2]);
    expect(new Set(taken.slice(0, 255)).size).to.equal(255);
    expect(taken.slice(255)).to.deep.equal(taken.slice(0, 255));
    expect(taken).to.not.include(0);
  });

  it('begins with 1 and with 255 as well', () => {
    expect([1, 255].map((first) => new InvokeIds(first).next('a', none, 0))).to.deep.equal([1, 255]);
  });

  it('skips ids that are out to this peer', () => {
    const ids = new InvokeIds(1);
    expect(ids.next('a', (id) => id < 7, 0)).to.equal(7);
    expect(ids.next('a', (id) => id !== 3, 0)).to.equal(3);
  });

  it('lets an id rest with its own peer until its time has come', () => {
    const ids = new InvokeIds(1);
    const only = (wanted: number) => (id: number) => id !== wanted;
    ids.rest('a', 5, 1000, 0);
    expect(ids.next('a', only(5), 999)).to.equal(undefined);
    expect(ids.next('b', only(5), 999)).to.equal(5);
    expect(ids.next('a', only(5), 1000)).to.equal(5);
  });

  it('has no id when all 255 are out or resting', () => {
    const ids = new InvokeIds(1);
    for (let id = 1; id <= 100; id += 1) ids.rest('a', id, 1000, 0);
    expect(ids.next('a', (id) => id > 100, 500)).to.equal(undefined);
    expect(ids.next('a', (id) => id > 100, 1000)).to.equal(1);
  });

  it('gives a peer that it had to forget other ids than before', () => {
    const ids = new InvokeIds(1);
    const first = ids.next('peer', none, 0);
    for (let i = 0; i < 1024; i += 1) ids.next(`other ${i}`, none, 0);
    expect(ids.next('peer', none, 0)).to.not.equal(first);
  });

  it('remembers no more than 4096 resting ids, and forgets those first that rested longest', () => {
    const ids = new InvokeIds(1);
    for (let i = 0; i < 5000; i += 1) ids.rest(`peer ${i}`, 1, 10_000, 0);
    const only = (id: number): boolean => id !== 1;
    expect(ids.next('peer 0', only, 0)).to.equal(1);
    expect(ids.next('peer 4999', only, 0)).to.equal(undefined);
  });
});
