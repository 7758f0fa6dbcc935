// One procedure of a process that is killed at one point, and what the next process makes of it. A point is
// every operation of the disk (before it, and after it), every datagram that is sent (before it leaves, and
// after) and every datagram that comes.

import { expect } from 'chai';
import { ConfirmedService, ReinitializeState } from '../../protocol/index.js';
import { type DeviceConfigInput, World } from '../../simulator/index.js';
import { createClient, type Device } from '../../src/client/index.js';
import { type EngineError, isEngineError } from '../../src/errors.js';
import { backup, recover, type RecoverReport, restore } from '../../src/procedure/index.js';
import { REWRITES_MAX } from '../../src/procedure/timing.js';
import type { ImageManifest, JournalEntry, Repository } from '../../src/repository/index.js';
import { EngineProcess } from '../swarm/engine-process.js';
import { QUIRK_DRAWS } from '../swarm/quirk-draws.js';
import type { DrawnQuirk } from '../swarm/site-spec.js';
import { WatchedDevice } from '../swarm/watched-device.js';
import { SimulatedDisk } from './simulated-disk.js';
import { apduOf, octetsOf, Stage } from './world.js';

const CLIENT = '10.0.0.1:47808';
const RIVAL = '10.0.0.3:47808';
const PLACE = '10.0.1.1:47808';
const TARGET = `1001@${PLACE}`;
const FILE = { type: 10, instance: 1 } as const;

/** The manifest of every image: one backup is enough for all stories. */
let manifest: Promise<ImageManifest> | undefined;

/**
 * "restore": from START until the proof begins. "whole restore": with the plan, an undo image that is read twice,
 * and the proof. "rollback": the same, of a device that stores wrong octets until the restore is given up, and is
 * then put back.
 */
export type KilledProcedure = 'backup' | 'restore' | 'whole restore' | 'rollback';

export interface Killing {
  readonly procedure: KilledProcedure;
  readonly device: DeviceConfigInput & { readonly instance: number };
  /**
   * Another client that wants the device, and keeps it: "first" is faster than our START, "next" takes it in
   * the moment in which our procedure ends.
   */
  readonly rival?: 'first' | 'next';
  /** With the process goes the power, and what was not synced. */
  readonly powerFails: boolean;
  /** Where the counting begins; what comes before START is the same whatever else happens. */
  readonly from: 'the beginning' | 'START';
  /** What the next process does. */
  readonly next: 'recover' | 'backup';
  /** Number of the point; none: nobody is killed. */
  readonly atPoint?: number;
}

export interface Aftermath {
  /** How many points were passed. */
  readonly points: number;
  /** The procedure came to its end before anybody was killed. */
  readonly succeeded: boolean;
  /** What was in the journal when the next process looked. */
  readonly entries: readonly JournalEntry[];
  readonly report: RecoverReport | undefined;
  /** Why the next backup failed, when that is what came next. */
  readonly refused: string | undefined;
  /** Virtual time that the recovery took, ms. */
  readonly tookMs: number;
  /** Whose procedure the device was in when the process had died, and when the next one was done. */
  readonly heldAtDeath: 'us' | 'rival' | 'nobody';
  readonly heldInTheEnd: 'us' | 'rival' | 'nobody';
  /** How often we ended a procedure of the rival. */
  readonly wrongEnds: number;
  readonly faults: readonly string[];
  readonly left: readonly JournalEntry[];
}

export async function killed(killing: Killing): Promise<Aftermath> {
  // Made before time begins in the story's own world.
  manifest ??= Stage.open({ device: killing.device }).then(async (stage) => (await stage.backup()).manifest);
  const story = { ...killing, manifest: await manifest };
  const world = new World({ seed: 'killed' });
  return world.run(new Story(world, story).run(), { limitMs: 3_600_000 });
}

class Story {
  readonly #world: World;
  readonly #killing: Killing;
  readonly #manifest: ImageManifest;
  readonly #disk: SimulatedDisk;
  readonly #device: WatchedDevice;
  readonly #over = new AbortController();
  #points = 0;
  #isCounting = false;
  #process: EngineProcess | undefined;
  /** Takes the device for the rival, once it is there. */
  #grab: () => void = () => undefined;
  /** START was sent. */
  #hasBegun = false;
  #isActing = false;
  #succeeded = false;
  readonly #succeed = (): void => {
    this.#succeeded = true;
  };

  constructor(world: World, killing: Killing & { readonly manifest: ImageManifest }) {
    this.#world = world;
    this.#killing = killing;
    this.#manifest = killing.manifest;
    this.#disk = new SimulatedDisk(world.random('disk'), () => world.clock.now());
    const quirks = killing.procedure === 'rollback' ? WRONG_OCTETS : [];
    const config = { config: killing.device, quirks, findsByWhoIs: false, acts: [] };
    this.#device = new WatchedDevice(
      config,
      () => undefined,
      (event) => {
        if (killing.rival === 'next' && this.#hasBegun && event.kind === 'state' && event.to === 0)
          this.#grab();
      },
    );
  }

  async run(): Promise<Aftermath> {
    this.#world.add(this.#device, PLACE);
    const process = this.#make(0);
    this.#process = process;
    await process.init();
    const device = await process.client.device(TARGET);
    const { procedure } = this.#killing;
    const image = procedure === 'backup' ? '' : await this.#prepared(process);
    if (this.#killing.rival !== undefined) await this.#invite();
    this.#isCounting = this.#killing.from === 'the beginning';
    this.#isActing = true;
    const act =
      procedure === 'backup'
        ? backup(device, process.repository)
        : restoredAs(procedure, device, process.repository, image);
    await Promise.race([act.then(this.#succeed, () => undefined), process.death]);
    this.#isActing = false;
    this.#isCounting = false;
    process.kill();
    const heldAtDeath = this.#holder;
    await this.#world.clock.sleep(2000);
    if (this.#killing.powerFails) this.#disk.crash();
    try {
      return await this.#aftermath(heldAtDeath);
    } finally {
      this.#over.abort();
    }
  }

  async #aftermath(heldAtDeath: Aftermath['heldAtDeath']): Promise<Aftermath> {
    const next = this.#make(1);
    await next.open();
    const { repository, client, clock } = next;
    const entries = await repository.journal.entries();
    const beganMs = clock.now();
    const device = await client.device(TARGET);
    let report: RecoverReport | undefined;
    let refused: string | undefined;
    if (this.#killing.next === 'backup') {
      refused = await backup(device, repository).then(
        () => undefined,
        (error: unknown) => (isEngineError(error) ? error.code : String(error)),
      );
    } else if (entries.length > 0) report = await recover(device, repository);
    const { findings } = await repository.check();
    return {
      points: this.#points,
      succeeded: this.#succeeded,
      entries,
      report,
      refused,
      tookMs: clock.now() - beganMs,
      heldAtDeath,
      heldInTheEnd: this.#holder,
      wrongEnds: this.#device.endsOfOthersBy(CLIENT),
      faults: findings.filter(({ severity }) => severity === 'error').map(({ place }) => place),
      left: await repository.journal.entries(),
    };
  }

  get #holder(): Aftermath['heldAtDeath'] {
    if (this.#device.isHeldBy(CLIENT)) return 'us';
    return this.#device.isHeldBy(RIVAL) ? 'rival' : 'nobody';
  }

  #make(life: number): EngineProcess {
    return new EngineProcess({
      world: this.#world,
      disk: this.#disk,
      address: CLIENT,
      life,
      // One process at a time: whoever lived before is gone.
      processes: {
        own: () => Promise.resolve({ processId: life, host: 'pc' }),
        stateOf: ({ processId }) => Promise.resolve(processId === life ? 'running' : 'gone'),
      },
      observer: {
        sent: (datagram) => {
          this.#onSent(datagram);
          if (this.#isDue()) this.#process?.kill();
          if (this.#isDue()) queueMicrotask(() => this.#process?.kill());
        },
        heard: () => {
          if (this.#isDue()) this.#process?.kill();
        },
      },
      judge: () => {
        if (this.#isDue()) return 'before';
        return this.#isDue() ? 'after' : undefined;
      },
    });
  }

  /** Counts one point, and says whether it is the one. */
  #isDue(): boolean {
    if (!this.#isCounting) return false;
    const point = this.#points;
    this.#points += 1;
    return point === this.#killing.atPoint;
  }

  #onSent(datagram: Uint8Array): void {
    const apdu = apduOf(datagram);
    if (!this.#isActing || this.#hasBegun || apdu?.type !== 'confirmed-request') return;
    if (apdu.service !== ConfirmedService.reinitializeDevice) return;
    this.#hasBegun = true;
    this.#isCounting = true;
    if (this.#killing.rival === 'first') this.#grab();
  }

  /** An image to restore, of what the device then loses. */
  async #prepared({ repository }: EngineProcess): Promise<string> {
    const content = this.#device.view.fileOctets(FILE.instance) ?? new Uint8Array(0);
    this.#device.view.setFile(FILE.instance, octetsOf(90, 5), this.#world.clock.now());
    const draft = await repository.begin();
    await draft.addStream(chunksOf(content));
    return (await draft.publish({ ...this.#manifest, site: 'swarm' })).id;
  }

  /** A rival that is nearer to the device than we are, and never lets go of it. */
  async #invite(): Promise<void> {
    const { clock } = this.#world;
    this.#world.setLink({ from: RIVAL }, { delayMs: 0 });
    const transport = this.#world.transport(RIVAL);
    const client = createClient({ clock, transport, random: this.#world.random('rival') });
    const device = await client.device(TARGET);
    const { startBackup, startRestore } = ReinitializeState;
    this.#grab = () => {
      this.#grab = () => undefined;
      void device.reinitialize(this.#killing.procedure === 'backup' ? startBackup : startRestore, undefined);
      void this.#keep(device);
    };
  }

  async #keep(device: Device): Promise<void> {
    try {
      for (;;) {
        await this.#world.clock.sleep(15_000, this.#over.signal);
        await device.readProperty(FILE, 42);
      }
    } catch {
      // The story is over.
    }
  }
}

/** Every write stores one octet wrong, as often as a restore writes a file before it gives up. */
const WRONG_OCTETS: readonly DrawnQuirk[] = QUIRK_DRAWS.filter(({ name }) => name === 'write-corrupts').map(
  (draw) => ({ draw, value: String(REWRITES_MAX + 1) }),
);

const RESTORE = { expect: { instance: 1001 }, quietMs: 100, returnTimeoutMs: 12_000 } as const;

function restoredAs(
  procedure: Exclude<KilledProcedure, 'backup'>,
  device: Device,
  repository: Repository,
  image: string,
): Promise<unknown> {
  if (procedure === 'restore') return written(device, repository, image);
  if (procedure === 'whole restore')
    return restore(device, repository, image, RESTORE).then(({ verdict }) =>
      expect(verdict).to.equal('verified'),
    );
  return restore(device, repository, image, { ...RESTORE, rollback: true }).then(
    () => expect.fail('it did not fail half-way'),
    (error: unknown) => expect((error as EngineError).details).to.include({ verdict: 'failed-rolled-back' }),
  );
}

/** A restore alone: the undo image before it and the proof after it are backups like any other. */
async function written(device: Device, repository: Repository, image: string): Promise<unknown> {
  let proven: () => void = () => undefined;
  const toTheProof = new Promise<void>((resolve) => {
    proven = resolve;
  });
  const whole = restore(device, repository, image, {
    ...RESTORE,
    undo: 'none',
    onEvent: (event) => {
      if (event.kind === 'step' && event.step === 'prove') proven();
    },
  });
  return Promise.race([whole, toTheProof]);
}

async function* chunksOf(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(octets);
}
