// A configuration file that is a row of BACnet objects, each encoded as a CreateObject request with its
// properties, as bacnet-stack writes it: as a tree of objects, properties and values.

import {
  type CreateObjectRequest,
  decodeCreateObjectRequests,
  DecodeError,
  enumName,
  ObjectType,
  PropertyId,
  type PropertyValue,
} from '../../../protocol/index.js';
import { NODES_MAX } from '../limits.js';
import { objectText, valueText } from './bacnet-values.js';
import type { TreeNode } from './tree.js';

/** The opening tag that each of them begins with. */
const FIRST_OCTET = 0x0e;

/** The tree of a whole file; undefined when it is no such row to its last octet, or too long a one. */
export function bacnetObjects(octets: Uint8Array): TreeNode | undefined {
  if (octets[0] !== FIRST_OCTET) return undefined;
  try {
    const requests = decodeCreateObjectRequests(octets);
    const values = requests.reduce((sum, { initialValues = [] }) => sum + 1 + initialValues.length, 0);
    if (values > NODES_MAX) return undefined;
    return { label: '', ordered: false, children: requests.map(objectNode) };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function objectNode(request: CreateObjectRequest): TreeNode {
  const { initialValues = [] } = request;
  const label =
    'object' in request ? objectText(request.object) : `new ${enumName(ObjectType, request.objectType)}`;
  return { label, ordered: false, children: initialValues.map(propertyNode) };
}

/** "present-value", "priority-array [3]", "present-value priority 8". */
function propertyNode({ property, index, values, priority }: PropertyValue): TreeNode {
  const element = index === undefined ? '' : ` [${index}]`;
  const command = priority === undefined ? '' : ` priority ${priority}`;
  const label = `${enumName(PropertyId, property)}${element}${command}`;
  const [only] = values;
  if (only !== undefined && values.length === 1)
    return { label, value: valueText(only), ordered: true, children: [] };
  const children = values.map((value, at): TreeNode => {
    return { label: `[${at}]`, kin: '[]', value: valueText(value), ordered: true, children: [] };
  });
  return { label, ordered: true, children };
}
