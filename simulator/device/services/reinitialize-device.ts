// ReinitializeDevice (clause 16.4): the password first, then the procedure's table, then a restart.

import {
  characterCount,
  decodeReinitializeDeviceRequest,
  PASSWORD_CHARACTERS_MAX,
  ReinitializeState,
  RejectReason,
} from '../../../protocol/index.js';
import type { DeviceState } from '../device-state.js';
import { REQUESTS } from '../procedure.js';
import { refused } from '../refused.js';
import { service, simpleAck } from './service.js';

/** How long a coldstart or warmstart takes, ms. */
export const RESTART_MS = 3000;

export const reinitializeDeviceService = service(decodeReinitializeDeviceRequest, (state, request, now) => {
  checkPassword(state, request.password);
  const event = REQUESTS.get(request.state);
  if (event !== undefined) {
    if (!state.request(event, now)) throw refused.device('configurationInProgress');
    return simpleAck;
  }
  switch (request.state) {
    case ReinitializeState.coldstart:
    case ReinitializeState.warmstart:
      if (state.procedure.isRunning) throw refused.device('configurationInProgress');
      state.restartSoon(RESTART_MS);
      return simpleAck;
    case ReinitializeState.activateChanges:
      throw refused.services('optionalFunctionalityNotSupported');
    default:
      return { kind: 'reject', reason: RejectReason.undefinedEnumeration };
  }
});

/** A device without a password takes any; one with a password takes that one only (clause 16.4.1.1.2). */
function checkPassword(state: DeviceState, given: string | undefined): void {
  const { password } = state.config;
  if (password === undefined) return;
  if (given !== undefined && characterCount(given) > PASSWORD_CHARACTERS_MAX)
    throw refused.services('parameterOutOfRange');
  if (given !== password) throw refused.security('passwordFailure');
}
