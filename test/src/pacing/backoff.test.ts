// When a busy device is asked again, and which answers mean "busy".

import { expect } from 'chai';
import { AbortReason, ErrorClass, ErrorCode, type Refusal } from '../../../protocol/index.js';
import { backoffMs, isBusy } from '../../../src/pacing/index.js';

describe('back-off', () => {
  it('pauses 0.5, 1, 2, 4 and then 8 seconds, however often it is asked', () => {
    expect([1, 2, 3, 4, 5, 6, 1000].map(backoffMs)).to.deep.equal([500, 1000, 2000, 4000, 8000, 8000, 8000]);
  });

  it('takes DEVICE/2, DEVICE/3, SERVICES/82, Abort 9 and a busy router for "later", whatever the class', () => {
    const busy: Refusal[] = [
      { kind: 'error', errorClass: ErrorClass.device, errorCode: ErrorCode.configurationInProgress },
      { kind: 'error', errorClass: ErrorClass.services, errorCode: ErrorCode.configurationInProgress },
      { kind: 'error', errorClass: ErrorClass.device, errorCode: ErrorCode.deviceBusy },
      { kind: 'error', errorClass: ErrorClass.services, errorCode: ErrorCode.busy },
      { kind: 'abort', reason: AbortReason.outOfResources, server: true },
      { kind: 'network-reject', network: 5, reason: 2 },
    ];
    for (const refusal of busy) expect(isBusy(refusal), JSON.stringify(refusal)).to.equal(true);
  });

  it('never takes silence, a wrong password or a missing route for "later"', () => {
    const final: Refusal[] = [
      { kind: 'timeout', attempts: 4 },
      { kind: 'error', errorClass: ErrorClass.security, errorCode: ErrorCode.passwordFailure },
      { kind: 'abort', reason: AbortReason.segmentationNotSupported, server: true },
      { kind: 'reject', reason: 9 },
      { kind: 'network-reject', network: 5, reason: 1 },
      { kind: 'malformed', message: 'x' },
      { kind: 'cancelled' },
    ];
    for (const refusal of final) expect(isBusy(refusal), JSON.stringify(refusal)).to.equal(false);
  });
});
