// The tool that manifests name.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { TOOL } from '../../../src/repository/index.js';
import { projectRoot } from '../../support/sources.js';

describe('the tool that manifests, facts and run logs name', () => {
  it('is this package in this version', () => {
    const own = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
    };
    expect(TOOL).to.equal(`${own.name} ${own.version}`);
  });
});
