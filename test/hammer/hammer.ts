// Several real processes that hammer one repository in one folder: two that back up, two that check, forget and
// prune, and one that does a bit of everything and is killed (SIGKILL) again and again. Afterwards everything that
// anybody promised must be there.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { initRepository, openRepository } from '../../src/open.js';
import type { Repository } from '../../src/repository/index.js';
import { SeededRandom } from '../../simulator/index.js';
import type { Said } from './worker.js';

export interface HammerOptions {
  readonly folder: string;
  /** How often each does its work; 0: until `enough`. */
  readonly rounds: number;
  readonly enough?: Promise<unknown>;
  /** How often a process is killed, at the most. */
  readonly kills: number;
}

export interface HammerReport {
  readonly saved: number;
  readonly tagged: number;
  readonly forgotten: number;
  /** How often somebody pruned, and how many objects that has freed. */
  readonly prunes: number;
  readonly freed: number;
  /** Objects that a prune has left to the next one, because somebody was at work. */
  readonly waited: number;
  readonly checks: number;
  readonly kills: number;
  /** Images that are there in the end. */
  readonly images: number;
  readonly leftovers: readonly string[];
  readonly faults: readonly string[];
}

const ROLES = ['backup', 'backup', 'keeper', 'keeper'];
/** A victim says so many things at the most before it is killed. */
const LAST_WORDS = 12;

class Hammering {
  readonly #options: HammerOptions;
  readonly #saved = new Set<string>();
  readonly #tagged = new Set<string>();
  readonly #faults: string[] = [];
  readonly #counts = { forgot: 0, pruned: 0, waited: 0 };
  readonly #random = new SeededRandom('hammer');
  readonly #children = new Set<ChildProcess>();
  #checks = 0;
  #prunes = 0;
  #kills = 0;
  #over = false;

  constructor(options: HammerOptions) {
    this.#options = options;
  }

  async run(): Promise<HammerReport> {
    const { folder, enough } = this.#options;
    await initRepository(folder, { defaultSite: 'hq' });
    const stop = enough?.then(() => {
      this.#over = true;
      for (const child of this.#children) child.stdin?.end();
    });
    const workers = ROLES.map((role, at) => this.#life(role, at + 1));
    await Promise.all([...workers, this.#victims(), stop]);
    return this.#verdict();
  }

  #start(role: string, number: number): ChildProcess {
    const { folder, rounds } = this.#options;
    const script = fileURLToPath(new URL('worker.js', import.meta.url));
    const args = [...process.execArgv, script, role, folder, String(number), String(rounds)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line));
    return child;
  }

  /** A process that comes to its own end. */
  async #life(role: string, number: number): Promise<void> {
    const [code] = (await once(this.#start(role, number), 'close')) as [number | null];
    if (code !== 0) this.#faults.push(`${role} ended with ${code ?? 'a signal'}`);
  }

  /** One process after the other, each killed after it has said something, somewhere in what it does next. */
  async #victims(): Promise<void> {
    while (!this.#over && this.#kills < this.#options.kills) {
      const child = this.#start('victim', 9);
      let left = this.#kills === 0 ? 1 : 1 + this.#random.below(LAST_WORDS);
      child.stdout?.on('data', () => {
        left -= 1;
        if (left === 0) child.kill('SIGKILL');
      });
      const [, signal] = (await once(child, 'close')) as [number | null, string | null];
      if (signal === null) return;
      this.#kills += 1;
    }
  }

  #hear(line: string): void {
    const said = JSON.parse(line) as Said;
    if (said.did === 'saved') this.#saved.add(said.id);
    else if (said.did === 'tagged') this.#tagged.add(said.id);
    else if (said.did === 'stumbled') this.#faults.push(said.words);
    else if (said.did === 'checked') {
      this.#checks += 1;
      this.#faults.push(...said.errors.map((words) => `a check beside the others: ${words}`));
    } else {
      if (said.did === 'pruned') this.#prunes += 1;
      this.#counts[said.did] += said.count;
    }
  }

  async #verdict(): Promise<HammerReport> {
    const repository = await openRepository(this.#options.folder);
    // What the last ones have left, because others were at work.
    this.#counts.pruned += (await repository.prune()).freed.objects;
    const { findings } = await repository.check({ readData: true });
    const leftovers: string[] = [];
    for (const { severity, code, place, message } of findings) {
      // Of those who were killed: a save under way, and the last line of a log.
      const isExpected = code === 'leftover' && /^(tmp|runs)\//.test(place);
      (severity === 'warning' && isExpected ? leftovers : this.#faults).push(`${code} ${place}: ${message}`);
    }
    const there = new Map((await repository.images()).map((image) => [image.id, image]));
    const forgotten = await forgottenIn(repository);
    for (const id of this.#saved)
      if (!there.has(id) && !forgotten.has(id)) this.#faults.push(`image ${id} was saved and is not there`);
    for (const id of this.#tagged) {
      const image = there.get(id);
      const tags = image && (await repository.facts(image));
      if (forgotten.get(id) !== 'named by its id' && tags?.length !== 1)
        this.#faults.push(`image ${id} was tagged and is ${image ? 'not' : 'gone'}`);
    }
    const { forgot, pruned, waited } = this.#counts;
    return {
      ...{ saved: this.#saved.size, tagged: this.#tagged.size, forgotten: forgot },
      ...{ prunes: this.#prunes, freed: pruned, waited },
      ...{ checks: this.#checks, kills: this.#kills, images: there.size, leftovers, faults: this.#faults },
    };
  }
}

/** What the logs say of images that were forgotten, and why: written down before each goes. */
async function forgottenIn(repository: Repository): Promise<ReadonlyMap<string, string>> {
  const forgotten = new Map<string, string>();
  for await (const run of repository.runs())
    for (const line of (await repository.readRun(run)).lines) {
      if (line.event !== 'forget') continue;
      const { image, reasons } = line as unknown as { image: string; reasons: readonly string[] };
      forgotten.set(image, reasons.join());
    }
  return forgotten;
}

/** Hammers. Rejects only when it could not be done; what was found wrong is in the report. */
export function hammer(options: HammerOptions): Promise<HammerReport> {
  return new Hammering(options).run();
}
