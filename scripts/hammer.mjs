// Several real processes that hammer one repository for some minutes; one of them is killed again and again. What was
// promised by any of them must be there in the end. Exit status 1 when anything is not.
//   npm run hammer -- [--minutes M] [--folder DIR]     DIR is made, and kept; default: a temporary one, 3 minutes
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { hammer } = await import('../dist/test/hammer/hammer.js');

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '3' }, folder: { type: 'string' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error(`--minutes ${values.minutes} is not a number`);
  process.exit(2);
}
const temporary = values.folder === undefined ? mkdtempSync(join(tmpdir(), 'bacvault-hammer-')) : undefined;
const folder = values.folder ?? join(temporary, 'repository');
try {
  const report = await hammer({ folder, rounds: 0, kills: Infinity, enough: sleep(minutes * 60_000) });
  const { faults, leftovers, ...counts } = report;
  for (const [name, count] of Object.entries(counts)) console.log(`${name.padEnd(10)} ${count}`);
  console.log(`leftovers  ${leftovers.length}`);
  for (const leftover of leftovers) console.log(`  ${leftover}`);
  for (const fault of faults) console.log(`FAULT ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
}
