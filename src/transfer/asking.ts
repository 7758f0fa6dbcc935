// Asks a device until it says something that is an answer: "busy" is waited out here, with growing
// pauses and a limit. Silence is returned as it is: what to do about it depends on the service.

import { AbortReason, type ObjectId, refusalWords, type Refusal } from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import { type ErrorCode, EngineError } from '../errors.js';
import { backoffMs, type ChunkSizes, isBusy, type TransferDirection } from '../pacing/index.js';
import { isLost, Silence, type SilencePort } from './silence.js';
import type { FileAccess, FilePort } from './types.js';

/**
 * Asks, and asks again after a pause while the device says that it is busy, `patienceMs` at most. What
 * `isTooMuch` says is returned at once: asking the same again would not help.
 */
export async function askPatiently<T>(
  port: Pick<FilePort, 'pause' | 'repeated' | 'patienceMs'>,
  ask: () => Promise<Reply<T>>,
  patienceMs: number = port.patienceMs,
  isTooMuch: (refusal: Refusal) => boolean = () => false,
): Promise<Reply<T>> {
  let waitedMs = 0;
  for (let attempt = 1; ; attempt += 1) {
    const reply = await ask();
    if (reply.ok || !isBusy(reply.refusal) || isTooMuch(reply.refusal)) return reply;
    const pauseMs = backoffMs(attempt);
    if (waitedMs + pauseMs > patienceMs) return reply;
    const reason = refusalWords(reply.refusal);
    await port.pause(pauseMs, reason);
    waitedMs += pauseMs;
    port.repeated(attempt + 1, reason);
  }
}

/**
 * Asks patiently, and through silences as long as a transfer bears: a switch that restarts must not cost a
 * whole backup. Only for questions that may be repeated.
 */
export async function askPersistently<T>(
  port: SilencePort & Pick<FilePort, 'repeated' | 'patienceMs'>,
  ask: () => Promise<Reply<T>>,
): Promise<Reply<T>> {
  const silence = new Silence(port);
  for (;;) {
    silence.asked();
    const reply = await askPatiently(port, ask);
    if (reply.ok || !isLost(reply.refusal) || !(await silence.goesOn(reply.refusal))) return reply;
    port.repeated(silence.count + 1, refusalWords(reply.refusal));
  }
}

/**
 * Whether "out of resources" says that the request was too large, not that the device is busy: when it took
 * several segments and can be made smaller. rusty-bacnet answers so above 16384 octets, for ever.
 */
export function tooMuchFor(
  sizes: ChunkSizes,
  direction: TransferDirection,
  access: FileAccess,
  asked: number,
): (refusal: Refusal) => boolean {
  const canShrink = sizes.segmented(direction) && (access === 'stream' || asked > 1);
  return (refusal) => canShrink && refusal.kind === 'abort' && refusal.reason === AbortReason.outOfResources;
}

/** The code under which a refusal of something that must not be refused is reported. */
export function refusalCode(refusal: Refusal, refused: ErrorCode): ErrorCode {
  switch (refusal.kind) {
    case 'timeout':
      return 'device-silent';
    case 'network-reject':
      return 'device-no-route';
    case 'cancelled':
      return 'cancelled';
    default:
      return refused;
  }
}

/** An error about one File object: which file, what was tried, and the device's own words. */
export function fileError(
  file: ObjectId,
  code: ErrorCode,
  what: string,
  refusal?: Refusal,
  cause?: unknown,
): EngineError {
  const words = refusal === undefined ? undefined : refusalWords(refusal);
  return new EngineError(code, `file ${file.instance}: ${what}${words === undefined ? '' : `: ${words}`}`, {
    ...(cause === undefined ? {} : { cause }),
    details: {
      file: file.instance,
      ...(words === undefined ? {} : { words }),
      ...(refusal === undefined ? {} : { refusal }),
    },
  });
}

/** The refusal an error was made from, where it was made from one. */
export function refusalOf(error: unknown): Refusal | undefined {
  return error instanceof EngineError ? (error.details['refusal'] as Refusal | undefined) : undefined;
}
