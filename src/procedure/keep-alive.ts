// Touches a configuration File object from time to time while a procedure is ours, so that the device's
// Backup_Failure_Timeout does not run out during a slow disk or a long quiet (protocol facts 1.6). It asks
// only when nothing else did, and its answers decide nothing.

import { type ObjectId, PropertyId } from '../../protocol/index.js';
import type { Session } from './session.js';

export class KeepAlive {
  readonly #session: Session;
  readonly #file: ObjectId;
  readonly #intervalMs: number;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  /** Begins at once. */
  constructor(session: Session, file: ObjectId, intervalMs: number) {
    this.#session = session;
    this.#file = file;
    this.#intervalMs = intervalMs;
    this.#running = this.#run();
  }

  /** Ends it; resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#session;
    const { signal } = this.#stopping;
    try {
      for (;;) {
        this.#session.entry?.alive(this.#session.fileTouchedMs);
        const dueMs = this.#session.fileTouchedMs + this.#intervalMs;
        const now = clock.now();
        if (now < dueMs) await clock.sleep(dueMs - now, signal);
        else await this.#touch(signal);
      }
    } catch {
      // Stopped, or the client was closed. The work itself meets whatever is wrong with the device.
    }
  }

  async #touch(signal: AbortSignal): Promise<void> {
    const session = this.#session;
    const answered = session.fileTouchedMs;
    await session.fileRequest(
      () =>
        session.device.readProperty(this.#file, PropertyId.fileSize, {
          priority: 'keep-alive',
          signal,
          retries: 0,
        }),
      true,
    );
    // Unanswered: the next try comes after a whole interval, not at once.
    if (session.fileTouchedMs === answered) await session.clock.sleep(this.#intervalMs, signal);
  }
}

/** Runs `body` with the file kept alive. */
export async function keptAlive<T>(
  session: Session,
  file: ObjectId | undefined,
  intervalMs: number,
  body: () => Promise<T>,
): Promise<T> {
  if (file === undefined) return body();
  const keepAlive = new KeepAlive(session, file, intervalMs);
  try {
    return await body();
  } finally {
    await keepAlive.stop();
  }
}
