// Faults planted in the engine, to see that the tests would notice them: each a small change to one built
// file. A mutant whose text is no longer there must be written anew; one that lives is a hole in the tests.

import { FLEET_MUTANTS } from './fleet-mutants.js';
import { type Mutant, swarm, tests } from './mutant.js';
import { PACE_MUTANTS } from './pace-mutants.js';
import { TRANSFER_MUTANTS } from './transfer-mutants.js';

const RELEASED = `{ release: 'released', words: 'nothing was done', stuck: false }`;

export const MUTANTS: readonly Mutant[] = [
  ...TRANSFER_MUTANTS,
  ...PACE_MUTANTS,
  ...FLEET_MUTANTS,
  {
    name: 'forgets END and ABORT when the work fails',
    file: 'src/procedure/lease.js',
    from: `        const released = await lease.release();
        await lease.settle();`,
    to: `        const released = ${RELEASED};`,
    killedBy: swarm(),
  },
  {
    name: 'forgets END after a backup, and says that it was done',
    file: 'src/procedure/lease.js',
    from: `this.#over ??= await letGo(this.#session, this.kind, RELEASE_COMMAND[this.kind], this.#statusSeen);`,
    to: `this.#over ??= ${RELEASED};`,
    killedBy: swarm(),
  },
  {
    name: 'ends a restore that failed with ENDRESTORE instead of ABORTRESTORE',
    file: 'src/procedure/release.js',
    from: `ABORTRESTORE: ReinitializeState.abortRestore,`,
    to: `ABORTRESTORE: ReinitializeState.endRestore,`,
    killedBy: swarm(),
  },
  {
    name: 'takes a device that prepares a backup as ready',
    file: 'src/procedure/states.js',
    from: `[BackupState.preparingForBackup]: 'preparing',`,
    to: `[BackupState.preparingForBackup]: 'ready',`,
    killedBy: swarm(),
  },
  {
    name: 'takes a device that prepares a restore as ready',
    file: 'src/procedure/states.js',
    from: `[BackupState.preparingForRestore]: 'preparing',`,
    to: `[BackupState.preparingForRestore]: 'ready',`,
    killedBy: swarm(),
  },
  {
    name: 'does not read back what it wrote',
    file: 'src/procedure/write-restore.js',
    from: `await keepingAlive(run, () => run.writer.readBackAll());`,
    to: ``,
    killedBy: swarm(),
  },
  {
    name: 'calls a file equal that changed while it was read twice, and does not say so',
    file: 'src/procedure/verify.js',
    from: `if (change !== undefined && isSettled && comparison.equal)`,
    to: `if (false)`,
    killedBy: tests('src/procedure/verify.test.js'),
  },
  {
    name: 'does not wait for late duplicates before it reads back',
    file: 'src/procedure/write-files.js',
    from: `if (leftMs > 0)`,
    to: `if (leftMs < 0)`,
    killedBy: tests('scenario/restore-duplicates.test.js'),
  },
  {
    name: 'believes the acknowledgement of ENDRESTORE',
    file: 'src/procedure/return.js',
    from: `    async follow() {`,
    to: `    async follow() {
        if (this.#acknowledged) {
            const sighting = { silent: false, state: 0 };
            this.#end('released', sighting);
            return { sighting, revision: {}, unproven: [], release: 'released' };
        }`,
    killedBy: swarm(),
  },
  {
    name: 'does not look whether the device is still in the procedure',
    file: 'src/procedure/lease.js',
    from: `    async checkHeld() {`,
    to: `    async checkHeld() {
        return;`,
    killedBy: swarm(),
  },
  {
    name: 'takes an acknowledgement of END as a release without looking',
    file: 'src/procedure/release.js',
    from: `if (verdict === 'left') {`,
    to: `if (verdict === 'left' || acknowledged) {`,
    killedBy: tests(
      'scenario/backup-states.test.js',
      'scenario/restore.test.js',
      'src/procedure/backup.test.js',
    ),
  },
  {
    name: 'does not make what it saved durable',
    file: 'src/io/temporary-file.js',
    from: `await file.sync();`,
    to: ``,
    killedBy: swarm(),
  },
  {
    name: 'does not make the name of what it saved durable',
    file: 'src/io/file-store.js',
    from: `await this.#syncFolder(dirname(final));`,
    to: ``,
    killedBy: swarm(),
  },
  {
    name: 'believes content without its hash',
    file: 'src/repository/image-content.js',
    from: `if (sha256 !== file.sha256 || octets !== file.octets)`,
    to: `if (octets !== file.octets)`,
    killedBy: tests('src/repository/image-content.test.js'),
  },
  {
    name: 'sends eight requests into an MS/TP network at once',
    file: 'src/client/options.js',
    from: `outstanding = options.outstandingPerLane ?? 1;`,
    to: `outstanding = options.outstandingPerLane ?? 8;`,
    killedBy: tests('src/client/options.test.js'),
  },
  {
    name: 'lets a silent device hold the network of its neighbours through all its repetitions',
    file: 'src/client/options.js',
    from: `patienceMs: LANE_PATIENCE_MS }`,
    to: `patienceMs: Infinity }`,
    killedBy: tests('scenario/silent-neighbour.test.js'),
  },
  {
    name: 'asks a device anew while it owes an answer',
    file: 'src/pacing/request-queue.js',
    from: `if (earlier() !== undefined)`,
    to: `if (false)`,
    killedBy: tests('src/pacing/request-queue.test.js'),
  },
  {
    name: 'takes a device in the procedure of another kind for its own',
    file: 'src/procedure/states.js',
    from: `[BackupState.performingARestore]: 'foreign',`,
    to: `[BackupState.performingARestore]: 'ready',`,
    killedBy: swarm(1210),
  },
  {
    name: 'ends the procedure of somebody else when its own START is refused',
    file: 'src/procedure/start.js',
    from: `    throw new EngineError(row.code, \`\${word} was refused with`,
    to: `    await letGo(session, kind, kind === 'backup' ? 'ENDBACKUP' : 'ABORTRESTORE', false);
    throw new EngineError(row.code, \`\${word} was refused with`,
    killedBy: swarm(),
  },
  {
    name: 'says that nothing was started when the START was not answered',
    file: 'src/procedure/start.js',
    from: `case 'silent':
            throw await giveUp(attempt, refusal);`,
    to: `case 'silent':
            throw new EngineError('device-silent', 'no answer to START');`,
    killedBy: swarm(907),
  },
  {
    name: 'publishes an image of a backup that failed at its end',
    file: 'src/procedure/end-backup.js',
    from: `if (released.sighting !== undefined && showsFailure('backup', released.sighting)) {`,
    to: `if (false) {`,
    killedBy: tests('scenario/backup-states.test.js', 'src/procedure/backup.test.js'),
  },
  {
    name: 'does not touch a file in a long wait, so that the watchdog of the device fires',
    file: 'src/procedure/keep-alive.js',
    from: `await this.#touch(signal);`,
    to: `await clock.sleep(this.#intervalMs, signal);`,
    killedBy: tests(
      'src/procedure/session.test.js',
      'src/procedure/restore.test.js',
      'src/procedure/backup.test.js',
    ),
  },
  {
    name: 'sends END although the journal does not say so yet',
    file: 'src/procedure/session.js',
    from: `await this.entry?.ending();`,
    to: `void this.entry;`,
    killedBy: tests('src/procedure/open-entry.test.js'),
  },
  {
    name: 'starts what could not be written into the journal',
    file: 'src/procedure/open-entry.js',
    from: `throw new EngineError(error.code, text, { cause: error, details: error.details });`,
    to: `return new OpenEntry(clock, journal, { id: '', note: {}, notes: 0 });`,
    killedBy: tests('src/procedure/open-entry.test.js'),
  },
  {
    name: 'takes a procedure for ours whose START was on its way',
    file: 'src/procedure/judgement.js',
    from: `if (standing === 'starting')`,
    to: `if (false)`,
    killedBy: tests('src/procedure/judgement.test.js'),
  },
  {
    name: 'takes a procedure for ours whose END was on its way',
    file: 'src/procedure/judgement.js',
    from: `if (standing === 'ending')`,
    to: `if (false)`,
    killedBy: tests('src/procedure/judgement.test.js', 'src/procedure/recover.test.js'),
  },
  {
    name: 'takes a procedure for ours that the device may have ended by itself long ago',
    file: 'src/procedure/judgement.js',
    from: `unixTimeMs >= heldMs && unixTimeMs < untilMs`,
    to: `true`,
    killedBy: tests('src/procedure/judgement.test.js', 'src/procedure/recover.test.js'),
  },
  {
    name: 'recovers the work of a process that runs',
    file: 'src/procedure/judgement.js',
    from: `if (worker === 'running')`,
    to: `if (false)`,
    killedBy: tests('src/procedure/judgement.test.js', 'src/procedure/recover.test.js'),
  },
  {
    name: 'sends END again after it was acknowledged',
    file: 'src/procedure/release.js',
    from: `if (acknowledged)
            break;`,
    to: ``,
    killedBy: tests('scenario/next-in-line.test.js'),
  },
  {
    name: 'aborts a restore that the device has recorded, because it is in the next one',
    file: 'src/procedure/return.js',
    from: `if (revision !== undefined && this.#isRecorded(revision))`,
    to: `if (false)`,
    killedBy: tests('scenario/next-in-line.test.js'),
  },
  {
    name: 'restores an image that others may prune meanwhile',
    file: 'src/procedure/restore.js',
    from: `hold = await repository.hold('restore');`,
    to: ``,
    killedBy: tests('scenario/pruned-meanwhile.test.js'),
  },
  {
    name: 'says that nothing had started when the run log breaks off after the undo image',
    file: 'src/procedure/undo.js',
    from: `throw leftWith(session, error, release);`,
    to: `throw error;`,
    killedBy: tests('scenario/restore-undo.test.js'),
  },
  {
    name: 'takes every request into a network for the one that was too long for it',
    file: 'protocol/transaction/client.js',
    from: `if (reason !== NetworkRejectReason.messageTooLong)`,
    to: `if (true)`,
    killedBy: tests('protocol/transaction/client.test.js'),
  },
  {
    name: 'says that no file was touched when a device fails after ENDRESTORE',
    file: 'src/procedure/return.js',
    from: `if (mayBeDone)
        session.filesTouched = true;`,
    to: ``,
    killedBy: tests('scenario/restore-rollback.test.js'),
  },
  {
    name: 'proves a restore without looking at what differs',
    file: 'src/procedure/proof.js',
    from: `.filter(({ known, file }) => !isEqualOutside(file, known))`,
    to: `.filter(() => false)`,
    killedBy: tests('scenario/restore-proof.test.js'),
  },
  {
    name: 'calls a restore verified whatever speaks against it',
    file: 'src/procedure/write-and-prove.js',
    from: `unproven.length === 0 && release === 'released' ? 'verified'`,
    to: `written !== undefined ? 'verified'`,
    killedBy: swarm(),
  },
  {
    name: 'puts a device back to the undo image of another one',
    file: 'src/procedure/rollback.js',
    from: `if (change !== undefined)`,
    to: `if (false)`,
    killedBy: tests('scenario/restore-rollback.test.js'),
  },
  {
    name: 'restores without the undo image that it was asked for',
    file: 'src/procedure/undo.js',
    from: `throw withoutUndo(`,
    to: `return void (`,
    killedBy: tests('scenario/restore-undo.test.js'),
  },
  {
    name: 'calls a device released that it has just seen in a procedure again',
    file: 'src/procedure/second-reading.js',
    from: `foundTaken(thrown) ? 'unproven' : before.release`,
    to: `before.release`,
    killedBy: tests('scenario/second-reading.test.js'),
  },
  {
    name: 'forgets how a rollback that failed has left the device',
    file: 'src/procedure/failed-restore.js',
    from: `...(release === undefined ? {} : { release })`,
    to: `...{}`,
    killedBy: tests('scenario/restore-rollback.test.js'),
  },
];
