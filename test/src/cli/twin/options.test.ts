// The options that twin and drill share.

import { Command } from 'commander';
import { expect } from 'chai';
import { addTwinOptions, type TwinOptions } from '../../../../src/cli/twin/options.js';

function parsed(...args: string[]): TwinOptions {
  const command = addTwinOptions(new Command()).exitOverride();
  command.configureOutput({ outputError: () => undefined });
  return command.parse(args, { from: 'user' }).opts<TwinOptions>();
}

describe('the options of twin and drill', () => {
  it('collect quirks in their order', () => {
    expect(parsed('--quirk', 'eof-never', '--quirk', 'short-reads=4', '--device', '7')).to.deep.equal({
      quirk: ['eof-never', 'short-reads=4'],
      device: 7,
    });
  });

  it('refuse a quirk that does not exist, or a value that it cannot take, before anything is read', () => {
    expect(() => parsed('--quirk', 'nonsense')).to.throw(/there is no quirk "nonsense"/);
    expect(() => parsed('--quirk', 'short-reads=many')).to.throw(/"many" is not a whole number/);
  });
});
