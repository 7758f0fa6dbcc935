// Octets in rows: what both have once, what only one has with its sign, and never a difference without a mark.

import { expect } from 'chai';
import { addressText, asciiText, type HexRow, hexRows, octetText } from '../../../../src/cli/render/hex.js';
import type { HexWindow } from '../../../../src/index.js';

const hex = (...octets: number[]): string => Buffer.from(octets).toString('hex');
const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);
const range = (a: [number, number], b = a, volatile = false): HexWindow['ranges'][number] => ({
  a: { start: a[0], end: a[1] },
  b: { start: b[0], end: b[1] },
  volatile,
});

/** "- 00000010 changed octets". */
const told = (rows: readonly HexRow[]): string[] =>
  rows.map(({ sign, address, cells }) =>
    [sign, addressText(address), ...cells.filter((cell) => cell.changed).map(octetText)].join(' '),
  );

describe('rows of octets', () => {
  it('give a changed row twice and an unchanged one once', () => {
    const window: HexWindow = {
      a: { start: 0, hex: hex(...upTo(40)) },
      b: { start: 0, hex: hex(...upTo(40).with(20, 0xff)) },
      ranges: [range([20, 21])],
      cut: 0,
    };
    expect(told(hexRows(window))).to.deep.equal([
      '  00000000',
      '- 00000010 14',
      '+ 00000010 ff',
      '  00000020',
    ]);
  });

  it('give what was put in by itself, between what both have', () => {
    const window: HexWindow = {
      a: { start: 84, hex: hex(...upTo(32)) },
      b: { start: 84, hex: hex(...upTo(16), 1, 2, 3, ...upTo(16, 16)) },
      ranges: [range([100, 100], [100, 103])],
      cut: 0,
    };
    expect(told(hexRows(window))).to.deep.equal(['  00000054', '+ 00000064 01 02 03', '  00000064']);
  });

  it('mark every octet that differs, also one that no range of the window names', () => {
    const window: HexWindow = {
      a: { start: 0, hex: hex(1, 2, 3) },
      b: { start: 0, hex: hex(1, 9, 4) },
      ranges: [range([2, 3])],
      cut: 0,
    };
    expect(told(hexRows(window))).to.deep.equal(['- 00000000 02 03', '+ 00000000 09 04']);
  });

  it('know volatile octets', () => {
    const window: HexWindow = {
      a: { start: 0, hex: hex(1, 2) },
      b: { start: 0, hex: hex(3, 4) },
      ranges: [range([0, 1], [0, 1], true), range([1, 2])],
      cut: 0,
    };
    const [row] = hexRows(window);
    expect(row?.cells.map((cell) => cell.volatile)).to.deep.equal([true, false]);
  });

  it('show characters where octets have any', () => {
    const cell = (octet: number) => ({ octet, changed: false, volatile: false });
    expect(asciiText([0x41, 0x1b, 0x20, 0x7f, 0xff].map(cell))).to.equal('A. ..');
    expect(octetText(cell(7))).to.equal('07');
  });
});
