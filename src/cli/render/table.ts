// Plain text tables: columns padded with blanks, no lines, no colours, so that they can be piped to grep
// and awk and read on any screen.

/** One column: its heading and on which side its cells stand. */
export interface Column {
  readonly heading: string;
  readonly align?: 'left' | 'right';
}

/** Heading and rows, two blanks between columns, no blanks at line ends, each line ended. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map((column) => column.heading), ...rows];
  const widths = columns.map((_, index) =>
    cells.reduce((most, row) => Math.max(most, width(row[index] ?? '')), 0),
  );
  return cells
    .map((row) => {
      const padded = columns.map((column, index) => pad(row[index] ?? '', widths[index] ?? 0, column.align));
      return `${padded.join('  ').trimEnd()}\n`;
    })
    .join('');
}

/** "label   value" lines; pairs without a value are left out. */
export function pairs(
  rows: readonly (readonly [label: string, value: string | undefined])[],
  indent = '',
): string {
  const present = rows.filter((row): row is readonly [string, string] => row[1] !== undefined);
  const most = Math.max(0, ...present.map(([label]) => width(label)));
  return present.map(([label, value]) => `${indent}${pad(label, most)}  ${value}`.trimEnd() + '\n').join('');
}

function pad(text: string, size: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, size - width(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

function width(text: string): number {
  return Array.from(text).length;
}
