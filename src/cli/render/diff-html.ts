// A comparison as one page that can be mailed: a single file, without scripts and without anything from
// elsewhere. Everything that came from devices and files is escaped by the template.

import type {
  ContentDiff,
  ContentView,
  DiffSide,
  FieldChange,
  FileDiff,
  HexView,
  ImageDiff,
  MemberDiff,
  RecordSide,
  RecordView,
  TextView,
  TreeView,
  ZipView,
} from '../../index.js';
import {
  contentText,
  excerptText,
  fieldName,
  fieldValue,
  fileFacts,
  fileName,
  moreText,
  pathText,
  rangeText,
  verdictText,
  viewTitle,
} from './diff-words.js';
import { addressText, asciiText, type HexCell, type HexRow, hexRows, octetText } from './hex.js';
import { type Html, markup } from './html.js';
import { page } from './page.js';
import { counted, grouped, moment, printable } from './text.js';

/** Ranges of one file that are listed before the rest is folded away. */
const RANGES_OPEN = 10;

const FOOTER =
  'Octets and records are counted from 0. What changes by itself between two readings is marked as volatile.';

/** The whole page. `version` is that of the program. */
export function diffHtml(diff: ImageDiff, version: string): string {
  const { a, b } = diff;
  const title = `Device ${b.instance}${b.name === undefined ? '' : ` ${printable(b.name)}`}: comparison`;
  const header = markup`<p class="verdict ${diff.verdict}">${verdictText(diff)}</p>
${sidesTable(a, b)}`;
  const main = markup`${diff.device.length === 0 ? undefined : markup`<h2>Device</h2>\n${fieldTable(diff.device)}`}
<h2>Files</h2>
${fileTable(diff.files)}
${diff.files.map(fileSection)}`;
  return page({ title, version, header, main, footer: FOOTER });
}

function sidesTable(a: DiffSide, b: DiffSide): Html {
  const row = (name: string, of: (side: DiffSide) => string): Html =>
    markup`<tr><th scope="row">${name}</th><td>${of(a)}</td><td>${of(b)}</td></tr>\n`;
  return markup`<table>
<thead><tr><th></th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>
${row('What', ({ from, imageId = '' }) => (from === 'device' ? 'the device itself' : `image ${imageId.slice(0, 12)}`))}
${row('Time', ({ createdAt }) => moment(createdAt))}
${row('Site', ({ site }) => printable(site))}
${row('Device', ({ instance, name = '' }) => `${instance} ${printable(name)}`)}
${row('Content', (side) => `${counted(side.files, 'file')}, ${counted(side.octets, 'octet')}`)}
</tbody>
</table>`;
}

function fieldTable(changes: readonly FieldChange[]): Html {
  const rows = changes.map(
    (change) =>
      markup`<tr${change.counts ? undefined : markup` class="told"`}><td>${fieldName(change)}</td><td>${fieldValue(change.a)}</td><td>${fieldValue(change.b)}</td></tr>\n`,
  );
  return markup`<table>
<thead><tr><th scope="col">Property</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

const STATUS = {
  equal: 'equal',
  volatile: 'volatile parts only',
  changed: 'changed',
  added: 'added',
  removed: 'removed',
} as const;

function fileTable(files: readonly FileDiff[]): Html {
  const size = (side: FileDiff['a']): string => (side === undefined ? '' : grouped(side.octets));
  const rows = files.map((file, index) => {
    const name = fileName(file);
    const linked = hasSection(file);
    return markup`<tr><td>${linked ? markup`<a href="#file-${index}">${name}</a>` : name}</td><td><span class="tag ${file.status}">${STATUS[file.status]}</span></td><td class="num">${size(file.a)}</td><td class="num">${size(file.b)}</td></tr>\n`;
  });
  return markup`<table>
<thead><tr><th scope="col">File</th><th scope="col">Result</th><th scope="col" class="num">Octets before</th><th scope="col" class="num">Octets after</th></tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

function hasSection(file: FileDiff): boolean {
  return file.content !== undefined || fileFacts(file).length > 0;
}

function fileSection(file: FileDiff, index: number): Html | undefined {
  if (!hasSection(file)) return undefined;
  const facts = fileFacts(file).map((fact) => markup`<li>${fact}</li>\n`);
  return markup`<section id="file-${index}">
<h2>${fileName(file)} <span class="tag ${file.status}">${STATUS[file.status]}</span></h2>
${facts.length === 0 ? undefined : markup`<ul>${facts}</ul>`}
${file.content && contentHtml(file.content)}
</section>
`;
}

function contentHtml(content: ContentDiff): Html {
  return markup`<p>${contentText(content)}.</p>
${rangesHtml(content)}
${content.views.map((view) => markup`<h3>${viewTitle(view)}</h3>\n${viewHtml(view)}\n`)}`;
}

function rangesHtml({ ranges, total, unit }: ContentDiff): Html {
  const items = ranges.map((range) => markup`<li>${rangeText(range, unit)}</li>\n`);
  const list = markup`<ul>${items}</ul>${moreHtml(total - ranges.length, 'range')}`;
  if (ranges.length <= RANGES_OPEN) return list;
  return markup`<details><summary>${counted(total, 'range')}</summary>${list}</details>`;
}

function moreHtml(count: number, one: string): Html | undefined {
  const text = moreText(count, one);
  return text === undefined ? undefined : markup`<p class="dim">${text}.</p>`;
}

function viewHtml(view: ContentView): Html {
  switch (view.kind) {
    case 'text':
      return textHtml(view);
    case 'tree':
      return treeHtml(view);
    case 'zip':
      return zipHtml(view);
    case 'records':
      return recordsHtml(view);
    case 'hex':
      return hexHtml(view);
  }
}

const SIDE = { ' ': 'both', '-': 'was', '+': 'is' } as const;

function textHtml({ hunks, more }: TextView): Html {
  if (hunks.length === 0) return markup``;
  const rows = hunks.map((hunk) => {
    const where = hunk.a === hunk.b ? `line ${hunk.a}` : `line ${hunk.a}, now line ${hunk.b}`;
    const lines = hunk.lines.map(
      ({ sign, text }) => markup`<span class="row ${SIDE[sign]}">${sign} ${excerptText(text)}</span>`,
    );
    const left = moreText(hunk.more, 'line');
    const rest = left === undefined ? undefined : markup`<span class="row at">${left}</span>`;
    return markup`<span class="row at">${where}</span>${lines}${rest}`;
  });
  return markup`<pre>${rows}</pre>${moreHtml(more, 'place')}`;
}

function treeHtml({ changes, more }: TreeView): Html {
  if (changes.length === 0) return markup``;
  const rows = changes.map(({ change, path, a, b }) => {
    const cell = (side: 'was' | 'is', text: typeof a): Html =>
      text === undefined
        ? markup`<td class="dim">${change}</td>`
        : markup`<td class="${side}"><code>${excerptText(text)}</code></td>`;
    return markup`<tr><td class="path">${pathText(path)}</td>${cell('was', a)}${cell('is', b)}</tr>\n`;
  });
  return markup`<table>
<thead><tr><th scope="col">Where</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>
${rows}</tbody>
</table>${moreHtml(more, 'change')}`;
}

function zipHtml({ members, more }: ZipView): Html {
  return markup`${members.map(memberHtml)}${moreHtml(more, 'member')}`;
}

function memberHtml({ name, change, a, b, view, reason }: MemberDiff): Html {
  const sizes = [a, b].flatMap((side) => (side === undefined ? [] : [counted(side.octets, 'octet')]));
  const why = reason === undefined ? '' : ` (${reason})`;
  const head = markup`<code>${excerptText(name)}</code> <span class="tag ${change}">${change}</span> <span class="dim">${sizes.join(' before, ')}${sizes.length > 1 ? ' after' : ''}${why}</span>`;
  if (view === undefined) return markup`<p>${head}</p>\n`;
  return markup`<details open><summary>${head}</summary><div class="inner"><h3>${viewTitle(view)}</h3>${viewHtml(view)}</div></details>\n`;
}

function recordsHtml({ records, more }: RecordView): Html {
  const rows = records.map(({ a, b, volatile }) => {
    const mark = volatile ? markup` <span class="tag volatile">volatile</span>` : undefined;
    const index =
      a?.index === b?.index || !a || !b ? String(a?.index ?? b?.index) : `${a.index}, now ${b.index}`;
    const cell = (side: 'was' | 'is', record: RecordSide | undefined): Html =>
      record === undefined
        ? markup`<td class="dim">no such record</td>`
        : markup`<td class="${side}"><code>${recordText(record)}</code> <span class="dim">${counted(record.octets, 'octet')}</span></td>`;
    return markup`<tr><td class="num">${index}${mark}</td>${cell('was', a)}${cell('is', b)}</tr>\n`;
  });
  return markup`<table>
<thead><tr><th scope="col" class="num">Record</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>
${rows}</tbody>
</table>${moreHtml(more, 'record')}`;
}

function recordText({ from, text, hex = '' }: RecordSide): string {
  const content = text === undefined ? (hex.match(/../g) ?? []).join(' ') : printable(text);
  return from > 0 ? `[from octet ${from}] ${content}` : content;
}

function hexHtml({ windows, more }: HexView): Html {
  const blocks = windows.map((window) => {
    const left = window.cut > 0 ? `${counted(window.cut, 'more octet')} of this change not shown` : undefined;
    const rest = left === undefined ? undefined : markup`<span class="row at">${left}</span>`;
    return markup`<pre>${hexRows(window).map(hexRow)}${rest}</pre>`;
  });
  return markup`${blocks}${moreHtml(more, 'change')}`;
}

function hexRow({ sign, address, cells }: HexRow): Html {
  const blanks = ' '.repeat(3 * (16 - cells.length));
  const octets = cells.map(
    (cell, index) => markup`${index === 0 ? '' : ' '}${marked(cell, octetText(cell))}`,
  );
  const characters = cells.map((cell) => marked(cell, asciiText([cell])));
  return markup`<span class="row ${SIDE[sign]}">${sign} ${addressText(address)}  ${octets}${blanks}  |${characters}|</span>`;
}

function marked({ changed, volatile }: HexCell, text: string): Html {
  if (!changed) return markup`${text}`;
  return volatile ? markup`<b class="volatile">${text}</b>` : markup`<b>${text}</b>`;
}
