// Who goes first, as a promise.

import { expect } from 'chai';

import { byRisk, type Rank } from '../../../../src/fleet/run/order.js';

describe('order', () => {
  it('puts never backed up before changed, changed before the oldest, and the silent at the end', () => {
    const ranks: Rank[] = [
      { device: 1, imageAtMs: 900 },
      { device: 2, imageAtMs: 100 },
      { device: 3, imageAtMs: 800, changed: true },
      { device: 4 },
      { device: 5, silent: true },
      { device: 6, imageAtMs: 700, changed: true },
      { device: 7, imageAtMs: 100 },
    ];
    expect([...ranks].sort(byRisk).map(({ device }) => device)).to.deep.equal([4, 6, 3, 2, 7, 1, 5]);
  });
});
