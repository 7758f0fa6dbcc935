// docs/cli.md: made from the command definitions, and up to date.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { format, resolveConfig } from 'prettier';
import { VERBS } from '../../../src/cli/program.js';
import { cliReference } from '../../../src/cli/reference.js';
import { ERRORS } from '../../../src/index.js';
import { projectRoot } from '../../support/sources.js';

describe('reference', () => {
  it('is what docs/cli.md says; if not, run "npm run build" and "node scripts/docs.mjs"', async () => {
    const path = join(projectRoot, 'docs', 'cli.md');
    const written = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
    expect(written).to.equal(
      await format(cliReference(), { ...(await resolveConfig(path)), filepath: path }),
    );
  });

  it('has a section for every command and a row for every error', () => {
    const text = cliReference();
    for (const { name } of VERBS) expect(text).to.contain(`\n## ${name}\n`);
    for (const [code, { exitCode }] of Object.entries(ERRORS)) {
      expect(text).to.match(new RegExp(`^\\| ${exitCode} \\| \`${code}\` \\|`, 'm'));
    }
  });
});
