// Texts line by line: hunks with context, bounded for every text there can be.

import { expect } from 'chai';
import { textView } from '../../../../src/diff/views/text.js';
import type { TextView } from '../../../../src/diff/types.js';

function view(a: string, b: string): TextView {
  const found = textView({ text: a, charset: 'utf-8' }, { text: b, charset: 'utf-8' });
  if (found === undefined) throw new Error('no view');
  return found;
}

/** As patches are written. */
const written = ({ hunks }: TextView): string[] =>
  hunks.flatMap((hunk) => [
    `@ ${hunk.a} ${hunk.b}`,
    ...hunk.lines.map((line) => `${line.sign}${line.text.text}`),
  ]);

const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`);

describe('a text view', () => {
  it('shows changed lines with three around them', () => {
    const a = lines(10);
    const b = a.with(4, 'line five\n');
    expect(written(view(a.join(''), b.join('')))).to.deep.equal([
      '@ 2 2',
      ' line 2',
      ' line 3',
      ' line 4',
      '-line 5',
      '+line five',
      ' line 6',
      ' line 7',
      ' line 8',
    ]);
  });

  it('joins changes whose context touches and keeps others apart', () => {
    const a = lines(40);
    const near = a.with(10, 'x\n').with(15, 'y\n');
    expect(view(a.join(''), near.join('')).hunks).to.have.length(1);
    expect(
      view(a.join(''), near.with(30, 'z\n').join('')).hunks.map((hunk) => [hunk.a, hunk.b]),
    ).to.deep.equal([
      [8, 8],
      [28, 28],
    ]);
  });

  it('counts the lines of the second where lines were put in', () => {
    const a = lines(20);
    const b = [...a.slice(0, 2), 'new\n', ...a.slice(2, 15), 'more\n', ...a.slice(15)];
    expect(view(a.join(''), b.join('')).hunks.map((hunk) => [hunk.a, hunk.b])).to.deep.equal([
      [1, 1],
      [13, 14],
    ]);
  });

  it('tells lines that only end in another way', () => {
    expect(written(view('a\nb\n', 'a\r\nb\n'))).to.deep.equal(['@ 1 1', '-a', '+a\r', ' b']);
    expect(written(view('a\nb', 'a\nb\n'))).to.deep.equal(['@ 1 1', ' a', '-b', '+b']);
  });

  it('shows the place where two very long lines differ', () => {
    const long = 'x'.repeat(4_000_000);
    const [hunk] = view(`${long}1${long}`, `${long}2${long}`).hunks;
    expect(hunk?.lines.map((line) => [line.sign, line.text.text.length, line.text.before])).to.deep.equal([
      ['-', 240, 3_999_976],
      ['+', 240, 3_999_976],
    ]);
    expect(hunk?.lines.map((line) => /[12]/.exec(line.text.text)?.[0])).to.deep.equal(['1', '2']);
  });

  it('is bounded where everything is another, and says what it does not show', () => {
    const a = Array.from({ length: 50_000 }, (_, index) => `a ${index}\n`).join('');
    const b = Array.from({ length: 50_000 }, (_, index) => `b ${index}\n`).join('');
    const [hunk, ...rest] = view(a, b).hunks;
    expect(rest).to.deep.equal([]);
    expect(hunk?.lines).to.have.length(60);
    expect(hunk?.more).to.equal(100_000 - 60);
  });

  it('counts hunks that it does not show', () => {
    const a = lines(10_000);
    const b = a.map((line, index) => (index % 20 === 0 ? `x${line}` : line));
    const { hunks, more } = view(a.join(''), b.join(''));
    expect(hunks).to.have.length(200);
    expect(more).to.equal(300);
  });

  it('gives up on more lines than it takes', () => {
    const many = '\n'.repeat(600_000);
    expect(textView({ text: many, charset: 'utf-8' }, { text: '', charset: 'utf-8' })).to.equal(undefined);
  });

  it('has no hunks where only the character set differs', () => {
    const found = textView({ text: 'ü', charset: 'utf-8' }, { text: 'ü', charset: 'iso-8859-1' });
    expect(found).to.deep.equal({ kind: 'text', charset: 'iso-8859-1', hunks: [], more: 0 });
  });
});
