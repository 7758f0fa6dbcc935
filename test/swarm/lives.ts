// The lives of the engine's process in a night: it dies when the seed says so, at a time or at an operation
// of the disk, perhaps with the power, and the next one opens what was durable. After every death the
// repository must be whole, with every image that was reported.

import type { ImageSummary } from '../../src/repository/index.js';
import { type Death, soundDisk } from '../support/simulated-disk.js';
import { difference, imageContent } from './checkers.js';
import type { Processes } from '../../src/ports.js';
import { EngineProcess, HOST } from './engine-process.js';
import { CLIENT, type NightContext } from './night.js';
import type { Content } from './watched-device.js';
import type { WireWatch } from './wire-watch.js';

export class Lives {
  /** What every image that was reported as done must hold, by id. */
  readonly promised = new Map<string, ReadonlyMap<number, Content>>();
  readonly #context: NightContext;
  readonly #watch: WireWatch;
  #current: Promise<EngineProcess> | undefined;
  readonly #made: EngineProcess[] = [];
  #life = 0;
  #operations = 0;
  #deathsAtOperation: { readonly atOperation: number; readonly powerFails: boolean }[] = [];
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
    const process = this.#make();
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
    this.#operations = 0;
    for (const { atMs, atOperation, powerFails } of site.deaths) {
      if (atOperation !== undefined) this.#deathsAtOperation.push({ atOperation, powerFails });
      if (atMs === undefined) continue;
      void world.clock.sleep(fromMs + atMs - world.clock.now()).then(async () => {
        if (this.#spared) return;
        this.#powerFails = powerFails;
        this.#context.reach.met('fault kill');
        this.#context.trace?.('=== killed');
        (await this.current).kill();
      });
    }
  }

  /** No more deaths. */
  spare(): void {
    this.#spared = true;
    this.#deathsAtOperation = [];
  }

  #make(): EngineProcess {
    const { world, disk, site } = this.#context;
    const life = this.#life++;
    const process = new EngineProcess({
      world,
      disk,
      address: CLIENT,
      life,
      observer: this.#watch,
      judge: () => this.#judge(),
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

  #judge(): Death | undefined {
    const { world, reach, trace } = this.#context;
    const operation = this.#operations++;
    const death = this.#deathsAtOperation.find(({ atOperation }) => atOperation === operation);
    if (death === undefined) return undefined;
    this.#powerFails = death.powerFails;
    reach.met('fault kill at the disk');
    trace?.(`=== killed at operation ${operation} of the disk`);
    return world.random('deaths').chance(0.5) ? 'before' : 'after';
  }

  #become(next: Promise<EngineProcess>): void {
    this.#current = next;
    void next.then(async (process) => {
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
      disk.crash();
    }
    this.#powerFails = false;
    const { faults } = disk;
    const deaths = this.#deathsAtOperation;
    disk.faults = soundDisk;
    this.#deathsAtOperation = [];
    const process = this.#make();
    try {
      await process.open();
      await this.check(process);
    } catch (error) {
      fault(`after a death the repository does not open: ${String(error)}`);
    }
    disk.faults = faults;
    this.#deathsAtOperation = deaths;
    return process;
  }

  /** The repository is whole, and every image that was reported is in it, octet by octet. */
  async check(process: EngineProcess): Promise<void> {
    const { fault } = this.#context;
    const report = await process.repository.check({ readData: true });
    for (const finding of report.findings) {
      if (finding.severity === 'error') fault(`check: ${finding.code} ${finding.place}: ${finding.message}`);
    }
    for (const [id, content] of this.promised) {
      let image: ImageSummary;
      try {
        image = await process.repository.image(id);
      } catch (error) {
        fault(`image ${id.slice(0, 8)} was reported and is lost: ${String(error)}`);
        continue;
      }
      const found = difference(content, await imageContent(process.repository, image));
      if (found !== undefined) fault(`image ${id.slice(0, 8)} is no longer what it was: ${found}`);
    }
  }
}
