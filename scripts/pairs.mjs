// npm run pairs: every quirk of the simulated world, and every pair, through a backup and a restore. Prints
// the table of outcomes; --write keeps it as docs/deviations.md.

import { writeFileSync } from 'node:fs';
import { runAll } from '../dist/test/deviations/run.js';

const began = performance.now();
const { document, faults } = await runAll((line) => process.stderr.write(`${line}\n`));
process.stdout.write(document);
if (process.argv.includes('--write')) writeFileSync('docs/deviations.md', document);
process.stderr.write(`${Math.round((performance.now() - began) / 1000)} s, ${faults.length} faults\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
