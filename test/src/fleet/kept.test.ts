// Objects without undefined keys (kept). What is defended: only what has no value is left out, and nothing that only looks empty.

import { expect } from 'chai';
import { kept } from '../../../src/fleet/kept.js';

describe('the keys that have a value', () => {
  it('are kept, whatever the value is; those with undefined are not there', () => {
    const all = kept({ zero: 0, no: false, empty: '', nothing: null, gone: undefined });
    expect(all).to.deep.equal({ zero: 0, no: false, empty: '', nothing: null });
    expect(Object.keys(all)).to.not.include('gone');
  });
});
