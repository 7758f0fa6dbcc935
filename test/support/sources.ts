// The project's own sources as syntax trees, for tests about the house itself.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The project's folder; tests run from dist/test, two levels below it. */
export const projectRoot = findRoot(fileURLToPath(new URL('.', import.meta.url)));

function findRoot(folder: string): string {
  const names = readdirSync(folder);
  return names.includes('package.json') && names.includes('protocol') && names.includes('.ci')
    ? folder
    : findRoot(join(folder, '..'));
}

export interface Source {
  /** Path from the project's root with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** Every TypeScript source below the folders, sorted by path. */
export function sources(...folders: readonly string[]): Source[] {
  return folders
    .flatMap((folder) => filesBelow(join(projectRoot, folder)))
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => {
      const text = readFileSync(file, 'utf8');
      const path = relative(projectRoot, file).split(sep).join('/');
      return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true) };
    });
}

/** All files below a folder, as full paths; no folders, nothing that a build or an install made. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', '.git', '.interop'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** Walks one source and reports each node for which `judge` gives a reason. */
export function findings(source: Source, judge: (node: ts.Node) => string | undefined): Finding[] {
  const found: Finding[] = [];
  const visit = (node: ts.Node): void => {
    const reason = judge(node);
    if (reason !== undefined) {
      const line = source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;
      found.push({ path: source.path, line, text: reason });
    }
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
}

/** The module names that a source imports or re-exports. */
export function imports(source: Source): { readonly name: string; readonly line: number }[] {
  return source.tree.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const specifier = statement.moduleSpecifier;
    if (!specifier || !ts.isStringLiteral(specifier)) return [];
    const line = source.tree.getLineAndCharacterOfPosition(statement.getStart(source.tree)).line + 1;
    return [{ name: specifier.text, line }];
  });
}

/** Whether a source declares anything that exists at run time. */
export function hasCode(source: Source): boolean {
  return source.tree.statements.some(
    (s) =>
      ts.isFunctionDeclaration(s) ||
      ts.isClassDeclaration(s) ||
      ts.isVariableStatement(s) ||
      ts.isExpressionStatement(s),
  );
}
