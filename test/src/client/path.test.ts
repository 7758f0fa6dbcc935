// What fits between us and a device.

import { expect } from 'chai';

import type { ApduLimits, Outcome } from '../../../protocol/index.js';
import { Path } from '../../../src/client/path.js';

const OWN: ApduLimits = { maxApdu: 1476, segmentation: 'both', maxSegments: 64 };
const AT = { link: '10.0.0.1:47808', network: 5, mac: '0a' };
const TOO_LONG: Outcome = { kind: 'network-reject', network: 5, reason: 4 };

describe('a path', () => {
  it('takes the device at its word for what may be sent to it, and no less than every device takes', () => {
    const path = (maxApdu: number): number => new Path(AT, OWN, { maxApdu }).limits.maxApdu;
    expect([path(1476), path(1024), path(480), path(50)]).to.deep.equal([1476, 1024, 480, 50]);
    expect(path(2000), 'more than any link carries').to.equal(1476);
    expect(path(0), 'less than clause 12.11.18 allows').to.equal(50);
  });

  it('sends 480 octets and no segments to a device that says nothing of itself', () => {
    expect(new Path(AT, OWN, {}).limits).to.deep.equal({ maxApdu: 480, segmentation: 'none' });
  });

  it('goes down through the standard sizes each time a router calls a message too long', () => {
    const path = new Path(AT, OWN, { maxApdu: 1476, segmentation: 'both', maxSegments: 4 });
    const seen = [1024, 480, 206, 128, 50, 50].map(() => {
      path.note(TOO_LONG, path.limits.maxApdu);
      return path.limits.maxApdu;
    });
    expect(seen).to.deep.equal([1024, 480, 206, 128, 50, 50]);
    expect(path.accepts).to.deep.equal({ ...OWN, maxApdu: 50 });
    expect(path.limits).to.include({ segmentation: 'both', maxSegments: 4 });
  });

  it('goes below the message that was too long, however much the device would take', () => {
    const path = new Path(AT, OWN, { maxApdu: 1476 });
    path.note(TOO_LONG, 600);
    expect(path.limits.maxApdu).to.equal(480);
    path.note(TOO_LONG, 1476);
    expect(path.limits.maxApdu, 'it never gets wider again').to.equal(480);
  });

  it('learns nothing from any other outcome', () => {
    const path = new Path(AT, OWN, { maxApdu: 1476 });
    for (const reason of [0, 1, 2, 3, 5, 6]) path.note({ kind: 'network-reject', network: 5, reason }, 1476);
    path.note({ kind: 'timeout', attempts: 4 }, 1476);
    path.note({ kind: 'abort', reason: 4, server: true }, 1476);
    expect(path.limits.maxApdu).to.equal(1476);
  });
});
