// Quirk: CreateObject lets nobody choose the instance.

import {
  ConfirmedService,
  decodeCreateObjectRequest,
  DecodeError,
  ErrorClass,
  ErrorCode,
} from '../../../protocol/index.js';
import type { QuirkContext } from '../../types.js';
import type { QuirkKind } from './kind.js';

export const createByTypeOnly: QuirkKind = {
  name: 'create-by-type-only',
  summary:
    'Refuses CreateObject by identifier with OBJECT: DYNAMIC_CREATION_NOT_SUPPORTED and accepts it by type: the device chooses the instance.',
  make: () => ({
    beforeRequest: (context) =>
      namesInstance(context)
        ? {
            kind: 'error',
            errorClass: ErrorClass.object,
            errorCode: ErrorCode.dynamicCreationNotSupported,
            firstFailedElement: 0,
          }
        : undefined,
  }),
};

function namesInstance({ service, payload }: QuirkContext): boolean {
  if (service !== ConfirmedService.createObject) return false;
  try {
    return 'object' in decodeCreateObjectRequest(payload);
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}
