// ReadProperty (clause 15.5) along a path: for bound devices, and for binding them. What comes back is about
// the property that was asked for, or it is no answer.

import {
  ConfirmedService,
  DecodeError,
  decodeReadPropertyAck,
  encodeReadPropertyRequest,
} from '../../protocol/index.js';
import type { BacnetValue, ObjectId } from '../../protocol/index.js';
import type { Asker } from './asker.js';
import type { Path } from './path.js';
import { answered } from './replies.js';
import type { CallOptions, Reply } from './types.js';

/** The values of a property, or of one element of an array with `index`. */
export async function readProperty(
  asker: Asker,
  path: Path,
  object: ObjectId,
  property: number,
  options: CallOptions & { index?: number },
): Promise<Reply<BacnetValue[]>> {
  const { index } = options;
  const request = { object, property, ...(index === undefined ? {} : { index }) };
  const outcome = await asker.ask(
    path,
    {
      kind: 'read-property',
      service: ConfirmedService.readProperty,
      encode: () => encodeReadPropertyRequest(request),
    },
    options,
  );
  return answered(outcome, (payload) => {
    const ack = decodeReadPropertyAck(payload);
    // The object is not compared: a wildcard instance is answered with either instance.
    if (ack.property !== property || ack.index !== index || ack.object.type !== object.type) {
      throw new DecodeError(`the answer is about property ${ack.property}, not ${property}`);
    }
    return [...ack.values];
  });
}
