// The tables of numbers and their names.

import { expect } from 'chai';
import * as protocol from '../../protocol/index.js';
import type { EnumTable } from '../../protocol/index.js';

const { enumName } = protocol;

const TABLES: Readonly<Record<string, EnumTable>> = {
  ConfirmedService: protocol.ConfirmedService,
  UnconfirmedService: protocol.UnconfirmedService,
  ServiceSupported: protocol.ServiceSupported,
  ObjectType: protocol.ObjectType,
  PropertyId: protocol.PropertyId,
  BackupState: protocol.BackupState,
  SystemStatus: protocol.SystemStatus,
  ReinitializeState: protocol.ReinitializeState,
  SegmentationSupported: protocol.SegmentationSupported,
  NetworkRejectReason: protocol.NetworkRejectReason,
  ErrorClass: protocol.ErrorClass,
  ErrorCode: protocol.ErrorCode,
  RejectReason: protocol.RejectReason,
  AbortReason: protocol.AbortReason,
};

describe('enumerations', () => {
  for (const [name, table] of Object.entries(TABLES)) {
    it(`give every number of ${name} one name`, () => {
      const numbers = Object.values(table);
      expect(new Set(numbers).size).to.equal(numbers.length);
      for (const number of numbers) expect(enumName(table, number)).to.match(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    });
  }

  it('name numbers as BACnet writes them', () => {
    expect(enumName(protocol.BackupState, 3)).to.equal('performing-a-backup');
    expect(enumName(protocol.SystemStatus, 5)).to.equal('backup-in-progress');
    expect(enumName(protocol.PropertyId, 338)).to.equal('backup-and-restore-state');
    expect(enumName(protocol.ReinitializeState, 4)).to.equal('start-restore');
    expect(enumName(protocol.ConfirmedService, 6)).to.equal('atomic-read-file');
    expect(enumName(protocol.UnconfirmedService, 0)).to.equal('i-am');
    expect(enumName(protocol.FileAccessMethod, 0)).to.equal('record-access');
    expect(enumName(protocol.FileAccessMethod, 1)).to.equal('stream-access');
    expect(enumName(protocol.SegmentationSupported, 3)).to.equal('no-segmentation');
  });

  it('keep the number of what has no name, and say whether a vendor may have made it', () => {
    expect(enumName(protocol.BackupState, 7)).to.equal('unknown-7');
    expect(enumName(protocol.BackupState, 64)).to.equal('proprietary-64');
    expect(enumName(protocol.ObjectType, 127)).to.equal('unknown-127');
    expect(enumName(protocol.ObjectType, 128)).to.equal('proprietary-128');
    expect(enumName(protocol.PropertyId, 511)).to.equal('unknown-511');
    expect(enumName(protocol.PropertyId, 512)).to.equal('proprietary-512');
    expect(enumName(protocol.PropertyId, 4194303)).to.equal('proprietary-4194303');
    expect(enumName(protocol.PropertyId, 4194500)).to.equal('unknown-4194500');
    expect(enumName(protocol.ReinitializeState, 8)).to.equal('unknown-8');
    expect(enumName(protocol.ReinitializeState, 1000)).to.equal('unknown-1000');
  });

  it('do not take the name of something that every object has for a number', () => {
    for (const number of [-1, 0.5, Number.NaN])
      expect(enumName(protocol.ErrorClass, number)).to.match(/^unknown-/);
  });

  it('keep the file access method the reverse of the CHOICE tags of the file services', () => {
    expect(protocol.FileAccessMethod.record).to.equal(0);
    expect(protocol.FileAccessMethod.stream).to.equal(1);
  });
});
