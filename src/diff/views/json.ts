// JSON as a tree of values. Numbers keep their digits, and a member that is there twice is there twice:
// nothing may be called equal because a parser made it so.

import { visit } from 'jsonc-parser';
import { DEPTH_MAX, NODES_MAX } from '../limits.js';
import type { TreeNode } from './tree.js';

/** Members that tell one element of an array from another. */
const NAMING = ['id', 'uuid', 'guid', 'key', 'name'];

/** The tree of a whole text; undefined when it is no JSON (comments are none), or too deep or too much. */
export function jsonTree(text: string): TreeNode | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const builder = new Builder();
  try {
    visit(
      text,
      {
        onObjectBegin: () => builder.begin(false),
        onObjectProperty: (name) => builder.member(name),
        onObjectEnd: () => builder.end(),
        onArrayBegin: () => builder.begin(true),
        onArrayEnd: () => builder.end(),
        onLiteralValue: (_, offset, length) => builder.value(text.slice(offset, offset + length)),
        onError: () => {
          throw new RangeError('no JSON');
        },
      },
      { disallowComments: true, allowTrailingComma: false },
    );
    return builder.finish();
  } catch (error) {
    if (error instanceof RangeError) return undefined; // No JSON, or more than is taken apart.
    throw error;
  }
}

interface OpenNode extends TreeNode {
  readonly children: TreeNode[];
}

class Builder {
  readonly #stack: OpenNode[] = [];
  #root: TreeNode | undefined;
  #member: string | undefined;
  #nodes = 0;

  member(name: string): void {
    this.#member = name;
  }

  begin(ordered: boolean): void {
    const node: OpenNode = { ...this.#names(), ordered, children: [] };
    if (this.#stack.push(node) > DEPTH_MAX) throw new RangeError('nests too deep');
  }

  end(): void {
    const node = this.#stack.pop();
    if (node === undefined) return;
    const empty = node.ordered ? '[]' : '{}';
    this.#add(node.children.length === 0 ? { ...node, value: empty } : { ...node, ...this.#pairing(node) });
  }

  value(text: string): void {
    this.#add({ ...this.#names(), value: text, ordered: true, children: [] });
  }

  finish(): TreeNode | undefined {
    return this.#root;
  }

  #names(): Pick<TreeNode, 'label' | 'kin'> {
    const around = this.#stack.at(-1);
    if (around?.ordered === true) return { label: `[${around.children.length}]`, kin: '[]' };
    const label = this.#member ?? '';
    this.#member = undefined;
    return { label };
  }

  /** An element of an array that names itself is told by its name. */
  #pairing(node: TreeNode): Pick<TreeNode, 'pairing'> {
    if (node.kin === undefined || node.ordered) return {};
    const naming = node.children.find(({ label }) => NAMING.includes(label.toLowerCase()));
    return naming?.value === undefined ? {} : { pairing: `[] ${naming.label} ${naming.value}` };
  }

  #add(node: TreeNode): void {
    this.#nodes += 1;
    if (this.#nodes > NODES_MAX) throw new RangeError('has too many values');
    const around = this.#stack.at(-1);
    if (around) around.children.push(node);
    else this.#root = node;
  }
}
