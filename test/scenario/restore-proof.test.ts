// The proof of a restore: what a device does after ENDRESTORE, and what the restore is then called. Only a
// device that was backed up again and gave the image's octets is "verified"; nothing else ever is.

import { expect } from 'chai';
import { BackupState, ErrorClass, ErrorCode, PropertyId, ReinitializeState } from '../../protocol/index.js';
import type { Quirk } from '../../simulator/index.js';
import { EngineError } from '../../src/errors.js';
import type { ProgressEvent, RestoreReport } from '../../src/procedure/index.js';
import { type RunLine, standingOf } from '../../src/repository/index.js';
import { upon } from '../support/living.js';
import { exact, expectExact, scene, type Scene } from '../support/restores.js';
import { octetsOf } from '../support/world.js';

async function standing({ stage, image: id }: Scene): Promise<ReturnType<typeof standingOf>> {
  const image = await stage.repository.image(id);
  return standingOf(image, await stage.repository.facts(image));
}

async function linesOf({ stage }: Scene, { run }: RestoreReport): Promise<readonly RunLine[]> {
  const { lines, faults, ended } = await stage.repository.readRun(run);
  expect({ faults, ended }).to.deep.equal({ faults: [], ended: true });
  return lines;
}

/** What it got is forgotten, or made up, once the restore has ended: the files hold something else. */
function liar(file: number, content: (written: Uint8Array) => Uint8Array): Quirk {
  return upon(ReinitializeState.endRestore, (device, now) => {
    device.setFile(file, content(device.fileOctets(file) ?? new Uint8Array(0)), now);
  });
}

/** Refuses, or does not answer, the START of a backup the first n times after a restore. */
function afterRestore(n: number, answer: Quirk['beforeRequest']): Quirk {
  let restored = false;
  let left = n;
  return {
    ...upon(ReinitializeState.endRestore, () => undefined),
    beforeRequest: (context) => {
      if (context.device.databaseRevision > 1) restored = true;
      if (!restored || context.service !== 20 || left <= 0) return undefined;
      left -= 1;
      return answer?.(context);
    },
  };
}

const BUSY = (): { kind: 'error'; errorClass: number; errorCode: number } => ({
  kind: 'error',
  errorClass: ErrorClass.device,
  errorCode: ErrorCode.configurationInProgress,
});

describe('the proof of a restore', () => {
  it('is a backup that gives the octets of the image: verified, and recorded with the run', async () => {
    const set = await scene({});
    const report = await set.stage.restore(set.image);
    expect(report).to.deep.include({
      verdict: 'verified',
      unproven: [],
      release: 'released',
      unrecorded: [],
    });
    expect(report.proof.outcome).to.equal('equal');
    expect(report.proof.files.map(({ file, equal }) => [file, equal])).to.deep.equal([
      [1, true],
      [2, true],
      [3, true],
    ]);
    expect(await standing(set)).to.deep.include({ tags: [] });
    expect((await standing(set)).verified).to.deep.include({ how: 'restored', run: report.run });
  });

  it('has its place in a run log that tells the whole story', async () => {
    const set = await scene({});
    const lines = await linesOf(set, await set.stage.restore(set.image, { undo: 'twice' }));
    const events = lines.map(({ event }) => event);
    expect(events.filter((event) => event !== 'plan' && event !== 'allowed')).to.deep.equal([
      'begin',
      'image',
      'second-reading',
      'undo',
      'start',
      'written',
      'proof',
      'end',
    ]);
    expect(lines.at(-1)).to.include({ outcome: 'verified' });
  });

  it('measures what was asked of the plant: the outage, and every procedure and phase', async () => {
    const procedure = {
      restorePreparationMs: 20_000,
      restoreCompletionMs: 10_000,
      restartsAfterRestore: true,
    };
    const report = await exact({ device: { procedure } });
    expect(report.outageMs).to.be.within(30_000, report.durationMs);
    const write = report.steps.find(({ step }) => step === 'write');
    expect(write?.phases.map(({ phase }) => phase)).to.deep.equal([
      'identify',
      'start',
      'prepare',
      'write',
      'read-back',
      'end',
      'return',
    ]);
    const sum = write?.phases.reduce((total, { durationMs }) => total + durationMs, 0);
    expect(sum).to.equal(write?.durationMs);
    expect(write?.phases.find(({ phase }) => phase === 'prepare')?.durationMs).to.be.at.least(20_000);
  });

  it('never calls a device verified that holds something else than was written', async () => {
    const lies: readonly ((written: Uint8Array) => Uint8Array)[] = [
      (written) => written.with(1234, (written[1234] ?? 0) ^ 1),
      (written) => written.subarray(0, written.length - 1),
      (written) => octetsOf(written.length, 3),
      () => new Uint8Array(0),
    ];
    for (const [index, content] of lies.entries()) {
      const set = await scene({ quirks: [liar(1, content)] });
      const report = await set.stage.restore(set.image);
      expect(report.verdict, `lie ${index}`).to.equal('restored-unverified');
      expect(report.proof.outcome).to.equal('different');
      expect(report.unproven.join()).to.contain('file 1');
      expect((await standing(set)).verified).to.equal(undefined);
      set.stage.expectFree();
    }
  });

  it('names the place that differs', async () => {
    const set = await scene({ quirks: [liar(1, (written) => written.with(1234, (written[1234] ?? 0) ^ 1))] });
    expect((await set.stage.restore(set.image)).unproven).to.deep.equal(['file 1: octet 1234 differs']);
  });

  it('compares Object_List with what the device of the image had', async () => {
    const forgets: Quirk = {
      name: 'forgets',
      summary: 'has one object less after a restore',
      property: ({ property, device }) =>
        property === PropertyId.objectList && device.databaseRevision > 1
          ? [{ type: 'object-identifier', object: { type: 8, instance: device.instance } }]
          : undefined,
    };
    const set = await scene({ quirks: [forgets] });
    const report = await set.stage.restore(set.image, { undo: 'once' });
    expect(report.verdict).to.equal('restored-unverified');
    expect(report.proof.objects).to.deep.equal({ image: 4, before: 4, now: 1 });
    expect(report.unproven.join()).to.contain("Object_List has 1 objects, the image's device had 4");
  });

  it('makes good what could not be read back before the end', async () => {
    let restoring = false;
    const blind: Quirk = {
      name: 'blind',
      summary: 'lets nothing be read while it is restored',
      beforeRequest: ({ service, device }) => {
        restoring = device.backupState === BackupState.performingARestore;
        return restoring && service === 6
          ? { kind: 'error', errorClass: ErrorClass.services, errorCode: ErrorCode.fileAccessDenied }
          : undefined;
      },
    };
    const set = await scene({ quirks: [blind] });
    const report = await set.stage.restore(set.image);
    expect(report.readBack).to.equal('not-possible');
    expect(report).to.deep.include({ verdict: 'verified', unproven: [] });
    expectExact(set);
  });

  it('is not had from a device that will not be backed up: restored, and not verified', async () => {
    const set = await scene({ quirks: [afterRestore(100, BUSY)] });
    const report = await set.stage.restore(set.image);
    expect(report.verdict).to.equal('restored-unverified');
    expect(report.proof.outcome).to.equal('not-possible');
    expect(report.unproven.join()).to.contain('could not be backed up again');
    expect(report.release).to.equal('released');
    expectExact(set);
    set.stage.expectFree();
  });

  it('is tried again on a device that is busy with itself for a moment', async () => {
    const set = await scene({ quirks: [afterRestore(1, BUSY)] });
    expect((await set.stage.restore(set.image)).verdict).to.equal('verified');
  });

  it('is stopped by the user: what was written is told, and that it is not proven', async () => {
    const set = await scene({});
    const controller = new AbortController();
    const report = await set.stage.restore(set.image, {
      signal: controller.signal,
      onEvent: (event: ProgressEvent) => {
        if (event.kind === 'phase' && event.phase === 'compare') controller.abort();
      },
    });
    expect(report.verdict).to.equal('restored-unverified');
    expect(report.unproven.join()).to.contain('cancelled');
    set.stage.expectHonest(report.release);
    expectExact(set);
  });

  it('stays what it is when the disk is full: neither run log nor fact changes a verdict', async () => {
    const set = await scene({});
    const { stage } = set;
    const full = new EngineError('store-no-space', 'the disk is full');
    stage.repository.record = () => Promise.reject(full);
    const append = stage.store.append.bind(stage.store);
    stage.store.append = (handle, octets) =>
      new TextDecoder().decode(octets).includes('"event":"written"')
        ? Promise.reject(full)
        : append(handle, octets);
    const good = await stage.restore(set.image);
    expect(good.verdict).to.equal('verified');
    expect(good.unrecorded.join()).to.contain('is not whole').and.to.contain('could not be written down');
    expectExact(set);
    stage.expectFree();
    const bad = await scene({ quirks: [liar(1, () => new Uint8Array(3))] });
    bad.stage.repository.record = () => Promise.reject(full);
    expect((await bad.stage.restore(bad.image)).verdict).to.equal('restored-unverified');
  });
});
