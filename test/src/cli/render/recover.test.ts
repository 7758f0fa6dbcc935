// What recover found, in words.

import { expect } from 'chai';
import { leftAloneText, recoverText } from '../../../../src/cli/render/recover.js';
import type { ImageId } from '../../../../src/index.js';
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

  it('says what to do with a device whose restore was broken off', () => {
    const openedAt = '2026-03-01T02:15:00.000Z';
    const alone = recoverText(recoverReport(7, { brokenOff: { openedAt } }));
    expect(alone).to.match(/written so far\. Restore it again\n$/);
    const undo = 'cafe'.padEnd(64, '0') as ImageId;
    expect(recoverText(recoverReport(7, { brokenOff: { openedAt, undo } }))).to.contain(
      'or put it back to what it was before:\n  bacvault restore cafe0000 7 --no-undo\n',
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
