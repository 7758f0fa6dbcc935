// ReadPropertyMultiple (clause 15.7) of one object. Devices answer it in many ways of their own: what comes back is
// exactly what was asked for, in its order, or it is no answer.

import {
  ConfirmedService,
  DecodeError,
  decodeReadPropertyMultipleAck,
  encodeReadPropertyMultipleRequest,
} from '../../protocol/index.js';
import type { BacnetValue, ObjectId, PropertyResult } from '../../protocol/index.js';
import type { Asker } from './asker.js';
import type { Path } from './path.js';
import { answered } from './replies.js';
import type { CallOptions, Reply } from './types.js';

/** The reply of each property, in the order in which they were asked for. */
export async function readProperties(
  asker: Asker,
  path: Path,
  object: ObjectId,
  properties: readonly number[],
  options: CallOptions,
): Promise<Reply<Reply<BacnetValue[]>[]>> {
  const specs = [{ object, properties: properties.map((property) => ({ property })) }];
  const outcome = await asker.ask(
    path,
    {
      kind: 'read-property',
      service: ConfirmedService.readPropertyMultiple,
      encode: () => encodeReadPropertyMultipleRequest({ specs }),
    },
    options,
  );
  return answered(outcome, (payload) => {
    const [result, ...more] = decodeReadPropertyMultipleAck(payload).results;
    if (result === undefined || more.length > 0) throw new DecodeError('the answer is not about one object');
    const { type, instance } = result.object;
    if (type !== object.type || instance !== object.instance)
      throw new DecodeError(`the answer is about object ${type},${instance}`);
    if (result.properties.length !== properties.length)
      throw new DecodeError(
        `the answer has ${result.properties.length} properties, not ${properties.length}`,
      );
    return result.properties.map((one, at) => replyOf(one, properties[at]));
  });
}

function replyOf(result: PropertyResult, asked: number | undefined): Reply<BacnetValue[]> {
  if (result.property !== asked || result.index !== undefined)
    throw new DecodeError(`the answer is about property ${result.property}, not ${asked}`);
  if ('values' in result) return { ok: true, value: [...result.values] };
  const { errorClass, errorCode } = result;
  return { ok: false, refusal: { kind: 'error', errorClass, errorCode } };
}
