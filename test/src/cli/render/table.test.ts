// Plain text tables.

import { expect } from 'chai';
import { pairs, table } from '../../../../src/cli/render/table.js';

describe('table', () => {
  it('pads columns to their widest cell, numbers to the right, and leaves no blanks at line ends', () => {
    const text = table(
      [{ heading: 'id' }, { heading: 'octets', align: 'right' }, { heading: 'name' }],
      [
        ['a', '5', 'x'],
        ['bcd', '12 345', ''],
      ],
    );
    expect(text).to.equal('id   octets  name\na         5  x\nbcd  12 345\n');
  });

  it('has as many rows as it is given', () => {
    const rows = Array.from({ length: 200_000 }, () => ['1']);
    expect(table([{ heading: 'n' }], rows)).to.have.length(2 * 200_001);
  });

  it('counts characters, not code units', () => {
    expect(table([{ heading: 'n' }, { heading: 'm' }], [['𝕏', 'y']])).to.equal('n  m\n𝕏  y\n');
  });

  it('leaves pairs without a value out', () => {
    const text = pairs(
      [
        ['Model_Name', 'AC-9'],
        ['Serial_Number', undefined],
        ['Id', ''],
      ],
      '  ',
    );
    expect(text).to.equal('  Model_Name  AC-9\n  Id\n');
  });
});
