// Quirk: what the device does with a read of a file while it has another one in work.

import { type Answer, ConfirmedService } from '../../../protocol/index.js';
import type { QuirkContext } from '../../types.js';
import { answerFromText } from './answer-text.js';
import { oneOf, type QuirkKind } from './kind.js';

/** How long one read takes, ms. */
const READ_MS = 10;

export const secondRead: QuirkKind = {
  name: 'second-read',
  summary:
    'Takes 10 ms for each AtomicReadFile, one after the other, and has room for one: a second one meanwhile is dropped, refused (both conforming: clause 14.1), aborted, or answered with the octets of the first.',
  value: 'dropped | refused | aborted | mixed-up',
  make: (value) => {
    const how = oneOf(value, ['dropped', 'refused', 'aborted', 'mixed-up']);
    const isRead = ({ service }: QuirkContext): boolean => service === ConfirmedService.atomicReadFile;
    let freeMs = 0;
    let first: Answer | undefined;
    return {
      beforeRequest: (context) => {
        if (!isRead(context) || context.now >= freeMs) return undefined;
        if (how === 'dropped') return { kind: 'silence' };
        if (how === 'refused') return answerFromText('SERVICES:SERVICE_REQUEST_DENIED');
        return how === 'aborted' ? answerFromText('abort:other') : first;
      },
      afterRequest: (context) => {
        if (isRead(context) && context.now >= freeMs) first = context.answer;
        return undefined;
      },
      delayMs: (context) => {
        if (!isRead(context) || context.now < freeMs) return undefined;
        freeMs = context.now + READ_MS;
        return READ_MS;
      },
    };
  },
};
