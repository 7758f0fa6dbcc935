// What is answered without the commands (overview.ts, command-list.ts): word for word what the whole program says.

import { expect } from 'chai';
import { COMMAND_LIST } from '../../../src/cli/command-list.js';
import { asksForOverview, overview } from '../../../src/cli/overview.js';
import { commandList } from '../../../src/cli/program.js';
import { fakeEngine, fakeIo, ran } from './fakes.js';

describe('the overview', () => {
  it('has every command; if not, run "npm run build" and "node scripts/docs.mjs"', () => {
    expect(COMMAND_LIST).to.deep.equal(commandList());
  });

  for (const question of ['--help', '-h', 'help', '--version', '-V']) {
    it(`answers ${question} as the whole program does`, async () => {
      const io = fakeIo();
      expect(asksForOverview([question])).to.equal(true);
      const status = overview([question], io);
      const { out, err, ...whole } = await ran([question], fakeIo(), fakeEngine());
      expect([status, io.stdout.text, io.stderr.text]).to.deep.equal([whole.status, out, err]);
      expect(out).to.not.equal('');
    });
  }

  it('is not for a command, nor for one that is misspelt', () => {
    for (const args of [[], ['backup', '--help'], ['help', 'backup'], ['--halp'], ['--help', 'x']])
      expect(asksForOverview(args), args.join(' ')).to.equal(false);
  });
});
