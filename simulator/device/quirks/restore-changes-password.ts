// Quirk: the restored configuration brings its own password.

import {
  ConfirmedService,
  decodeReinitializeDeviceRequest,
  DecodeError,
  ErrorClass,
  ErrorCode,
} from '../../../protocol/index.js';
import type { QuirkContext } from '../../types.js';
import { QuirkError, type QuirkKind } from './kind.js';

export const restoreChangesPassword: QuirkKind = {
  name: 'restore-changes-password',
  summary:
    'Wants this password (default "restored") from the first finished restore on: the configuration that was put back held another one.',
  value: 'PASSWORD',
  make: (value = 'restored') => {
    if (!/^[\w-]{1,20}$/.test(value))
      throw new QuirkError(`"${value}" is no password of 1 to 20 letters and digits`);
    let isRestored = false;
    return {
      beforeRequest: (context) =>
        isRestored && passwordOf(context, value) !== value
          ? { kind: 'error', errorClass: ErrorClass.security, errorCode: ErrorCode.passwordFailure }
          : undefined,
      procedureEvent: ({ event }) => {
        isRestored ||= event === 'completed';
        return undefined;
      },
    };
  },
};

/** The password of a ReinitializeDevice; the wanted one of everything else. */
function passwordOf({ service, payload }: QuirkContext, wanted: string): string | undefined {
  if (service !== ConfirmedService.reinitializeDevice) return wanted;
  try {
    return decodeReinitializeDeviceRequest(payload).password;
  } catch (error) {
    if (error instanceof DecodeError) return wanted;
    throw error;
  }
}
