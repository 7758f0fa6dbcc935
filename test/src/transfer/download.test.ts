// The reading rules, answer by answer, on the bare machine: no device, no time.

import { expect } from 'chai';
import fc from 'fast-check';
import {
  AbortReason,
  ErrorClass,
  ErrorCode,
  type ReadFileAck,
  type Refusal,
  RejectReason,
} from '../../../protocol/index.js';
import { Download, type DownloadVerdict, isTooLarge } from '../../../src/transfer/index.js';

const octets = (start: number, length: number, endOfFile = false): ReadFileAck => ({
  access: 'stream',
  endOfFile,
  start,
  octets: new Uint8Array(length).fill(7),
});
const records = (start: number, lengths: number[], endOfFile = false): ReadFileAck => ({
  access: 'record',
  endOfFile,
  start,
  records: lengths.map((length) => new Uint8Array(length)),
});
const ack = (value: ReadFileAck): { ok: true; value: ReadFileAck } => ({ ok: true, value });
const refused = (refusal: Refusal): { ok: false; refusal: Refusal } => ({ ok: false, refusal });
const error = (errorCode: number, errorClass: number = ErrorClass.services): Refusal => ({
  kind: 'error',
  errorClass,
  errorCode,
});
const length = (verdict: DownloadVerdict): number =>
  verdict.kind === 'content' ? verdict.parts.reduce((sum, part) => sum + part.length, 0) : -1;

/** The next number of an endless stream. */
const next = (numbers: Iterator<number, number>): number => numbers.next().value;

describe('the download machine', () => {
  it('advances by the octets received, not by those asked for', () => {
    const machine = new Download({ access: 'stream', expected: 100 });
    expect(length(machine.handle(50, ack(octets(0, 30))))).to.equal(30);
    expect(machine.position).to.equal(30);
    expect(machine.handle(50, ack(octets(30, 50)))).to.include({ kind: 'content', last: false });
    expect(machine.handle(50, ack(octets(80, 20, true)))).to.include({ kind: 'content', last: true });
    expect(machine.position).to.equal(100);
    expect(machine.deviations).to.deep.equal([]);
  });

  it('asks once more at the exact end after End_Of_File FALSE, and takes TRUE, nothing, or error 11 there for the end', () => {
    const ends = [
      ack(octets(10, 0, true)),
      ack(octets(10, 0, false)),
      refused(error(ErrorCode.invalidFileStartPosition)),
      refused(error(ErrorCode.invalidFileStartPosition, ErrorClass.object)),
    ];
    for (const end of ends) {
      const machine = new Download({ access: 'stream', expected: 10 });
      expect(machine.handle(10, ack(octets(0, 10)))).to.include({ last: false });
      expect(machine.handle(10, end)).to.include({ kind: 'content', last: true });
      expect(machine.position).to.equal(10);
    }
  });

  it('takes an error 11 before the known end for what it is: octets are missing', () => {
    const machine = new Download({ access: 'stream', expected: 100 });
    machine.handle(50, ack(octets(0, 50)));
    expect(machine.handle(50, refused(error(ErrorCode.invalidFileStartPosition)))).to.include({
      kind: 'failed',
    });
    const empty = new Download({ access: 'stream', expected: 5 });
    expect(empty.handle(50, refused(error(ErrorCode.invalidFileStartPosition)))).to.include({
      kind: 'failed',
    });
  });

  it('reads an empty file however the device says that it is empty', () => {
    for (const expected of [0, undefined]) {
      for (const answer of [
        ack(octets(0, 0, true)),
        refused(error(ErrorCode.invalidFileStartPosition)),
        refused(error(ErrorCode.invalidFileStartPosition, ErrorClass.object)),
      ]) {
        const machine = new Download({ access: 'stream', ...(expected === undefined ? {} : { expected }) });
        expect(machine.handle(50, answer)).to.include({ kind: 'content', last: true });
        expect(machine.position).to.equal(0);
      }
    }
  });

  it('never loops on nothing without End_Of_File: it asks once more, then takes it for the end and says so', () => {
    const machine = new Download({ access: 'stream', expected: 100 });
    machine.handle(50, ack(octets(0, 50)));
    expect(machine.handle(50, ack(octets(50, 0)))).to.include({ kind: 'repeat' });
    expect(machine.handle(50, ack(octets(50, 0)))).to.include({ kind: 'content', last: true });
    expect(machine.deviations).to.have.length(1);
  });

  it('asks four times more where no size tells the end, each time later', () => {
    const machine = new Download({ access: 'stream' });
    machine.handle(50, ack(octets(0, 50)));
    for (const pauseMs of [500, 1000, 2000, 4000]) {
      expect(machine.handle(50, ack(octets(50, 0)))).to.include({ kind: 'repeat', pauseMs });
    }
    expect(machine.handle(50, ack(octets(50, 0)))).to.include({ kind: 'content', last: true });
    expect(machine.deviations).to.have.length(1);
  });

  it('looks behind End_Of_File where no size tells the end, and believes it when nothing is there', () => {
    const nothing = [
      ack(octets(10, 0, true)),
      ack(octets(10, 0, false)),
      refused(error(ErrorCode.invalidFileStartPosition)),
      refused(error(ErrorCode.other)),
      refused({ kind: 'abort', reason: AbortReason.other, server: true }),
      refused({ kind: 'reject', reason: RejectReason.parameterOutOfRange }),
    ];
    for (const answer of nothing) {
      const machine = new Download({ access: 'stream' });
      expect(machine.handle(50, ack(octets(0, 10, true)))).to.include({ kind: 'content', last: false });
      expect(machine.handle(50, answer)).to.include({ kind: 'content', last: true });
      expect(machine.deviations).to.deep.equal([]);
    }
  });

  it('fails when something comes after End_Of_File, or when a busy device cannot tell', () => {
    for (const answer of [
      ack(octets(10, 5, true)),
      refused(error(ErrorCode.deviceBusy, ErrorClass.device)),
    ]) {
      const machine = new Download({ access: 'stream' });
      machine.handle(50, ack(octets(0, 10, true)));
      expect(machine.handle(50, answer)).to.include({ kind: 'failed' });
    }
    const sized = new Download({ access: 'stream', expected: 10 });
    expect(sized.handle(50, ack(octets(0, 10, true))), 'a size tells it').to.include({ last: true });
  });

  it('goes on when the second try after nothing brings octets', () => {
    const machine = new Download({ access: 'stream', expected: 100 });
    expect(machine.handle(50, ack(octets(0, 0)))).to.include({ kind: 'repeat' });
    expect(machine.handle(50, ack(octets(0, 50)))).to.include({ kind: 'content', last: false });
    expect(machine.handle(50, ack(octets(50, 0)))).to.include({ kind: 'repeat' });
  });

  it('refuses more octets or records than were asked for', () => {
    expect(new Download({ access: 'stream' }).handle(10, ack(octets(0, 11)))).to.include({ kind: 'failed' });
    expect(new Download({ access: 'record' }).handle(1, ack(records(0, [1, 1])))).to.include({
      kind: 'failed',
    });
  });

  it('takes no octets of another position, asks again with pauses, and gives up in the end', () => {
    const machine = new Download({ access: 'stream', expected: 100 });
    machine.handle(50, ack(octets(0, 50)));
    let waited = 0;
    let verdict = machine.handle(50, ack(octets(0, 50)));
    for (let i = 0; verdict.kind === 'repeat'; i += 1) {
      expect(i).to.be.below(20);
      waited += verdict.pauseMs;
      verdict = machine.handle(50, ack(octets(0, 50)));
    }
    expect(verdict).to.include({ kind: 'failed' });
    expect(waited, 'longer than the 6 s for which bac-py repeats old answers').to.be.above(6000);
    expect(machine.position).to.equal(50);
  });

  it('counts stale answers anew after a good one', () => {
    const machine = new Download({ access: 'stream', expected: 100 });
    for (let start = 0; start < 50; start += 10) {
      for (let i = 0; i < 7; i += 1)
        expect(machine.handle(10, ack(octets(99, 1)))).to.include({ kind: 'repeat' });
      expect(machine.handle(10, ack(octets(start, 10)))).to.include({ kind: 'content' });
    }
  });

  it('keeps empty records and counts them', () => {
    const machine = new Download({ access: 'record', expected: 3 });
    const verdict = machine.handle(5, ack(records(0, [0, 4, 0], true)));
    expect(verdict.kind === 'content' && verdict.parts.map((part) => part.length)).to.deep.equal([0, 4, 0]);
    expect(machine.position).to.equal(3);
  });

  it('asks for the other access method only at the start', () => {
    const machine = new Download({ access: 'stream' });
    expect(machine.handle(10, refused(error(ErrorCode.invalidFileAccessMethod)))).to.include({
      kind: 'other-access',
    });
    machine.handle(10, ack(octets(0, 10)));
    expect(machine.handle(10, refused(error(ErrorCode.invalidFileAccessMethod)))).to.include({
      kind: 'failed',
    });
  });

  it('tells "too large" from other refusals, and several records from one', () => {
    const tooLarge: Refusal[] = [
      { kind: 'abort', reason: AbortReason.segmentationNotSupported, server: true },
      { kind: 'abort', reason: AbortReason.bufferOverflow, server: true },
      { kind: 'abort', reason: AbortReason.apduTooLong, server: true },
      { kind: 'reject', reason: RejectReason.bufferOverflow },
      { kind: 'unsendable', octets: 600, limit: 480 },
      { kind: 'network-reject', network: 7, reason: 4 },
    ];
    for (const refusal of tooLarge)
      expect(isTooLarge(refusal, false), JSON.stringify(refusal)).to.equal(true);
    const other: Refusal[] = [
      { kind: 'abort', reason: AbortReason.other, server: true },
      { kind: 'reject', reason: RejectReason.parameterOutOfRange },
      { kind: 'network-reject', network: 7, reason: 1 },
      { kind: 'timeout', attempts: 4 },
      error(ErrorCode.fileAccessDenied),
    ];
    for (const refusal of other) expect(isTooLarge(refusal, false), JSON.stringify(refusal)).to.equal(false);
    expect(isTooLarge({ kind: 'reject', reason: RejectReason.parameterOutOfRange }, true)).to.equal(true);
  });

  it('asks for fewer records when a device calls a request for several a bad position', () => {
    const machine = new Download({ access: 'record', expected: 3 });
    expect(machine.handle(2, refused(error(ErrorCode.invalidFileStartPosition)))).to.include({
      kind: 'smaller',
    });
    expect(machine.handle(1, refused(error(ErrorCode.invalidFileStartPosition)))).to.include({
      kind: 'failed',
    });
  });

  it('bears two answers that do not decode, and fails at the third', () => {
    const machine = new Download({ access: 'stream' });
    const bad = refused({ kind: 'malformed', message: 'x' });
    expect(machine.handle(10, bad)).to.include({ kind: 'repeat' });
    expect(machine.handle(10, bad)).to.include({ kind: 'repeat' });
    expect(machine.handle(10, bad)).to.include({ kind: 'failed' });
  });

  it('does not believe in a file that never ends', () => {
    const machine = new Download({ access: 'stream', expected: 100 });
    let verdict: DownloadVerdict = { kind: 'content', parts: [], last: false };
    for (let i = 0; verdict.kind === 'content' && i < 200; i += 1) {
      verdict = machine.handle(65536, ack(octets(machine.position, 65536)));
    }
    expect(verdict).to.include({ kind: 'failed' });
  });

  it('fails on an answer of the other access method and on unknown refusals, naming the position', () => {
    expect(new Download({ access: 'stream' }).handle(10, ack(records(0, [1])))).to.include({
      kind: 'failed',
    });
    const machine = new Download({ access: 'stream' });
    machine.handle(10, ack(octets(0, 10)));
    const verdict = machine.handle(10, refused(error(ErrorCode.unknownObject, ErrorClass.object)));
    expect(verdict).to.deep.include({ kind: 'failed', text: 'AtomicReadFile at 10 was refused' });
  });

  it('keeps exactly the octets of the file, in order, for every honest device however it cuts its answers', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 60 })),
        fc.boolean(),
        (content, cuts, lateEof) => {
          const machine = new Download({ access: 'stream', expected: content.length });
          const kept: number[] = [];
          for (;;) {
            const start = machine.position;
            const asked = 50;
            const part = content.subarray(start, start + Math.min(asked, next(cuts)));
            const reaches = start + part.length === content.length;
            const endOfFile = reaches && (!lateEof || part.length === 0);
            const verdict = machine.handle(asked, ack({ access: 'stream', endOfFile, start, octets: part }));
            if (verdict.kind !== 'content') throw new Error(verdict.kind);
            for (const octetsKept of verdict.parts) kept.push(...octetsKept);
            if (verdict.last) break;
          }
          expect(kept).to.deep.equal([...content]);
        },
      ),
    );
  });
});
