// restore-report: the words for a restore's verdict and proof.

import { expect } from 'chai';
import { restoreReportText } from '../../../../src/cli/render/restore-report.js';
import { restoreReport } from '../fakes.js';

describe('the report of a restore', () => {
  it('names the places that change by themselves, and calls the restore verified', () => {
    const range = { start: 500, end: 504 };
    const text = restoreReportText(
      restoreReport(1201, {
        proof: {
          outcome: 'equal',
          files: [
            {
              file: 12,
              equal: false,
              unit: 'octets',
              ranges: [range],
              imageSize: 900,
              deviceSize: 900,
              volatile: [range],
            },
          ],
          reasons: [],
        },
      }),
    );
    expect(text).to.contain('VERIFIED').and.to.not.contain('NOT VERIFIED');
    expect(text).to.contain('equal to the image, outside what changes by itself');
    expect(text).to.contain('changes by itself: file,12: octets 500 to 503');
  });

  it('says when there was no undo image, no proof, or no room for the run log', () => {
    const { undo, ...report } = restoreReport(1201, {
      verdict: 'restored-unverified',
      proof: { outcome: 'not-possible', files: [], reasons: ['it went away'] },
      unproven: ['it went away'],
      unrecorded: ['run log is not whole'],
    });
    expect(undo).to.not.equal(undefined);
    const text = restoreReportText(report);
    expect(text).to.contain('NOT VERIFIED').and.to.contain('compared: NOT POSSIBLE');
    expect(text).to.contain('NOT PROVEN: it went away').and.to.contain('NOT RECORDED: run log is not whole');
    expect(text).to.not.contain('undo image');
  });

  it('says how often the undo image was read, what was allowed, and which known deviations were met', () => {
    const { undo } = restoreReport(1201);
    const { imageId } = undo!;
    const reading = { reasons: [], durationMs: 5 } as const;
    const told = (more: Parameters<typeof restoreReport>[1]): string =>
      restoreReportText(restoreReport(1201, more));
    expect(told({ undo: { imageId } })).to.contain(`undo image: ${imageId.slice(0, 8)}, read once\n`);
    const twice = { imageId, secondReading: { ...reading, outcome: 'equal' } } as const;
    expect(told({ undo: twice })).to.contain(', read twice and equal\n');
    const restless = { imageId, secondReading: { ...reading, outcome: 'volatile' } } as const;
    expect(told({ undo: restless })).to.contain(', read twice: some places change by themselves\n');
    const quirks = [{ name: 'slow', remedies: ['waits 90 s'], advice: [], source: 'field' }];
    expect(told({ quirks, allowed: ['firmware'] }))
      .to.contain('  known deviation: slow, waits 90 s\n')
      .and.to.contain('  allowed: firmware\n');
  });

  it('lets no control character of a device through', () => {
    const text = restoreReportText(restoreReport(1201, { deviations: ['\u001b[2J'] }));
    expect(text).to.not.contain('\u001b');
  });
});
