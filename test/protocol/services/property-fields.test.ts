// What the property services share.

import { expect } from 'chai';
import { encodeCreateObjectRequest, encodeWritePropertyRequest } from '../../../protocol/index.js';
import { readPropertyValue, writePropertyValue } from '../../../protocol/services/property-fields.js';
import { decodeAll } from '../../../protocol/wire/reader.js';
import { encodeWith } from '../../../protocol/wire/writer.js';
import { propertyValue } from '../../support/arbitraries.js';
import { roundTrips } from '../../support/properties.js';

const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');

describe('property fields', () => {
  it('of BACnetPropertyValue come back as they were', () => {
    roundTrips(
      propertyValue,
      (value) => encodeWith((writer) => writePropertyValue(writer, value)),
      (octets) => decodeAll(octets, 'test', readPropertyValue),
    );
  });

  it('stand under the tag numbers of their service, which are not the same', () => {
    const value = { property: 87, index: 8, values: [], priority: 9 };
    const object = { type: 1, instance: 1 };
    expect(hex(encodeWritePropertyRequest({ object, ...value }))).to.equal('0c00400001195729083e3f4909');
    expect(hex(encodeCreateObjectRequest({ object, initialValues: [value] }))).to.equal(
      '0e1c004000010f1e095719082e2f39091f',
    );
  });
});
