// Two texts line by line: what a person who reads both would mark. Bounded in lines, hunks and characters.

import { matchingBlocks, stretches, type Stretch } from '../alignment.js';
import { excerpt, excerpts } from '../excerpt.js';
import { CHANGES_MAX, CONTEXT_LINES, HUNK_LINES_MAX, LINES_MAX } from '../limits.js';
import type { TextHunk, TextLine, TextView } from '../types.js';
import type { DecodedText } from './charset.js';

/**
 * The lines that differ. undefined when there are too many lines. No hunks: the texts are the same, line for
 * line, and only their encoding differs.
 */
export function textView(a: DecodedText, b: DecodedText): TextView | undefined {
  const [linesA, linesB] = [linesOf(a.text), linesOf(b.text)];
  if (linesA === undefined || linesB === undefined) return undefined;
  const blocks = matchingBlocks(linesA, linesB);
  const gaps = stretches(blocks, linesA.length, linesB.length).filter((stretch) => !stretch.same);
  const groups = grouped(gaps);
  return {
    kind: 'text',
    charset: b.charset,
    hunks: groups.slice(0, CHANGES_MAX).map((group) => hunkOf(group, linesA, linesB)),
    more: Math.max(0, groups.length - CHANGES_MAX),
  };
}

/** With their line ends: a line that only ends in another way is another line. */
function linesOf(text: string): string[] | undefined {
  const lines: string[] = [];
  for (let from = 0; from < text.length;) {
    const feed = text.indexOf('\n', from);
    const end = feed < 0 ? text.length : feed + 1;
    lines.push(text.slice(from, end));
    if (lines.length > LINES_MAX) return undefined;
    from = end;
  }
  return lines;
}

/** Changes whose context touches are one hunk. */
function grouped(gaps: readonly Stretch[]): Stretch[][] {
  const groups: Stretch[][] = [];
  for (const gap of gaps) {
    const last = groups.at(-1)?.at(-1);
    if (last && gap.a - (last.a + last.lengthA) <= 2 * CONTEXT_LINES) groups.at(-1)?.push(gap);
    else groups.push([gap]);
  }
  return groups;
}

function hunkOf(gaps: readonly Stretch[], linesA: readonly string[], linesB: readonly string[]): TextHunk {
  const [first] = gaps;
  const lines: TextLine[] = [];
  let more = 0;
  const add = (line: TextLine): void => {
    if (lines.length < HUNK_LINES_MAX) lines.push(line);
    else more += 1;
  };
  const context = (from: number, to: number): void => {
    for (const line of linesA.slice(from, to)) add({ sign: ' ', text: excerpt(bare(line)) });
  };
  const startA = Math.max(0, (first?.a ?? 0) - CONTEXT_LINES);
  let at = startA;
  for (const gap of gaps) {
    context(at, gap.a);
    at = gap.a + gap.lengthA;
    for (const line of changedLines(linesA.slice(gap.a, at), linesB.slice(gap.b, gap.b + gap.lengthB)))
      add(line);
  }
  context(at, at + CONTEXT_LINES);
  return { a: startA + 1, b: (first?.b ?? 0) - ((first?.a ?? 0) - startA) + 1, lines, more };
}

/** What was there, then what is there; each line cut around what differs from the one in its turn. */
function* changedLines(a: readonly string[], b: readonly string[]): Iterable<TextLine> {
  for (const [index, line] of a.entries())
    yield { sign: '-', text: excerpts(visible(line), visible(b[index] ?? '')).a };
  for (const [index, line] of b.entries())
    yield { sign: '+', text: excerpts(visible(a[index] ?? ''), visible(line)).b };
}

function bare(line: string): string {
  return line.replace(/\r?\n$/, '');
}

/** A changed line without its line feed; a carriage return before it stays, because it may be the change. */
function visible(line: string): string {
  return line.replace(/\n$/, '');
}
