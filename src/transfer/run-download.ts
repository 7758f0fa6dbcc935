// Runs the download machine against a device: content out in order, as it comes. Holds one answer in memory, or of a
// stream file those that came before their turn (read-ahead.ts), never a file. Nothing is yielded twice; when
// reading fails, the iteration rejects.

import { type ObjectId, refusalWords, type ReadFileAck } from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import { askPatiently, fileError, refusalCode, tooMuchFor } from './asking.js';
import { Download, type DownloadOptions, type DownloadVerdict } from './download.js';
import type { EndOfFile } from './habits.js';
import { ReadAhead } from './read-ahead.js';
import type { MayResume } from './resume.js';
import { isLost, Silence } from './silence.js';
import type { FileAccess, FilePort } from './types.js';

/** Thrown out of an iteration when the device says that the file has the other access method. */
export class OtherAccess extends Error {
  override readonly name = 'OtherAccess';
}

/** One answer's worth of content: octets of a stream file, or whole records. */
export interface DownloadPart {
  /** Position of the first octet or record. */
  readonly start: number;
  readonly parts: readonly Uint8Array[];
}

/** Where a device ended, in octets or records, and how it said so. */
export interface DownloadEnd {
  readonly units: number;
  readonly end: EndOfFile;
}

export interface DownloadRunOptions extends DownloadOptions {
  readonly patienceMs?: number;
  /** Asked before reading goes on after an outage. */
  readonly mayResume: MayResume;
}

/**
 * Reads a file from 0 to its end; after an outage at the first octet that did not come. Rejects with
 * EngineError `transfer-failed`, `transfer-unreadable`, `device-silent`, `cancelled`; with OtherAccess when the
 * first request met SERVICES: INVALID_FILE_ACCESS_METHOD; as `mayResume` does. Returns where the device ended, and
 * how it said so.
 */
export async function* download(
  port: FilePort,
  file: ObjectId,
  options: DownloadRunOptions,
): AsyncGenerator<DownloadPart, DownloadEnd, undefined> {
  const machine = new Download({ ...options, readsPastEndOfFile: port.habits.readsPastEndOfFile });
  if (options.access === 'record') port.sizes.beginRecords();
  const ahead = readAhead(port, file, options);
  try {
    return yield* run(port, file, options, machine, ahead);
  } finally {
    await ahead?.drop();
  }
}

async function* run(
  port: FilePort,
  file: ObjectId,
  options: DownloadRunOptions,
  machine: Download,
  ahead: ReadAhead | undefined,
): AsyncGenerator<DownloadPart, DownloadEnd, undefined> {
  const silence = new Silence(port);
  let repeats = 0;
  for (;;) {
    const start = machine.position;
    const asked = sizeOf(port, options, start);
    const isTooMuch = tooMuchFor(port.sizes, 'read', options.access, asked);
    silence.asked();
    const trying = port.sizes.trying('read');
    const reply = await askPatiently(
      port,
      () =>
        ahead?.read(start, asked, trying) ??
        port.readFile({ file, access: options.access, start, count: asked }, trying),
      options.patienceMs ?? port.patienceMs,
      isTooMuch,
    );
    if (!reply.ok && isLost(reply.refusal)) {
      if (!(await silence.goesOn(reply.refusal))) {
        const code = refusalCode(reply.refusal, 'device-silent');
        throw fileError(file, code, `no answer to AtomicReadFile at ${start}`, reply.refusal);
      }
      if (reply.refusal.kind === 'timeout') port.sizes.silent('read');
      port.repeated(silence.count + 1, refusalWords(reply.refusal));
      continue;
    }
    const silentMs = silence.over();
    if (silentMs !== undefined) await options.mayResume(start, silentMs);
    if (reply.ok) port.sizes.answered('read');
    const verdict =
      !reply.ok && isTooMuch(reply.refusal)
        ? ({ kind: 'smaller', refusal: reply.refusal } as const)
        : machine.handle(asked, reply);
    if (verdict.kind === 'content') {
      repeats = 0;
      learn(port, asked, reply);
      if (verdict.parts.length > 0) yield { start, parts: verdict.parts };
      if (!verdict.last) continue;
      await ahead?.drop();
      await ahead?.prove();
      await port.settleDoubt();
      for (const text of machine.deviations) port.deviation(`file ${file.instance}: ${text}`);
      if (machine.position > 0) port.habits.endOfFile = machine.end;
      return { units: machine.position, end: machine.end };
    }
    await ahead?.drop();
    await port.settleDoubt();
    repeats += 1;
    await again(port, file, options.access, asked, start, verdict, repeats);
  }
}

/** Where the end is known, a stream file is asked for ahead of its reader. */
function readAhead(port: FilePort, file: ObjectId, options: DownloadRunOptions): ReadAhead | undefined {
  const { access, expected } = options;
  if (access !== 'stream' || expected === undefined) return undefined;
  return new ReadAhead(port, file, port.readWindow, {
    expected,
    sizeAt: (start) => sizeOf(port, options, start),
  });
}

/** Prepares for asking again, or throws what the verdict says. */
async function again(
  port: FilePort,
  file: ObjectId,
  access: FileAccess,
  asked: number,
  start: number,
  verdict: Exclude<DownloadVerdict, { kind: 'content' }>,
  repeats: number,
): Promise<void> {
  switch (verdict.kind) {
    case 'repeat':
      port.repeated(repeats + 1, verdict.reason);
      if (verdict.pauseMs > 0) await port.pause(verdict.pauseMs, verdict.reason);
      return;
    case 'smaller': {
      const unit = access === 'stream' ? 'octets' : 'records';
      if (port.sizes.aborted('read', unit, asked)) {
        port.repeated(repeats + 1, refusalWords(verdict.refusal));
        return;
      }
      const what =
        access === 'record'
          ? `record ${start} is larger than device and client can move in one answer`
          : `the device does not even give ${asked} octets at ${start}`;
      throw fileError(file, 'transfer-unreadable', what, verdict.refusal);
    }
    case 'other-access':
      throw new OtherAccess(refusalWords(verdict.refusal));
    case 'failed': {
      const code =
        verdict.refusal === undefined ? 'transfer-failed' : refusalCode(verdict.refusal, 'transfer-failed');
      throw fileError(file, code, verdict.text, verdict.refusal);
    }
  }
}

/**
 * As much as fits, and never beyond the size that the device tells: one that gives more than is left is
 * then found out. At that size one octet or record is asked for, and whatever comes behind it: what is added to every
 * answer must not pass for the rest of the file.
 */
function sizeOf(port: FilePort, { access, expected }: DownloadOptions, start: number): number {
  const fits = access === 'stream' ? port.sizes.octets('read', start) : port.sizes.recordsToRead(start);
  if (expected === undefined || start > expected) return fits;
  return Math.min(fits, Math.max(1, expected - start));
}

/** Record sizes are not known before they are seen. */
function learn(port: FilePort, asked: number, reply: Reply<ReadFileAck>): void {
  if (reply.ok && reply.value.access === 'record') {
    port.sizes.sawRecords(
      asked,
      reply.value.records.map((record) => record.length),
    );
  }
}
