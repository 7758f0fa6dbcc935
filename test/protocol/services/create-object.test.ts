// CreateObject, request and acknowledgement. Its error is in error.test.ts.

import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  decodeCreateObjectAck,
  decodeCreateObjectRequest,
  decodeCreateObjectRequests,
  DecodeError,
  encodeCreateObjectAck,
  EncodeError,
  encodeCreateObjectRequest,
} from '../../../protocol/index.js';
import { capturedFile } from '../../support/captured-file.js';
import { projectRoot } from '../../support/sources.js';
import { services } from '../../support/arbitraries.js';
import { roundTrips, survives, takesItsOctetsExactly } from '../../support/properties.js';

describe('CreateObject', () => {
  it('comes back as it was, by identifier and by type, with and without initial values', () => {
    roundTrips(services.createObjectRequest, encodeCreateObjectRequest, decodeCreateObjectRequest);
    roundTrips(services.createObjectAck, encodeCreateObjectAck, decodeCreateObjectAck);
  });

  it('takes exactly its octets', () => {
    takesItsOctetsExactly(services.createObjectAck, encodeCreateObjectAck, decodeCreateObjectAck);
  });

  it('is made of arbitrary octets or refused', () => {
    survives(decodeCreateObjectRequest);
    survives(decodeCreateObjectAck);
  });

  it('tells an empty list of initial values from none', () => {
    const object = { type: 10, instance: 5 };
    expect(decodeCreateObjectRequest(encodeCreateObjectRequest({ object }))).to.deep.equal({ object });
    const empty = { object, initialValues: [] };
    expect(decodeCreateObjectRequest(encodeCreateObjectRequest(empty))).to.deep.equal(empty);
  });

  it('takes requests one after the other to the last octet, as a configuration file has them', () => {
    fc.assert(
      fc.property(fc.array(services.createObjectRequest, { maxLength: 5 }), (requests) => {
        const octets = Uint8Array.from(requests.flatMap((one) => [...encodeCreateObjectRequest(one)]));
        expect(decodeCreateObjectRequests(octets)).to.deep.equal(requests);
        expect(() => decodeCreateObjectRequests(Uint8Array.of(...octets, 0x0e))).to.throw(DecodeError);
      }),
    );
    survives(decodeCreateObjectRequests);
  });

  it('reads the configuration file of a bacnet-stack server, of which two captures show different states', () => {
    const count = (name: string): number =>
      decodeCreateObjectRequests(capturedFile(join(projectRoot, 'fixtures', 'captures', name))).length;
    expect(count('bacstack-tools_bacserv.pcap')).to.equal(76);
    expect(count('bacpy-client_bacserv_restore-abort.pcap')).to.equal(75);
  });

  it('refuses a type that no identifier could have', () => {
    expect(() => encodeCreateObjectRequest({ objectType: 1024 })).to.throw(EncodeError, 'object type 1024');
  });
});
