// A restore that fails half-way: what the device is left in, and how it is put back. A rollback is a restore of
// the undo image with a proof of its own, onto the very same device, and never followed by another one.

import { expect } from 'chai';
import {
  ConfirmedService,
  decodeReinitializeDeviceRequest,
  ErrorClass,
  ErrorCode,
  PropertyId,
  ReinitializeState,
} from '../../protocol/index.js';
import type { Quirk } from '../../simulator/index.js';
import { EngineError } from '../../src/errors.js';
import { type FailedRestore, type ProgressEvent, rollBack } from '../../src/procedure/index.js';
import { upon } from '../support/living.js';
import { lastRun } from '../support/plans.js';
import {
  damaged,
  expectExact,
  GOOD,
  reinitializations,
  scene,
  type Scene,
  type Story,
} from '../support/restores.js';
import { CLIENT_LINK, failure, recordFile, streamFile } from '../support/world.js';

const BEFORE = damaged(GOOD, 100);
const { startRestore } = ReinitializeState;

/** What the details of the error say. */
function failed(error: EngineError): Partial<FailedRestore> {
  return error.details as Partial<FailedRestore>;
}

async function broken(
  story: Story,
  options: Parameters<Scene['stage']['restore']>[1] = {},
): Promise<{
  readonly set: Scene;
  readonly error: EngineError;
}> {
  const set = await scene({ before: BEFORE, ...story });
  const error = await failure(set.stage.restore(set.image, { undo: 'twice', ...options }));
  set.stage.expectHonest(error.details.release);
  return { set, error };
}

/** The device holds what it held before the restore. */
function expectFormer({ stage }: Scene): void {
  expectExact({ stage, good: BEFORE });
}

/** Answers the n-th to m-th ENDRESTORE so. */
function endRestoreAnswers(upTo: number, answer: ReturnType<NonNullable<Quirk['beforeRequest']>>): Quirk {
  let seen = 0;
  return {
    name: 'refuses',
    summary: 'refuses ENDRESTORE',
    beforeRequest: ({ service, payload }) => {
      if (service !== ConfirmedService.reinitializeDevice) return undefined;
      if (decodeReinitializeDeviceRequest(payload).state !== ReinitializeState.endRestore) return undefined;
      seen += 1;
      return seen <= upTo ? answer : undefined;
    },
  };
}

const INVALID = {
  kind: 'error',
  errorClass: ErrorClass.services,
  errorCode: ErrorCode.invalidConfigurationData,
} as const;

/** The restore is not accepted the first n times: the device shows restore-failure. */
function notAccepted(times: number): Quirk {
  let seen = 0;
  return {
    name: 'fails',
    summary: 'shows restore-failure',
    procedureEvent: ({ event }) => {
      if (event !== 'completed') return undefined;
      seen += 1;
      return seen <= times ? 'completion-failed' : undefined;
    },
  };
}

/** Does something the moment that a file of the restore has got its n-th portion. */
function whenWriting(act: () => void, portion = 2): (event: ProgressEvent) => void {
  let writing = false;
  let chunks = 0;
  return (event) => {
    if (event.kind === 'phase') writing = event.phase === 'write';
    if (!writing || event.kind !== 'chunk') return;
    chunks += 1;
    if (chunks === portion) act();
  };
}

describe('a restore that fails half-way', () => {
  it('with --rollback: ENDRESTORE refused, aborted, put back to the undo image, and that is proven', async () => {
    const { set, error } = await broken({ quirks: [endRestoreAnswers(1, INVALID)] }, { rollback: true });
    expect(error.code).to.equal('restore-failed');
    expect(failed(error).verdict).to.equal('failed-rolled-back');
    expect(error.message).to.contain('was put back to undo image').and.to.contain('proven');
    const { rollback } = failed(error);
    expect(rollback?.outcome === 'done' && rollback.report.verdict).to.equal('verified');
    expect(error.details.release).to.equal('released');
    expectFormer(set);
    set.stage.expectFree();
  });

  it('with --rollback: the device shows restore-failure after ENDRESTORE, and is put back', async () => {
    const { set, error } = await broken({ quirks: [notAccepted(1)] }, { rollback: true });
    expect(failed(error).verdict).to.equal('failed-rolled-back');
    expectFormer(set);
  });

  it('is offered, too, when nothing had to be written and the device loses its files at ENDRESTORE', async () => {
    const empty = [streamFile(1, 0)];
    const { set, error } = await broken({ good: empty, before: empty, quirks: ['restore-wrecks'] });
    expect(set.stage.view.files.filter(({ configuration }) => configuration)).to.deep.equal([]);
    expect(failed(error).left).to.include({ filesTouched: true });
    expect(failed(error)).to.deep.include({ verdict: 'failed', rollback: { outcome: 'offered' } });
  });

  it('without it: offers the undo image, says exactly how the device was left, and `rollBack` puts it back', async () => {
    const { set, error } = await broken({ quirks: [endRestoreAnswers(1, INVALID)] });
    expect(failed(error)).to.deep.include({ verdict: 'failed', rollback: { outcome: 'offered' } });
    expect(failed(error).left).to.deep.equal({
      state: 'idle',
      systemStatus: 'operational',
      filesTouched: true,
    });
    const { stage } = set;
    const device = await stage.bind();
    const report = await stage.run(rollBack(device, stage.repository, failed(error).undo ?? ''));
    expect(report).to.deep.include({ verdict: 'verified', imageId: failed(error).undo });
    expectFormer(set);
    const { lines } = await stage.repository.readRun(report.run);
    expect(lines[0]).to.include({ command: 'rollback' });
  });

  it('is told in its run log to the end', async () => {
    const { set, error } = await broken({ quirks: [endRestoreAnswers(1, INVALID)] }, { rollback: true });
    const { lines, ended } = await set.stage.repository.readRun(failed(error).run ?? '');
    const events = lines.map(({ event }) => event).filter((event) => event !== 'plan');
    expect(events).to.deep.equal([
      ...['begin', 'image', 'second-reading', 'undo', 'start', 'failed'],
      ...['start', 'written', 'proof', 'rollback', 'end'],
    ]);
    expect(ended).to.equal(true);
    expect(lines.at(-1)).to.include({ outcome: 'failed-rolled-back' });
  });

  it('never rolls a rollback back: it fails, and says what the device was left in', async () => {
    const { quirk, seen } = reinitializations();
    const { error } = await broken({ quirks: [quirk, notAccepted(99)] }, { rollback: true });
    expect(failed(error).verdict).to.equal('failed');
    expect(failed(error).rollback?.outcome).to.equal('failed');
    expect(error.message).to.contain('putting it back to undo image');
    expect(seen.filter((state) => state === startRestore)).to.have.length(2);
  });

  it('is called failed when the device was put back and that is not proven', async () => {
    let ends = 0;
    const lies = upon(ReinitializeState.endRestore, (device, now) => {
      ends += 1;
      if (ends === 1) device.setFile(1, Uint8Array.of(1, 2, 3), now);
    });
    const { error } = await broken({ quirks: [lies, endRestoreAnswers(1, INVALID)] }, { rollback: true });
    expect(failed(error).verdict).to.equal('failed');
    expect(error.message).to.contain('not proven: file 1');
  });

  it('is not rolled back when nothing of it was written', async () => {
    const { set, error } = await broken({ quirks: ['start-refused'] }, { undo: 'none', rollback: true });
    expect(failed(error).verdict, error.message).to.equal(undefined);
    expectFormer(set);
    const other = await broken({ quirks: ['writes-refused'] }, { undo: 'none', rollback: true });
    expect(failed(other.error).rollback).to.deep.equal({
      outcome: 'not-tried',
      why: 'no undo image was taken',
    });
  });

  it('says that its link was lost, and with --rollback waits until the device is back and free', async () => {
    for (const seconds of [100, 300]) {
      const set = await scene({ before: BEFORE, device: { procedure: { backupFailureTimeoutS: 120 } } });
      const { stage } = set;
      const cut = whenWriting(() => {
        stage.world.setLink({ from: CLIENT_LINK }, { lossRate: 1 });
        void stage.world.clock
          .sleep(seconds * 1000)
          .then(() => stage.world.setLink({ from: CLIENT_LINK }, { lossRate: 0 }));
      });
      const outageTimeoutMs = 10_000;
      const act = stage.restore(set.image, { undo: 'once', rollback: true, onEvent: cut, outageTimeoutMs });
      const error = await failure(act);
      expect(failed(error).verdict, error.message).to.equal('failed-rolled-back');
      expectFormer(set);
      stage.expectFree();
    }
  });

  it('is failed, with the undo image named, when the device is never seen again', async () => {
    const set = await scene({ before: BEFORE });
    const { stage } = set;
    const cut = whenWriting(() => stage.world.setLink({ from: CLIENT_LINK }, { lossRate: 1 }));
    const error = await failure(stage.restore(set.image, { undo: 'once', rollback: true, onEvent: cut }));
    expect(error.code).to.equal('release-failed');
    expect(failed(error)).to.deep.include({ verdict: 'failed', left: { filesTouched: true } });
    expect(failed(error).rollback).to.deep.include({ outcome: 'failed', code: 'device-silent' });
    expect(failed(error).undo).to.match(/^[0-9a-f]{64}$/);
    expect(error.details.release).to.equal('unproven');
  });

  it('is never rolled back onto another device that took the place of the first', async () => {
    let swapped = false;
    const other: Quirk = {
      name: 'another',
      summary: 'another device answers in its place',
      property: ({ property }) =>
        swapped && property === PropertyId.serialNumber
          ? [{ type: 'character-string', text: 'S-2' }]
          : undefined,
    };
    const set = await scene({
      before: BEFORE,
      device: { serialNumber: 'S-1' },
      quirks: [other, endRestoreAnswers(1, INVALID)],
    });
    const onEvent = whenWriting(() => (swapped = true));
    const error = await failure(set.stage.restore(set.image, { undo: 'once', rollback: true, onEvent }));
    expect(failed(error).rollback).to.deep.include({ outcome: 'failed', code: 'device-mismatch' });
    expect(error.message).to.contain('Serial_Number was S-1, and is S-2');
    const starts = set.stage.deviceEvents.filter((e) => e.kind === 'state' && e.on === 'start-restore');
    expect(starts).to.have.length(1);
  });

  it('that is refused, and may have begun all the same, is not called released: the network doubled its START', async () => {
    let starts = 0;
    const doubled: Quirk = {
      name: 'doubled',
      summary: 'does the second STARTRESTORE and answers as to a third',
      afterRequest: ({ service, payload, answer }) => {
        if (service !== ConfirmedService.reinitializeDevice || answer.kind !== 'simple-ack') return undefined;
        if (decodeReinitializeDeviceRequest(payload).state !== startRestore) return undefined;
        starts += 1;
        if (starts !== 2) return undefined;
        const { device: errorClass } = ErrorClass;
        return { kind: 'error', errorClass, errorCode: ErrorCode.configurationInProgress };
      },
    };
    const set = await scene({ before: BEFORE, quirks: [doubled, notAccepted(1)] });
    const error = await failure(set.stage.restore(set.image, { undo: 'once', rollback: true }));
    expect(failed(error)).to.deep.include({ verdict: 'failed' });
    expect(failed(error).rollback).to.deep.include({ outcome: 'failed', code: 'device-busy' });
    expect(error.details.release).to.equal('unproven');
  });

  it('takes no other image than an undo image back', async () => {
    const set = await scene({});
    const device = await set.stage.bind();
    const error = await failure(set.stage.run(rollBack(device, set.stage.repository, set.image)));
    expect(error.code).to.equal('usage');
    expect(set.stage.deviceEvents).to.deep.equal([]);
  });
});

describe('a restore that is stopped by the user', () => {
  const good = [streamFile(1, 900), recordFile(2, [10, 0])];
  const before = damaged(good, 50);

  it('at any event: is not begun, or ends honestly, with the undo image offered when files were touched', async () => {
    const events = await countEvents();
    const outcomes = new Set<string>();
    for (let at = 1; at <= events; at += 1) {
      const set = await scene({ good, before });
      const { stage } = set;
      const controller = new AbortController();
      let seen = 0;
      const act = stage.restore(set.image, {
        undo: 'twice',
        rollback: true,
        signal: controller.signal,
        onEvent: () => {
          seen += 1;
          if (seen === at) controller.abort();
        },
      });
      const outcome = await act.then(
        (report) => {
          if (report.verdict === 'restored-unverified')
            expect(report.unproven.join()).to.contain('cancelled');
          expectExact(set);
          stage.expectHonest(report.release);
          return report.verdict;
        },
        (error: unknown) => judged(set, error as EngineError),
      );
      await expectTold(set, outcome);
      outcomes.add(outcome);
      stage.expectFree();
    }
    expect([...outcomes]).to.include.members(['not begun', 'untouched', 'offered', 'restored-unverified']);
  }).timeout(60_000);

  async function countEvents(): Promise<number> {
    const set = await scene({ good, before });
    let events = 0;
    await set.stage.restore(set.image, { undo: 'twice', onEvent: () => (events += 1) });
    return events;
  }

  function judged(set: Scene, error: EngineError): string {
    expect(error.code, error.message).to.equal('cancelled');
    set.stage.expectHonest(error.details.release);
    const { verdict, rollback, undo } = failed(error);
    if (!isBegun(set)) {
      expect(verdict, 'a restore that was never begun has no verdict').to.equal(undefined);
      expectExact({ stage: set.stage, good: before });
      return 'not begun';
    }
    expect(verdict).to.equal('failed');
    if (rollback?.outcome === 'not-tried') {
      expectExact({ stage: set.stage, good: before });
      return 'untouched';
    }
    expect(rollback).to.deep.equal({ outcome: 'offered' });
    expect(undo).to.match(/^[0-9a-f]{64}$/);
    return 'offered';
  }

  function isBegun({ stage }: Scene): boolean {
    return stage.deviceEvents.some((event) => event.kind === 'state' && event.on === 'start-restore');
  }

  /** The run log ends as the restore did. */
  async function expectTold(set: Scene, outcome: string): Promise<void> {
    const lines = await lastRun(set);
    const ends = { 'not begun': 'cancelled', untouched: 'failed', offered: 'failed' }[outcome] ?? outcome;
    expect(lines.at(-1)).to.deep.include({ event: 'end', outcome: ends });
  }
});

describe('a log that could not be written to its end', () => {
  /** From this event on nothing is written any more. */
  function fullFrom({ stage }: Scene, event: string): void {
    let isFull = false;
    const append = stage.store.append.bind(stage.store);
    stage.store.append = (handle, octets) => {
      isFull ||= new TextDecoder().decode(octets).includes(`"event":"${event}"`);
      if (isFull) return Promise.reject(new EngineError('store-no-space', 'the disk is full'));
      return append(handle, octets);
    };
  }

  it('is told by a rollback, also when only its last line is missing', async () => {
    const { set, error } = await broken({ quirks: [endRestoreAnswers(1, INVALID)] });
    const { stage } = set;
    fullFrom(set, 'end');
    const device = await stage.bind();
    const report = await stage.run(rollBack(device, stage.repository, failed(error).undo ?? ''));
    expect(report.verdict).to.equal('verified');
    expect(report.unrecorded).to.deep.equal([`run log ${report.run} is not whole: the disk is full`]);
  });

  it('is told by a restore that failed', async () => {
    for (const event of ['failed', 'end']) {
      const set = await scene({ before: BEFORE, quirks: [endRestoreAnswers(1, INVALID)] });
      fullFrom(set, event);
      const error = await failure(set.stage.restore(set.image, { undo: 'once' }));
      const { verdict, run } = failed(error);
      expect(verdict).to.equal('failed');
      expect(error.details.unrecorded).to.deep.equal([`run log ${run} is not whole: the disk is full`]);
    }
  });

  it('is told of the rollback, too: that the undo image was put back and proven has no fact', async () => {
    const set = await scene({ before: BEFORE, quirks: [endRestoreAnswers(1, INVALID)] });
    set.stage.repository.record = () => Promise.reject(new EngineError('store-no-space', 'the disk is full'));
    const error = await failure(set.stage.restore(set.image, { undo: 'once', rollback: true }));
    expect(failed(error).verdict).to.equal('failed-rolled-back');
    expect(error.details.unrecorded?.join('; ')).to.match(/^[^;]*restored and proven could not be[^;]*$/);
  });

  it('is told by a restore that ended before anything was begun', async () => {
    const set = await scene({ quirks: ['reads-refused'] });
    fullFrom(set, 'end');
    const error = await failure(set.stage.restore(set.image, { undo: 'once' }));
    expect(error.code).to.equal('transfer-failed');
    expect(error.details.unrecorded?.join()).to.contain('is not whole: the disk is full');
  });
});
