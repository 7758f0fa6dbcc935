// deviceConfig: everything has a default, and what no device could be is refused.

import { expect } from 'chai';
import { deviceConfig } from '../../../simulator/index.js';
import { octets, stream } from '../support.js';

describe('device description', () => {
  it('fills in what is left out, part by part', () => {
    const config = deviceConfig({
      instance: 7,
      limits: { maxApdu: 480 },
      procedure: { backupPreparationMs: 5 },
    });
    expect(config.name).to.equal('Controller 7');
    expect(config.limits).to.deep.equal({ maxApdu: 480, segmentation: 'both', maxSegments: 64 });
    expect(config.procedure.backupPreparationMs).to.equal(5);
    expect(config.procedure.restorePreparationMs).to.equal(0);
    expect(config.files).to.deep.equal([]);
  });

  const wrong: [string, Parameters<typeof deviceConfig>[0], string][] = [
    ['a device instance beyond 4194303', { instance: 4194304 }, 'device instance'],
    ['half an instance', { instance: 1.5 }, 'device instance'],
    ['a max APDU under 50', { limits: { maxApdu: 49 } }, 'max APDU'],
    ['a window of 0', { windowSize: 0 }, 'window size'],
    ['a window of 128', { windowSize: 128 }, 'window size'],
    ['a vendor id beyond 16 bits', { vendorId: 65536 }, 'vendor id'],
    ['an empty password', { password: '' }, 'password'],
    ['a password of 21 characters', { password: 'x'.repeat(21) }, 'password'],
    [
      'a Backup_Failure_Timeout beyond 16 bits',
      { procedure: { backupFailureTimeoutS: 65536 } },
      'Backup_Failure_Timeout',
    ],
    ['a negative time', { procedure: { restoreCompletionMs: -1 } }, 'restore completion'],
    [
      'two files of one instance',
      { files: [stream(1, octets()), stream(1, octets())] },
      'two files have instance 1',
    ],
    ['a file instance out of range', { files: [stream(4194303, octets())] }, 'file instance'],
  ];
  for (const [what, config, message] of wrong) {
    it(`refuses ${what}`, () => {
      expect(() => deviceConfig(config)).to.throw(RangeError, message);
    });
  }

  it('counts the characters of a password, not its octets', () => {
    expect(deviceConfig({ password: 'ü'.repeat(20) }).password).to.equal('ü'.repeat(20));
  });
});
