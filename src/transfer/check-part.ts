// Reads one part of a file back, to learn what became of a write that nobody answered. Says what it saw
// and never writes; that a device does not let itself be read during a restore is a result too.

import { ErrorCode, type ObjectId, type ReadFileAck, type Refusal } from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import { askPatiently, fileError, refusalCode, tooMuchFor } from './asking.js';
import { isTooLarge } from './download.js';
import { sameOctets } from './ranges.js';
import { isLost, Silence } from './silence.js';
import type { FileAccess, FilePort } from './types.js';

export type PartVerdict = 'equal' | 'different' | 'not-possible';

/** Answers that are of no use, in a row, before reading back is given up. */
const USELESS_MAX = 3;

/** How long "busy" is waited out here, ms: during a restore it may well mean "never". */
export const READ_BACK_PATIENCE_MS = 3500;

/**
 * Whether the device holds exactly these octets, or records, from `start` on. Rejects `device-silent` when
 * it stays away for too long: what it holds is then unknown, and nothing may be written again.
 */
export async function checkPart(
  port: FilePort,
  file: ObjectId,
  access: FileAccess,
  start: number,
  parts: readonly Uint8Array[],
): Promise<PartVerdict> {
  const wanted = access === 'stream' ? (parts[0]?.length ?? 0) : parts.length;
  const silence = new Silence(port);
  let done = 0;
  let useless = 0;
  while (done < wanted) {
    const position = start + done;
    const fits = access === 'stream' ? port.sizes.octets('read', position) : 1;
    const asked = Math.min(fits, wanted - done);
    const isTooMuch = tooMuchFor(port.sizes, 'read', access, asked);
    silence.asked();
    const reply = await askPatiently(
      port,
      () => port.readFile({ file, access, start: position, count: asked }),
      READ_BACK_PATIENCE_MS,
      isTooMuch,
    );
    if (!reply.ok && isLost(reply.refusal)) {
      if (await silence.goesOn(reply.refusal)) continue;
      const code = refusalCode(reply.refusal, 'device-silent');
      throw fileError(file, code, `no answer when ${position} was to be read back`, reply.refusal);
    }
    silence.over();
    if (!reply.ok) {
      if (
        access === 'stream' &&
        (isTooLarge(reply.refusal, false) || isTooMuch(reply.refusal)) &&
        port.sizes.aborted('read', 'octets', asked)
      ) {
        continue;
      }
      return verdictOf(reply.refusal);
    }
    const units = answered(reply, access, position, asked);
    if (units === undefined) {
      useless += 1;
      if (useless >= USELESS_MAX) return 'not-possible';
      continue;
    }
    if (units.length === 0) return 'different';
    if (!matches(access, parts, done, units)) return 'different';
    done += access === 'stream' ? (units[0]?.length ?? 0) : units.length;
  }
  return 'equal';
}

/** The content of an answer to this very question; empty when there is nothing at this position. */
function answered(
  reply: Reply<ReadFileAck> & { readonly ok: true },
  access: FileAccess,
  position: number,
  asked: number,
): readonly Uint8Array[] | undefined {
  const ack = reply.value;
  if (ack.access !== access || ack.start !== position) return undefined;
  if (ack.access === 'record') return ack.records.length > asked ? undefined : ack.records;
  if (ack.octets.length > asked) return undefined;
  return ack.octets.length === 0 ? [] : [ack.octets];
}

function matches(
  access: FileAccess,
  parts: readonly Uint8Array[],
  done: number,
  units: readonly Uint8Array[],
): boolean {
  if (access === 'record') return units.every((record, i) => sameOctets(record, parts[done + i] ?? NOTHING));
  const [octets = NOTHING] = units;
  return sameOctets(octets, (parts[0] ?? NOTHING).subarray(done, done + octets.length));
}

const NOTHING = new Uint8Array(0);

/** "No such position" means that the write did not happen. */
function verdictOf(refusal: Refusal): PartVerdict {
  const nothingThere = refusal.kind === 'error' && refusal.errorCode === ErrorCode.invalidFileStartPosition;
  return nothingThere ? 'different' : 'not-possible';
}
