// volatile and words: what two readings teach, and what a difference is called that they explain. A wrong
// answer here would call a restore verified that is not.

import { expect } from 'chai';
import type { FileComparison } from '../../../src/procedure/index.js';
import {
  differenceWords,
  isEqualOutside,
  knownVolatile,
  secondLook,
  VOLATILE_MARGIN_OCTETS,
  volatileOf,
} from '../../../src/procedure/volatile.js';
import { differWords, rangeWords } from '../../../src/procedure/words.js';
import type { ImageFile } from '../../../src/repository/index.js';

const SIZE = 1000;

function compared(
  ranges: readonly (readonly [number, number])[],
  more: Partial<FileComparison> = {},
): FileComparison {
  return {
    file: 3,
    equal: ranges.length === 0,
    unit: 'octets',
    ranges: ranges.map(([start, end]) => ({ start, end })),
    imageSize: SIZE,
    deviceSize: SIZE,
    ...more,
  };
}

function row(more: Partial<ImageFile>): ImageFile {
  return {
    objectIdentifier: 'file,3',
    instance: 3,
    accessMethod: 'stream',
    octets: SIZE,
    sha256: 'a'.repeat(64),
    objects: [],
    ...more,
  };
}

describe('a second reading of a file', () => {
  it('that is equal teaches that nothing changes', () => {
    expect(secondLook(compared([]))).to.deep.equal({ kind: 'equal' });
  });

  it('teaches the places that changed, and eight octets on either side', () => {
    expect(VOLATILE_MARGIN_OCTETS).to.equal(8);
    const look = secondLook(compared([[103, 104], [500, 504]])); // prettier-ignore
    expect(look).to.deep.equal({
      kind: 'volatile',
      ranges: [
        { start: 95, end: 112 },
        { start: 492, end: 512 },
      ],
    });
  });

  it('stays inside the file, and makes one place of two that a comparison could report as one', () => {
    const look = secondLook(compared([[2, 3], [30, 31], [998, 1000]])); // prettier-ignore
    expect(look).to.deep.equal({
      kind: 'volatile',
      ranges: [
        { start: 0, end: 39 },
        { start: 990, end: 1000 },
      ],
    });
  });

  it('takes records one by one: the next record is another', () => {
    const look = secondLook(compared([[4, 5]], { unit: 'records', imageSize: 9, deviceSize: 9 }));
    expect(look).to.deep.equal({ kind: 'volatile', ranges: [{ start: 4, end: 5 }] });
  });

  it('that differs in more than half of the file is unreliable, not volatile', () => {
    const words = 'file 3: 501 of 1000 octets differ between the two readings';
    expect(secondLook(compared([[0, 501]]))).to.deep.equal({ kind: 'unreliable', words });
    expect(secondLook(compared([[0, 500]])).kind).to.equal('volatile');
  });

  it('of another size is unreliable, however little it grew', () => {
    const look = secondLook(compared([[1000, 1004]], { deviceSize: 1004 }));
    expect(look).to.deep.equal({
      kind: 'unreliable',
      words: 'file 3: it had 1000 octets in the first reading, 1004 in the second',
    });
  });

  it('of a file that is only there once is unreliable', () => {
    const look = secondLook(compared([], { equal: false, problem: 'the image has no such file' }));
    expect(look.kind).to.equal('unreliable');
  });
});

describe('places that are known to change by themselves', () => {
  const own = row({ volatileRanges: [{ start: 10, end: 20 }] });
  const undo = row({ volatileRanges: [{ start: 70, end: 80 }] });

  it('are those of the image, and of another image whose file has the same size', () => {
    expect(knownVolatile(own, undo)).to.deep.equal([
      { start: 10, end: 20 },
      { start: 70, end: 80 },
    ]);
    expect(knownVolatile(own, undefined)).to.deep.equal([{ start: 10, end: 20 }]);
  });

  it('mean nothing in content of another size or access method', () => {
    for (const other of [row({ ...undo, octets: SIZE + 1 }), row({ ...undo, accessMethod: 'record' })])
      expect(knownVolatile(own, other)).to.deep.equal([{ start: 10, end: 20 }]);
    const records = row({ accessMethod: 'record', volatileRanges: [{ start: 1, end: 2 }] });
    expect(knownVolatile(row({ accessMethod: 'record' }), records), 'no Record_Count, no size').to.deep.equal(
      [],
    );
  });

  it('excuse a difference that lies inside them, and nothing beside them', () => {
    const known = [{ start: 10, end: 20 }];
    expect(isEqualOutside(compared([]), [])).to.equal(true);
    expect(isEqualOutside(compared([[10, 20]]), known)).to.equal(true);
    expect(isEqualOutside(compared([[9, 20]]), known)).to.equal(false);
    expect(isEqualOutside(compared([[10, 21]]), known)).to.equal(false);
    expect(isEqualOutside(compared([[12, 13], [30, 31]]), known)).to.equal(false); // prettier-ignore
  });

  it('never excuse another size, another access method, or a difference of which nobody says where', () => {
    const known = [{ start: 0, end: 2000 }];
    expect(isEqualOutside(compared([[1000, 1004]], { deviceSize: 1004 }), known)).to.equal(false);
    expect(isEqualOutside(compared([[1, 2]], { problem: 'it is number 2' }), known)).to.equal(false);
    expect(isEqualOutside(compared([], { equal: false }), known)).to.equal(false);
  });

  it('are named apart from the rest of what differs', () => {
    const file = compared([[12, 14], [300, 301], [400, 410]]); // prettier-ignore
    const known = [{ start: 10, end: 20 }];
    expect(volatileOf(file, known)).to.deep.equal([{ start: 12, end: 14 }]);
    expect(differenceWords(file, known)).to.equal(
      'file 3: octet 300 and 1 more differ; octets 12 to 13 differ, known to be volatile',
    );
    expect(differenceWords(compared([[990, 1000]], { deviceSize: 990 }), [])).to.equal(
      'file 3: it has 990 octets instead of 1000; octets 990 to 999 differ',
    );
  });
});

describe('ranges in words', () => {
  it('name the first by its first and last unit, and count the rest', () => {
    expect(rangeWords([{ start: 0, end: 1 }], 'records')).to.equal('record 0');
    expect(differWords([{ start: 0, end: 1 }], 'records')).to.equal('record 0 differs');
    expect(differWords([{ start: 0, end: 2 }], 'records')).to.equal('records 0 to 1 differ');
    expect(rangeWords([{ start: 5, end: 9 }, { start: 20, end: 21 }], 'octets')).to.equal('octets 5 to 8 and 1 more'); // prettier-ignore
  });
});
