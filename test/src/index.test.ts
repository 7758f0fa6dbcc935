// The public API: what it holds, and nothing more.

import { expect } from 'chai';

import * as api from '../../src/index.js';

describe('the public API', () => {
  it('has these values and no others', () => {
    expect(Object.keys(api).sort()).to.deep.equal(
      [
        'EngineError',
        'ERRORS',
        'isEngineError',
        'openClient',
        'openRepository',
        'createArchive',
        'openArchive',
        'openSourceFolder',
        'LAYOUTS',
        'initRepository',
        'MemoryStore',
        'consoleLog',
        'parseSpan',
        'standingOf',
        'tagFault',
        'parseTarget',
        'formatTarget',
        'KNOWN_QUIRKS',
        'parseQuirks',
        'probe',
        'recover',
        'afterRollback',
        'backup',
        'restore',
        'rollBack',
        'planRestore',
        'gate',
        'blockedError',
        'checkFolder',
        'PLAN_CHECKS',
        'verify',
        'diffDevice',
        'diffImages',
        'judgeImages',
        'judgeChanges',
        'parseSite',
        'ruleOf',
        'siteClient',
        'runFleet',
        'protection',
        'PROTECTING',
        'PROTECTION_STATES',
        'probeFleet',
      ].sort(),
    );
  });
});
