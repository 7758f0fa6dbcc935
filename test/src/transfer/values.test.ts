// Property values of real devices: what is not of the expected shape is not told, and never guessed.

import { expect } from 'chai';
import type { BacnetValue } from '../../../protocol/index.js';
import { booleanOf, dateTimeOf, numberOf, textOf, timeStampOf } from '../../../src/transfer/index.js';

const DATE: BacnetValue = { type: 'date', year: 2026, month: 3, day: 29, weekday: 7 };
const TIME: BacnetValue = { type: 'time', hour: 2, minute: 5, second: 0, hundredths: 7 };

describe('values', () => {
  it('take a number from Unsigned, Enumerated and INTEGER of 0 or more, and from nothing else', () => {
    expect(numberOf([{ type: 'unsigned', value: 7 }])).to.equal(7);
    expect(numberOf([{ type: 'enumerated', value: 3 }])).to.equal(3);
    expect(numberOf([{ type: 'integer', value: 0 }])).to.equal(0);
    expect(numberOf([{ type: 'integer', value: -1 }])).to.equal(undefined);
    expect(numberOf([{ type: 'null' }])).to.equal(undefined);
    expect(numberOf([{ type: 'real', value: 1.5 }])).to.equal(undefined);
    expect(numberOf([])).to.equal(undefined);
    expect(numberOf(undefined)).to.equal(undefined);
  });

  it('take text and truth as they are', () => {
    expect(textOf([{ type: 'character-string', text: 'AHU 3' }])).to.equal('AHU 3');
    expect(textOf([{ type: 'octet-string', octets: new Uint8Array(2) }])).to.equal(undefined);
    expect(booleanOf([{ type: 'boolean', value: false }])).to.equal(false);
    expect(booleanOf([{ type: 'unsigned', value: 0 }])).to.equal(undefined);
  });

  it('write a BACnetDateTime with "*" where it is unspecified', () => {
    expect(dateTimeOf([DATE, TIME])).to.equal('2026-03-29 02:05:00.07');
    const any: BacnetValue[] = [
      { type: 'date', year: 255, month: 255, day: 255, weekday: 255 },
      { type: 'time', hour: 255, minute: 255, second: 255, hundredths: 255 },
    ];
    expect(dateTimeOf(any)).to.equal('unspecified');
    expect(dateTimeOf([{ ...DATE, year: 255 }, TIME])).to.equal('*-03-29 02:05:00.07');
    expect(dateTimeOf([DATE])).to.equal(undefined);
  });

  it('write the three choices of BACnetTimeStamp', () => {
    expect(timeStampOf([{ type: 'constructed', tag: 2, values: [DATE, TIME] }])).to.equal(
      '2026-03-29 02:05:00.07',
    );
    expect(timeStampOf([{ type: 'context', tag: 0, octets: Uint8Array.of(2, 5, 0, 255) }])).to.equal(
      '02:05:00.*',
    );
    expect(timeStampOf([{ type: 'context', tag: 1, octets: Uint8Array.of(1, 4) }])).to.equal('sequence 260');
    expect(timeStampOf([{ type: 'null' }])).to.equal(undefined);
  });
});
