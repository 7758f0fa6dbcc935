// A drill's report: it passes only when everything that must be seen was seen.

import { expect } from 'chai';
import type { DeviceEvent, DeviceView } from '../../../../simulator/index.js';
import type { FileProof } from '../../../../src/cli/twin/proof.js';
import type { Rehearsal } from '../../../../src/cli/twin/rehearsal.js';
import { CANNOT_SHOW, drillReport, type DrillReport } from '../../../../src/cli/twin/report.js';
import { drillText } from '../../../../src/cli/twin/drill-text.js';
import { EngineError } from '../../../../src/index.js';
import { image, restoreReport } from '../fakes.js';

const STARTED: DeviceEvent = { kind: 'state', from: 0, to: 2, on: 'start-restore', now: 1000 };
const RESTORED: DeviceEvent = { kind: 'restored', databaseRevision: 2, now: 9000 };
const EQUAL: FileProof = { file: 12, access: 'stream', equal: true, octets: 5 };

const STEPS = [
  { step: 'write', durationMs: 9000, phases: [] },
  { step: 'prove', durationMs: 4000, phases: [] },
] as const;

function reported(more: Partial<Rehearsal> = {}, proofs: readonly FileProof[] = [EQUAL]): DrillReport {
  const rehearsal: Rehearsal = {
    twin: { backupState: 0 } as DeviceView,
    deviceEvents: [STARTED, RESTORED],
    releasedAtMs: [500, 9500],
    outcome: { kind: 'restored', report: restoreReport(1201, { steps: STEPS }) },
    durationMs: 61_000,
    ...more,
  };
  return drillReport({
    image: image(),
    likeness: { quirks: [], quirksAdded: [], notSimulated: ['file 3: odd'], assumed: ['at once'] },
    blank: 'empty',
    limits: { maxApdu: 480, segmentation: 'none' },
    rehearsal,
    proofs,
    tookMs: 12.6,
  });
}

describe('the report of a drill', () => {
  it('passes when the octets are equal, the configuration is in use and the twin is free', () => {
    const report = reported();
    expect(report).to.deep.include({ passed: true, failures: [], tookMs: 13, files: [EQUAL] });
    const parts = { undoMs: 8000, writeMs: 9000, proofMs: 4000 };
    expect(report.estimate).to.deep.equal({ totalMs: 21_000, ...parts, outageMs: 8500 });
    expect(report.twin).to.include({ blank: 'empty', maxApdu: 480, segmentation: 'none', network: 2001 });
    expect(report.cannotShow).to.equal(CANNOT_SHOW);
  });

  const unequal: FileProof = { ...EQUAL, equal: false, problem: 'it has 4 octets' };
  const restored = (release: 'released' | 'unproven'): Rehearsal['outcome'] => ({
    kind: 'restored',
    report: restoreReport(1201, { release }),
  });
  const cases: readonly (readonly [what: string, report: DrillReport, says: RegExp])[] = [
    ['a file differs', reported({}, [unequal]), /^file,12 on the twin: it has 4 octets$/],
    [
      'the configuration was not taken',
      reported({ deviceEvents: [STARTED] }),
      /did not take the configuration/,
    ],
    [
      'the twin is in a procedure',
      reported({ twin: { backupState: 2 } as DeviceView }),
      /left in a procedure/,
    ],
    ['the restore did not see it leave', reported({ outcome: restored('unproven') }), /says "unproven"/],
  ];
  for (const [what, report, says] of cases) {
    it(`fails when ${what}`, () => {
      expect(report.passed).to.equal(false);
      expect(report.failures).to.have.length(1);
      expect(report.failures[0]).to.match(says);
    });
  }

  it('fails with the words of a restore that failed, and estimates nothing', () => {
    const error = new EngineError('transfer-unreadable', 'too large');
    const report = reported({ outcome: { kind: 'failed', error } }, []);
    expect(report).to.deep.include({
      passed: false,
      failures: ['too large'],
      error: { code: 'transfer-unreadable', message: 'too large' },
    });
    expect(report).to.not.have.any.keys('estimate', 'restore');
  });

  it('knows no outage of a restore that was not seen to begin', () => {
    expect(reported({ deviceEvents: [RESTORED] }).estimate).to.not.have.property('outageMs');
  });
});

describe('the report of a drill in words (drill-text)', () => {
  it('says what was rehearsed, what was proven, what is not simulated, and what no drill shows', () => {
    const text = drillText(reported(), image(), '2026-03-01T021500Z-1f2e3d4c');
    expect(text).to.match(/^Drill of image 1a2b3c4d, device 1201 AHU-3: passed\n/);
    expect(text)
      .to.contain('its files empty: 480 octets an APDU, segmentation none, behind a router on network 2001\n')
      .and.to.contain("  file,12 in the twin's memory: equal (5 octets)\n")
      .and.to.contain('  recorded, NOT SIMULATED: file 3: odd\n')
      .and.to.contain(
        '  on the recorded device at least 21 s: undo image, read twice 8.0 s, restore 9.0 s ' +
          '(8.5 s from START until it is back), proof 4.0 s\n',
      )
      .and.to.contain(
        '  the restore itself: verified; read back equal, backed up again and compared: equal\n',
      )
      .and.to.contain('run log 2026-03-01T021500Z-1f2e3d4c');
    for (const limit of CANNOT_SHOW) expect(text).to.contain(`  not shown by a drill: ${limit}\n`);
  });

  it('shouts what failed', () => {
    const text = drillText(
      reported({}, [{ ...EQUAL, equal: false, problem: 'it has 4 octets' }]),
      image(),
      'r',
    );
    expect(text)
      .to.contain('FAILED\n')
      .and.to.contain("file,12 in the twin's memory: DIFFERENT, it has 4 octets (5 octets)")
      .and.to.contain('  FAILED: file,12 on the twin: it has 4 octets\n');
  });
});
