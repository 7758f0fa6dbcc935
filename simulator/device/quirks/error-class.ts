// Quirk: errors of the file services come with another class.

import { ConfirmedService, ErrorClass } from '../../../protocol/index.js';
import { numberFromText } from './answer-text.js';
import type { QuirkKind } from './kind.js';

export const errorClass: QuirkKind = {
  name: 'error-class',
  summary:
    'Sends the errors of the file services with this class (default OBJECT) and the right code: classes differ from stack to stack.',
  value: 'CLASS',
  make: (value) => {
    const replaced = numberFromText(ErrorClass, value ?? 'object');
    return {
      afterRequest: ({ service, answer }) => {
        const ofFile =
          service === ConfirmedService.atomicReadFile || service === ConfirmedService.atomicWriteFile;
        return ofFile && answer.kind === 'error' ? { ...answer, errorClass: replaced } : undefined;
      },
    };
  },
};
