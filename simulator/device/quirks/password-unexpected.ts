// Quirk: a password is an error when none is configured.

import {
  ConfirmedService,
  decodeReinitializeDeviceRequest,
  DecodeError,
  ErrorClass,
  ErrorCode,
} from '../../../protocol/index.js';
import type { QuirkContext } from '../../types.js';
import type { QuirkKind } from './kind.js';

export const passwordUnexpected: QuirkKind = {
  name: 'password-unexpected',
  summary:
    'Refuses any password with SECURITY: PASSWORD_FAILURE, although it needs none, as BACnet4J and bac-py do.',
  make: () => ({
    beforeRequest: (context) =>
      hasPassword(context)
        ? { kind: 'error', errorClass: ErrorClass.security, errorCode: ErrorCode.passwordFailure }
        : undefined,
  }),
};

function hasPassword({ service, payload }: QuirkContext): boolean {
  if (service !== ConfirmedService.reinitializeDevice) return false;
  try {
    return decodeReinitializeDeviceRequest(payload).password !== undefined;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}
