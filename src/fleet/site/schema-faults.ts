// What the schema found wrong in a site file, in words for people: what is wrong, and from the schema's own examples
// what would be right. Never repeats a value that may be a secret.

import type { z } from 'zod';
import type { PlacedFault } from './cross.js';
import { nearest } from './nearest.js';
import { siteJsonSchema } from './schema.js';
import type { Fault } from './values.js';

type Issue = z.core.$ZodIssue;
type Path = PlacedFault['path'];

const SECRET_KEY = /^(password|bearer|in-clear)$/;

/** As much of a JSON Schema as leads from a key to what is said about it. */
interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode | readonly SchemaNode[];
  readonly additionalItems?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
}

/** All issues of a parse, each with its place. `file` is what was parsed. */
export function schemaFaults(error: z.ZodError, file: unknown): PlacedFault[] {
  const schema = siteJsonSchema() as SchemaNode;
  return error.issues.flatMap((issue) => faultsOf(issue, [], file, schema));
}

function faultsOf(issue: Issue, above: Path, file: unknown, schema: SchemaNode): PlacedFault[] {
  const path: Path = [
    ...above,
    ...issue.path.map((part) => (typeof part === 'number' ? part : String(part))),
  ];
  const value = valueAt(file, path);
  // An entry that is missing in a list is said of the list.
  const isEntry = value === undefined && typeof path.at(-1) === 'number';
  const node = schemaAt(schema, isEntry ? path.slice(0, -1) : path);
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(propertiesOf(node));
    return issue.keys.map((key) => ({
      path: [...path, key],
      isKey: true,
      what: `"${key}" is no key that belongs here`,
      instead: nearest(key, known) ?? `one of ${known.join(', ')}`,
    }));
  }
  if (issue.code === 'invalid_union') {
    // Of the shapes that it may have, the one that its kind shows was meant.
    const meant = issue.errors.find((errors) =>
      errors.every(
        ({ path: inner, code }) => inner.length > 0 || (code !== 'invalid_type' && code !== 'invalid_value'),
      ),
    );
    if (meant) return meant.flatMap((inner) => faultsOf(inner, path, file, schema));
  }
  return [{ path, ...wording(issue, path, value, node) }];
}

function wording(issue: Issue, path: Path, value: unknown, node: SchemaNode | undefined): Fault {
  const right = examples(node);
  const key = String(path.at(-1) ?? 'the file');
  if (value === undefined && typeof path.at(-1) === 'number')
    return { what: 'this is empty', instead: right };
  if (value === undefined) return { what: `"${key}" is missing`, instead: `${key}: ${right}` };
  if (value === null) return { what: 'nothing stands here', instead: `${right}, or no such key at all` };
  if (issue.code === 'custom' || issue.code === 'invalid_format') {
    const instead = 'params' in issue ? (issue.params?.['instead'] as string | undefined) : undefined;
    return { what: issue.message, instead: instead ?? right };
  }
  if (issue.code === 'invalid_key')
    return {
      what: `"${key}" ${issue.issues[0]?.message ?? 'is no name'}`,
      instead: 'a short word, as nightly',
    };
  if (SECRET_KEY.test(key) && typeof value !== 'object')
    return {
      what: 'a password stands in clear in this file',
      instead: 'file: PATH, env: NAME or command: [PROGRAM], on a line of its own below',
    };
  if (issue.code === 'too_small' || issue.code === 'too_big') return sizeWording(issue, value, right);
  return { what: kindOf(value, path), instead: right };
}

function sizeWording(issue: Issue & { code: 'too_small' | 'too_big' }, value: unknown, right: string): Fault {
  if (typeof value !== 'number') return { what: 'this is empty', instead: right };
  const limit = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  return { what: `${value} is ${issue.code === 'too_small' ? 'too low' : 'too high'}`, instead: limit };
}

function kindOf(value: unknown, path: Path): string {
  if (Array.isArray(value)) return 'this is a list';
  if (typeof value === 'object') return 'this is a block of keys';
  const isSecret = path.some((part) => SECRET_KEY.test(String(part)));
  return isSecret || JSON.stringify(value).length > 60
    ? 'this does not belong here'
    : `${JSON.stringify(value)} does not belong here`;
}

/** What would be right at a node of the schema, in words. */
function examples(node: SchemaNode | undefined): string {
  if (node === undefined) return 'what "bacvault site init" writes';
  if (node.enum) return node.enum.map(String).join(' or ');
  if (node.const !== undefined) return JSON.stringify(node.const);
  const kinds: Readonly<Record<string, string>> = {
    string: 'a text',
    integer: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a block of keys',
  };
  const shown = (node.examples ?? []).map((example) => inYaml(example)).join(' or ');
  const kind = kinds[node.type ?? ''];
  if (shown === '') return kind ?? 'what "bacvault site init" writes';
  return kind === undefined ? shown : `${kind}, as ${shown}`;
}

function inYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${inYaml(inner)}`)
      .join(', ')} }`;
  return typeof value === 'string' && /[:*{}[\]#]|^$/.test(value) ? JSON.stringify(value) : String(value);
}

function schemaAt(schema: SchemaNode | undefined, path: Path): SchemaNode | undefined {
  let node = schema;
  for (const part of path) {
    if (!node) return undefined;
    node = typeof part === 'number' ? itemOf(node, part) : (propertiesOf(node)[part] ?? open(node));
  }
  return node;
}

function open(node: SchemaNode): SchemaNode | undefined {
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
}

function itemOf(node: SchemaNode, index: number): SchemaNode | undefined {
  if (!Array.isArray(node.items)) return node.items as SchemaNode | undefined;
  return (node.items as readonly SchemaNode[])[index] ?? node.additionalItems;
}

function propertiesOf(node: SchemaNode | undefined): Readonly<Record<string, SchemaNode>> {
  return node?.properties ?? node?.anyOf?.find(({ properties }) => properties)?.properties ?? {};
}

function valueAt(file: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    file,
  );
}
