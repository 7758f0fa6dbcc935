// The site file that "site init" writes. What is defended: it is right as it is, whatever answered and however the site
// is called, and finds also the devices that did not answer this time.

import { expect } from 'chai';
import { parseSite } from '../../../../src/fleet/index.js';
import { siteTemplate } from '../../../../src/fleet/site/template.js';

describe('the template of a site file', () => {
  const written = (found: Parameters<typeof siteTemplate>[0]['found'], site = 'North'): string =>
    siteTemplate({ site, timeZone: 'Europe/Berlin', found, schema: './site.schema.json' });

  it('is right when nobody answered, and when many did', () => {
    for (const found of [
      [],
      [
        { instance: 1201, network: 2001, vendorId: 7 },
        { instance: 4_194_302, vendorId: 8 },
      ],
    ]) {
      const site = parseSite(written(found));
      expect(site.rules.map(({ name, timeZone }) => `${name} ${timeZone}`)).to.deep.equal([
        'nightly Europe/Berlin',
      ]);
      const { ranges } = site.discovery;
      expect(ranges[0]?.low).to.equal(0);
      expect(ranges.at(-1)?.high).to.equal(4_194_302);
      for (const [index, { low }] of ranges.entries())
        if (index > 0) expect(low).to.equal((ranges[index - 1]?.high ?? 0) + 1);
    }
  });

  it('is right for every name of a site', () => {
    for (const name of ['Hospital: North #2', '"quoted"', 'yes', '42', "it's", '- a', '{x}'])
      expect(parseSite(written([], name)).name).to.equal(name);
  });

  it('leads editors to the schema, and says who answered', () => {
    const text = written([{ instance: 1201, network: 2001, vendorId: 7 }]);
    expect(text).to.match(/^# yaml-language-server: \$schema=\.\/site\.schema\.json\n/);
    expect(text).to.contain('#   1201 on network 2001, vendor 7\n');
  });

  it('puts down how to stand on the network', () => {
    const text = siteTemplate({
      site: 'a',
      timeZone: 'UTC',
      found: [],
      schema: 's',
      local: '192.168.1.10:47808',
      bbmd: '10.1.0.5:47808',
    });
    expect(parseSite(text).network).to.deep.equal({ local: '192.168.1.10:47808', bbmd: '10.1.0.5:47808' });
  });
});
