// Refusals in words: what people read when a device says no.

import { expect } from 'chai';
import { abortWords, errorWords, refusalWords, rejectWords } from '../../protocol/index.js';

describe('error words', () => {
  it('say class and code as BACnet does', () => {
    expect(errorWords(4, 26)).to.equal('SECURITY: PASSWORD_FAILURE');
    expect(errorWords(0, 2)).to.equal('DEVICE: CONFIGURATION_IN_PROGRESS');
  });

  it('keep the numbers that have no name', () => {
    expect(errorWords(9, 250)).to.equal('UNKNOWN_9: UNKNOWN_250');
    expect(errorWords(64, 256)).to.equal('PROPRIETARY_64: PROPRIETARY_256');
    expect(rejectWords(64)).to.equal('REJECT: PROPRIETARY_64');
    expect(abortWords(63)).to.equal('ABORT: UNKNOWN_63');
  });

  it('say every kind of refusal', () => {
    expect(refusalWords({ kind: 'error', errorClass: 2, errorCode: 32 })).to.equal(
      'PROPERTY: UNKNOWN_PROPERTY',
    );
    expect(refusalWords({ kind: 'reject', reason: 9 })).to.equal('REJECT: UNRECOGNIZED_SERVICE');
    expect(refusalWords({ kind: 'abort', reason: 4, server: true })).to.equal(
      'ABORT: SEGMENTATION_NOT_SUPPORTED',
    );
    expect(refusalWords({ kind: 'timeout', attempts: 3 })).to.equal('no answer after 3 attempts');
    expect(refusalWords({ kind: 'timeout', attempts: 1 })).to.equal('no answer after 1 attempt');
    expect(refusalWords({ kind: 'network-reject', network: 2001, reason: 1 })).to.equal(
      'network 2001 rejected: not directly connected',
    );
    expect(refusalWords({ kind: 'unsendable', octets: 600, limit: 480 })).to.contain('600 octets');
    expect(refusalWords({ kind: 'cancelled' })).to.equal('cancelled');
    expect(refusalWords({ kind: 'malformed', message: 'APDU: oops' })).to.contain('APDU: oops');
  });

  it('name the initial value that an object could not be created with, when there is one', () => {
    const error = { kind: 'error', errorClass: 2, errorCode: 37 } as const;
    expect(refusalWords({ ...error, firstFailedElement: 2 })).to.equal(
      'PROPERTY: VALUE_OUT_OF_RANGE (initial value 2)',
    );
    expect(refusalWords({ ...error, firstFailedElement: 0 })).to.equal('PROPERTY: VALUE_OUT_OF_RANGE');
  });
});
