// Structures of values (JSON, XML, BACnet objects) as one kind of tree, and what differs between two of them,
// as paths and values. Knows nothing of where a tree came from. Bounded in depth, values and what is shown.

import { matchingBlocks, stretches } from '../alignment.js';
import { excerpt, excerpts } from '../excerpt.js';
import { CHANGES_MAX, EXCERPT_CHARACTERS, LABEL_CHARACTERS } from '../limits.js';
import type { TreeChange, TreeFormat, TreeView } from '../types.js';

export interface TreeNode {
  /** Its name in a path: "setpoint", "[3]", "<point name="AHU 3">", "analog-value,3". */
  readonly label: string;
  /** What it is wherever it stands, where the label says more than that: "[]", "<point>". */
  readonly kin?: string;
  /** Children of one parent with the same pairing text are taken for the same thing; default `kin`. */
  readonly pairing?: string;
  /** Its own value, where it has one. */
  readonly value?: string;
  readonly children: readonly TreeNode[];
  /** Whether the order of the children says something. In a set each is found by its pairing text. */
  readonly ordered: boolean;
}

export function treeView(format: TreeFormat, a: TreeNode, b: TreeNode): TreeView {
  const comparison = new TreeComparison();
  comparison.compare(a, b, []);
  return { kind: 'tree', format, ...comparison.result() };
}

class TreeComparison {
  readonly #identities = new Map<string, number>();
  readonly #known = new WeakMap<TreeNode, number>();
  readonly #changes: TreeChange[] = [];
  readonly #counts = { added: 0, removed: 0, changed: 0 };

  result(): Omit<TreeView, 'kind' | 'format'> {
    const { added, removed, changed } = this.#counts;
    return {
      changes: this.#changes,
      ...this.#counts,
      more: added + removed + changed - this.#changes.length,
    };
  }

  compare(a: TreeNode, b: TreeNode, path: readonly string[]): void {
    if (this.#identity(a) === this.#identity(b)) return;
    if (a.value !== b.value || a.children.length + b.children.length === 0) {
      const shown = excerpts(textOf(a), textOf(b));
      this.#tell({ change: 'changed', path, ...shown });
      if (a.value !== undefined || b.value !== undefined) return;
    }
    if (a.ordered && b.ordered) this.#rows(a.children, b.children, path);
    else this.#sets(a.children, b.children, path);
  }

  /** Children in order: the longest row that both have stays; of the rest, each is compared with its like. */
  #rows(a: readonly TreeNode[], b: readonly TreeNode[], path: readonly string[]): void {
    const blocks = matchingBlocks(
      a.map((node) => this.#identity(node)),
      b.map((node) => this.#identity(node)),
    );
    for (const gap of stretches(blocks, a.length, b.length)) {
      if (gap.same) continue;
      this.#sets(a.slice(gap.a, gap.a + gap.lengthA), b.slice(gap.b, gap.b + gap.lengthB), path);
    }
  }

  /** Children by their pairing texts; several of one are taken in their order. */
  #sets(a: readonly TreeNode[], b: readonly TreeNode[], path: readonly string[]): void {
    const waiting = new Map<string, TreeNode[]>();
    for (const node of b) {
      const alike = waiting.get(pairingOf(node));
      if (alike) alike.push(node);
      else waiting.set(pairingOf(node), [node]);
    }
    for (const queue of waiting.values()) queue.reverse();
    for (const node of a) {
      const partner = waiting.get(pairingOf(node))?.pop();
      const inside = [...path, node.label];
      if (partner) this.compare(node, partner, inside);
      else this.#tell({ change: 'removed', path: inside, a: excerpt(outline(node)) });
    }
    const left = new Set([...waiting.values()].flat());
    for (const node of b) {
      if (left.has(node))
        this.#tell({ change: 'added', path: [...path, node.label], b: excerpt(outline(node)) });
    }
  }

  #tell(change: TreeChange): void {
    this.#counts[change.change] += 1;
    if (this.#changes.length < CHANGES_MAX) this.#changes.push({ ...change, path: change.path.map(cut) });
  }

  /** One number for all nodes that are the same through and through, and no other. */
  #identity(node: TreeNode): number {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const children = node.children.map((child) => this.#identity(child));
    if (!node.ordered) children.sort((x, y) => x - y);
    const key = JSON.stringify([kinOf(node), node.value ?? null, node.ordered, children]);
    let identity = this.#identities.get(key);
    if (identity === undefined) {
      identity = this.#identities.size;
      this.#identities.set(key, identity);
    }
    this.#known.set(node, identity);
    return identity;
  }
}

function pairingOf(node: TreeNode): string {
  return node.pairing ?? kinOf(node);
}

function kinOf(node: TreeNode): string {
  return node.kin ?? node.label;
}

/** A value is cut where it differs, a structure where it is too long. */
function textOf(node: TreeNode): string {
  return node.children.length === 0 ? (node.value ?? '') : outline(node);
}

function cut(label: string): string {
  return label.length <= LABEL_CHARACTERS ? label : `${label.slice(0, LABEL_CHARACTERS)}...`;
}

/** A node and what is in it in one line, as far as an excerpt goes. */
export function outline(node: TreeNode): string {
  let text = '';
  const write = (part: string): boolean => {
    text += part;
    return text.length <= EXCERPT_CHARACTERS;
  };
  const visit = ({ value, children }: TreeNode): boolean => {
    if (value !== undefined && !write(value)) return false;
    if (children.length === 0) return true;
    const goesOn = children.every((child, index) => {
      const before = `${index === 0 ? (value === undefined ? '' : ' ') : ', '}${child.label}: `;
      return write(before) && visit(child);
    });
    return goesOn;
  };
  return visit(node) ? text : `${text.slice(0, EXCERPT_CHARACTERS)}...`;
}
