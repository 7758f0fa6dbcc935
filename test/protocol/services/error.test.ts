// The payload of Error PDUs, in the form of every service.

import { expect } from 'chai';
import { ConfirmedService, decodeErrorPayload, encodeErrorPayload } from '../../../protocol/index.js';
import { services } from '../../support/arbitraries.js';
import { octetsOf } from '../../support/frames.js';
import { roundTrips, survives } from '../../support/properties.js';

const ELEMENT_SERVICES = [
  ConfirmedService.addListElement,
  ConfirmedService.removeListElement,
  ConfirmedService.createObject,
];

describe('Error', () => {
  it('comes back as it was, for services with the plain form', () => {
    roundTrips(
      services.error,
      (error) => encodeErrorPayload(ConfirmedService.atomicReadFile, error),
      (payload) => {
        const { kind, ...error } = decodeErrorPayload(ConfirmedService.atomicReadFile, payload);
        expect(kind).to.equal('error');
        return error;
      },
    );
  });

  it('comes back with the element that failed, for services that have one', () => {
    for (const service of ELEMENT_SERVICES) {
      roundTrips(
        services.elementError,
        (error) => encodeErrorPayload(service, error),
        (payload) => {
          const { kind, ...error } = decodeErrorPayload(service, payload);
          expect(kind).to.equal('error');
          return error;
        },
      );
    }
  });

  it('is made of arbitrary octets or refused, for every service', () => {
    for (let service = 0; service < 35; service += 1) {
      survives((payload) => decodeErrorPayload(service, payload));
      survives((payload) =>
        decodeErrorPayload(service, new Uint8Array([0x0e, 0x91, 1, 0x91, 2, 0x0f, ...payload])),
      );
    }
  });

  it('is understood in plain and constructed form for every service: a refusal is never lost', () => {
    for (let service = 0; service < 256; service += 1) {
      for (const form of ['91 02 91 1F', '0E 91 02 91 1F 0F', '0E 91 02 92 001F 0F 1E 0C 00000001 1F']) {
        if (form.endsWith('1F') && form.startsWith('0E') && ELEMENT_SERVICES.some((each) => each === service))
          continue;
        expect(decodeErrorPayload(service, octetsOf(form))).to.include({ errorClass: 2, errorCode: 31 });
      }
    }
  });
});
