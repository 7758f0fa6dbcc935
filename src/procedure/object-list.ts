// Object_List in short, before a backup and after a restore: whether a device has the objects that the
// image's device had. Bounded: a list that does not fit one answer is counted, and read only when it is short.

import { type BacnetValue, PropertyId } from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import { type ObjectListFacts, sha256Of } from '../repository/index.js';
import { refusalCode } from '../transfer/index.js';
import { readDeviceArray } from './device-array.js';
import type { Session } from './session.js';

/** Elements that are worth a question each. */
const ELEMENTS_MAX = 128;

/** undefined: the device does not tell it. Rejects `device-silent`, `device-no-route`, `cancelled`. */
export async function readObjectList(session: Session): Promise<ObjectListFacts | undefined> {
  const reading = await readDeviceArray(session, PropertyId.objectList, 'Object_List', ELEMENTS_MAX);
  switch (reading.kind) {
    case 'values':
      return factsOf(reading.values);
    case 'count':
      return reading.count === undefined ? undefined : { count: reading.count };
    case 'empty':
      return undefined;
    case 'refused': {
      const code = refusalCode(reading.refusal, 'device-refused');
      if (code === 'device-refused') return undefined;
      throw new EngineError(code, 'it stopped answering when asked for its Object_List');
    }
  }
}

/** undefined: it holds something else than object identifiers. */
function factsOf(values: readonly BacnetValue[]): ObjectListFacts | undefined {
  const objects = values.flatMap((value) => (value.type === 'object-identifier' ? [value.object] : []));
  if (objects.length !== values.length) return undefined;
  objects.sort((a, b) => a.type - b.type || a.instance - b.instance);
  const lines = objects.map(({ type, instance }) => `${type},${instance}\n`).join('');
  return { count: objects.length, sha256: sha256Of(new TextEncoder().encode(lines)) };
}

/** What differs between two readings of Object_List, in words; undefined when nothing can be seen to differ. */
export function objectListChange(
  was: ObjectListFacts,
  is: ObjectListFacts,
  whose: string,
): string | undefined {
  if (was.count !== is.count) return `Object_List has ${is.count} objects, ${whose} had ${was.count}`;
  if (was.sha256 === undefined || is.sha256 === undefined || was.sha256 === is.sha256) return undefined;
  return `Object_List has ${is.count} objects as ${whose} had, but not the same ones`;
}
