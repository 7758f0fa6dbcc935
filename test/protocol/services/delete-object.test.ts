// DeleteObject.

import { decodeDeleteObjectRequest, encodeDeleteObjectRequest } from '../../../protocol/index.js';
import { services } from '../../support/arbitraries.js';
import { roundTrips, survives, takesItsOctetsExactly } from '../../support/properties.js';

describe('DeleteObject', () => {
  it('comes back as it was', () => {
    roundTrips(services.deleteObjectRequest, encodeDeleteObjectRequest, decodeDeleteObjectRequest);
  });

  it('takes exactly its octets: a cut identifier would delete another object', () => {
    takesItsOctetsExactly(services.deleteObjectRequest, encodeDeleteObjectRequest, decodeDeleteObjectRequest);
  });

  it('is made of arbitrary octets or refused', () => {
    survives(decodeDeleteObjectRequest);
  });
});
