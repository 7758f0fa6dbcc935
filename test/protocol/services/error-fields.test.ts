// The production Error on its own.

import { readErrorPair, writeErrorPair } from '../../../protocol/services/error-fields.js';
import { decodeAll } from '../../../protocol/wire/reader.js';
import { encodeWith } from '../../../protocol/wire/writer.js';
import { services } from '../../support/arbitraries.js';
import { roundTrips } from '../../support/properties.js';

describe('error fields', () => {
  it('keep any pair of class and code, also one that the standard does not have', () => {
    roundTrips(
      services.error,
      (pair) => encodeWith((writer) => writeErrorPair(writer, pair)),
      (octets) => decodeAll(octets, 'test', readErrorPair),
    );
  });
});
