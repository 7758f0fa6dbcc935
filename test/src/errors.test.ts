// The error table: what a program and a shell script may rely on.

import { expect } from 'chai';
import { EngineError, type ErrorCode, ERRORS, isEngineError } from '../../src/errors.js';

const codes = Object.keys(ERRORS) as ErrorCode[];

describe('errors', () => {
  it('gives each family the exit status that scripts test for', () => {
    const statuses = Object.fromEntries(codes.map((code) => [code, ERRORS[code].exitCode]));
    expect(statuses).to.include({
      usage: 2,
      'device-refused': 1,
      partial: 3,
      'window-ended': 4,
      'repository-not-found': 10,
      'repository-locked': 11,
      'device-password': 12,
      'device-busy': 13,
      'device-silent': 14,
      'device-unsupported': 15,
      'device-mismatch': 16,
      'transfer-failed': 17,
      'release-failed': 18,
      'repository-format': 19,
      'repository-corrupt': 20,
      'store-no-space': 21,
      cancelled: 130,
    });
  });

  it('never exits with 0, nor with a status that a shell reserves', () => {
    for (const code of codes) {
      expect(ERRORS[code].exitCode, code).to.be.within(1, 130);
      expect(ERRORS[code].exitCode, code).to.not.be.oneOf([126, 127, 128]);
    }
  });

  it('tells what to do next for every code but a cancel that the user asked for', () => {
    for (const code of codes.filter((c) => c !== 'cancelled'))
      expect(ERRORS[code].hint, code).to.match(/\.$/);
  });

  it('carries code, cause and details, and is told apart by code', () => {
    const cause = new Error('below');
    const error = new EngineError('device-busy', 'busy', { cause, details: { device: 1001 } });
    expect(error).to.include({ code: 'device-busy', exitCode: 13, retriable: true, message: 'busy', cause });
    expect(error.details.device).to.equal(1001);
    expect(isEngineError(error)).to.equal(true);
    expect(isEngineError(error, 'device-silent')).to.equal(false);
    expect(isEngineError(cause)).to.equal(false);
  });
});
