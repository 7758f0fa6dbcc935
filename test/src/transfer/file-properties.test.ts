// What a File object says of itself (file-properties), with the answers of devices put in the way.

import { expect } from 'chai';
import { type BacnetValue, ErrorClass, ErrorCode, PropertyId } from '../../../protocol/index.js';
import { changeBetween, readFileExtent, readFileProperties } from '../../../src/transfer/index.js';
import { error, FakePort, FILE, SILENCE } from '../../support/file-port.js';
import { failure, octetsOf } from '../../support/world.js';

describe('file properties', () => {
  it('are kept where told, and noted where not', async () => {
    const port = new FakePort(octetsOf(9));
    expect(await readFileProperties(port, FILE)).to.deep.equal({ accessMethod: 'stream', fileSize: 9 });
    expect(port.deviations.join()).to.contain('Object_Name is not readable (PROPERTY: UNKNOWN_PROPERTY)');
  });

  it('that were told at once are not asked for again, but for those that make no sense or are not there', async () => {
    const asked: number[] = [];
    const port = new FakePort(octetsOf(9), { property: (property) => (asked.push(property), undefined) });
    port.atOnce = new Map<number, BacnetValue[]>([
      [PropertyId.fileAccessMethod, [{ type: 'enumerated', value: 1 }]],
      [PropertyId.objectName, [{ type: 'character-string', text: 'a' }]],
      [PropertyId.fileSize, [{ type: 'null' }]],
      [PropertyId.archive, [{ type: 'boolean', value: false }]],
    ]);
    const told = { accessMethod: 'stream', fileSize: 9, name: 'a', archive: false };
    expect(await readFileProperties(port, FILE)).to.deep.equal(told);
    const { fileType, fileSize, modificationDate, readOnly } = PropertyId;
    expect(asked).to.deep.equal([fileType, fileSize, modificationDate, readOnly]);
    asked.length = 0;
    await readFileProperties(port, FILE, 'alone');
    expect(asked).to.include.members([PropertyId.objectName, PropertyId.archive]);
    asked.length = 0;
    await readFileExtent(port, FILE, 'stream');
    expect(asked).to.deep.equal([fileSize, modificationDate]);
  });

  it('of an object that is not there, or a device that is silent, are an error', async () => {
    const gone = new FakePort(octetsOf(9), {
      property: () => error(ErrorCode.unknownObject, ErrorClass.object),
    });
    expect((await failure(readFileProperties(gone, FILE))).code).to.equal('transfer-failed');
    const silent = new FakePort(octetsOf(9), { property: () => SILENCE });
    expect((await failure(readFileProperties(silent, FILE))).code).to.equal('device-silent');
  });

  it('say what changed, and what can no longer be read', () => {
    expect(changeBetween({ fileSize: 1 }, { fileSize: 1 })).to.equal(undefined);
    expect(changeBetween({ fileSize: 1 }, { fileSize: 2 })).to.equal('File_Size was 1 and is 2');
    expect(changeBetween({ modificationDate: 'x' }, {})).to.contain('no longer readable');
    expect(changeBetween({}, { fileSize: 2 })).to.equal(undefined);
  });
});
