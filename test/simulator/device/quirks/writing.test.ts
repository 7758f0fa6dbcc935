// Quirks of writing: each does what its summary says, and nothing more.

import { expect } from 'chai';
import { PropertyId as P } from '../../../../protocol/index.js';
import {
  type Bench,
  device,
  file,
  octets,
  quirkyBench,
  ramp,
  record,
  stream,
  unsigned,
} from '../../support.js';

const RECORDS = [octets(1), octets(), octets(3)];
const files = [stream(1, ramp(6)), record(2, RECORDS)];

async function restoring(...quirks: string[]): Promise<Bench> {
  const made = quirkyBench(quirks, { files });
  expect(await made.client.reinitialize('startRestore')).to.equal('ack');
  return made;
}

describe('writes-refused', () => {
  it('answers so and writes nothing', async () => {
    const { client, device: view } = await restoring('writes-refused=OBJECT:FILE_FULL*1');
    expect(await client.writeFile(1, 0, octets(9))).to.equal('OBJECT: FILE_FULL');
    expect(view.fileOctets(1)).to.deep.equal(ramp(6));
    expect(await client.writeFile(1, 0, octets(9))).to.equal(0);
    const ever = await restoring('writes-refused');
    for (let i = 0; i < 3; i++)
      expect(await ever.client.writeFile(1, 0, octets(9))).to.equal('SERVICES: FILE_ACCESS_DENIED');
  });
});

describe('append-echoed', () => {
  it('appends, and acknowledges -1', async () => {
    const { client, device: view } = await restoring('append-echoed');
    expect(await client.writeFile(1, -1, octets(9))).to.equal(-1);
    expect(view.fileOctets(1)).to.deep.equal(octets(...ramp(6), 9));
    expect(await client.writeFile(1, 2, octets(8))).to.equal(2);
  });
});

describe('create-refused', () => {
  it('answers so and creates nothing', async () => {
    const { client, device: view } = await restoring('create-refused=RESOURCES:18');
    expect(await client.createObject({ object: file(9) })).to.equal('RESOURCES: NO_SPACE_FOR_OBJECT');
    expect(view.files).to.have.length(2);
    const other = await restoring('create-refused');
    expect(await other.client.createObject({ object: file(9) })).to.equal(
      'OBJECT: DYNAMIC_CREATION_NOT_SUPPORTED',
    );
  });
});

describe('create-by-type-only', () => {
  it('refuses an identifier and accepts a type', async () => {
    const { client } = await restoring('create-by-type-only');
    expect(await client.createObject({ object: file(9) })).to.equal('OBJECT: DYNAMIC_CREATION_NOT_SUPPORTED');
    expect(await client.createObject({ objectType: 10 })).to.deep.equal(file(3));
  });
});

describe('file-size-refused', () => {
  it('refuses to size files, and writes them', async () => {
    const { client, device: view } = await restoring('file-size-refused');
    expect(await client.writeProperty(file(1), P.fileSize, [unsigned(0)])).to.equal(
      'PROPERTY: WRITE_ACCESS_DENIED',
    );
    expect(await client.writeProperty(file(2), P.recordCount, [unsigned(0)])).to.equal(
      'PROPERTY: WRITE_ACCESS_DENIED',
    );
    expect(await client.writeProperty(device(), P.backupFailureTimeout, [unsigned(9)])).to.equal('ack');
    expect(await client.writeFile(1, 0, octets(9))).to.equal(0);
    expect(view.fileOctets(1)).to.deep.equal(octets(9, 1, 2, 3, 4, 5));
  });
});

describe('truncates-at-zero', () => {
  it('empties a file with every write at 0, and with no other', async () => {
    const { client, device: view } = await restoring('truncates-at-zero');
    await client.writeFile(1, 3, octets(7));
    expect(view.fileOctets(1)).to.deep.equal(octets(0, 1, 2, 7, 4, 5));
    await client.writeFile(1, 0, octets(8));
    await client.writeFile(1, 1, octets(9));
    expect(view.fileOctets(1)).to.deep.equal(octets(8, 9));
    await client.writeFile(1, 0, octets(8));
    expect(view.fileOctets(1)).to.deep.equal(octets(8));
    await client.writeFile(2, 0, [octets(5)]);
    expect(view.fileRecords(2)).to.deep.equal([octets(5)]);
  });

  it('leaves the file alone when the access method is wrong', async () => {
    const { client, device: view } = await restoring('truncates-at-zero');
    expect(await client.writeFile(1, 0, [octets(8)])).to.equal('SERVICES: INVALID_FILE_ACCESS_METHOD');
    expect(view.fileOctets(1)).to.deep.equal(ramp(6));
  });
});

describe('empty-write-refused', () => {
  it('refuses a write of nothing', async () => {
    const { client } = await restoring('empty-write-refused');
    expect(await client.writeFile(1, 0, octets())).to.equal('OBJECT: FILE_ACCESS_DENIED');
    expect(await client.writeFile(1, 0, octets(1))).to.equal(0);
    expect(await client.writeFile(2, 0, [octets()])).to.equal(0);
  });
});

describe('wrong-write-position', () => {
  it('writes where it should and acknowledges another start', async () => {
    const { client, device: view } = await restoring('wrong-write-position=5*1');
    expect(await client.writeFile(1, 1, octets(9))).to.equal(6);
    expect(view.fileOctets(1)).to.deep.equal(octets(0, 9, 2, 3, 4, 5));
    expect(await client.writeFile(1, 1, octets(9))).to.equal(1);
  });
});

describe('read-only-stays', () => {
  it('shows Read_Only TRUE during a restore and writes all the same', async () => {
    const { client } = await restoring('read-only-stays');
    expect(await client.value(file(1), P.readOnly)).to.equal(true);
    expect(await client.writeFile(1, 0, octets(1))).to.equal(0);
  });
});

describe('write-corrupts', () => {
  it('stores one octet wrong in the first writes, silently', async () => {
    const { client, device: view } = await restoring('write-corrupts=1');
    expect(await client.writeFile(1, 2, octets(0x10, 0x11))).to.equal(2);
    expect(view.fileOctets(1)).to.deep.equal(octets(0, 1, 0xef, 0x11, 4, 5));
    expect(await client.writeFile(1, 2, octets(0x10))).to.equal(2);
    expect(view.fileOctets(1)).to.deep.equal(octets(0, 1, 0x10, 0x11, 4, 5));
  });

  it('does so always, and to appended octets and records too', async () => {
    const { client, device: view } = await restoring('write-corrupts=always');
    await client.writeFile(1, -1, octets(0x10));
    expect(view.fileOctets(1)![6]).to.equal(0xef);
    await client.writeFile(2, 1, [octets(0x10), octets(0x11)]);
    expect(view.fileRecords(2)).to.deep.equal([octets(1), octets(0xef), octets(0x11)]);
    await client.writeFile(2, 0, [octets()]);
    expect(view.fileRecords(2)![0]).to.deep.equal(octets(0xff));
  });

  it('leaves alone what was refused', async () => {
    const { client, device: view } = await restoring('write-corrupts=1');
    await client.writeFile(2, 0, octets(1));
    expect(view.fileRecords(2)).to.deep.equal(RECORDS);
    await client.writeFile(1, 0, octets(0x10));
    expect(view.fileOctets(1)![0]).to.equal(0xef);
  });
});

describe('write-dropped', () => {
  it('acknowledges and stores nothing the first times', async () => {
    const { client, device: view } = await restoring('write-dropped=2');
    expect(await client.writeFile(1, 2, octets(9))).to.equal(2);
    expect(await client.writeFile(2, -1, [octets(9)])).to.equal(3);
    expect(view.fileOctets(1)).to.deep.equal(ramp(6));
    expect(view.fileRecords(2)).to.deep.equal(RECORDS);
    expect(await client.writeFile(1, 2, octets(9))).to.equal(2);
    expect(view.fileOctets(1)![2]).to.equal(9);
  });
});

describe('silent-after-writes', () => {
  it('leaves its last write unanswered, though written, and falls silent', async () => {
    const { client, device: view, world } = await restoring('silent-after-writes=2@10');
    expect(await client.writeFile(1, 0, octets(9))).to.equal(0);
    expect(await client.writeFile(1, 1, octets(9))).to.equal('no answer after 1 attempt');
    expect(view.fileOctets(1)!.subarray(0, 2)).to.deep.equal(octets(9, 9));
    expect(await client.value(device(), P.systemStatus)).to.equal('no answer after 1 attempt');
    await world.advance(10_000);
    expect(await client.value(device(), P.systemStatus)).to.equal(3);
  });
});
