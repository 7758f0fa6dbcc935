// The writing rules, answer by answer, on the bare machine: positions only ascend, truncation is alone,
// nothing of unknown outcome is repeated unseen.

import { expect } from 'chai';
import fc from 'fast-check';
import { AbortReason, ErrorClass, ErrorCode, type Refusal } from '../../../protocol/index.js';
import { Upload } from '../../../src/transfer/index.js';

const refused = (refusal: Refusal): { ok: false; refusal: Refusal } => ({ ok: false, refusal });
const SILENCE = refused({ kind: 'timeout', attempts: 1 });
const DENIED = refused({
  kind: 'error',
  errorClass: ErrorClass.property,
  errorCode: ErrorCode.writeAccessDenied,
});
const at = (start: number): { ok: true; value: { start: number } } => ({ ok: true, value: { start } });
const done = { ok: true, value: undefined } as const;

/** The next number of an endless stream. */
const next = (numbers: Iterator<number, number>): number => numbers.next().value;

describe('the upload machine', () => {
  it('empties a file of another size first, and writes nothing before that is acknowledged', () => {
    for (const present of [5, 200, undefined]) {
      const machine = new Upload({
        access: 'stream',
        total: 100,
        ...(present === undefined ? {} : { present }),
      });
      expect(machine.step).to.deep.equal({ kind: 'clear' });
      machine.cleared(done);
      expect(machine.step).to.deep.equal({ kind: 'write', start: 0, end: 100 });
    }
  });

  it('does not touch the size of a file that is empty or already as long as the content', () => {
    for (const present of [0, 100]) {
      expect(new Upload({ access: 'stream', total: 100, present }).step.kind).to.equal('write');
    }
  });

  it('writes strictly ascending, contiguous positions to the end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 60 })),
        (total, sizes) => {
          const machine = new Upload({ access: 'stream', total, present: 0 });
          let position = 0;
          while (machine.step.kind === 'write') {
            expect(machine.step.start).to.equal(position);
            const count = Math.min(next(sizes), total - position);
            machine.written(count, at(position));
            position += count;
          }
          expect(machine.step.kind).to.equal('done');
          expect(position).to.equal(total);
        },
      ),
    );
  });

  it('needs nothing but the size for an empty file', () => {
    expect(new Upload({ access: 'stream', total: 0, present: 0 }).step.kind).to.equal('done');
    const machine = new Upload({ access: 'record', total: 0, present: 9 });
    expect(machine.step.kind).to.equal('clear');
    machine.cleared(done);
    expect(machine.step.kind).to.equal('done');
  });

  it('tolerates a refused size, and tries an empty write only where nothing else can empty the file', () => {
    const machine = new Upload({ access: 'stream', total: 10, present: 20 });
    machine.cleared(DENIED);
    expect(machine.step.kind).to.equal('write');
    expect(machine.deviations[0]).to.contain('File_Size := 0').and.to.contain('WRITE_ACCESS_DENIED');
    const empty = new Upload({ access: 'stream', total: 0, present: 20 });
    empty.cleared(DENIED);
    expect(empty.step.kind).to.equal('clear-by-writing');
    empty.cleared(DENIED);
    expect(empty.step.kind).to.equal('done');
  });

  it('looks at the size after a truncation that nobody answered, and notes that it may still be under way', () => {
    const machine = new Upload({ access: 'stream', total: 10, present: 20 });
    machine.cleared(SILENCE);
    expect(machine.step.kind).to.equal('read-size');
    machine.sizeIs(0);
    expect(machine.step.kind).to.equal('write');
    expect(machine.truncationUnknown).to.equal(true);
  });

  it('empties again only after the size was seen unchanged, and gives up after three silences', () => {
    const machine = new Upload({ access: 'stream', total: 10, present: 20 });
    for (let i = 0; i < 2; i += 1) {
      machine.cleared(SILENCE);
      machine.sizeIs(20);
      expect(machine.step.kind).to.equal('clear');
    }
    machine.cleared(SILENCE);
    expect(machine.step.kind).to.equal('failed');
  });

  it('never writes again after silence before it has read back; what is there is not written twice', () => {
    const machine = new Upload({ access: 'stream', total: 100, present: 0 });
    machine.written(40, at(0));
    expect(machine.written(40, SILENCE)).to.equal('silent');
    expect(machine.step).to.deep.include({ kind: 'check', start: 40, count: 40 });
    machine.checked(40, 'equal');
    expect(machine.step).to.deep.include({ kind: 'write', start: 80 });
    expect(machine.truncationUnknown).to.equal(false);
  });

  it('looks, too, when a device that is there aborts a segment after it may have taken all of them', () => {
    const pastEnd: Refusal = { kind: 'abort', reason: AbortReason.invalidApduInThisState, server: true };
    const machine = new Upload({ access: 'stream', total: 100, present: 0 });
    machine.written(40, at(0));
    expect(machine.written(40, { ok: false, refusal: pastEnd }), 'no smaller chunks for one').to.equal(
      'go-on',
    );
    expect(machine.step).to.deep.include({ kind: 'check', start: 40, count: 40, silent: false });
    machine.checked(40, 'different');
    expect(machine.written(40, { ok: false, refusal: pastEnd })).to.equal('silent');
    machine.checked(40, 'equal');
    expect(machine.step).to.deep.include({ kind: 'write', start: 80 });
  });

  it('writes the same position again when reading back shows other octets, or is not possible', () => {
    for (const verdict of ['different', 'not-possible'] as const) {
      const machine = new Upload({ access: 'stream', total: 100, present: 0 });
      machine.written(40, at(0));
      machine.written(40, SILENCE);
      machine.checked(40, verdict);
      expect(machine.step).to.deep.include({ kind: 'write', start: 40 });
    }
  });

  it('notes that an unanswered write at position 0 may empty the file later', () => {
    const machine = new Upload({ access: 'stream', total: 100, present: 0 });
    machine.written(40, SILENCE);
    expect(machine.truncationUnknown).to.equal(true);
  });

  it('gives a silent device up after four unanswered writes of the same part', () => {
    const machine = new Upload({ access: 'stream', total: 100, present: 0 });
    let writes = 0;
    while (machine.step.kind === 'write') {
      machine.written(10, SILENCE);
      writes += 1;
      if ((machine.step as { kind: string }).kind === 'check') machine.checked(10, 'not-possible');
    }
    expect(writes).to.equal(4);
    expect(machine.step.kind).to.equal('failed');
  });

  it('does not believe an acknowledgement of another position: it reads back, and stops where it cannot', () => {
    const machine = new Upload({ access: 'stream', total: 100, present: 0 });
    machine.written(40, at(0));
    expect(machine.written(40, at(0))).to.equal('go-on');
    expect(machine.step).to.deep.include({ kind: 'check', start: 40 });
    machine.checked(40, 'different');
    expect(machine.step).to.deep.include({ kind: 'write', start: 40 });
    machine.written(40, at(-1));
    machine.checked(40, 'not-possible');
    expect(machine.step.kind).to.equal('failed');
  });

  it('makes parts smaller when the device says so, and fails on every other refusal', () => {
    const machine = new Upload({ access: 'stream', total: 100, present: 0 });
    const abort = refused({ kind: 'abort', reason: AbortReason.segmentationNotSupported, server: true });
    expect(machine.written(40, abort)).to.equal('smaller');
    expect(machine.step).to.deep.include({ kind: 'write', start: 0 });
    machine.written(
      20,
      refused({ kind: 'error', errorClass: ErrorClass.object, errorCode: ErrorCode.fileFull }),
    );
    expect(machine.step).to.deep.include({ kind: 'failed' });
  });

  it('writes a range without touching the size, and never one that begins at 0', () => {
    const machine = new Upload({ access: 'stream', total: 100, range: { from: 30, to: 60 } });
    expect(machine.step).to.deep.equal({ kind: 'write', start: 30, end: 60 });
    machine.written(30, at(30));
    expect(machine.step.kind).to.equal('done');
    expect(() => new Upload({ access: 'stream', total: 100, range: { from: 0, to: 60 } })).to.throw(
      RangeError,
    );
  });
});
