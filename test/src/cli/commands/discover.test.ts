// bacvault discover.

import { expect } from 'chai';
import type { Announcement } from '../../../../src/index.js';
import { fakeEngine, fakeIo, ran } from '../fakes.js';

const announcements: readonly Announcement[] = [
  {
    instance: 1202,
    address: { link: '10.1.0.1:47808', network: 2001, mac: '11' },
    maxApdu: 480,
    segmentation: 'none',
    vendorId: 8,
  },
  { instance: 7, address: { link: '10.1.4.77:47808' }, maxApdu: 1476, segmentation: 'both', vendorId: 555 },
];

describe('discover', () => {
  it('lists devices by instance: address, network:MAC, vendor id, max APDU, segmentation', async () => {
    const result = await ran(['discover'], fakeIo(), fakeEngine({ announcements }));
    expect(result.status).to.equal(0);
    expect(result.out.split('\n')).to.deep.equal([
      'instance  address          network:MAC  vendor id  max APDU  segmentation',
      '       7  10.1.4.77:47808  -                  555      1476  both',
      '    1202  10.1.0.1:47808   2001:17              8       480  none',
      '',
    ]);
    expect(result.err).to.equal('Asking Who-Is from 10.0.0.2:47808.\n2 devices answered.\n');
  });

  it('prints each I-Am as it comes with --json, with a target that can be used as it is', async () => {
    const result = await ran(['discover', '--json', '--quiet'], fakeIo(), fakeEngine({ announcements }));
    expect(result.lines()[0]).to.deep.equal({
      kind: 'announcement',
      instance: 1202,
      address: '10.1.0.1:47808',
      network: 2001,
      mac: '11',
      vendorId: 8,
      maxApdu: 480,
      segmentation: 'none',
      target: '1202@2001:17@10.1.0.1:47808',
    });
    expect(result.lines()).to.have.length(2);
    expect(result.err).to.equal('');
  });

  it('asks only whom it was told to ask', async () => {
    const engine = fakeEngine({ announcements });
    await ran(
      ['discover', '--instances', '1000-1999', '--network', '2001', '--wait', '50'],
      fakeIo(),
      engine,
    );
    const [asked] = engine.argumentsOf('discover') as [Record<string, unknown>];
    expect(asked).to.include({ low: 1000, high: 1999, network: 2001, waitMs: 50 });
    const one = fakeEngine({ announcements });
    await ran(['discover', '--instances', '7'], fakeIo(), one);
    expect(one.argumentsOf('discover')[0]).to.include({ low: 7, high: 7 });
  });

  it('warns of an instance that answers from two addresses, even with --quiet', async () => {
    const twice = [...announcements, { ...announcements[1]!, address: { link: '10.1.4.78:47808' } }];
    const result = await ran(['discover', '--quiet'], fakeIo(), fakeEngine({ announcements: twice }));
    expect(result.err).to.equal('warning: device instance 7 answers from more than one address.\n');
    expect(result.out.match(/ 7 {2}10/g)).to.have.length(2);
  });

  it('does not call an empty network a success', async () => {
    const result = await ran(['discover'], fakeIo(), fakeEngine());
    expect(result.status).to.equal(14);
    expect(result.out).to.equal('');
    expect(result.err).to.contain('No device answered Who-Is.').and.to.contain('What to do: ');
  });

  it('refuses ranges that cannot be', async () => {
    for (const range of ['5-1', 'a', '0-4194303', '-5']) {
      expect((await ran(['discover', '--instances', range], fakeIo(), fakeEngine())).status, range).to.equal(
        2,
      );
    }
  });
});
