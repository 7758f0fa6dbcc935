// CreateObject (create-object) and DeleteObject (delete-object): missing files come back during a restore,
// whole or not at all, and nobody deletes one.

import { expect } from 'chai';
import { ObjectType, PropertyId as P, type PropertyValue } from '../../../../protocol/index.js';
import {
  type Bench,
  bench,
  device,
  file,
  octets,
  ramp,
  record,
  stream,
  text,
  unsigned,
} from '../../support.js';

const files = [
  stream(1, ramp(5), { name: 'app' }),
  record(2, [octets(1)], { name: 'table' }),
  stream(5, ramp(2)),
];
const TYPE = ObjectType.file;

async function restoring(): Promise<Bench> {
  const made = bench({ files });
  expect(await made.client.reinitialize('startRestore')).to.equal('ack');
  return made;
}

const initial = (property: number, value: PropertyValue['values'][number]): PropertyValue => ({
  property,
  values: [value],
});

describe('CreateObject', () => {
  it('makes a missing file again, in its place, under its name and of its kind', async () => {
    const { client, device: view, events } = await restoring();
    view.removeFile(2);
    expect(await client.readFile(2, 'record', 0, 1)).to.equal('OBJECT: UNKNOWN_OBJECT');
    expect(await client.createObject({ object: file(2) })).to.deep.equal(file(2));
    expect(await client.value(file(2), P.objectName)).to.equal('table');
    expect(await client.value(device(), P.configurationFiles, 2)).to.equal('10,2');
    expect(await client.writeFile(2, 0, [octets(7)])).to.equal(0);
    expect(view.fileRecords(2)).to.deep.equal([octets(7)]);
    expect(events.filter((e) => e.kind === 'file-created').map((e) => e.instance)).to.deep.equal([2]);
  });

  it('makes an unknown file, at the end of Configuration_Files, with its initial values', async () => {
    const { client } = await restoring();
    const values = [
      initial(P.objectName, text('extra')),
      initial(P.fileType, text('x/y')),
      initial(P.fileAccessMethod, { type: 'enumerated', value: 0 }),
      initial(P.recordCount, unsigned(2)),
      initial(P.archive, { type: 'boolean', value: true }),
    ];
    expect(await client.createObject({ object: file(40) }, values)).to.deep.equal(file(40));
    expect(await client.value(file(40), P.objectName)).to.equal('extra');
    expect(await client.value(file(40), P.fileType)).to.equal('x/y');
    expect(await client.value(file(40), P.recordCount)).to.equal(2);
    expect(await client.value(file(40), P.archive)).to.equal(true);
    expect(await client.value(device(), P.configurationFiles, 4)).to.equal('10,40');
    expect(await client.value(device(), P.objectList, 5)).to.equal('10,40');
  });

  it('gives a file created without an access method that of its first write', async () => {
    const { client, device: view } = await restoring();
    await client.createObject({ object: file(40) });
    await client.createObject({ object: file(41) });
    expect(await client.writeFile(40, 0, [octets(1)])).to.equal(0);
    expect(await client.writeFile(40, 0, octets(1))).to.equal('SERVICES: INVALID_FILE_ACCESS_METHOD');
    expect(await client.writeFile(41, 0, octets(1))).to.equal(0);
    expect(view.fileRecords(40)).to.deep.equal([octets(1)]);
    expect(view.fileOctets(41)).to.deep.equal(octets(1));
  });

  it('chooses the lowest free instance when asked by type', async () => {
    const { client } = await restoring();
    expect(await client.createObject({ objectType: TYPE })).to.deep.equal(file(3));
    expect(await client.createObject({ objectType: TYPE })).to.deep.equal(file(4));
    expect(await client.createObject({ objectType: TYPE })).to.deep.equal(file(6));
  });

  const refusals: [string, Parameters<Bench['client']['createObject']>, string][] = [
    ['an object that exists', [{ object: file(1) }], 'OBJECT: OBJECT_IDENTIFIER_ALREADY_EXISTS'],
    [
      'an object of another type',
      [{ objectType: ObjectType.analogValue }],
      'OBJECT: UNSUPPORTED_OBJECT_TYPE',
    ],
    ['a device', [{ object: device(7) }], 'OBJECT: DYNAMIC_CREATION_NOT_SUPPORTED'],
    [
      'an unknown property, naming the element',
      [{ object: file(9) }, [initial(P.objectName, text('a')), initial(P.presentValue, unsigned(1))]],
      'PROPERTY: UNKNOWN_PROPERTY (initial value 2)',
    ],
    [
      'a property that cannot be set',
      [{ object: file(9) }, [initial(P.objectType, { type: 'enumerated', value: 10 })]],
      'PROPERTY: WRITE_ACCESS_DENIED (initial value 1)',
    ],
    [
      'a value of the wrong type',
      [{ object: file(9) }, [initial(P.objectName, unsigned(1))]],
      'PROPERTY: INVALID_DATA_TYPE (initial value 1)',
    ],
    [
      'a value out of range',
      [{ object: file(9) }, [initial(P.fileAccessMethod, { type: 'enumerated', value: 2 })]],
      'PROPERTY: VALUE_OUT_OF_RANGE (initial value 1)',
    ],
    [
      'a Record_Count of a stream file',
      [{ object: file(9) }, [initial(P.recordCount, unsigned(2))]],
      'PROPERTY: WRITE_ACCESS_DENIED (initial value 1)',
    ],
    [
      'an array index',
      [{ object: file(9) }, [{ property: P.objectName, index: 1, values: [text('a')] }]],
      'PROPERTY: PROPERTY_IS_NOT_AN_ARRAY (initial value 1)',
    ],
  ];
  for (const [what, request, expected] of refusals) {
    it(`refuses ${what}, and creates nothing`, async () => {
      const { client, device: view } = await restoring();
      expect(await client.createObject(...request)).to.equal(expected);
      expect(view.files.map((f) => f.instance)).to.deep.equal([1, 2, 5]);
    });
  }

  it('is refused outside a restore, while one is prepared, and by a device that creates none', async () => {
    const { client } = bench({ files, procedure: { restorePreparationMs: 100 } });
    expect(await client.createObject({ object: file(9) })).to.equal('OBJECT: DYNAMIC_CREATION_NOT_SUPPORTED');
    await client.reinitialize('startRestore');
    expect(await client.createObject({ object: file(9) })).to.equal('DEVICE: CONFIGURATION_IN_PROGRESS');
    const fixed = bench({ files, procedure: { createsFiles: false } });
    await fixed.client.reinitialize('startRestore');
    expect(await fixed.client.createObject({ object: file(9) })).to.equal(
      'OBJECT: DYNAMIC_CREATION_NOT_SUPPORTED',
    );
  });

  it('does not change Database_Revision', async () => {
    const { client, device: view } = await restoring();
    await client.createObject({ object: file(9) });
    expect(view.databaseRevision).to.equal(1);
  });
});

describe('DeleteObject', () => {
  it('is refused for every object, in every state', async () => {
    const { client, device: view } = bench({ files });
    expect(await client.deleteObject(file(1))).to.equal('OBJECT: OBJECT_DELETION_NOT_PERMITTED');
    await client.reinitialize('startRestore');
    expect(await client.deleteObject(file(1))).to.equal('OBJECT: OBJECT_DELETION_NOT_PERMITTED');
    expect(await client.deleteObject(device())).to.equal('OBJECT: OBJECT_DELETION_NOT_PERMITTED');
    expect(await client.deleteObject(file(77))).to.equal('OBJECT: UNKNOWN_OBJECT');
    expect(view.files).to.have.length(3);
  });
});
