// `npm run bench`: how fast bacvault is, as ratios. Every figure is measured against a reference in the same run on the
// same machine, in several rounds that interleave the two; the median counts. Nothing is asserted: the status
// is 0 whatever was measured. `-- --json` prints one line per figure, `--only NAME` runs one (or all that begin
// so), `--rounds N` sets the rounds, `--list` names what there is. Needs a built project.
import { parseArgs } from 'node:util';
import { figures } from './figures/index.mjs';
import { measure, table } from './harness/figures.mjs';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
  },
});
const exact = figures.filter(({ name }) => name === values.only);
const chosen =
  values.only === undefined
    ? figures
    : exact.length > 0
      ? exact
      : figures.filter(({ name }) => name.startsWith(values.only));
if (chosen.length === 0) {
  console.error(
    `There is no figure "${values.only}". There are: ${figures.map(({ name }) => name).join(', ')}.`,
  );
  process.exitCode = 2;
}
if (values.list) {
  for (const { name, what } of chosen) console.log(`${name}: ${what}`);
} else {
  const lines = [];
  for (const figure of chosen) {
    const line = await measure(figure, values.rounds === undefined ? undefined : Number(values.rounds));
    lines.push(line);
    if (values.json) console.log(JSON.stringify(line));
    else console.error(`${line.name}: ${line.ratio ?? line.error}${line.detail ? ` (${line.detail})` : ''}`);
  }
  if (!values.json && lines.length > 0) console.log(table(lines));
}
