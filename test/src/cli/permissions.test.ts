// --allow and --reason: names of checks and words, or a refusal that helps.

import { expect } from 'chai';
import { InvalidArgumentError } from 'commander';
import { addCheckName, reasonText } from '../../../src/cli/permissions.js';
import { PLAN_CHECKS } from '../../../src/index.js';

describe('permissions', () => {
  it('collect names of checks', () => {
    expect(addCheckName('model', addCheckName('firmware'))).to.deep.equal(['firmware', 'model']);
  });

  it('refuse what is no check, with the list, and what cannot be allowed, with the reason', () => {
    expect(() => addCheckName('constructor')).to.throw(
      InvalidArgumentError,
      Object.keys(PLAN_CHECKS).join(', '),
    );
    const never = Object.entries(PLAN_CHECKS).filter(([, check]) => check.never !== undefined);
    expect(never).to.have.length.above(0);
    for (const [name, check] of never)
      expect(() => addCheckName(name)).to.throw(InvalidArgumentError, check.never);
  });

  it('want a reason of some words', () => {
    expect(reasonText(' board failed ')).to.equal('board failed');
    expect(() => reasonText(' ')).to.throw(InvalidArgumentError);
  });
});
