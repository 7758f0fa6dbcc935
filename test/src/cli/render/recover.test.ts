// What recover found, in words.

import { expect } from 'chai';
import { leftAloneText, recoverText } from '../../../../src/cli/render/recover.js';
import { openEntry, recoverReport } from '../open-entries.js';

describe('the report of recover', () => {
  it('says first what became of the device', () => {
    expect(recoverText(recoverReport(7))).to.equal(
      "Device 7 (AHU-3): in nobody's procedure, it shows idle and operational\n",
    );
    const released = { procedure: 'restore', foreign: true, release: 'unproven', words: 'x' } as const;
    expect(recoverText(recoverReport(7, { released }))).to.contain('NOT SEEN TO LEAVE a restore: x');
    expect(recoverText({ kind: 'recover-report', device: 7, entries: [] })).to.equal(
      "Device 7: in nobody's procedure, it does not tell its state\n",
    );
  });

  it('lets no text of a device reach the terminal as it is', () => {
    const odd = '\u001b[2J';
    const entries = [
      { entry: openEntry(7), verdict: 'over', why: odd, closed: false, problem: odd },
    ] as const;
    const leftAlone = { procedure: 'backup', why: odd } as const;
    const report = recoverReport(7, { name: odd, entries, leftAlone });
    expect(recoverText(report) + leftAloneText(report)).to.not.contain('\u001b');
    expect(leftAloneText(report)).to.contain('makes it fail');
  });
});
