// Somebody waits for the device and takes it in the moment in which our procedure ends. What the device then
// shows looks like ours, and is not: it must not be ended.

import { expect } from 'chai';
import { killed } from '../support/killed.js';
import { streamFile } from '../support/world.js';

const device = {
  instance: 1001,
  files: [streamFile(1, 60)],
  limits: { maxApdu: 480, segmentation: 'none' },
  procedure: { backupPreparationMs: 300, restorePreparationMs: 300, backupFailureTimeoutS: 60 },
} as const;

describe('the next in line', () => {
  for (const procedure of ['backup', 'restore'] as const) {
    it(`keeps the device after our ${procedure}, which is done, and not seen to leave`, async () => {
      const after = await killed({
        procedure,
        device,
        powerFails: false,
        rival: 'next',
        from: 'START',
        next: 'recover',
      });
      expect(after.succeeded).to.equal(true);
      expect(after.wrongEnds).to.equal(0);
      expect(after.heldInTheEnd).to.equal('rival');
      expect(after.report?.leftAlone?.procedure).to.equal(procedure);
    });
  }
});
