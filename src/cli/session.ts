// One run of one command: the engine, the outside world, the channels and the interrupts, and the ways in
// which commands open and close what they use.

import type { Client, Device, OpenEntryReport, Repository, Target } from '../index.js';
import { EngineError, isEngineError, type siteClient } from '../index.js';
import type { Engine } from './engine.js';
import { asEngineError, errorObject, errorText, openEntryText, Reported, statusOf } from './exit.js';
import { Interrupt } from './interrupt.js';
import type { Io } from './io.js';
import { type NetworkOptions, repositoryPlace, type RepositoryOptions } from './options.js';
import { tellOpenEntries } from './open-entries.js';
import { Output, type OutputOptions } from './output.js';
import { Progress } from './render/progress.js';

export class Session {
  readonly io: Io;
  readonly engine: Engine;
  readonly output: Output;
  readonly interrupt: Interrupt;
  readonly verb: string;
  /** The repository that is open now. */
  #repository: Repository | undefined;

  constructor(io: Io, engine: Engine, verb: string, options: OutputOptions) {
    this.io = io;
    this.engine = engine;
    this.verb = verb;
    this.output = new Output(io, options);
    this.interrupt = new Interrupt(io, this.output);
  }

  get signal(): AbortSignal {
    return this.interrupt.signal;
  }

  /** Opens the repository, hands it to the work, and closes it whatever happens. */
  async withRepository<T>(
    options: RepositoryOptions,
    work: (repository: Repository) => Promise<T>,
  ): Promise<T> {
    const repository = await this.engine.openRepository(repositoryPlace(options, this.io), {
      log: this.output.log,
    });
    this.#repository = repository;
    try {
      return await closing(repository, work);
    } finally {
      this.#repository = undefined;
    }
  }

  /** The same where a command can do without: where no repository was named, there may be none. */
  async withRepositoryOrNone<T>(
    options: RepositoryOptions,
    work: (repository: Repository | undefined) => Promise<T>,
  ): Promise<T> {
    const state = { begun: false };
    try {
      return await this.withRepository(options, (repository) => {
        state.begun = true;
        return work(repository);
      });
    } catch (error) {
      if (state.begun || options.repo !== undefined || !isEngineError(error, 'repository-not-found'))
        throw error;
      return work(undefined);
    }
  }

  /**
   * Opens a client on the network, hands it to the work, and closes it whatever happens. Whoever speaks to
   * devices hears first which procedures were left open. What a site file says of the network gives way to options.
   */
  async withClient<T>(
    options: NetworkOptions & RepositoryOptions,
    work: (client: Client) => Promise<T>,
    site?: SiteClient,
  ): Promise<T> {
    await this.#tellOpenEntries(options);
    const client = await this.engine.openClient({ ...site, ...clientOptions(options, this.output) });
    return closing(client, work);
  }

  /** Runs one procedure on a device with its progress shown. */
  async procedure<T extends object>(
    device: Device,
    work: (onEvent: Progress['onEvent']) => Promise<T>,
  ): Promise<T> {
    const progress = new Progress(this.io, this.output);
    let result: T;
    try {
      result = await this.interrupt.during(device.instance, () => work(progress.onEvent));
    } finally {
      progress.close();
    }
    const { openEntry } = result as { readonly openEntry?: OpenEntryReport };
    if (openEntry) this.output.say(openEntryText(device.instance, openEntry));
    return result;
  }

  /** Commands that need no repository look into it where there is one. */
  async #tellOpenEntries(options: RepositoryOptions): Promise<void> {
    if (this.verb === 'recover') return;
    if (this.#repository) {
      await tellOpenEntries(this.#repository, this.output);
      return;
    }
    try {
      await this.withRepository(options, (repository) => tellOpenEntries(repository, this.output));
    } catch (error) {
      if (options.repo !== undefined) throw error;
      if (isEngineError(error, 'repository-not-found')) return;
      this.output.log.log('warn', 'The journal of the repository could not be read.', { error });
    }
  }

  /** Reads targets, all of them before anything is sent, and refuses a device that is named twice. */
  targets(texts: readonly string[]): Target[] {
    const targets = texts.map((text) => this.engine.parseTarget(text));
    const twice = targets.find(
      (target, index) => targets.findIndex((t) => t.instance === target.instance) !== index,
    );
    if (twice) throw new EngineError('usage', `Device ${twice.instance} is named twice.`);
    return targets;
  }

  /** Says an error on both channels and returns the status that it ends a command with. */
  fail(thrown: unknown): number {
    if (thrown instanceof Reported) return thrown.status;
    const error = asEngineError(thrown);
    this.output.say(errorText(error, { debug: this.output.logLevel === 'debug', verb: this.verb }));
    this.output.object(errorObject(error));
    return statusOf(error, this.interrupt.happened);
  }
}

type SiteClient = ReturnType<typeof siteClient>;

/** The options of `openClient` that the command line decides. */
function clientOptions(options: NetworkOptions, output: Output): Parameters<Engine['openClient']>[0] {
  return {
    log: output.log,
    ...(options.local === undefined ? {} : { local: options.local }),
    ...(options.broadcast === undefined ? {} : { broadcast: options.broadcast }),
    ...(options.bbmd === undefined ? {} : { bbmd: options.bbmd }),
    ...(options.apduTimeout === undefined ? {} : { apduTimeoutMs: options.apduTimeout }),
    ...(options.retries === undefined ? {} : { retries: options.retries }),
  };
}

async function closing<O extends { close(): Promise<void> }, T>(
  open: O,
  work: (open: O) => Promise<T>,
): Promise<T> {
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}
