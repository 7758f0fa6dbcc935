// The nightly jobs of a night: processes of their own on the same computer that forget and prune beside
// backups and restores, and may be killed at any operation of the disk.

import { isEngineError } from '../../src/errors.js';
import type { DiskOperation } from '../support/simulated-disk.js';
import { checkError } from './checkers.js';
import type { EngineProcess } from './engine-process.js';
import { countedOperations, type Lives } from './lives.js';
import type { NightContext } from './night.js';
import type { Upkeep } from './site-spec.js';

/** When all is well, a prune waits for others no longer than it takes until the dead are known to be dead. */
const PATIENCE_MS = 900_000;

export class Keeper {
  readonly #context: NightContext;
  readonly #lives: Lives;

  constructor(context: NightContext, lives: Lives) {
    this.#context = context;
    this.#lives = lives;
  }

  /** The jobs of the chaos, which began at this time. */
  async keepAll(fromMs: number): Promise<void> {
    const { site, world } = this.#context;
    await Promise.all(
      site.upkeeps.map(async (upkeep) => {
        await world.clock.sleep(Math.max(0, fromMs + upkeep.atMs - world.clock.now()));
        await this.#keep(upkeep);
      }),
    );
  }

  /** One job when all is well: it must succeed, in spite of what others have left behind. */
  async keepHealed(last: number): Promise<void> {
    const done = await this.#keep({ atMs: 0, last, lockWaitMs: PATIENCE_MS });
    if (!done) this.#context.fault('forgetting and pruning failed, and nothing was in the way');
  }

  async #keep(upkeep: Upkeep): Promise<boolean> {
    const { reach, fault, trace } = this.#context;
    const operations = countedOperations();
    const process = this.#lives.make('keeper', (operation: DiskOperation) => {
      if (!operations(operation)(upkeep.dies)) return undefined;
      const { when = 'before' } = upkeep.dies ?? {};
      reach.met('fault kill of a nightly job');
      reach.met(`fault kill ${when} ${operation}`);
      trace?.(`=== nightly job killed ${when} ${operation}`);
      return when;
    });
    try {
      const result = await Promise.race([this.#work(process, upkeep), process.death]);
      trace?.(`   nightly job: ${result}`);
      return result === 'done';
    } catch (error) {
      trace?.(`   nightly job: ${String(error)}`);
      const wrong = checkError(error);
      if (wrong !== undefined) fault(`nightly job: ${wrong}`);
      if (isEngineError(error)) reach.met(`error ${error.code}`);
      if (isEngineError(error, 'repository-corrupt')) fault(`nightly job: ${error.message}`);
      return false;
    } finally {
      process.kill();
    }
  }

  async #work(process: EngineProcess, { last, lockWaitMs }: Upkeep): Promise<'done'> {
    const { reach, fault } = this.#context;
    const { promised } = this.#lives;
    await process.open();
    const { repository } = process;
    promised.forgetting(last);
    const report = await repository.forget({ policy: { last }, lockWaitMs });
    promised.forgot(report);
    reach.met('upkeep forget');
    if (report.forgotten > 0) reach.met('upkeep forgotten');
    const { freed, waiting } = await repository.prune({ lockWaitMs });
    reach.met('upkeep prune');
    if (freed.objects > 0) reach.met('upkeep freed');
    if (waiting.objects > 0) reach.met('upkeep waiting');
    for (const wrong of await promised.faults(repository)) fault(`after a prune: ${wrong}`);
    return 'done';
  }
}
