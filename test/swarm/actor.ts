// Does what the seed wants done, as a user of the engine would, and has the checkers look at every result.

import { enumName, BackupState } from '../../protocol/index.js';
import type { Device } from '../../src/client/index.js';
import { createClient } from '../../src/client/index.js';
import { EngineError } from '../../src/errors.js';
import {
  backup,
  type BackupReport,
  type FailedRestore,
  PREPARATION,
  probe,
  type ProgressEvent,
  recover,
  restore,
  type RestoreOptions,
  type RestoreReport,
  START_REFUSALS,
  verify,
  type VerifyReport,
} from '../../src/procedure/index.js';
import { type ImageSummary, initRepository, MemoryStore, UNDO_TAG } from '../../src/repository/index.js';
import {
  checkBeforeEnd,
  checkError,
  checkImage,
  checkRelease,
  checkRestored,
  checkRolledBack,
  checkUndo,
  checkVerified,
  checkWhole,
  type Contents,
  heldOf,
  imageContent,
} from './checkers.js';
import type { EngineProcess } from './engine-process.js';
import type { Lives } from './lives.js';
import { CLIENT, type NightContext, RIVAL, type Station } from './night.js';
import type { Act, ActKind, Mistake } from './site.js';
import type { WatchedDevice } from './watched-device.js';
import type { WireWatch } from './wire-watch.js';

/** No act takes longer than this, in virtual time, whatever happens. */
const ACT_MS = 3 * 3_600_000;

const NEEDS_IMAGE: readonly ActKind[] = ['restore', 'verify'];

/** Longer than any faulty link holds a datagram back. */
const QUIET_MS = 6000;

export type ActResult = 'done' | 'failed' | 'died';

/** How often the client had started the device, and what had happened in it, before an act. */
interface Before {
  readonly starts: number;
  readonly events: number;
  /** Whether the act has sent a START at all: a late duplicate of an earlier one is not its doing. */
  readonly asked: () => boolean;
  /** When the act last looked at the device's state, so far. */
  readonly lookedMs: () => number;
}

interface Running {
  readonly process: EngineProcess;
  readonly station: Station;
  readonly act: Act;
  readonly image: ImageSummary | undefined;
  readonly signal: AbortSignal;
  /** Events of the device before the act. */
  readonly eventsBefore: number;
  /** What it held then. */
  readonly former: Contents;
  /** How often others had started it. */
  readonly othersBefore: number;
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

  /** Somebody else's backup of a device, at any time. */
  async rival({ device, atMs }: { readonly device: number; readonly atMs: number }): Promise<void> {
    const { world, stations, reach } = this.#context;
    const station = stations[device];
    // Reading is what changes the files of such a device: two readers would both be wrong.
    if (station === undefined || station.device.hasQuirk('file-changes')) return;
    const transport = world.transport(RIVAL);
    const { clock } = world;
    const client = createClient({ clock, transport, random: world.random('rival') });
    const repository = await initRepository(new MemoryStore(), {
      place: 'rival',
      clock,
      random: world.random('rival repository'),
      defaultSite: 'rival',
    });
    await clock.sleep(atMs);
    reach.met('fault rival');
    const { device: watched } = station;
    const before = {
      starts: watched.startsBy(RIVAL),
      events: watched.events.length,
      asked: () => true,
      // The rival is not watched on the wire.
      lookedMs: () => -Infinity,
    };
    let found: Device | undefined;
    try {
      found = await client.device(station.target);
      const report = await backup(found, repository, passwordOf(watched));
      this.#released(watched, RIVAL, report.release, before);
    } catch (error) {
      this.#judgeError(watched, error);
      if (found !== undefined && error instanceof EngineError)
        this.#released(watched, RIVAL, error.details.release, before);
    }
  }

  async #perform(
    process: EngineProcess,
    station: Station,
    act: Act,
    wanted: ImageSummary | undefined,
  ): Promise<ActResult> {
    const { device, target, place } = station;
    const { world, reach, trace } = this.#context;
    const images = await process.repository.images({ instance: device.instance });
    const image = wanted ?? images[world.random('choice').below(Math.max(1, images.length))];
    const kind = image === undefined && NEEDS_IMAGE.includes(act.kind) ? 'backup' : act.kind;
    this.#watch.begin(place);
    device.onEndRestore = undefined;
    this.#tamper(station, act);
    const controller = new AbortController();
    const { cancelAfterMs } = act;
    if (cancelAfterMs !== undefined) {
      void world.clock.sleep(cancelAfterMs).then(() => {
        if (process.dead) return;
        reach.met('fault cancel');
        controller.abort(new Error('enough'));
      });
    }
    const fault = (text: string): void => this.#context.fault(`device ${device.instance}, ${kind}: ${text}`);
    const running: Running = {
      process,
      station,
      act: { ...act, kind },
      image,
      signal: controller.signal,
      eventsBefore: device.events.length,
      former: device.configuration(),
      othersBefore: device.startsByOthers(CLIENT),
      fault,
    };
    const before = {
      starts: device.startsBy(CLIENT),
      events: device.events.length,
      asked: () => this.#watch.hasStarted(place),
      lookedMs: () => this.#watch.lookedMs(place),
    };
    let found: Device | undefined;
    try {
      found = await process.client.device(mistaken(target, device.instance, act.mistake), {
        signal: controller.signal,
      });
      const release = await this.#run(running, found);
      if (release !== undefined) this.#released(device, CLIENT, release, before);
      await this.#judgeImages(running, images, true);
      return 'done';
    } catch (error) {
      trace?.(
        `   ${device.instance}: ${error instanceof EngineError ? error.code : 'ERROR'} ${String(error)}`,
      );
      this.#judgeError(device, error);
      if (found !== undefined && error instanceof EngineError && !['probe', 'recover'].includes(kind))
        this.#released(device, CLIENT, error.details.release, before);
      this.#judgeFailed(running, error, await this.#judgeImages(running, images, false));
      return 'failed';
    }
  }

  async #run(running: Running, device: Device): Promise<string | undefined> {
    const { process, station, act, signal, fault } = running;
    const { repository } = process;
    const deviations: string[] = [];
    const options = {
      ...passwordOf(station.device),
      signal,
      onEvent: (event: ProgressEvent) => {
        if (event.kind === 'deviation') deviations.push(event.text);
        this.#told(event);
      },
    };
    if (act.kind === 'probe') {
      await probe(device, { signal });
      return undefined;
    }
    if (act.kind === 'recover') {
      const { entries, released } = await recover(device, repository, options);
      for (const { verdict } of entries) this.#context.reach.met(`recovery ${verdict}`);
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
    const content = this.#lives.promised.get(image.id) ?? (await imageContent(repository, image));
    if (act.kind === 'restore') {
      let held: Contents | undefined;
      station.device.onEndRestore = () => {
        held = heldOf(station.device, content);
      };
      const report: RestoreReport = await restore(device, repository, image.id, {
        ...options,
        ...this.#undoing(),
        expect: { instance: device.instance },
        quietMs: QUIET_MS,
      });
      this.#context.reach.met(`verdict ${report.verdict}`);
      said(fault, checkBeforeEnd(station.device, report, content, held));
      said(fault, checkRestored(station.device, report, content, running.eventsBefore));
      return report.release;
    }
    const report: VerifyReport = await verify(device, repository, image.id, options);
    said(fault, checkVerified(station.device, report, content, deviations));
    return report.release;
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
    said(fault, await checkImage(station.device, repository, image, secondReading?.outcome));
    this.#lives.promised.set(image.id, await imageContent(repository, image));
  }

  /** How a restore is to be undone; half of them not at all. */
  #undoing(): Pick<RestoreOptions, 'undo' | 'rollback'> {
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
    const { process, station, fault, former } = running;
    const known = new Set(before.map(({ id }) => id));
    const undo = new Map<string, Contents>();
    for (const { id, manifest } of await process.repository.images({ instance: station.device.instance })) {
      if (known.has(id) || (done && running.act.kind === 'backup')) continue;
      if (running.act.kind !== 'restore' || manifest.tags?.includes(UNDO_TAG) !== true) {
        fault(`it left image ${id.slice(0, 8)} behind`);
        continue;
      }
      const content = await imageContent(process.repository, { id, manifest });
      said(fault, checkUndo(station.device, former, content, manifest.procedure.deviations));
      undo.set(id, content);
    }
    return undo;
  }

  /** A restore that failed after START says what became of the device. */
  #judgeFailed({ station, fault }: Running, error: unknown, undo: ReadonlyMap<string, Contents>): void {
    if (!(error instanceof EngineError)) return;
    const failed = error.details as Partial<FailedRestore>;
    if (failed.verdict !== undefined) this.#context.reach.met(`verdict ${failed.verdict}`);
    if (failed.rollback !== undefined) this.#context.reach.met(`rollback ${failed.rollback.outcome}`);
    said(fault, checkRolledBack(station.device, failed, undo.get(failed.undo ?? '')));
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

  #released(device: WatchedDevice, address: string, release: unknown, before: Before): void {
    const { fault, reach } = this.#context;
    reach.met(`release ${String(release)}`);
    const started = device.startsBy(address) > before.starts && before.asked();
    if (release === 'released' && device.reopenedSince(before.events, before.lookedMs())) return;
    said(
      (text) => fault(`device ${device.instance}, ${address}: ${text}`),
      checkRelease(device, address, release, started),
    );
  }

  #judgeError(device: WatchedDevice, error: unknown): void {
    const { fault, reach } = this.#context;
    said((text) => fault(`device ${device.instance}: ${text}`), checkError(error));
    if (!(error instanceof EngineError)) return;
    reach.met(`error ${error.code}`);
    this.#noteStandings(error.message);
    for (const { meaning } of START_REFUSALS) {
      if (error.message.includes(meaning)) reach.met(`refusal ${meaning}`);
    }
  }

  #told(event: ProgressEvent): void {
    const { reach, trace } = this.#context;
    trace?.(`   ${JSON.stringify(event)}`);
    reach.met(`event ${event.kind}`);
    if (event.kind === 'recovered') reach.met(`recovery ${event.outcome.verdict}`);
    if (event.kind === 'phase') {
      reach.met(`phase ${event.phase}`);
      if (event.phase === 'write' || event.phase === 'copy') reach.met('standing ready');
    }
    if (event.kind === 'state') {
      for (const state of Object.values(BackupState))
        if (event.state.includes(enumName(BackupState, state))) reach.met(`seen state ${state}`);
    }
    if (event.kind === 'waiting') this.#noteStandings(event.reason);
    if (event.kind === 'deviation' && event.text.includes('is not readable')) reach.met('standing untold');
  }

  #noteStandings(text: string): void {
    for (const [standing, { says }] of Object.entries(PREPARATION)) {
      if (text.includes(says)) this.#context.reach.met(`standing ${standing}`);
    }
  }
}

export function passwordOf(device: WatchedDevice): { readonly password?: string } {
  const { spec } = device;
  if (device.hasQuirk('password-unexpected')) return { password: 'needless' };
  return spec.config.password === undefined ? {} : { password: spec.config.password };
}

function said(fault: (text: string) => void, found: string | undefined): void {
  if (found !== undefined) fault(found);
}

/** What a user types who is wrong about the device. */
function mistaken(target: string, instance: number, mistake: Mistake | undefined): string {
  const [, place = ''] = target.split('@', 2);
  if (mistake === undefined || place === '') return target;
  const router = target.split('@')[2];
  if (mistake === 'instance') return target.replace(String(instance), String(instance + 500));
  return router === undefined ? target : `${instance}@2999:10@${router}`;
}
