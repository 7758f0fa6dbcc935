// What a figure is, and how one is measured: some rounds, each of which measures the engine and its reference one
// right after the other, and gives one ratio. The median is the figure, and its spread is told with it. Nothing
// here asserts anything.
//
// A figure is { name, what, goal, rounds, open }. `goal` is { atLeast } or { atMost }. `open()` prepares and resolves
// with { round, close }; `round()` resolves with { ratio, detail } (detail: words on what was measured, for people).

/** The middle of the values. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The distance between the quartiles, as a part of the median: 0.1 is "half of the rounds lie within 10 %". */
export function spreadOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part) => sorted[Math.round(part * (sorted.length - 1))];
  return (at(0.75) - at(0.25)) / Math.max(Number.EPSILON, Math.abs(median(values)));
}

export function holds(ratio, { atLeast = -Infinity, atMost = Infinity }) {
  return ratio >= atLeast && ratio <= atMost;
}

export function goalWords({ atLeast, atMost }) {
  return atLeast === undefined ? `<= ${rounded(atMost)}` : `>= ${rounded(atLeast)}`;
}

/** Three digits that mean something. */
export function rounded(value) {
  return Number(value.toPrecision(3));
}

/** Measures one figure. Gives its line; an error in it is a line too, so that the others are still measured. */
export async function measure(figure, rounds = figure.rounds) {
  const { name, what, goal } = figure;
  const line = { kind: 'figure', name, what, goal: goalWords(goal) };
  let opened;
  try {
    opened = await figure.open();
    const ratios = [];
    let detail = '';
    for (let round = 0; round < rounds; round += 1) {
      const measured = await opened.round(round);
      ratios.push(measured.ratio);
      detail = measured.detail ?? detail;
    }
    const ratio = rounded(median(ratios));
    const spread = rounded(spreadOf(ratios));
    return { ...line, ratio, holds: holds(ratio, goal), spread, rounds, detail };
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...line, ratio: null, holds: false, spread: null, rounds, error: why };
  } finally {
    await opened?.close?.();
  }
}

/** The lines as a table for people. */
export function table(lines) {
  const rows = [
    ['figure', 'ratio', 'goal', 'holds', 'spread', 'rounds', 'what'],
    ...lines.map(({ name, ratio, goal, holds: ok, spread, rounds, what, error }) => [
      name,
      ratio === null ? 'failed' : String(ratio),
      goal,
      ok ? 'yes' : 'NO',
      spread === null ? '' : `${Math.round(spread * 100)} %`,
      String(rounds),
      error === undefined ? what : error.split('\n')[0],
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]))).join('  '),
    )
    .join('\n');
}
