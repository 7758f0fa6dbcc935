// The lives of the engine's process in a night: it dies when the seed says so, at a time or at an operation
// of the disk, perhaps with the power, and the next one opens what was durable. After every death the
// repository must be whole, with every image that was reported.

import { type Death, type DiskOperation, soundDisk } from '../support/simulated-disk.js';
import type { Processes } from '../../src/ports.js';
import { EngineProcess, HOST } from './engine-process.js';
import { CLIENT, type NightContext } from './night.js';
import { Promised } from './promised.js';
import type { AtOperation, Death as Dying } from './site-spec.js';
import type { WireWatch } from './wire-watch.js';

type Judge = (operation: DiskOperation) => Death | undefined;

export class Lives {
  /** Every image that was reported as done. */
  readonly promised = new Promised();
  readonly #context: NightContext;
  readonly #watch: WireWatch;
  #current: Promise<EngineProcess> | undefined;
  readonly #made: EngineProcess[] = [];
  #life = 0;
  /** Counts the operations of the disk since the chaos began. */
  #operations = countedOperations();
  #reinitialized = 0;
  /** Deaths of the night at the disk or on the wire. */
  #deaths: readonly Dying[] = [];
  #living: EngineProcess | undefined;
  #powerFails = false;
  #spared = false;

  constructor(context: NightContext, watch: WireWatch) {
    this.#context = context;
    this.#watch = watch;
  }

  /** The living process; after a death, the next one once it has opened the repository. */
  get current(): Promise<EngineProcess> {
    if (this.#current === undefined) throw new Error('nobody lives yet');
    return this.#current;
  }

  async begin(): Promise<void> {
    const process = this.make('engine');
    const { staleLocks } = this.#context.site;
    if (staleLocks > 0) this.#context.reach.met('fault stale lock');
    await process.init();
    await process.leaveLocks(staleLocks);
    this.#become(Promise.resolve(process));
    await this.#current;
  }

  /** Sets the deaths of the night, counted from now. */
  schedule(fromMs: number): void {
    const { site, world } = this.#context;
    this.#operations = countedOperations();
    this.#reinitialized = 0;
    this.#deaths = site.deaths;
    for (const { atMs, powerFails } of site.deaths) {
      if (atMs === undefined) continue;
      void world.clock.sleep(fromMs + atMs - world.clock.now()).then(async () => {
        if (!this.#spared) this.#kill(await this.current, powerFails, 'fault kill');
      });
    }
  }

  /** A START, END or ABORT is about to leave. */
  reinitialized(): void {
    this.#reinitialized += 1;
    const death = this.#deaths.find(({ atReinitialize }) => atReinitialize === this.#reinitialized);
    if (death === undefined) return;
    const process = this.#living;
    queueMicrotask(() => {
      if (process !== undefined) this.#kill(process, death.powerFails, 'fault kill at a START or END');
    });
  }

  #kill(process: EngineProcess, powerFails: boolean, fault: string): void {
    if (process.dead) return;
    this.#powerFails = powerFails;
    this.#context.reach.met(fault);
    this.#context.trace?.('=== killed');
    process.kill();
  }

  /** No more deaths. */
  spare(): void {
    this.#spared = true;
    this.#deaths = [];
  }

  /** A new process on the computer of the night; `judge` says at which operation of the disk it dies. */
  make(kind: 'engine' | 'keeper', judge: Judge = (operation) => this.#judge(operation)): EngineProcess {
    const { world, disk, site } = this.#context;
    const life = this.#life++;
    const process = new EngineProcess({
      world,
      disk,
      address: kind === 'engine' ? CLIENT : `10.0.0.4:${50_000 + life}`,
      life,
      observer: this.#watch,
      judge,
      processes: site.seesProcesses ? this.#processes(life) : undefined,
    });
    this.#made.push(process);
    return process;
  }

  /** What a life sees of the others: each is a process of the same computer. */
  #processes(life: number): Processes {
    return {
      own: () => Promise.resolve({ processId: 100 + life, host: HOST, processMark: String(life) }),
      stateOf: ({ host, processMark }) => {
        if (host !== HOST) return Promise.resolve('elsewhere');
        const other = this.#made[Number(processMark)];
        return Promise.resolve(other !== undefined && !other.dead ? 'running' : 'gone');
      },
    };
  }

  #judge(operation: DiskOperation): Death | undefined {
    const isDue = this.#operations(operation);
    const death = this.#deaths.find(({ atOperation }) => isDue(atOperation));
    if (death?.atOperation === undefined) return undefined;
    const { when } = death.atOperation;
    this.#powerFails = death.powerFails;
    this.#context.reach.met(`fault kill ${when} ${operation}`);
    this.#context.trace?.(`=== killed ${when} ${operation}`);
    return when;
  }

  #become(next: Promise<EngineProcess>): void {
    this.#current = next;
    void next.then(async (process) => {
      this.#living = process;
      await process.death;
      this.#become(this.#rise());
    });
  }

  /** The next life, after a moment: on what was durable when the power failed, on everything otherwise. */
  async #rise(): Promise<EngineProcess> {
    const { world, disk, reach, fault } = this.#context;
    await world.clock.sleep(2000);
    if (this.#powerFails) {
      reach.met('fault power');
      for (const other of this.#made) other.kill();
      const { torn, names } = disk.crash();
      if (torn > 0) reach.met('fault torn file');
      if (names > 0) reach.met('fault lost name');
    }
    this.#powerFails = false;
    const { faults } = disk;
    const deaths = this.#deaths;
    disk.faults = soundDisk;
    this.#deaths = [];
    const process = this.make('engine');
    try {
      await process.open();
      await this.check(process);
    } catch (error) {
      fault(`after a death the repository does not open: ${String(error)}`);
    }
    // The night may have begun to heal meanwhile.
    if (!this.#spared) {
      disk.faults = faults;
      this.#deaths = deaths;
    }
    return process;
  }

  /** The repository is whole, and every image that was reported is in it, octet by octet. */
  async check(process: EngineProcess): Promise<void> {
    const { fault } = this.#context;
    const report = await process.repository.check({ readData: true });
    for (const finding of report.findings) {
      if (finding.severity === 'error') fault(`check: ${finding.code} ${finding.place}: ${finding.message}`);
    }
    for (const wrong of await this.promised.faults(process.repository)) fault(wrong);
  }
}

/** Counts the operations of a disk, and says of each whether it is the one that is meant. */
export function countedOperations(): (operation: DiskOperation) => (at: AtOperation | undefined) => boolean {
  const counts = new Map<DiskOperation | 'all', number>();
  const count = (kind: DiskOperation | 'all'): number => {
    const number = counts.get(kind) ?? 0;
    counts.set(kind, number + 1);
    return number;
  };
  return (operation) => {
    const [all, own] = [count('all'), count(operation)];
    return (at) =>
      at !== undefined && (at.kind === undefined ? at.nth === all : at.kind === operation && at.nth === own);
  };
}
