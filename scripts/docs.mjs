// Writes docs/cli.md from the command definitions. Needs a build: "npm run build" first.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { cliReference } from '../dist/src/cli/reference.js';

const path = fileURLToPath(new URL('../docs/cli.md', import.meta.url));
writeFileSync(path, await format(cliReference(), { ...(await resolveConfig(path)), filepath: path }));
