// The fault that silently corrupts restores: a request that empties a file arrives once more, late, when
// later content is already there. Every story ends exact, or says that it does not.

import { expect } from 'chai';
import { ConfirmedService } from '../../protocol/index.js';
import { exact, expectExact, scene } from '../support/restores.js';
import { type Mangle, nth, octetsOf, streamFile } from '../support/world.js';

const { atomicWriteFile, writeProperty } = ConfirmedService;

describe('a restore and late duplicates of what empties a file', () => {
  for (const delayMs of [3, 40, 300, 1900]) {
    it(`is exact when the first write at position 0 arrives again ${delayMs} ms late on a device that truncates there`, async () => {
      for (const quirks of [['truncates-at-zero', 'file-size-refused'], ['truncates-at-zero']]) {
        const report = await exact({ quirks, mangle: nth(atomicWriteFile, 1, [0, delayMs]) });
        expect(report.readBack).to.equal('equal');
        expect(report.unproven).to.deep.equal([]);
      }
    });

    it(`is exact when File_Size := 0 arrives again ${delayMs} ms late`, async () => {
      const report = await exact({ mangle: nth(writeProperty, 1, [0, delayMs]) });
      expect(report.readBack).to.equal('equal');
    });

    it(`is exact when Record_Count := 0 arrives again ${delayMs} ms late`, async () => {
      await exact({ mangle: nth(writeProperty, 2, [0, delayMs]) });
    });
  }

  it('waits for a duplicate of the first write also where no size had to be changed', async () => {
    const good = [streamFile(1, 2000)];
    const before = [{ ...streamFile(1, 0), content: octetsOf(2000, 8) }];
    const report = await exact({
      good,
      before,
      quirks: ['truncates-at-zero'],
      mangle: nth(atomicWriteFile, 1, [0, 1500]),
    });
    expect(report.octetsRewritten).to.be.above(0);
  });

  it('notices that the duplicate emptied the file, writes it again and says so', async () => {
    const report = await exact({
      quirks: ['truncates-at-zero', 'file-size-refused'],
      mangle: nth(atomicWriteFile, 1, [0, 1000]),
    });
    expect(report.octetsRewritten).to.be.above(0);
    expect(report.deviations.join()).to.contain('did not read back equal');
  });

  for (const delayMs of [10_500, 15_000, 25_000, 45_000]) {
    it(`is exact when the first write is overtaken by its own repetition and arrives after ${delayMs} ms`, async () => {
      await exact({
        device: { procedure: { backupFailureTimeoutS: 60 } },
        quirks: ['truncates-at-zero'],
        mangle: nth(atomicWriteFile, 1, [delayMs]),
      });
    });

    it(`is exact when File_Size := 0 is delayed by ${delayMs} ms`, async () => {
      await exact({ mangle: nth(writeProperty, 1, [delayMs]) });
    });
  }

  it('waits a minute before reading back when a request that empties a file went unanswered', async () => {
    const quick = await exact({});
    const slow = await exact({ mangle: nth(writeProperty, 1, [4000]) });
    expect(quick.durationMs).to.be.below(20_000);
    expect(slow.durationMs).to.be.above(60_000);
  });

  it('is exact when every request of the client arrives twice, the second time late', async () => {
    for (const delayMs of [2, 25, 400]) {
      const twice: Mangle = (apdu) => (apdu?.type === 'confirmed-request' ? [0, delayMs] : undefined);
      for (const quirks of [[], ['truncates-at-zero', 'file-size-refused']]) {
        const set = await scene({ quirks, mangle: twice });
        const result = await set.stage.restore(set.image).catch((error: unknown) => error as Error);
        if (result instanceof Error) {
          expect(result).to.have.property('code', 'transfer-differs');
        } else {
          expectExact(set);
        }
        set.stage.expectFree();
      }
    }
  });
});

describe('a restore on a bad network', () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    it(`is exact or fails honestly, and releases the device (seed ${seed})`, async () => {
      const set = await scene({
        seed,
        quirks: seed % 2 === 0 ? ['truncates-at-zero', 'file-size-refused'] : [],
      });
      set.stage.world.setLink(
        {},
        { lossRate: 0.05, duplicateRate: 0.1, reorderRate: 0.1, reorderMs: 30, jitterMs: 5, delayMs: 5 },
      );
      const result = await set.stage
        .restore(set.image)
        .catch((error: unknown) => error as Error & { details: { release: unknown } });
      if (result instanceof Error) {
        set.stage.expectHonest(result.details.release);
      } else {
        expectExact(set);
        // A START of the proof that was doubled, and whose refusal overtook its acknowledgement, is left alone, and told.
        set.stage.expectHonest(result.release);
      }
    });
  }
});
