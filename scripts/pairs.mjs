// npm run pairs: every quirk of the simulated world, and every pair, through a backup and a restore. Prints
// the table of outcomes; --write keeps it as docs/deviations.md. --singles leaves the pairs as they are.

import { readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { runAll, runSingles } from '../dist/test/deviations/run.js';

const began = performance.now();
const told = (line) => process.stderr.write(`${line}\n`);
const { document, faults } = process.argv.includes('--singles')
  ? await runSingles(told, readFileSync('docs/deviations.md', 'utf8'))
  : await runAll(told);
process.stdout.write(document);
if (process.argv.includes('--write')) writeFileSync('docs/deviations.md', document);
process.stderr.write(`${Math.round((performance.now() - began) / 1000)} s, ${faults.length} faults\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
