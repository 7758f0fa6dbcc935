// The objects (device-object, file-object), their properties and values: what a client reads is what the
// device was described as, and what it is now.

import { expect } from 'chai';
import { PropertyId as P, ServiceSupported } from '../../../../protocol/index.js';
import { dateAndTime } from '../../../../simulator/device/objects/values.js';
import { bench, device, file, octets, ramp, record, stream } from '../../support.js';

const files = [
  stream(3, ramp(5), { name: 'app.bin', fileType: 'x/y', archive: true }),
  record(1, [octets(1, 2), octets(3)], { name: 'table' }),
  stream(9, ramp(2), { configuration: false }),
];

describe('Device object', () => {
  it('says who it is', async () => {
    const { client } = bench({
      instance: 77,
      name: 'N',
      vendorId: 999,
      vendorName: 'V',
      modelName: 'M',
      firmwareRevision: 'F',
      applicationSoftwareVersion: 'A',
      protocolRevision: 14,
      serialNumber: 'S',
      location: 'L',
      description: 'D',
      databaseRevision: 5,
    });
    const expected: [number, unknown][] = [
      [P.objectIdentifier, '8,77'],
      [P.objectName, 'N'],
      [P.objectType, 8],
      [P.vendorIdentifier, 999],
      [P.vendorName, 'V'],
      [P.modelName, 'M'],
      [P.firmwareRevision, 'F'],
      [P.applicationSoftwareVersion, 'A'],
      [P.protocolVersion, 1],
      [P.protocolRevision, 14],
      [P.serialNumber, 'S'],
      [P.location, 'L'],
      [P.description, 'D'],
      [P.databaseRevision, 5],
      [P.systemStatus, 0],
    ];
    for (const [property, value] of expected)
      expect(await client.value(device(77), property)).to.equal(value);
  });

  it('does not have what it was not described with', async () => {
    const { client } = bench({ protocolRevision: 13 });
    for (const property of [P.serialNumber, P.location, P.description, P.propertyList]) {
      expect(await client.readProperty(device(), property)).to.equal('PROPERTY: UNKNOWN_PROPERTY');
    }
  });

  it('says its limits; those of segmentation only when it segments', async () => {
    const both = bench({
      limits: { maxApdu: 1024, segmentation: 'both', maxSegments: 8 },
      apduTimeoutMs: 4000,
      segmentTimeoutMs: 1500,
      retries: 2,
    }).client;
    expect(await both.value(device(), P.maxApduLengthAccepted)).to.equal(1024);
    expect(await both.value(device(), P.segmentationSupported)).to.equal(0);
    expect(await both.value(device(), P.maxSegmentsAccepted)).to.equal(8);
    expect(await both.value(device(), P.apduTimeout)).to.equal(4000);
    expect(await both.value(device(), P.apduSegmentTimeout)).to.equal(1500);
    expect(await both.value(device(), P.numberOfApduRetries)).to.equal(2);
    const none = bench({ limits: { maxApdu: 206, segmentation: 'none' } }).client;
    expect(await none.value(device(), P.segmentationSupported)).to.equal(3);
    expect(await none.value(device(), P.maxSegmentsAccepted)).to.equal('PROPERTY: UNKNOWN_PROPERTY');
    expect(await none.value(device(), P.apduSegmentTimeout)).to.equal('PROPERTY: UNKNOWN_PROPERTY');
  });

  it('claims exactly the services that it executes', async () => {
    const claimed = async (createsFiles: boolean): Promise<string[]> => {
      const { client } = bench({ procedure: { createsFiles } });
      const [bits] = (await client.readProperty(device(), P.protocolServicesSupported)) as unknown as [
        { bits: boolean[] },
      ];
      return Object.entries(ServiceSupported).flatMap(([name, bit]) => (bits.bits[bit] ? [name] : []));
    };
    const always = [
      'atomicReadFile',
      'atomicWriteFile',
      'readProperty',
      'readPropertyMultiple',
      'writeProperty',
      'reinitializeDevice',
      'whoIs',
    ];
    expect(await claimed(false)).to.have.members(always);
    expect(await claimed(true)).to.have.members([...always, 'createObject']);
  });

  it('lists objects by instance and configuration files in their own order', async () => {
    const { client, device: view } = bench({ files });
    const ids = async (property: number): Promise<unknown[]> => {
      const values = await client.readProperty(device(), property);
      return (values as unknown as { object: { instance: number } }[]).map((v) => v.object.instance);
    };
    expect(await ids(P.objectList)).to.deep.equal([1001, 1, 3, 9]);
    expect(await ids(P.configurationFiles)).to.deep.equal([3, 1]);
    view.removeFile(3);
    expect(await ids(P.objectList)).to.deep.equal([1001, 1, 9]);
    expect(await ids(P.configurationFiles)).to.deep.equal([1]);
  });

  it('publishes the state and its times, rounded up to seconds, unless it is from before 135-2008', async () => {
    const procedure = { backupPreparationMs: 1, restorePreparationMs: 1001, restoreCompletionMs: 5000 };
    const { client } = bench({ procedure });
    expect(await client.value(device(), P.backupAndRestoreState)).to.equal(0);
    expect(await client.value(device(), P.backupPreparationTime)).to.equal(1);
    expect(await client.value(device(), P.restorePreparationTime)).to.equal(2);
    expect(await client.value(device(), P.restoreCompletionTime)).to.equal(5);
    const lying = bench({ procedure: { ...procedure, backupPreparationTimeS: 99 } }).client;
    expect(await lying.value(device(), P.backupPreparationTime)).to.equal(99);
    const old = bench({ procedure: { stateProperties: false } }).client;
    for (const property of [338, 339, 340, 341])
      expect(await old.value(device(), property)).to.equal('PROPERTY: UNKNOWN_PROPERTY');
    expect(await old.value(device(), P.systemStatus)).to.equal(0);
  });

  it('has a Property_List of everything else that it has', async () => {
    const { client } = bench({ files });
    for (const object of [device(), file(3), file(1)]) {
      const list = (await client.readProperty(object, P.propertyList)) as unknown as { value: number }[];
      const [all] = await client.readMultiple([{ object, properties: [{ property: P.all }] }]);
      const expected = all!.properties.map((p) => p.property).filter((p) => ![75, 77, 79].includes(p));
      expect(list.map((v) => v.value)).to.have.members(expected);
    }
  });
});

describe('File object', () => {
  it('says what a stream file is', async () => {
    const { client } = bench({ files });
    expect(await client.value(file(3), P.objectName)).to.equal('app.bin');
    expect(await client.value(file(3), P.objectType)).to.equal(10);
    expect(await client.value(file(3), P.fileType)).to.equal('x/y');
    expect(await client.value(file(3), P.fileSize)).to.equal(5);
    expect(await client.value(file(3), P.archive)).to.equal(true);
    expect(await client.value(file(3), P.readOnly)).to.equal(true);
    expect(await client.value(file(3), P.fileAccessMethod)).to.equal(1);
    expect(await client.value(file(9), P.readOnly)).to.equal(false);
  });

  it('says what a record file is: File_Size in octets, Record_Count in records', async () => {
    const { client } = bench({ files });
    expect(await client.value(file(1), P.fileSize)).to.equal(3);
    expect(await client.value(file(1), P.recordCount)).to.equal(2);
    expect(await client.value(file(1), P.fileAccessMethod)).to.equal(0);
  });
});

describe('dates', () => {
  it('are what the calendar says, over leap years and the ends of months', () => {
    for (const iso of [
      '1970-01-01',
      '1999-12-31',
      '2000-02-29',
      '2024-02-29',
      '2024-03-01',
      '2026-08-15',
      '2100-03-01',
    ]) {
      const at = Date.parse(`${iso}T13:14:15.160Z`);
      const day = new Date(at);
      expect(dateAndTime(at)).to.deep.equal([
        {
          type: 'date',
          year: day.getUTCFullYear(),
          month: day.getUTCMonth() + 1,
          day: day.getUTCDate(),
          weekday: day.getUTCDay() === 0 ? 7 : day.getUTCDay(),
        },
        { type: 'time', hour: 13, minute: 14, second: 15, hundredths: 16 },
      ]);
    }
  });

  it('are unspecified when there is none', () => {
    const [date, time] = dateAndTime(undefined);
    expect(date).to.deep.equal({ type: 'date', year: 255, month: 255, day: 255, weekday: 255 });
    expect(time).to.deep.equal({ type: 'time', hour: 255, minute: 255, second: 255, hundredths: 255 });
  });
});
