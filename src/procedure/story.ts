// The run log of a procedure, as the procedures write it. Before anything is started on a device a line that
// cannot be written stops the work; from then on it must not: a full disk never keeps a device in a procedure,
// nor makes another result of a result. What could not be written is told in the report instead.

import { EngineError } from '../errors.js';
import type { Repository, RunLog } from '../repository/index.js';

type Details = Readonly<Record<string, unknown>>;

export class Story {
  readonly #log: RunLog;
  #failure: Error | undefined;

  private constructor(log: RunLog) {
    this.#log = log;
  }

  /** Begins the log. Rejects as the repository does. */
  static async begin(repository: Repository, command: string, details: Details): Promise<Story> {
    return new Story(await repository.beginRun(command, details));
  }

  /** Name of the run log. */
  get run(): string {
    return this.#log.name;
  }

  /** Why the log is not whole; empty while it is. */
  get faults(): readonly string[] {
    return this.#failure === undefined ? [] : [`run log ${this.run} is not whole: ${this.#failure.message}`];
  }

  /** `before`, and why the log is not whole: to be asked for after its end, each once. */
  unrecorded(before: readonly string[]): readonly string[] {
    return [...new Set([...before, ...this.faults])];
  }

  /** The last line of a run that failed, and the error, which says what could not be written down. Never rejects. */
  async fail(outcome: string, error: EngineError, more: Details = {}): Promise<EngineError> {
    const { code, message, cause, details } = error;
    await this.end(outcome, { code, message, release: details.release, ...more });
    const unrecorded = this.unrecorded(details.unrecorded ?? []);
    return unrecorded.length === 0
      ? error
      : new EngineError(code, message, { cause, details: { ...details, unrecorded } });
  }

  /** A line without which nothing may be started. Rejects as the store does, or did. */
  async require(event: string, details: Details = {}): Promise<void> {
    await this.tell(event, details);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** A line of what has happened. Never rejects. */
  async tell(event: string, details: Details = {}): Promise<void> {
    await this.#attempt(() => this.#log.write(event, details));
  }

  /** The last line. Never rejects. */
  async end(outcome: string, details: Details = {}): Promise<void> {
    await this.#attempt(() => this.#log.end(outcome, details));
  }

  async #attempt(write: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      await write();
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }
}
