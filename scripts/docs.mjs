// Writes docs/cli.md and src/cli/command-list.ts from the command definitions, docs/site.schema.json from the schema of site files, and the checks
// into docs/restore.md. Needs a build: "npm run build" first.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { withChecks } from '../dist/src/cli/checks-reference.js';
import { commandList } from '../dist/src/cli/program.js';
import { cliReference } from '../dist/src/cli/reference.js';
import { siteJsonSchema } from '../dist/src/fleet/index.js';

/** The same file with the list as it is now. */
function withCommands(text) {
  const head = text.slice(0, text.indexOf('export const COMMAND_LIST'));
  return `${head}export const COMMAND_LIST: readonly CommandRow[] = ${JSON.stringify(commandList())};`;
}

const pathOf = (name) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url));

async function write(name, text) {
  const path = pathOf(name);
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

await write('cli.md', cliReference());
await write(
  '../src/cli/command-list.ts',
  withCommands(readFileSync(pathOf('../src/cli/command-list.ts'), 'utf8')),
);
await write('site.schema.json', JSON.stringify(siteJsonSchema()));
await write('restore.md', withChecks(readFileSync(pathOf('restore.md'), 'utf8')));
