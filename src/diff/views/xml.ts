// XML as a tree of elements, attributes and texts, for comparing. Entities of a document type are never
// expanded: a document that uses its own is not taken apart. White space between elements says nothing.

import sax from 'sax';
import { DEPTH_MAX, NODES_MAX } from '../limits.js';
import type { TreeNode } from './tree.js';

/** Attributes that tell one element from another of its name. */
const NAMING = ['id', 'uuid', 'guid', 'key', 'name', 'n', 'h'];

interface OpenNode extends TreeNode {
  readonly children: TreeNode[];
}

/** The tree of a whole document; undefined when it is no well-formed XML, or too deep or too much. */
export function xmlTree(text: string): TreeNode | undefined {
  if (!/^\s*</.test(text)) return undefined;
  const builder = new Builder();
  const parser = sax.parser(true, { trim: false, normalize: false, position: false });
  parser.onerror = (error) => {
    throw error;
  };
  parser.onattribute = ({ name, value }) => builder.attribute(name, value);
  parser.onopentag = ({ name }) => builder.open(name);
  parser.onclosetag = () => builder.close();
  parser.ontext = (content) => builder.text(content);
  parser.oncdata = (content) => builder.text(content);
  parser.oncomment = (content) => builder.leaf('comment()', content);
  parser.ondoctype = (content) => builder.leaf('doctype', content);
  parser.onprocessinginstruction = ({ name, body }) => builder.leaf(`<?${name}?>`, body);
  try {
    parser.write(text).close();
    return builder.finish();
  } catch {
    return undefined; // Not well-formed, or more than is taken apart.
  }
}

class Builder {
  readonly #root: OpenNode = { label: '', ordered: true, children: [] };
  readonly #stack: OpenNode[] = [this.#root];
  readonly #attributes: (readonly [name: string, value: string])[] = [];
  #nodes = 0;
  #text = '';

  /** Attributes come before their element. */
  attribute(name: string, value: string): void {
    this.#attributes.push([name, value]);
  }

  open(name: string): void {
    this.#endText();
    const given = this.#attributes.splice(0);
    const naming = given.find(([key]) => NAMING.includes(key.toLowerCase()));
    const kin = `<${name}>`;
    const label = naming === undefined ? kin : `<${name} ${naming[0]}="${naming[1]}">`;
    const element: OpenNode = { label, kin, pairing: label, ordered: true, children: [] };
    // In the order of their names: that of a document says nothing.
    for (const [key, value] of given.sort(([one], [other]) => (one < other ? -1 : 1)))
      element.children.push({ label: `@${key}`, value, ordered: true, children: [] });
    this.#count(1 + given.length);
    this.#add(element);
    if (this.#stack.push(element) > DEPTH_MAX) throw new RangeError('nests too deep');
  }

  close(): void {
    this.#endText();
    this.#stack.pop();
  }

  text(content: string): void {
    this.#text += content;
  }

  leaf(label: string, value: string): void {
    this.#endText();
    this.#count(1);
    this.#add({ label, value, ordered: true, children: [] });
  }

  finish(): TreeNode | undefined {
    return this.#root.children.some((node) => node.kin !== undefined) ? this.#root : undefined;
  }

  /** Text comes in parts, with CDATA sections between them that are text as well. */
  #endText(): void {
    const value = this.#text;
    this.#text = '';
    if (value.trim() !== '') this.leaf('text()', value);
  }

  #add(node: TreeNode): void {
    this.#stack.at(-1)?.children.push(node);
  }

  #count(nodes: number): void {
    this.#nodes += nodes;
    if (this.#nodes > NODES_MAX) throw new RangeError('has too many nodes');
  }
}
