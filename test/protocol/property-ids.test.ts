// The property numbers that backup and restore hang on, written down a second time.

import { expect } from 'chai';
import { PropertyId } from '../../protocol/index.js';

describe('property identifiers', () => {
  it('are those of the backup procedure (protocol.md 0)', () => {
    expect(PropertyId).to.include({
      systemStatus: 112,
      configurationFiles: 154,
      lastRestoreTime: 157,
      backupFailureTimeout: 153,
      backupAndRestoreState: 338,
      backupPreparationTime: 339,
      restoreCompletionTime: 340,
      restorePreparationTime: 341,
      databaseRevision: 155,
    });
  });

  it('are those of a File object', () => {
    expect(PropertyId).to.include({
      objectName: 77,
      fileType: 43,
      fileSize: 42,
      modificationDate: 71,
      archive: 13,
      readOnly: 99,
      fileAccessMethod: 41,
      recordCount: 141,
    });
  });

  it('are those that tell what a device is and takes', () => {
    expect(PropertyId).to.include({
      objectList: 76,
      maxApduLengthAccepted: 62,
      segmentationSupported: 107,
      maxSegmentsAccepted: 167,
      apduTimeout: 11,
      apduSegmentTimeout: 10,
      numberOfApduRetries: 73,
      protocolRevision: 139,
      protocolVersion: 98,
      protocolServicesSupported: 97,
      protocolObjectTypesSupported: 96,
      objectIdentifier: 75,
      objectType: 79,
      vendorIdentifier: 120,
      vendorName: 121,
      modelName: 70,
      firmwareRevision: 44,
      applicationSoftwareVersion: 12,
      location: 58,
      description: 28,
      serialNumber: 372,
    });
  });
});
