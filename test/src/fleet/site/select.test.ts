// Which devices a selector means. What is defended: nothing is selected, and no password chosen, by what is not known.

import { expect } from 'chai';
import { covers, passwordOf, selects } from '../../../../src/fleet/site/select.js';
import type { SecretRef, Site } from '../../../../src/fleet/index.js';

const env = (name: string): SecretRef => ({ kind: 'env', name });

const site: Pick<Site, 'devices' | 'groups'> = {
  devices: [
    { instance: 1201, tags: ['critical'], password: env('OWN') },
    { instance: 1202, tags: ['critical', 'fragile'] },
  ],
  groups: [
    { name: 'vav', select: { models: ['PXC*'] }, password: env('VAV') },
    { name: 'floor', select: { networks: [{ low: 2001, high: 2003 }] }, password: env('FLOOR') },
  ],
};

describe('selectors', () => {
  it('mean a device that fits every key by any of its values', () => {
    const device = {
      instance: 5,
      network: 2002,
      vendorId: 7,
      vendorName: 'Siemens Schweiz',
      modelName: 'PXC4',
    };
    const cases = [
      [{}, 'yes'],
      [{ instances: [{ low: 1, high: 4 }] }, 'no'],
      [
        {
          instances: [
            { low: 1, high: 4 },
            { low: 5, high: 5 },
          ],
        },
        'yes',
      ],
      [{ networks: [{ low: 0, high: 0 }] }, 'no'],
      [{ networks: [{ low: 2000, high: 2002 }] }, 'yes'],
      [{ vendors: [8, 7] }, 'yes'],
      [{ vendors: ['siemens*'] }, 'yes'],
      [{ vendors: ['siemens'] }, 'no'],
      [{ models: ['*C4'] }, 'yes'],
      [{ models: ['PXC.'] }, 'no'],
      [{ models: ['PXC4'], vendors: ['Delta'] }, 'no'],
      [{ tags: ['critical'] }, 'no'],
      [{ groups: ['vav'] }, 'yes'],
      [{ groups: ['floor'], models: ['pxc*'] }, 'yes'],
      [{ groups: ['nobody'] }, 'no'],
    ] as const;
    for (const [selector, expected] of cases)
      expect(selects(site, selector, device), JSON.stringify(selector)).to.equal(expected);
  });

  it('say unknown as long as only what is not known could decide', () => {
    expect(selects(site, { models: ['PXC*'] }, { instance: 5 })).to.equal('unknown');
    expect(selects(site, { models: ['PXC*'], instances: [{ low: 6, high: 9 }] }, { instance: 5 })).to.equal(
      'no',
    );
    expect(selects(site, { vendors: [7] }, { instance: 5, vendorName: 'x' })).to.equal('unknown');
    expect(selects(site, { groups: ['vav'] }, { instance: 5 })).to.equal('unknown');
  });

  it('take by "*" what has line ends in it, and characters of expressions as they are', () => {
    expect(selects(site, { models: ['A(1)*'] }, { instance: 5, modelName: 'a(1)\nb' })).to.equal('yes');
    expect(selects(site, { models: ['[a]'] }, { instance: 5, modelName: 'a' })).to.equal('no');
  });

  it('leave out what a rule excepts, also when that is only possible', () => {
    const rule = { what: { tags: ['critical'] }, except: { tags: ['fragile'] } };
    expect(covers(site, rule, { instance: 1201 })).to.equal('yes');
    expect(covers(site, rule, { instance: 1202 })).to.equal('no');
    expect(covers(site, { what: {}, except: { models: ['X'] } }, { instance: 9 })).to.equal('unknown');
    expect(covers(site, { what: { tags: ['critical'] } }, { instance: 1202 })).to.equal('yes');
  });
});

describe('whose password is whose', () => {
  it('takes the device before its groups, and the first group of the file', () => {
    const facts = { network: 2001, modelName: 'PXC4' };
    expect(passwordOf(site, { instance: 1201, ...facts })).to.deep.equal({
      ref: env('OWN'),
      from: 'device 1201',
    });
    expect(passwordOf(site, { instance: 1202, ...facts })).to.deep.equal({
      ref: env('VAV'),
      from: 'group vav',
    });
    expect(passwordOf(site, { instance: 7, network: 2001, modelName: 'other' })).to.deep.equal({
      ref: env('FLOOR'),
      from: 'group floor',
    });
    expect(passwordOf(site, { instance: 7, network: 3000, modelName: 'other' })).to.equal(undefined);
  });

  it('tries no password while a group before it might fit', () => {
    expect(passwordOf(site, { instance: 7, network: 2001 })).to.equal('unknown');
  });
});
