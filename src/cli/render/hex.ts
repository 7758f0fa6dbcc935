// Octets around changes as rows of 16, as hexdump shows them, with a sign before each row that only one side
// has. Rows only; how they look is for text and HTML to say.

import type { HexWindow } from '../../index.js';

export interface HexCell {
  readonly octet: number;
  readonly changed: boolean;
  readonly volatile: boolean;
}

/** Up to 16 octets of one side (" ": of both). */
export interface HexRow {
  readonly sign: ' ' | '-' | '+';
  readonly address: number;
  readonly cells: readonly HexCell[];
}

const WIDTH = 16;

export function hexRows(window: HexWindow): HexRow[] {
  const a = cellsOf(window, 'a');
  const b = cellsOf(window, 'b');
  const [range] = window.ranges;
  if (range === undefined || window.ranges.every(inPlace)) return paired(a, b);
  // Something was put in, taken out or exchanged: what lies before and behind it is on both sides.
  const before = range.a.start - window.a.start;
  const [endA, endB] = [range.a.end - window.a.start, range.b.end - window.b.start];
  return [
    ...paired(a.slice(0, before), b.slice(0, before)),
    ...rows('-', a.slice(before, endA)),
    ...rows('+', b.slice(before, endB)),
    ...paired(a.slice(endA), b.slice(endB)),
  ];
}

interface Placed extends HexCell {
  readonly address: number;
}

function cellsOf(window: HexWindow, which: 'a' | 'b'): Placed[] {
  const { start, hex } = window[which];
  return Array.from({ length: hex.length / 2 }, (_, index) => {
    const address = start + index;
    const range = window.ranges.find((one) => one[which].start <= address && address < one[which].end);
    const octet = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
    return { address, octet, changed: range !== undefined, volatile: range?.volatile ?? false };
  });
}

function inPlace({ a, b }: HexWindow['ranges'][number]): boolean {
  return a.end - a.start === b.end - b.start;
}

/** Row against row, where both sides have as many octets. The octets themselves say which of them differ. */
function paired(a: readonly Placed[], b: readonly Placed[]): HexRow[] {
  const compared = (cells: readonly Placed[], others: readonly Placed[]): Placed[] =>
    cells.map((cell, index) => ({ ...cell, changed: cell.octet !== others[index]?.octet }));
  const [one, other] = [compared(a, b), compared(b, a)];
  const result: HexRow[] = [];
  for (let at = 0; at < a.length; at += WIDTH) {
    const row = one.slice(at, at + WIDTH);
    if (row.some((cell) => cell.changed))
      result.push(...rows('-', row), ...rows('+', other.slice(at, at + WIDTH)));
    else result.push(...rows(' ', row));
  }
  return result;
}

function rows(sign: HexRow['sign'], cells: readonly Placed[]): HexRow[] {
  const result: HexRow[] = [];
  for (let at = 0; at < cells.length; at += WIDTH) {
    const row = cells.slice(at, at + WIDTH);
    result.push({ sign, address: row[0]?.address ?? 0, cells: row });
  }
  return result;
}

/** The address as hexdump has it. */
export function addressText(address: number): string {
  return address.toString(16).padStart(8, '0');
}

/** The octets as ASCII, with points for what has no character. */
export function asciiText(cells: readonly HexCell[]): string {
  return cells
    .map(({ octet }) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.'))
    .join('');
}

export function octetText({ octet }: HexCell): string {
  return octet.toString(16).padStart(2, '0');
}
