// ReinitializeDevice: states, and the password in characters.

import { expect } from 'chai';
import {
  decodeReinitializeDeviceRequest,
  EncodeError,
  encodeReinitializeDeviceRequest,
  ReinitializeState,
} from '../../../protocol/index.js';
import { services } from '../../support/arbitraries.js';
import { octetsOf } from '../../support/frames.js';
import { roundTrips, survives, takesItsOctetsExactly } from '../../support/properties.js';

describe('ReinitializeDevice', () => {
  it('comes back as it was, in every state, with and without password', () => {
    roundTrips(
      services.reinitializeDeviceRequest,
      encodeReinitializeDeviceRequest,
      decodeReinitializeDeviceRequest,
    );
    expect(Object.values(ReinitializeState)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('takes exactly its octets', () => {
    takesItsOctetsExactly(
      services.reinitializeDeviceRequest.filter(({ password }) => password === undefined),
      encodeReinitializeDeviceRequest,
      decodeReinitializeDeviceRequest,
    );
  });

  it('is made of arbitrary octets or refused', () => {
    survives(decodeReinitializeDeviceRequest);
  });

  it('counts the password in characters: 20 of any length pass, 21 and none do not', () => {
    const state = ReinitializeState.startBackup;
    for (const character of ['x', 'ü', '€', '🔥']) {
      const password = character.repeat(20);
      const octets = encodeReinitializeDeviceRequest({ state, password });
      expect(decodeReinitializeDeviceRequest(octets).password).to.equal(password);
      expect(() => encodeReinitializeDeviceRequest({ state, password: password + character })).to.throw(
        EncodeError,
        'a password of 21 characters',
      );
    }
    expect(() => encodeReinitializeDeviceRequest({ state, password: '' })).to.throw(EncodeError);
  });

  it('never tells the password in an error', () => {
    const password = 'secret secret secret secret';
    expect(() => encodeReinitializeDeviceRequest({ state: 2, password }))
      .to.throw(EncodeError)
      .with.property('message')
      .that.does.not.contain('secret');
  });

  it('never asks a device for a state that nobody has defined', () => {
    for (const state of [-1, 8, 255, 2.5]) {
      expect(() => encodeReinitializeDeviceRequest({ state })).to.throw(EncodeError, 'no state');
    }
  });

  it('lets a server see what a client sent out of range, to answer it in its own words', () => {
    expect(decodeReinitializeDeviceRequest(octetsOf('09 08'))).to.deep.equal({ state: 8 });
    expect(decodeReinitializeDeviceRequest(octetsOf('09 02 19 00')).password).to.equal('');
    const long = octetsOf(['09 02 1D 20 00', ['78', 31]]);
    expect(decodeReinitializeDeviceRequest(long).password).to.equal('x'.repeat(31));
  });
});
