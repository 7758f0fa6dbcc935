// The log of a run, written as it goes. A full disk changes no result and stops no run: what could not be written
// down is told instead, once.

import type { Repository, RunLog } from '../../repository/index.js';

export class Notes {
  readonly #log: RunLog | undefined;
  readonly #faults = new Set<string>();

  private constructor(log: RunLog | undefined) {
    this.#log = log;
  }

  static async begin(
    repository: Repository,
    command: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<Notes> {
    try {
      return new Notes(await repository.beginRun(command, details));
    } catch (error) {
      const notes = new Notes(undefined);
      notes.#fault(error);
      return notes;
    }
  }

  /** Name of the log; undefined when there is none. */
  get run(): string | undefined {
    return this.#log?.name;
  }

  /** What could not be written down. */
  get faults(): readonly string[] {
    return [...this.#faults];
  }

  async write(event: string, details: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#try((log) => log.write(event, details));
  }

  /** `complete`: it has a line for every device that is known. */
  async end(outcome: string, details: Readonly<Record<string, unknown>>, complete: boolean): Promise<void> {
    await this.#try((log) => log.end(outcome, { ...details, complete: complete && this.#faults.size === 0 }));
  }

  async #try(write: (log: RunLog) => Promise<void>): Promise<void> {
    // After one fault the log takes no more lines: its chain would be wrong.
    if (this.#log === undefined || this.#faults.size > 0) return;
    try {
      await write(this.#log);
    } catch (error) {
      this.#fault(error);
    }
  }

  #fault(error: unknown): void {
    const words = error instanceof Error ? error.message : String(error);
    this.#faults.add(`The log of the run could not be written: ${words}.`);
  }
}
