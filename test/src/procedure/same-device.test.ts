// same-device: who is no longer the device that it was. A rollback onto a stranger would be a restore of the
// wrong controller.

import { expect } from 'chai';
import { identityChange } from '../../../src/procedure/same-device.js';

const WAS = {
  instance: 7,
  name: 'AHU',
  vendorId: 17,
  modelName: 'X1',
  serialNumber: 'S-1',
  firmwareRevision: '2',
};

describe('the same device', () => {
  it('may have another name, place or program after a restore', () => {
    expect(
      identityChange(WAS, { ...WAS, name: 'AHU 2', location: 'Roof', applicationSoftwareVersion: '9' }),
    ).to.equal(undefined);
  });

  it('has the same instance, vendor, model and serial number, and goes on telling them', () => {
    expect(identityChange(WAS, { ...WAS, instance: 8 })).to.contain('device instance was 7, and is 8');
    expect(identityChange(WAS, { ...WAS, vendorId: 18 })).to.contain('Vendor_Identifier');
    expect(identityChange(WAS, { ...WAS, modelName: 'X2' })).to.contain('Model_Name was X1, and is X2');
    const { serialNumber, ...silent } = WAS;
    expect(identityChange(WAS, silent)).to.equal(`its Serial_Number was ${serialNumber}, and is not told`);
    expect(identityChange(silent, WAS)).to.contain('was not told, and is S-1');
  });
});
