// A site file's network as the options of a client.

import { expect } from 'chai';

import { siteClient } from '../../../../src/fleet/index.js';
import { RULE, SITE } from '../../../support/fleet.js';

describe('the client of a site', () => {
  it('stands where the file says, at the pace of its lanes', () => {
    const network = {
      local: '10.1.0.7:0',
      bbmd: '10.1.0.5',
      ttlSeconds: 60,
      apduTimeoutMs: 9000,
      retries: 2,
    };
    const { pace, ...rest } = siteClient({ ...SITE, network });
    expect(rest).to.deep.equal({
      local: { address: '10.1.0.7', port: 0 },
      bbmd: '10.1.0.5',
      bbmdTtlSeconds: 60,
      apduTimeoutMs: 9000,
      retries: 2,
    });
    expect(pace.routed?.framesPerSecond).to.equal(SITE.lanes.framesPerSecond / 2);
    expect(siteClient({ ...SITE, network: { local: '10.1.0.7' } }).local).to.deep.equal({
      address: '10.1.0.7',
    });
    expect(siteClient(SITE)).to.have.all.keys('pace');
  });

  it('goes at the pace of a rule, where that is gentler', () => {
    const rules = [{ ...RULE, pacing: { framesPerSecond: 4 } }];
    expect(siteClient({ ...SITE, rules }, 'nightly').pace.routed?.framesPerSecond).to.equal(2);
    expect(() => siteClient(SITE, 'weekly')).to.throw('weekly');
  });
});
