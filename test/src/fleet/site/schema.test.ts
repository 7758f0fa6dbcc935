// The schema of site files for editors. What is defended: the file that is published says what bacvault reads, and
// helps with every key.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { siteJsonSchema } from '../../../../src/fleet/index.js';
import { projectRoot } from '../../../support/sources.js';

describe('docs/site.schema.json', () => {
  it('is what the schema says (else: npm run build && node scripts/docs.mjs)', () => {
    const published: unknown = JSON.parse(
      readFileSync(join(projectRoot, 'docs', 'site.schema.json'), 'utf8'),
    );
    expect(published).to.deep.equal(JSON.parse(JSON.stringify(siteJsonSchema())));
  });

  it('has words or an example for every key, and refuses unknown ones', () => {
    const silent: string[] = [];
    const look = (node: unknown, place: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties } = node as {
        readonly properties?: Readonly<Record<string, Record<string, unknown>>>;
      };
      if (properties) {
        expect(node, place).to.have.property('additionalProperties', false);
        for (const [key, value] of Object.entries(properties))
          if (value['description'] === undefined && value['properties'] === undefined)
            silent.push(`${place}.${key}`);
      }
      for (const [key, inner] of Object.entries(node)) look(inner, `${place}.${key}`);
    };
    look(siteJsonSchema(), '');
    expect(silent).to.deep.equal([]);
  });
});
