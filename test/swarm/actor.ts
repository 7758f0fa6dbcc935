// Does what the seed wants done, as a user of the engine would, and has the checkers look at every result.

import type { Device } from '../../src/client/index.js';
import { EngineError } from '../../src/errors.js';
import {
  backup,
  type BackupReport,
  type FailedRestore,
  type Phase,
  probe,
  type ProcedureOptions,
  type ProgressEvent,
  recover,
  restore,
  type RestoreOptions,
  type RestoreReport,
  verify,
  type VerifyReport,
} from '../../src/procedure/index.js';
import { type ImageSummary, UNDO_TAG } from '../../src/repository/index.js';
import {
  checkBeforeEnd,
  checkEnded,
  checkImage,
  checkLeft,
  checkRestored,
  checkRolledBack,
  checkUndo,
  checkVerified,
  checkWhole,
  type Contents,
  imageContent,
} from './checkers.js';
import type { EngineProcess } from './engine-process.js';
import { judgeError, judgeRelease, noteEvent, passwordOf, said } from './judging.js';
import type { Lives } from './lives.js';
import { CLIENT, type NightContext, type Station } from './night.js';
import type { Act, ActKind, Mistake } from './site-spec.js';
import type { WireWatch } from './wire-watch.js';

/** No act takes longer than this, in virtual time, whatever happens. */
const ACT_MS = 3 * 3_600_000;

const NEEDS_IMAGE: readonly ActKind[] = ['restore', 'verify'];

/** Longer than any faulty link holds a datagram back. */
const QUIET_MS = 6000;

export type ActResult = 'done' | 'failed' | 'died';

interface Running {
  readonly process: EngineProcess;
  readonly station: Station;
  readonly act: Act;
  readonly image: ImageSummary | undefined;
  readonly signal: AbortSignal;
  /** Told of every phase, which may be that in which the act is cancelled. */
  readonly entered: (phase: Phase) => void;
  /** Events of the device before the act. */
  readonly eventsBefore: number;
  /** What it held then. */
  readonly former: Contents;
  /** How often others had started it. */
  readonly othersBefore: number;
  /** What it held whenever it was told ENDRESTORE. */
  readonly ended: Contents[];
  readonly fault: (text: string) => void;
}

export class Actor {
  acts = 0;
  readonly #context: NightContext;
  readonly #lives: Lives;
  readonly #watch: WireWatch;

  constructor(context: NightContext, lives: Lives, watch: WireWatch) {
    this.#context = context;
    this.#lives = lives;
    this.#watch = watch;
  }

  async actAll(station: Station): Promise<void> {
    for (const act of station.device.spec.acts) await this.act(station, act);
  }

  /** One act, on whichever process lives. `image`: of this one; otherwise any of the device. */
  async act(station: Station, act: Act, image?: ImageSummary): Promise<ActResult> {
    const { world, fault, trace } = this.#context;
    await world.clock.sleep(act.pauseMs);
    let process = await this.#lives.current;
    while (process.dead) {
      await world.clock.sleep(100);
      process = await this.#lives.current;
    }
    this.acts += 1;
    const beganMs = world.clock.now();
    const result = await Promise.race([this.#perform(process, station, act, image), process.death]);
    trace?.(`   ${station.device.instance}: ${act.kind} ${result}`);
    if (world.clock.now() - beganMs > ACT_MS) {
      fault(`device ${station.device.instance}: a ${act.kind} took ${world.clock.now() - beganMs} ms`);
    }
    return result;
  }

  async #perform(
    process: EngineProcess,
    station: Station,
    act: Act,
    wanted: ImageSummary | undefined,
  ): Promise<ActResult> {
    const { device, target, place } = station;
    const { world, trace } = this.#context;
    const images = await process.repository.images({ instance: device.instance });
    const image = wanted ?? images[world.random('choice').below(Math.max(1, images.length))];
    const kind = image === undefined && NEEDS_IMAGE.includes(act.kind) ? 'backup' : act.kind;
    this.#watch.begin(place, act.foreign === true);
    this.#tamper(station, act);
    const { signal, entered } = this.#cancelling(process, act);
    const fault = (text: string): void => this.#context.fault(`device ${device.instance}, ${kind}: ${text}`);
    const running: Running = {
      process,
      station,
      act: { ...act, kind },
      image,
      signal,
      entered,
      eventsBefore: device.events.length,
      former: device.configuration(),
      othersBefore: device.startsByOthers(CLIENT),
      ended: [],
      fault,
    };
    device.onEndRestore = () => running.ended.push(device.configuration());
    const before = {
      starts: device.startsBy(CLIENT),
      events: device.events.length,
      asked: () => this.#watch.hasStarted(place),
      refused: () => this.#watch.wasRefused(place),
      lookedMs: () => this.#watch.lookedMs(place),
      lookedSinceStartMs: () => this.#watch.lookedSinceStartMs(place),
    };
    let found: Device | undefined;
    try {
      found = await process.client.device(mistaken(target, device.instance, act.mistake), { signal });
      const release = await this.#run(running, found);
      if (release !== undefined) judgeRelease(this.#context, device, CLIENT, release, before);
      await this.#judgeImages(running, images, true);
      return 'done';
    } catch (error) {
      trace?.(
        `   ${device.instance}: ${error instanceof EngineError ? error.code : 'ERROR'} ${String(error)}`,
      );
      judgeError(this.#context, device, error);
      if (found !== undefined && error instanceof EngineError && !['probe', 'recover'].includes(kind))
        judgeRelease(this.#context, device, CLIENT, error.details.release, before);
      this.#judgeFailed(running, error, await this.#judgeImages(running, images, false));
      return 'failed';
    }
  }

  /** When an act is cancelled: after a time, or in a phase. */
  #cancelling(process: EngineProcess, { cancelAfterMs, cancelIn }: Act): Pick<Running, 'signal' | 'entered'> {
    const { world, reach } = this.#context;
    const controller = new AbortController();
    const cancelAfter = (ms: number, how: string): void => {
      void world.clock.sleep(ms).then(() => {
        if (process.dead) return;
        reach.met(how);
        controller.abort(new Error('enough'));
      });
    };
    if (cancelAfterMs !== undefined) cancelAfter(cancelAfterMs, 'fault cancel');
    let times = 0;
    const entered = (phase: Phase): void => {
      if (phase !== cancelIn?.phase) return;
      times += 1;
      if (times !== cancelIn.nth) return;
      cancelAfter(cancelIn.afterMs, `fault cancel in ${phase}`);
    };
    return { signal: controller.signal, entered };
  }

  async #run(running: Running, device: Device): Promise<string | undefined> {
    const { process, station, act, signal, entered } = running;
    const { repository } = process;
    const { reach, trace } = this.#context;
    const options = {
      ...passwordOf(station.device),
      signal,
      onEvent: (event: ProgressEvent) => {
        if (event.kind === 'phase') entered(event.phase);
        trace?.(`   ${JSON.stringify(event)}`);
        noteEvent(reach, event);
      },
    };
    if (act.kind === 'probe') {
      await probe(device, { signal });
      return undefined;
    }
    if (act.kind === 'recover') {
      const { entries, released } = await recover(device, repository, {
        ...options,
        ...(act.foreign === true ? { foreign: { instance: station.device.instance } } : {}),
      });
      for (const { verdict } of entries) reach.met(`recovery ${verdict}`);
      if (released?.foreign === true) reach.met('recovery of somebody else');
      return released?.release;
    }
    if (act.kind === 'backup') {
      const report: BackupReport = await backup(device, repository, {
        ...options,
        ...(act.readsTwice === true ? { verify: true } : {}),
      });
      await this.#backedUp(running, report);
      return report.release;
    }
    const image = running.image!;
    const content = await this.#contentOf(process, image);
    // Forgotten and pruned between the choice and now: nobody can restore it.
    if (content === undefined) return undefined;
    if (act.kind === 'restore') return this.#restored(running, device, image, content, options);
    const report: VerifyReport = await verify(device, repository, image.id, options);
    said(running.fault, checkVerified(station.device, report, content, running.eventsBefore));
    return report.release;
  }

  async #restored(
    { station, process, fault, eventsBefore, ended }: Running,
    device: Device,
    image: ImageSummary,
    content: Contents,
    options: ProcedureOptions,
  ): Promise<string> {
    const { reach } = this.#context;
    const { device: watched } = station;
    const undoing = this.#undoing();
    reach.met(`undo ${undoing.undo}`);
    const report: RestoreReport = await restore(device, process.repository, image.id, {
      ...options,
      ...undoing,
      expect: { instance: watched.instance },
      quietMs: QUIET_MS,
    });
    const { verdict, proof, undo } = report;
    reach.met(`verdict ${verdict}`);
    reach.met(`proof ${proof.outcome}`);
    if (proof.files.some(({ volatile }) => volatile.length > 0)) reach.met('proof volatile');
    if (undo?.secondReading !== undefined) reach.met(`second reading ${undo.secondReading.outcome}`);
    said(fault, checkBeforeEnd(watched, report, content, ended.at(-1)));
    said(fault, checkRestored(watched, report, content, eventsBefore));
    return report.release;
  }

  async #contentOf({ repository }: EngineProcess, image: ImageSummary): Promise<Contents | undefined> {
    const { promised } = this.#lives;
    try {
      return promised.content(image.id) ?? (await imageContent(repository, image));
    } catch (error) {
      if (promised.isForgetting) return undefined;
      throw error;
    }
  }

  async #backedUp(running: Running, { imageId, secondReading }: BackupReport): Promise<void> {
    const { process, station, fault, eventsBefore, othersBefore } = running;
    const { repository } = process;
    const image = await repository.image(imageId);
    if (secondReading !== undefined) this.#context.reach.met(`second reading ${secondReading.outcome}`);
    const readMs = this.#watch.readMs(station.place);
    const othersStarted = station.device.startsByOthers(CLIENT) > othersBefore;
    // A second reading that failed says so; where the first one ended is then not known here.
    if (secondReading?.outcome !== 'failed')
      said(fault, checkWhole(station.device, image, { readMs, eventsBefore, othersStarted }));
    const content = await imageContent(repository, image);
    said(fault, checkImage(station.device, image, content, eventsBefore, secondReading?.outcome));
    this.#lives.promised.promise(image, content);
  }

  /** How a restore is to be undone; half of them not at all. */
  #undoing(): Required<Pick<RestoreOptions, 'undo' | 'rollback'>> {
    const random = this.#context.world.random('undo');
    const undo = (['twice', 'once', 'none', 'none'] as const)[random.below(4)]!;
    return { undo, rollback: random.chance(0.5) };
  }

  /** The images that the act has left: none but undo images, which hold what the device held before. */
  async #judgeImages(
    running: Running,
    before: readonly ImageSummary[],
    done: boolean,
  ): Promise<Map<string, Contents>> {
    const { process, station, fault, former, eventsBefore } = running;
    const known = new Set(before.map(({ id }) => id));
    const undo = new Map<string, Contents>();
    for (const { id, manifest } of await process.repository.images({ instance: station.device.instance })) {
      if (known.has(id) || (done && running.act.kind === 'backup')) continue;
      if (running.act.kind !== 'restore' || manifest.tags?.includes(UNDO_TAG) !== true) {
        fault(`it left image ${id.slice(0, 8)} behind`);
        continue;
      }
      const content = await imageContent(process.repository, { id, manifest });
      said(fault, checkUndo(station.device, { former, eventsBefore }, content, manifest));
      undo.set(id, content);
    }
    return undo;
  }

  /** A restore that failed after START says what became of the device. */
  #judgeFailed(running: Running, error: unknown, undo: ReadonlyMap<string, Contents>): void {
    if (!(error instanceof EngineError)) return;
    const { station, fault, former, eventsBefore, image, ended } = running;
    const failed = error.details as Partial<FailedRestore>;
    if (failed.verdict !== undefined) this.#context.reach.met(`verdict ${failed.verdict}`);
    if (failed.rollback !== undefined) this.#context.reach.met(`rollback ${failed.rollback.outcome}`);
    const promised = image === undefined ? undefined : this.#lives.promised.content(image.id);
    if (promised !== undefined)
      said(fault, checkEnded(station.device, ended, [promised, ...undo.values()], error.details));
    said(fault, checkLeft(station.device, failed, { former, eventsBefore }));
    said(fault, checkRolledBack(station.device, failed, undo.get(failed.undo ?? ''), eventsBefore));
  }

  /** Somebody changes what is in the device, or a file of it is gone. */
  #tamper({ device }: Station, { tampers, filesLost }: Act): void {
    // While a procedure runs, nobody else changes the configuration.
    if (device.isHeld) return;
    const random = this.#context.world.random('tampering');
    const now = this.#context.world.clock.now();
    if (tampers) {
      for (const { instance, access } of device.view.files) {
        const content =
          access === 'stream'
            ? random.octets(random.below(900))
            : Array.from({ length: random.below(9) }, () => random.octets(random.below(40)));
        if (random.chance(0.7)) device.view.setFile(instance, content, now);
      }
    }
    const configuration = device.view.files.filter((file) => file.configuration);
    if (filesLost > 0 && configuration.length > 1)
      device.view.removeFile(configuration[random.below(configuration.length)]!.instance);
  }
}

/** What a user types who is wrong about the device. */
function mistaken(target: string, instance: number, mistake: Mistake | undefined): string {
  const [, place = ''] = target.split('@', 2);
  if (mistake === undefined || place === '') return target;
  const router = target.split('@')[2];
  if (mistake === 'instance') return target.replace(String(instance), String(instance + 500));
  return router === undefined ? target : `${instance}@2999:10@${router}`;
}
