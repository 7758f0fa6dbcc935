// Who works in the repository: a small file in locks/ for each (FORMAT.md section 11). A `use` says "take nothing
// away that I may have seen" and is never kept waiting; one `upkeep` at a time takes things away, and waits for
// uses. Locks only spare work that would fail: no image that was reported saved is lost without them (prune.ts).

import { EngineError, isEngineError } from '../errors.js';
import type { Clock, Log, Processes, Random, Store, StoreHandle } from '../ports.js';
import { loadSmall, parseJson } from './json.js';
import { hostHandle, isHostName, lockHandle, parseLockName } from './names.js';
import { randomDigits } from './octets.js';
import { lockSchema, schemaFault } from './schema.js';
import { TOOL } from './tool.js';
import type { Hold, LockFile, LockHolder, LockMode, Patience } from './upkeep-types.js';
import { utcText } from './utc.js';

export interface LockTimes {
  /** How often a holder shows that it is alive. */
  readonly refreshMs: number;
  /** A holder that has shown nothing for this long is gone. */
  readonly staleMs: number;
  /** What one computer has done, every other one sees after this long: shares keep names for up to a minute. */
  readonly settleMs: number;
}

export const LOCK_TIMES: LockTimes = { refreshMs: 30_000, staleMs: 300_000, settleMs: 120_000 };

export interface LockContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly processes?: Processes | undefined;
  readonly log?: Log | undefined;
  /** Where the repository is, for messages. */
  readonly place: string;
  readonly times?: LockTimes | undefined;
}

export type OthersEnd =
  | { readonly done: true }
  /** Nobody is listed when the work of another computer was over a moment ago. */
  | { readonly done: false; readonly holders: readonly LockHolder[] };

const POLL_MS = 1000;
/** Who waits for another upkeep looks at different moments, so that one that comes back at once is not always first. */
const DOOR_MS = { least: 100, more: 300 } as const;
const LOCK_LIMIT = 64 * 1024;
/** Many times what it takes until every computer sees what another one did. */
const HOST_MS = 30 * 24 * 3_600_000;
/** Two that meet at the door both step back; after a few different moments one of them is first. */
const TRIES = 6;

export class Locks {
  readonly #context: LockContext;
  readonly #times: LockTimes;
  readonly #holds = new Set<Held>();

  constructor(context: LockContext) {
    this.#context = context;
    this.#times = context.times ?? LOCK_TIMES;
  }

  /** Says that objects are in use from now on. Never waits. Rejects with `store-...` when that cannot be said. */
  use(command: string): Promise<Held> {
    return this.#hold('use', command);
  }

  /** Becomes the one that takes things away. Rejects `repository-locked`, `cancelled` or `store-...`. */
  upkeep(command: string, patience: Patience = {}): Promise<Held> {
    return this.#sole('upkeep', command, patience);
  }

  /** Becomes the one that runs the rules on time; kept out by others of its kind alone. Rejects as `upkeep` does. */
  serve(command: string, patience: Patience = {}): Promise<Held> {
    return this.#sole('serve', command, patience);
  }

  async #sole(
    mode: Exclude<LockMode, 'use'>,
    command: string,
    { lockWaitMs = 0, signal }: Patience,
  ): Promise<Held> {
    const { clock, random } = this.#context;
    const deadline = clock.now() + lockWaitMs;
    for (let attempt = 1; ; attempt += 1) {
      let [other] = await this.holders(mode);
      if (!other) {
        // Ours first, and then a look at the others: of two at once, at least one sees the other.
        const held = await this.#hold(mode, command);
        other = (await this.holders(mode)).find(({ id }) => id !== held.id);
        if (!other) return held;
        await held.release();
        if (attempt < TRIES) {
          await this.pause(1 + (random.uint32() % 200), signal);
          continue;
        }
      }
      const left = deadline - clock.now();
      if (left <= 0) throw lockedBy(other, this.#context.place);
      await this.pause(Math.min(DOOR_MS.least + (random.uint32() % DOOR_MS.more), left), signal);
    }
  }

  /** Everybody of one kind who is alive. The locks of those who are gone are taken away. */
  async holders(mode: LockMode): Promise<LockHolder[]> {
    const { store } = this.#context;
    const found: LockHolder[] = [];
    for await (const name of store.list('locks')) {
      const id = parseLockName(name);
      if (id === undefined) continue;
      const reading = await this.#readingOf(id);
      if (reading.kind === 'gone' || (reading.kind === 'lock' && reading.lock.mode !== mode)) continue;
      // Names are never used twice: what is taken away here is what was judged, whoever else does the same.
      if (await this.isGone(id, reading)) await store.remove(lockHandle(id));
      else found.push(reading.kind === 'lock' ? holderOf(reading.lock) : { id });
    }
    return found;
  }

  /**
   * Waits until everybody is gone who uses objects now, and until this computer sees what others have done.
   * Gives those who are still there when the time is up.
   */
  async othersEnd(deadline: number, signal?: AbortSignal): Promise<OthersEnd> {
    const { clock } = this.#context;
    const ids = new Set((await this.holders('use')).map(({ id }) => id));
    for (;;) {
      const holders = (await this.holders('use')).filter(({ id }) => ids.has(id));
      const waitMs = holders.length > 0 ? POLL_MS : await this.#unsettledMs();
      if (waitMs <= 0) return { done: true };
      const left = deadline - clock.now();
      if (left <= 0) return { done: false, holders };
      await this.pause(Math.min(waitMs, left), signal);
    }
  }

  /** Takes away the marks of computers that were not here for long: containers have a new name each time. */
  async forgetHosts(): Promise<void> {
    const { store } = this.#context;
    for await (const name of store.list('locks'))
      if (isHostName(name) && (await this.#ageOf(name)) > HOST_MS)
        await store.remove({ area: 'locks', name });
  }

  /** Lets go of everything that this process still holds here. */
  async releaseAll(): Promise<void> {
    for (const held of [...this.#holds]) await held.release();
  }

  /** Rejects `cancelled`. */
  async pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#context.clock.sleep(ms, signal);
    } catch (error) {
      throw new EngineError('cancelled', 'waiting for the repository was cancelled', { cause: error });
    }
  }

  async #hold(mode: LockMode, command: string): Promise<Held> {
    const { clock, random, processes } = this.#context;
    const lock: LockFile = {
      kind: 'bacvault-lock',
      format: 1,
      id: randomDigits(random, 16),
      mode,
      command,
      since: utcText(clock.unixTime()),
      tool: TOOL,
      ...(await processes?.own()),
    };
    const held = new Held(this.#context, lock, this.#times.refreshMs, () => this.#holds.delete(held));
    await held.take();
    this.#holds.add(held);
    return held;
  }

  /** What is in the file of a lock. What an empty one of ours would say, on a full disk, we know. */
  async #readingOf(id: string): Promise<LockReading> {
    const reading = await readLock(this.#context.store, id);
    const own = reading.kind === 'damaged' ? [...this.#holds].find((held) => held.id === id) : undefined;
    return own === undefined ? reading : { kind: 'lock', lock: own.lock };
  }

  /** Whether a holder is a process of this computer that has ended; or, wherever it is, shows no life any more. */
  async isGone(id: string, reading: LockReading): Promise<boolean> {
    if ([...this.#holds].some((held) => held.id === id)) return false;
    const { processes } = this.#context;
    if (processes && reading.kind === 'lock') {
      const { processId, host, processMark } = reading.lock;
      if (processId !== undefined && host !== undefined) {
        const identity = { processId, host, ...(processMark === undefined ? {} : { processMark }) };
        if ((await processes.stateOf(identity)) === 'gone') return true;
      }
    }
    return (await this.#ageOf(lockHandle(id).name)) > this.#times.staleMs;
  }

  /** Of a file in locks/; one that has just gone is as old as can be. */
  async #ageOf(name: string): Promise<number> {
    try {
      return await this.#context.store.age({ area: 'locks', name });
    } catch (error) {
      if (isEngineError(error, 'store-missing')) return Infinity;
      throw error;
    }
  }

  /** How long it takes until what other computers did last is seen here. */
  async #unsettledMs(): Promise<number> {
    const { store, processes } = this.#context;
    const own = await processes?.own();
    let most = 0;
    for await (const name of store.list('locks')) {
      if (!isHostName(name) || (own && name === hostHandle(own.host).name)) continue;
      most = Math.max(most, this.#times.settleMs - (await this.#ageOf(name)));
    }
    return most;
  }
}

/** A lock of ours. It shows that we are alive until it is released. */
export class Held implements Hold {
  readonly id: string;
  readonly #context: LockContext;
  readonly lock: LockFile;
  readonly #refreshMs: number;
  readonly #onRelease: () => void;
  readonly #over = new AbortController();
  #beating: Promise<void> = Promise.resolve();

  constructor(context: LockContext, lock: LockFile, refreshMs: number, onRelease: () => void) {
    this.#context = context;
    this.lock = lock;
    this.id = lock.id;
    this.#refreshMs = refreshMs;
    this.#onRelease = onRelease;
  }

  async take(): Promise<void> {
    await this.#put(this.id);
    this.#beating = this.#beat();
  }

  /**
   * Makes sure that others see us. A use that somebody took for gone is put down again; an upkeep that lost its
   * place rejects `repository-locked`.
   */
  async confirm(): Promise<void> {
    const { store, place } = this.#context;
    try {
      await store.touch(lockHandle(this.id));
    } catch (error) {
      if (!isEngineError(error, 'store-missing')) throw error;
      if (this.lock.mode !== 'use')
        throw new EngineError(
          'repository-locked',
          `another process took this one for gone and works on the repository in ${place} now`,
          { cause: error, details: { place } },
        );
      await this.#put(this.id);
    }
  }

  /**
   * Confirms, and changes the folder of the locks: whoever has just changed a folder sees it as it is, also on a
   * share that keeps for a while what it knows of folders.
   */
  async confirmFresh(): Promise<void> {
    await this.confirm();
    const { store, random } = this.#context;
    const probe = randomDigits(random, 16);
    await this.#put(probe);
    await store.remove(lockHandle(probe));
  }

  /** Lets go. Never rejects: a lock that cannot be taken away is recognised as stale after a while. */
  async release(): Promise<void> {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    await this.#beating;
    const { store, log } = this.#context;
    try {
      await this.#leaveMark();
      await store.remove(lockHandle(this.id));
    } catch (error) {
      log?.log('warn', `a lock could not be taken away: ${words(error)}`, { lock: this.id });
    }
    this.#onRelease();
  }

  /** On a full disk whoever makes room is content with an empty lock: it counts as one of every kind, until stale. */
  #put(id: string): Promise<void> {
    return this.#save(lockHandle(id), { ...this.lock, id }, this.lock.mode !== 'use');
  }

  async #save(handle: StoreHandle, value: unknown, mayBeEmpty: boolean): Promise<void> {
    const { store } = this.#context;
    try {
      await store.save(handle, encode(value));
    } catch (error) {
      if (!mayBeEmpty || !isEngineError(error, 'store-no-space')) throw error;
      await store.save(handle, new Uint8Array(0));
    }
  }

  /** When a process of this computer was last here: others then know how long to wait until they see its work. */
  async #leaveMark(): Promise<void> {
    const { store } = this.#context;
    const { host, mode } = this.lock;
    if (host === undefined || mode !== 'use') return;
    const handle = hostHandle(host);
    try {
      await store.touch(handle);
    } catch (error) {
      if (!isEngineError(error, 'store-missing')) throw error;
      // Its name and its age say all; another process of this computer may just have made it.
      await this.#save(handle, { kind: 'bacvault-host', format: 1, host }, true).catch((reason: unknown) => {
        if (!isEngineError(reason, 'store-exists')) throw reason;
      });
    }
  }

  async #beat(): Promise<void> {
    const { clock, log } = this.#context;
    const { signal } = this.#over;
    for (;;) {
      const beganMs = clock.now();
      try {
        await clock.sleep(this.#refreshMs, signal);
      } catch {
        return;
      }
      // A clock that stands still while others sleep would let this go on without end.
      if (signal.aborted || clock.now() === beganMs) return;
      try {
        await this.confirm();
      } catch (error) {
        // The share may be back in a moment; whoever relies on the lock asks for it himself.
        log?.log('warn', `a lock could not be refreshed: ${words(error)}`, { lock: this.id });
      }
    }
  }
}

/** What the file of a lock turned out to be. */
export type LockReading =
  | { readonly kind: 'lock'; readonly lock: LockFile }
  /** It is one all the same, of somebody unknown, until it is stale. */
  | { readonly kind: 'damaged'; readonly fault: string }
  | { readonly kind: 'gone' };

/** Reads the file of a lock, and judges it against its name. */
export async function readLock(store: Store, id: string): Promise<LockReading> {
  let octets: Uint8Array | undefined;
  try {
    octets = await loadSmall(store, lockHandle(id), LOCK_LIMIT);
  } catch (error) {
    if (isEngineError(error, 'store-missing')) return { kind: 'gone' };
    throw error;
  }
  if (!octets) return { kind: 'damaged', fault: 'it is larger than 64 KiB' };
  const json = parseJson(octets);
  if (!json.ok) return { kind: 'damaged', fault: json.fault };
  const parsed = lockSchema.safeParse(json.value);
  if (!parsed.success) return { kind: 'damaged', fault: schemaFault(parsed.error) };
  if (parsed.data.id !== id) return { kind: 'damaged', fault: 'it has another id than its name' };
  return { kind: 'lock', lock: parsed.data };
}

/** "bacvault prune, process 4711 on server-b, since 2026-03-01T02:15:07.042Z". */
export function holderText({ command, processId, host, since }: LockHolder): string {
  if (command === undefined) return 'somebody whose lock cannot be read';
  const process = processId === undefined ? '' : `, process ${processId}`;
  return `bacvault ${command}${process}${host === undefined ? '' : ` on ${host}`}, since ${since ?? 'unknown'}`;
}

function lockedBy(holder: LockHolder, place: string): EngineError {
  return new EngineError(
    'repository-locked',
    `the repository in ${place} is being worked on by ${holderText(holder)}`,
    { details: { place, holder } },
  );
}

function holderOf({ id, command, since, processId, host }: LockFile): LockHolder {
  return {
    id,
    command,
    since,
    ...(processId === undefined ? {} : { processId }),
    ...(host === undefined ? {} : { host }),
  };
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
