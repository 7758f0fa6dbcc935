// Between plan and START the device must stay the one that was planned for.

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { checkUnchanged } from '../../../src/procedure/unchanged.js';
import type { DeviceIdentity } from '../../../src/repository/index.js';

const planned: DeviceIdentity = {
  instance: 7,
  name: 'AHU',
  vendorId: 5,
  modelName: 'M',
  firmwareRevision: '1',
  serialNumber: 'A',
};

describe('checkUnchanged', () => {
  it('passes the same device, whatever it is called now', () => {
    checkUnchanged(planned, { ...planned, name: 'AHU-3', description: 'roof' });
    checkUnchanged({ instance: 7 }, { instance: 7 });
  });

  it('refuses another instance, vendor, model, firmware or piece of hardware, and says which', () => {
    const others: readonly [Partial<DeviceIdentity>, string][] = [
      [{ instance: 8 }, 'device instance was 7 when the restore was planned, and is 8'],
      [{ vendorId: 6 }, 'Vendor_Identifier was 5'],
      [{ modelName: 'N' }, 'Model_Name was M'],
      [{ firmwareRevision: '2' }, 'Firmware_Revision was 1'],
      [{ serialNumber: 'B' }, 'Serial_Number was A'],
    ];
    for (const [other, words] of others) {
      expect(() => checkUnchanged(planned, { ...planned, ...other }))
        .to.throw(EngineError, words)
        .with.property('code', 'device-mismatch');
    }
  });

  it('refuses a device that has stopped telling who it is', () => {
    expect(() => checkUnchanged(planned, { instance: 7 })).to.throw(EngineError, 'and is not told');
  });
});
