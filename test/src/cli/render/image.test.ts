// Images in lists.

import { expect } from 'chai';
import { idDigits, imageLine, imageObject, reachedText, vendor } from '../../../../src/cli/render/image.js';
import { image, manifest } from '../fakes.js';

describe('image', () => {
  it('shows as many digits of ids as tell them apart, and at least eight', () => {
    const ids = ['1234567890aa', '1234567890bb', 'ff'].map((id) => id.padEnd(64, '0'));
    expect(idDigits(ids)).to.equal(12);
    expect(idDigits(ids.slice(1))).to.equal(8);
    expect(idDigits([])).to.equal(8);
    expect(idDigits([ids[0]!, ids[0]!])).to.equal(8);
  });

  it('sums the octets of all files', () => {
    expect(imageObject(image())).to.include({ files: 2, octets: 8, instance: 1201, site: 'default' });
    expect(imageLine(image())).to.equal(
      '1a2b3c4d of 2026-11-23 19:03:22 UTC, site default, 2 files, 8 octets',
    );
  });

  it('says where a device was reached, behind a router with network and MAC', () => {
    expect(reachedText(manifest().reachedAt)).to.equal('10.1.0.1:47808, network:MAC 2001:17');
    expect(reachedText({ address: '10.1.4.77:47808', maxApdu: 1476, segmentation: 'both' })).to.equal(
      '10.1.4.77:47808',
    );
  });

  it('names a vendor with what is known', () => {
    expect(vendor({ instance: 1, vendorId: 5, vendorName: 'A\u0001' })).to.equal('A\\x01 (vendor id 5)');
    expect(vendor({ instance: 1, vendorId: 5 })).to.equal('vendor id 5');
    expect(vendor({ instance: 1, vendorName: 'A' })).to.equal('A');
    expect(vendor({ instance: 1 })).to.equal(undefined);
  });
});
