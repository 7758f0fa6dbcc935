// A comparison as plain text, for terminals, logs and mails: no colours, signs before what was and what is.

import type {
  ContentDiff,
  ContentView,
  FileDiff,
  HexView,
  ImageDiff,
  MemberDiff,
  RecordChange,
  RecordSide,
  TextView,
  TreeChange,
} from '../../index.js';
import {
  changeText,
  contentText,
  excerptText,
  fileFacts,
  fileName,
  moreText,
  pathText,
  rangeText,
  sideText,
  statusText,
  verdictText,
  viewTitle,
} from './diff-words.js';
import { addressText, asciiText, type HexRow, hexRows, octetText } from './hex.js';
import { counted, octets, printable } from './text.js';

/** Ranges of one file that a person can still read; --json has more. */
const RANGES_SHOWN = 20;
/** Two values of so many characters together stand in one line. */
const SHORT = 60;

/** The whole comparison, ending with the verdict. */
export function diffText(diff: ImageDiff): string {
  const lines = [
    `- ${sideText(diff.a)}`,
    `+ ${sideText(diff.b)}`,
    '',
    ...diff.device.map((change) => changeText(change)),
    ...(diff.device.length > 0 ? [''] : []),
    ...diff.files.flatMap(fileLines),
    verdictText(diff),
  ];
  return `${lines.join('\n')}\n`;
}

const indented = (lines: readonly string[]): string[] =>
  lines.map((line) => (line === '' ? '' : `  ${line}`));

function fileLines(file: FileDiff): string[] {
  const { content } = file;
  const below = [...fileFacts(file), ...(content === undefined ? [] : contentLines(content))];
  return [`${fileName(file)}: ${statusText(file)}`, ...indented(below), ...(below.length > 0 ? [''] : [])];
}

function contentLines(content: ContentDiff): string[] {
  const { ranges, total, unit, views } = content;
  const shown = ranges.slice(0, RANGES_SHOWN).map((range) => rangeText(range, unit));
  return [
    `${contentText(content)}:`,
    ...indented([...shown, ...more(total - shown.length, 'range')]),
    ...views.flatMap(titled),
  ];
}

function titled(view: ContentView): string[] {
  const lines = viewLines(view);
  return lines.length === 0 ? [`${viewTitle(view)}.`] : [`${viewTitle(view)}:`, ...indented(lines)];
}

function more(count: number, one: string): string[] {
  const text = moreText(count, one);
  return text === undefined ? [] : [text];
}

function viewLines(view: ContentView): string[] {
  switch (view.kind) {
    case 'text':
      return textLines(view);
    case 'tree':
      return [...view.changes.flatMap(treeLines), ...more(view.more, 'change')];
    case 'zip':
      return [...view.members.flatMap(memberLines), ...more(view.more, 'member')];
    case 'records':
      return [...view.records.flatMap(recordLines), ...more(view.more, 'record')];
    case 'hex':
      return hexLines(view);
  }
}

function textLines({ hunks, more: left }: TextView): string[] {
  const lines = hunks.flatMap((hunk) => [
    hunk.a === hunk.b ? `from line ${hunk.a}:` : `from line ${hunk.a}, now line ${hunk.b}:`,
    ...hunk.lines.map(({ sign, text }) => `${sign} ${excerptText(text)}`.trimEnd()),
    ...more(hunk.more, 'line'),
  ]);
  return [...lines, ...more(left, 'place')];
}

function treeLines({ change, path, a, b }: TreeChange): string[] {
  const where = pathText(path);
  if (change === 'added') return [`+ ${where}${b?.text ? `: ${excerptText(b)}` : ''}`];
  if (change === 'removed') return [`- ${where}${a?.text ? `: ${excerptText(a)}` : ''}`];
  const [was, is] = [a ? excerptText(a) : '', b ? excerptText(b) : ''];
  if (was.length + is.length <= SHORT) return [`! ${where}: ${was} -> ${is}`];
  return [`! ${where}:`, `  - ${was}`, `  + ${is}`];
}

const MEMBER = { added: '+', removed: '-', changed: '!', unread: '?' } as const;

function memberLines(member: MemberDiff): string[] {
  const sizes = [...new Set([member.a?.octets, member.b?.octets])];
  const size = sizes.flatMap((some) => (some === undefined ? [] : [octets(some)])).join(' -> ');
  const reason = member.reason === undefined ? '' : ` (${member.reason})`;
  const head = `${MEMBER[member.change]} ${excerptText(member.name)}: ${member.change}, ${size}${reason}`;
  const { view } = member;
  if (view === undefined) return [head];
  return [head, ...indented(titled(view))];
}

function recordLines({ a, b, volatile }: RecordChange): string[] {
  const mark = volatile ? ' (volatile)' : '';
  return [
    ...(a === undefined ? [] : [`- record ${recordText(a)}${mark}`]),
    ...(b === undefined ? [] : [`+ record ${recordText(b)}${mark}`]),
  ];
}

function recordText(side: RecordSide): string {
  const { index, octets: length, from, text, hex = '' } = side;
  const content = text === undefined ? (hex.match(/../g) ?? []).join(' ') : `"${printable(text)}"`;
  const start = from > 0 ? ` from octet ${from}` : '';
  return `${index} (${counted(length, 'octet')})${start}: ${content}`;
}

function hexLines({ windows, more: left }: HexView): string[] {
  const lines = windows.flatMap((window) => [
    ...hexRows(window).map(rowText),
    ...(window.cut > 0 ? [`${counted(window.cut, 'more octet')} of this change not shown`] : []),
    '',
  ]);
  return [...lines.slice(0, -1), ...more(left, 'change')];
}

function rowText({ sign, address, cells }: HexRow): string {
  const hex = cells.map(octetText).join(' ').padEnd(47);
  return `${sign} ${addressText(address)}  ${hex}  |${asciiText(cells)}|`;
}
