// Changes of a structure in one line each, as the tests compare them.

import type { TreeView } from '../../../../src/diff/types.js';

export function told({ changes }: TreeView): string[] {
  return changes.map(({ change, path, a, b }) => {
    const sign = { added: '+', removed: '-', changed: '=' }[change];
    const values = [a?.text, b?.text].filter((text) => text !== undefined).join(' -> ');
    return `${sign} ${path.join('/')} ${values}`;
  });
}
