// open-entry: a procedure is in the journal before START leaves and until the device was released; and the
// journal never decides what happens to a device that is ours.

import { expect } from 'chai';
import {
  ConfirmedService,
  decodeReinitializeDeviceRequest,
  ReinitializeState,
} from '../../../protocol/index.js';
import type { Quirk } from '../../../simulator/index.js';
import { EngineError } from '../../../src/errors.js';
import type { Store, StoreHandle } from '../../../src/ports.js';
import { restore } from '../../../src/procedure/index.js';
import type { JournalEntry, MemoryStore } from '../../../src/repository/index.js';
import { imageOf } from '../../support/images.js';
import { NARROW, reinitializations } from '../../support/restores.js';
import {
  DEVICE_LINK,
  type Mangle,
  octetsOf,
  Stage,
  type StageOptions,
  streamFile,
} from '../../support/world.js';

const FILES = [streamFile(1, 600)];
const BEFORE = [{ ...streamFile(1, 0), access: 'stream' as const, content: octetsOf(900, 3) }];
const { startBackup, endBackup, startRestore, endRestore, abortRestore } = ReinitializeState;

type Verb = 'backup' | 'verify' | 'restore';

async function acted(
  stage: Stage,
  verb: Verb,
): Promise<{ readonly release: string; readonly openEntry?: object }> {
  if (verb === 'backup') return stage.backup();
  const image = await imageOf(stage, { files: FILES, limits: NARROW });
  return verb === 'verify' ? stage.verify(image) : stage.restore(image);
}

const opened = (options: StageOptions = {}, device: StageOptions['device'] = {}): Promise<Stage> =>
  Stage.open({ ...options, device: { files: BEFORE, limits: NARROW, ...device } });

/** What the journal says at the moment at which each START, END or ABORT leaves. */
function witnessed(): {
  readonly mangle: Mangle;
  readonly seen: [number, Promise<JournalEntry[]>][];
  stage?: Stage;
} {
  const seen: [number, Promise<JournalEntry[]>][] = [];
  const witness: ReturnType<typeof witnessed> = {
    seen,
    mangle: (apdu) => {
      if (apdu?.type === 'confirmed-request' && apdu.service === ConfirmedService.reinitializeDevice)
        seen.push([
          decodeReinitializeDeviceRequest(apdu.payload).state,
          witness.stage!.repository.journal.entries(),
        ]);
      return undefined;
    },
  };
  return witness;
}

/** A store of which some operations on the journal fail, or never answer. */
function faulty(fault: (operation: 'save' | 'remove', name: string) => 'fails' | 'hangs' | undefined) {
  return (store: MemoryStore): Store =>
    new Proxy<Store>(store, {
      get: (target, name) => {
        const real: unknown = Reflect.get(target, name);
        if (typeof real !== 'function') return real;
        if (name !== 'save' && name !== 'remove') return real.bind(target) as unknown;
        return (handle: StoreHandle, ...more: unknown[]): unknown => {
          const verdict = handle.area === 'journal' ? fault(name, handle.name) : undefined;
          if (verdict === 'hangs') return new Promise(() => undefined);
          if (verdict === 'fails')
            return Promise.reject(new EngineError('store-no-space', 'the disk is full'));
          return Reflect.apply(real, target, [handle, ...more]) as unknown;
        };
      },
    });
}

/** Acknowledges END and goes on. */
const endsNothing: Quirk = {
  name: 'ends-nothing',
  summary: 'acknowledges END and does not act',
  beforeRequest: ({ service, payload }) =>
    service === ConfirmedService.reinitializeDevice &&
    decodeReinitializeDeviceRequest(payload).state === endBackup
      ? { kind: 'simple-ack' }
      : undefined,
};

const isNote = (name: string): boolean => name.split('.').length === 3;

describe('the journal of a procedure', () => {
  for (const [verb, commands, procedure] of [
    ['backup', [startBackup, endBackup], 'backup'],
    ['verify', [startBackup, endBackup], 'backup'],
    ['restore', [startRestore, endRestore], 'restore'],
  ] as const) {
    it(`has it before START of a ${verb} leaves, says "ending" before END does, and is empty afterwards`, async () => {
      const witness = witnessed();
      const stage = await opened({ mangle: witness.mangle });
      witness.stage = stage;
      const report = await acted(stage, verb);
      expect(report.openEntry).to.equal(undefined);
      // The proof of a restore is a backup, with an entry of its own.
      const proof = verb === 'restore' ? [startBackup, endBackup] : [];
      expect(witness.seen.map(([state]) => state)).to.deep.equal([...commands, ...proof]);
      const [[atStart], [atEnd]] = (await Promise.all(witness.seen.map(([, entries]) => entries))) as [
        [JournalEntry],
        [JournalEntry],
      ];
      expect(atStart).to.deep.include({
        procedure,
        instance: 1001,
        site: 'test',
        deviceName: 'Controller 1001',
        target: `1001@${DEVICE_LINK}`,
        backupFailureTimeoutS: 60,
        note: { standing: 'starting' },
      });
      expect(atEnd.id).to.equal(atStart.id);
      expect(atEnd.note).to.deep.include({ standing: 'ending', statusFollows: true });
      expect(await stage.repository.journal.entries()).to.deep.equal([]);
    });
  }

  it('says that the procedure is held, and until when it surely was, while it runs long', async () => {
    const stage = await opened(
      {},
      { files: [streamFile(1, 60_000)], procedure: { backupFailureTimeoutS: 3 } },
    );
    const notes: (readonly [now: number, Promise<JournalEntry[]>])[] = [];
    await stage.backup({
      onEvent: ({ kind }) => kind === 'chunk' && notes.push([stage.now, stage.repository.journal.entries()]),
    });
    let heldAtMs = 0;
    for (const [now, entries] of notes) {
      const [entry] = await entries;
      expect(entry?.note.standing).to.equal('held');
      const ms = Date.parse(entry?.note.heldAt ?? '') - stage.world.clock.unixTime() + stage.now;
      expect(ms, 'written down at least once in a third of the timeout').to.be.within(now - 1100, now);
      heldAtMs = Math.max(heldAtMs, ms);
    }
    expect(heldAtMs).to.be.greaterThan(stage.now - 1200);
  });

  it('that cannot be written lets nothing be started', async () => {
    for (const verb of ['backup', 'verify', 'restore'] as const) {
      const witness = witnessed();
      const stage = await opened({ mangle: witness.mangle, disk: faulty(() => 'fails') });
      const error = await stage.expectFailure(acted(stage, verb), 'store-no-space');
      expect(error.details.release).to.equal('not-started');
      expect(error.message).to.contain('the journal could not be written, so nothing was started');
      expect(witness.seen).to.deep.equal([]);
      expect(stage.deviceEvents).to.deep.equal([]);
    }
  });

  it('forgets a START that was refused, and END is not sent', async () => {
    const { quirk, seen } = reinitializations();
    const stage = await opened({ quirks: [quirk, 'start-refused'] });
    const error = await stage.expectFailure(acted(stage, 'backup'), 'device-busy');
    expect(error.details).to.include({ release: 'not-started' });
    expect(error.details['openEntry']).to.equal(undefined);
    expect(seen).to.deep.equal([startBackup]);
    expect(await stage.repository.journal.entries()).to.deep.equal([]);
  });

  it('keeps what was not seen to end, and the report and the error say so', async () => {
    const refusing = await opened({ quirks: ['end-refused'] });
    const report = await refusing.backup();
    const [held] = await refusing.repository.journal.entries();
    expect(report).to.deep.include({ release: 'unproven' });
    expect(report.openEntry?.entry).to.equal(held?.id);
    expect(report.openEntry?.problem).to.contain('was not seen to leave');
    expect(held?.note, 'refused: it is as much ours as before').to.deep.include({
      standing: 'held',
      left: true,
    });

    const lost = await opened({ quirks: ['write-corrupts', 'end-refused'] });
    const error = await lost.expectFailure(acted(lost, 'restore'), 'release-failed');
    expect(error.details['openEntry']).to.deep.include({
      entry: (await lost.repository.journal.entries())[0]?.id,
    });

    const acking = await opened({ quirks: [endsNothing] }, { procedure: { backupFailureTimeoutS: 600 } });
    await acking.backup();
    const [ending] = await acking.repository.journal.entries();
    expect(ending?.note, 'acknowledged: what runs now may be another').to.deep.include({
      standing: 'ending',
      left: true,
    });
  });

  it('that cannot be taken away changes nothing for the device, and is told', async () => {
    for (const verb of ['backup', 'verify', 'restore'] as const) {
      const stage = await opened({
        disk: faulty((operation) => (operation === 'remove' ? 'fails' : undefined)),
      });
      const report = await acted(stage, verb);
      expect(report.release).to.equal('released');
      expect(report.openEntry).to.deep.include({ problem: 'it could not be taken away: the disk is full' });
      stage.expectFree();
      const begun = verb === 'restore' ? 2 : 1;
      expect(await stage.repository.journal.entries()).to.have.length(begun);
    }
  });

  it('that hangs holds neither the work nor END up for long', async () => {
    const { quirk, seen } = reinitializations();
    const stage = await opened({
      quirks: [quirk],
      disk: faulty((_, name) => (isNote(name) ? 'hangs' : undefined)),
    });
    const report = await stage.backup();
    expect(report.release).to.equal('released');
    expect(report.openEntry).to.deep.include({ problem: 'it could not be taken away within 10 s' });
    expect(seen).to.deep.equal([startBackup, endBackup]);
    stage.expectFree();
    expect(stage.now).to.be.below(40_000);
  });

  it('forgets a restore after which the device came back elsewhere', async () => {
    const procedure = { restoreCompletionMs: 20_000, restartsAfterRestore: true };
    const stage = await opened({}, { procedure });
    const image = await imageOf(stage, { files: FILES, limits: NARROW });
    const device = await stage.run(stage.client.device('1001'));
    const report = await stage.run(
      restore(device, stage.repository, image, {
        expect: { instance: 1001 },
        onEvent: (event) => {
          if (event.kind === 'phase' && event.phase === 'return')
            void stage.world.clock.sleep(1000).then(() => stage.move('10.0.0.77:47808'));
        },
      }),
    );
    expect(report.after.address).to.equal('10.0.0.77:47808');
    expect(await stage.repository.journal.entries()).to.deep.equal([]);
  });

  it('gives an aborted restore as aborted', async () => {
    const { quirk, seen } = reinitializations();
    const stage = await opened({ quirks: [quirk, 'writes-refused'] });
    await stage.expectFailure(acted(stage, 'restore'), 'transfer-failed');
    expect(seen).to.deep.equal([startRestore, abortRestore]);
    expect(await stage.repository.journal.entries()).to.deep.equal([]);
  });
});
