// The defaults, as promises.

import { expect } from 'chai';

import { LANE_PATIENCE_MS, laneLimits, laneOf, ownLimits, timersFor } from '../../../src/client/options.js';

const DIRECT = { link: '10.0.0.1:47808' };
const ROUTED = { link: '10.0.0.1:47808', network: 2001, mac: '0a' };

describe('the defaults of a client', () => {
  it('wait 3 s for a device on our own link and at least 10 s for file octets behind a router', () => {
    expect(timersFor('read-property', DIRECT, {}, {})).to.include({ apduTimeoutMs: 3000, retries: 3 });
    expect(timersFor('read-file', DIRECT, {}, {})).to.include({ apduTimeoutMs: 3000, retries: 3 });
    expect(timersFor('read-file', ROUTED, {}, {})).to.include({ apduTimeoutMs: 10_000, retries: 3 });
    expect(timersFor('write-file', ROUTED, {}, {})).to.include({ apduTimeoutMs: 10_000 });
  });

  it('never repeat what changes the device, whatever the options say', () => {
    for (const kind of ['write-property', 'reinitialize', 'write-file', 'create-object'] as const) {
      for (const address of [DIRECT, ROUTED]) {
        expect(timersFor(kind, address, { retries: 5 }, {}).retries, kind).to.equal(0);
        expect(timersFor(kind, address, {}, { retries: 1 }).retries, `${kind}, asked for`).to.equal(1);
      }
    }
  });

  it('give way to the options, and those to the call', () => {
    const options = { apduTimeoutMs: 700, retries: 1 };
    expect(timersFor('read-file', ROUTED, options, {})).to.include({ apduTimeoutMs: 700, retries: 1 });
    expect(timersFor('read-file', ROUTED, options, { apduTimeoutMs: 90, retries: 0 })).to.include({
      apduTimeoutMs: 90,
      retries: 0,
    });
  });

  it('never make ReinitializeDevice wait less than 10 s, unless the call itself says so', () => {
    expect(timersFor('reinitialize', DIRECT, { apduTimeoutMs: 700 }, {}).apduTimeoutMs).to.equal(10_000);
    expect(timersFor('reinitialize', DIRECT, { apduTimeoutMs: 20_000 }, {}).apduTimeoutMs).to.equal(20_000);
    expect(timersFor('reinitialize', DIRECT, {}, { apduTimeoutMs: 90 }).apduTimeoutMs).to.equal(90);
  });

  it('give a device on our link its own lane, and a network behind a router one lane for all its devices', () => {
    expect(laneOf(DIRECT)).not.to.equal(laneOf({ link: '10.0.0.2:47808' }));
    expect(laneOf(ROUTED)).to.equal(laneOf({ ...ROUTED, mac: '0b' }));
    expect(laneOf(ROUTED)).not.to.equal(laneOf({ ...ROUTED, network: 2002 }));
    expect(laneOf(ROUTED)).not.to.equal(laneOf(DIRECT));
  });

  it('hold back routed lanes and broadcasts, and not a device on our own link', () => {
    expect(laneLimits(laneOf(DIRECT), {})).to.deep.equal({
      outstanding: 1,
      pace: { framesPerSecond: Infinity, burst: 1 },
    });
    expect(laneLimits(laneOf(ROUTED), {}).pace.framesPerSecond).to.equal(20);
    expect(laneLimits('broadcast', {}).pace.framesPerSecond).to.equal(5);
    const pace = { routed: { framesPerSecond: 2, burst: 1 } };
    expect(laneLimits(laneOf(ROUTED), { pace, outstandingPerLane: 3 })).to.deep.equal({
      outstanding: 3,
      pace: pace.routed,
      patienceMs: LANE_PATIENCE_MS,
    });
  });

  it('accept what fits B/IP, in segments', () => {
    expect(ownLimits({})).to.deep.equal({ maxApdu: 1476, segmentation: 'both', maxSegments: 64 });
    expect(ownLimits({ maxApdu: 480 }).maxApdu).to.equal(480);
  });
});
