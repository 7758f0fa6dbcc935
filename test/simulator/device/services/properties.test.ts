// ReadProperty (read-property), ReadPropertyMultiple (read-property-multiple) and WriteProperty
// (write-property): indices, special identifiers, and every refusal in its place.

import { expect } from 'chai';
import { ConfirmedService as Service, PropertyId as P } from '../../../../protocol/index.js';
import { bench, device, file, octets, ramp, record, stream, text, unsigned, words } from '../../support.js';

const files = [stream(1, ramp(5)), record(2, [octets(1)])];

describe('ReadProperty', () => {
  it('reads a whole array, its size at index 0, and each element', async () => {
    const { client } = bench({ files });
    expect(await client.readProperty(device(), P.objectList)).to.have.length(3);
    expect(await client.value(device(), P.objectList, 0)).to.equal(3);
    expect(await client.value(device(), P.objectList, 1)).to.equal('8,1001');
    expect(await client.value(device(), P.objectList, 3)).to.equal('10,2');
    expect(await client.value(device(), P.configurationFiles, 0)).to.equal(2);
    expect(await client.value(device(), P.configurationFiles, 2)).to.equal('10,2');
  });

  it('takes 4194303 for its own Device object, and says its own instance', async () => {
    const { client } = bench();
    expect(await client.value(device(4194303), P.objectIdentifier)).to.equal('8,1001');
    expect(await client.value(device(4194303), P.objectName)).to.equal('Controller 1001');
  });

  it('refuses what is not there', async () => {
    const { client } = bench({ files });
    expect(await client.readProperty(device(1002), P.objectName)).to.equal('OBJECT: UNKNOWN_OBJECT');
    expect(await client.readProperty({ type: 0, instance: 1 }, P.objectName)).to.equal(
      'OBJECT: UNKNOWN_OBJECT',
    );
    expect(await client.readProperty(file(3), P.objectName)).to.equal('OBJECT: UNKNOWN_OBJECT');
    expect(await client.readProperty(device(), P.presentValue)).to.equal('PROPERTY: UNKNOWN_PROPERTY');
    expect(await client.readProperty(file(1), P.recordCount)).to.equal('PROPERTY: UNKNOWN_PROPERTY');
    expect(await client.readProperty(device(), P.objectName, 1)).to.equal(
      'PROPERTY: PROPERTY_IS_NOT_AN_ARRAY',
    );
    expect(await client.readProperty(device(), P.objectList, 4)).to.equal('PROPERTY: INVALID_ARRAY_INDEX');
  });
});

describe('ReadPropertyMultiple', () => {
  it('gives values and refusals, each in its place', async () => {
    const { client } = bench({ files });
    const results = await client.readMultiple([
      {
        object: device(4194303),
        properties: [{ property: P.systemStatus }, { property: P.objectList, index: 0 }],
      },
      {
        object: file(1),
        properties: [
          { property: P.fileSize },
          { property: P.recordCount },
          { property: P.objectName, index: 2 },
        ],
      },
      { object: file(9), properties: [{ property: P.fileSize }, { property: P.all }] },
    ]);
    expect(results).to.deep.equal([
      {
        object: device(),
        properties: [
          { property: P.systemStatus, values: [{ type: 'enumerated', value: 0 }] },
          { property: P.objectList, index: 0, values: [unsigned(3)] },
        ],
      },
      {
        object: file(1),
        properties: [
          { property: P.fileSize, values: [unsigned(5)] },
          { property: P.recordCount, errorClass: 2, errorCode: 32 },
          { property: P.objectName, index: 2, errorClass: 2, errorCode: 50 },
        ],
      },
      {
        object: file(9),
        properties: [
          { property: P.fileSize, errorClass: 1, errorCode: 31 },
          { property: P.all, errorClass: 1, errorCode: 31 },
        ],
      },
    ]);
  });

  it('expands ALL, REQUIRED and OPTIONAL: the one is the other two together, without Property_List', async () => {
    const { client } = bench({ files, serialNumber: 'S-1' });
    for (const object of [device(), file(1), file(2)]) {
      const names = async (property: number): Promise<number[]> => {
        const [result] = await client.readMultiple([{ object, properties: [{ property }] }]);
        return result!.properties.map((p) => {
          expect(p).to.have.property('values');
          return p.property;
        });
      };
      const [all, required, optional] = [
        await names(P.all),
        await names(P.required),
        await names(P.optional),
      ];
      expect(all.length).to.be.greaterThan(5);
      expect([...required, ...optional].sort()).to.deep.equal([...all].sort());
      expect(all).to.not.include(P.propertyList);
    }
    const [result] = await client.readMultiple([
      { object: device(), properties: [{ property: P.optional }] },
    ]);
    expect(result!.properties.map((p) => p.property)).to.include.members([
      P.serialNumber,
      P.backupAndRestoreState,
    ]);
  });
});

describe('WriteProperty', () => {
  it('writes Backup_Failure_Timeout, 0 and 65535 included', async () => {
    const { client } = bench();
    for (const seconds of [0, 30, 65535]) {
      expect(await client.writeProperty(device(), P.backupFailureTimeout, [unsigned(seconds)])).to.equal(
        'ack',
      );
      expect(await client.value(device(), P.backupFailureTimeout)).to.equal(seconds);
    }
  });

  const refusals: [string, Parameters<ReturnType<typeof bench>['client']['writeProperty']>, string][] = [
    [
      'a Backup_Failure_Timeout beyond 16 bits',
      [device(), P.backupFailureTimeout, [unsigned(65536)]],
      'PROPERTY: VALUE_OUT_OF_RANGE',
    ],
    [
      'a value of the wrong type',
      [device(), P.backupFailureTimeout, [text('30')]],
      'PROPERTY: INVALID_DATA_TYPE',
    ],
    [
      'two values for one',
      [device(), P.backupFailureTimeout, [unsigned(1), unsigned(2)]],
      'PROPERTY: INVALID_DATA_TYPE',
    ],
    [
      'a property that cannot be written',
      [device(), P.objectName, [text('mine')]],
      'PROPERTY: WRITE_ACCESS_DENIED',
    ],
    ['a property that is not there', [device(), P.presentValue, [unsigned(1)]], 'PROPERTY: UNKNOWN_PROPERTY'],
    ['an object that is not there', [file(9), P.fileSize, [unsigned(1)]], 'OBJECT: UNKNOWN_OBJECT'],
    [
      'an index into what is no array',
      [device(), P.backupFailureTimeout, [unsigned(1)], 1],
      'PROPERTY: PROPERTY_IS_NOT_AN_ARRAY',
    ],
    ['an element of an array', [device(), P.objectList, [unsigned(1)], 1], 'PROPERTY: WRITE_ACCESS_DENIED'],
  ];
  for (const [what, request, expected] of refusals) {
    it(`refuses ${what}`, async () => {
      expect(await bench({ files }).client.writeProperty(...request)).to.equal(expected);
    });
  }

  it('sets Archive', async () => {
    const { client } = bench({ files });
    expect(await client.writeProperty(file(1), P.archive, [{ type: 'boolean', value: true }])).to.equal(
      'ack',
    );
    expect(await client.value(file(1), P.archive)).to.equal(true);
  });
});

describe('services', () => {
  it('rejects those that the device does not have', async () => {
    const { client } = bench();
    for (const service of [Service.readRange, Service.subscribeCov, Service.deviceCommunicationControl, 99]) {
      expect(words(await client.ask(service, octets(9, 0)))).to.equal('REJECT: UNRECOGNIZED_SERVICE');
    }
  });

  it('rejects what does not decode with the reason that fits', async () => {
    const { client } = bench();
    const ask = async (service: number, ...payload: number[]): Promise<string> =>
      words(await client.ask(service, octets(...payload)));
    expect(await ask(Service.readProperty)).to.equal('REJECT: MISSING_REQUIRED_PARAMETER');
    expect(await ask(Service.readProperty, 0x0c, 2, 0, 3, 0xe9)).to.equal(
      'REJECT: MISSING_REQUIRED_PARAMETER',
    );
    expect(await ask(Service.readProperty, 0x0c, 2, 0, 3, 0xe9, 0x39, 77)).to.equal('REJECT: INVALID_TAG');
    expect(await ask(Service.readProperty, 0x0c, 2, 0, 3, 0xe9, 0x19, 77, 0x19, 77)).to.equal(
      'REJECT: TOO_MANY_ARGUMENTS',
    );
    expect(await ask(Service.reinitializeDevice, 0x21, 2)).to.equal('REJECT: INVALID_TAG');
    expect(await ask(Service.readPropertyMultiple)).to.equal('REJECT: MISSING_REQUIRED_PARAMETER');
  });
});
