// Quirk: the device acts, and its acknowledgement is lost.

import { ConfirmedService, ReinitializeState } from '../../../protocol/index.js';
import type { QuirkContext } from '../../types.js';
import { oneOf, type QuirkKind, withLimit } from './kind.js';
import { isAcknowledged, isEnd, isStart, reinitialization } from './requests.js';

const LOST: Readonly<
  Record<'start' | 'end' | 'abort' | 'write' | 'create' | 'property', (context: QuirkContext) => boolean>
> = {
  start: isStart,
  end: isEnd,
  abort: (context) => reinitialization(context) === ReinitializeState.abortRestore,
  write: (context) => context.service === ConfirmedService.atomicWriteFile,
  create: (context) => context.service === ConfirmedService.createObject,
  property: (context) => context.service === ConfirmedService.writeProperty,
};

export const lostAck: QuirkKind = {
  name: 'lost-ack',
  summary:
    'Acts on the request (default start) and stays silent: a lost SimpleACK, or a device that resets before it answers.',
  value: 'start | end | abort | write | create | property, then *TIMES or @SECONDS',
  make: (value) => {
    const [word, limit] = withLimit(value);
    const isLost = LOST[oneOf(word, ['start', 'end', 'abort', 'write', 'create', 'property'])];
    return {
      afterRequest: (context) =>
        isAcknowledged(context.answer) && isLost(context) && limit.take(context.now)
          ? { kind: 'silence' }
          : undefined,
    };
  },
};
