// Who a rule means, and where they are.

import { expect } from 'chai';

import type { Announcement } from '../../../../src/client/index.js';
import type { Known } from '../../../../src/fleet/ledger.js';
import { candidates, meantBy, selectable, takeHeard } from '../../../../src/fleet/run/candidates.js';
import type { Rule, Site } from '../../../../src/fleet/site/types.js';
import type { FoundImage } from '../../../../src/repository/index.js';
import { RULE, SITE } from '../../../support/fleet.js';

const AT = '2026-01-02T00:00:00.000Z';

const image = (instance: number, device: Partial<FoundImage['device']> = {}): FoundImage => ({
  id: 'ab',
  name: '',
  site: 'North',
  instance,
  createdAt: '2026-01-01T00:00:00.000Z',
  device: { instance, ...device },
  files: 1,
  octets: 10,
  standing: { tags: [], notes: [] },
});

const heard = (instance: number, link: string, mac?: string): Announcement => ({
  instance,
  address: mac === undefined ? { link } : { link, network: 2001, mac },
  maxApdu: 480,
  segmentation: 'none',
  vendorId: 7,
});

function setUp(site: Partial<Site> = {}, known: readonly Known[] = [], images: readonly FoundImage[] = []) {
  const whole: Site = { ...SITE, ...site };
  const ledger = { devices: new Map(known.map((one) => [one.device, one])), runs: new Map() };
  const all = candidates(whole, ledger, new Map(images.map((one) => [one.instance, one])));
  const hear = (...announcements: Announcement[]): void => {
    const found = new Map<number, Announcement[]>();
    for (const one of announcements) found.set(one.instance, [...(found.get(one.instance) ?? []), one]);
    takeHeard(whole, all, found, AT);
  };
  const meant = (rule: Partial<Rule> = {}): [number, string][] =>
    meantBy(whole, { ...RULE, ...rule }, all.values()).map((one) => [one.device, one.meant]);
  return { all, hear, meant };
}

describe('candidates', () => {
  it('are all that the file names, that have images, that were seen before, and that answer now', () => {
    const { hear, meant } = setUp(
      { devices: [{ instance: 1, tags: [] }] },
      [
        { device: 2, seenAt: AT },
        { device: 5, triedAt: AT },
      ],
      [image(3)],
    );
    hear(heard(4, '10.0.0.4:47808'));
    expect(meant()).to.deep.equal([1, 2, 3, 4].map((device) => [device, 'yes']));
  });

  it('are where they answer now; else where they were seen; and where the file says, above all', () => {
    const devices = [{ instance: 1, address: '10.0.0.99', tags: [] }];
    const { all, hear } = setUp({ devices }, [
      { device: 2, seenAt: AT, address: '10.0.0.22:47808' },
      { device: 3, seenAt: AT, address: '2001:17@10.0.0.2:47808' },
    ]);
    hear(heard(1, '10.0.0.1:47808'), heard(2, '10.0.0.2:47808'));
    expect(all.get(1)?.address).to.deep.equal({ link: '10.0.0.99:47808' });
    expect(all.get(2)?.address).to.deep.equal({ link: '10.0.0.2:47808' });
    expect(all.get(3)?.address).to.deep.equal({ link: '10.0.0.2:47808', network: 2001, mac: '11' });
    expect(all.get(3)?.heard).to.equal(false);
    expect(all.get(2)?.known).to.include({ seenAt: AT, address: '10.0.0.2:47808', network: 0, vendorId: 7 });
  });

  it('that answer from two places have both, and from one place again none', () => {
    const { all, hear } = setUp();
    hear(heard(7, '10.0.0.7:47808'), heard(7, '10.0.0.2:47808', '11'));
    expect(all.get(7)?.duplicates).to.deep.equal(['10.0.0.7:47808', '2001:17@10.0.0.2:47808']);
    expect(all.get(7)?.known.duplicates).to.have.length(2);
    hear(heard(7, '10.0.0.7:47808'));
    expect(all.get(7)?.duplicates).to.deep.equal([]);
    expect(all.get(7)?.known).to.not.have.property('duplicates');
  });

  it('are not those without an instance', () => {
    const { all, hear } = setUp();
    hear(heard(4_194_303, '10.0.0.7:47808'));
    expect(all.size).to.equal(0);
  });

  it('are meant as far as they are known: by network at once, by model when it was read', () => {
    const { all, hear, meant } = setUp(
      {},
      [{ device: 3, seenAt: AT, modelName: 'EC-7' }],
      [image(4, { modelName: 'EC-8' })],
    );
    hear(heard(1, '10.0.0.2:47808', '11'), heard(2, '10.0.0.9:47808'));
    expect(meant({ what: { networks: [{ low: 2001, high: 2001 }] } }).map(([device]) => device)).to.include(
      1,
    );
    expect(meant({ what: { networks: [{ low: 0, high: 0 }] } }).map(([device]) => device)).to.include(2);
    expect(meant({ what: { models: ['EC-7*'] } })).to.deep.equal([
      [1, 'unknown'],
      [2, 'unknown'],
      [3, 'yes'],
    ]);
    const one = all.get(1);
    expect(one && selectable(one)).to.deep.equal({ instance: 1, network: 2001, vendorId: 7 });
  });
});
