// Table 1.5: what a device means when it refuses START, as data. Codes count, classes do not: stacks do
// not agree on the class. A refused START is never followed by END or ABORT.

import {
  AbortReason,
  ErrorCode as BacnetErrorCode,
  NetworkRejectReason,
  type Refusal,
  RejectReason,
} from '../../protocol/index.js';
import type { ErrorCode } from '../errors.js';

/** One row: which answer, what it is reported as, whether START is tried again at once, and what it means. */
export interface StartRefusal {
  readonly answer: Matcher;
  readonly code: ErrorCode;
  /** Tried again after a short pause, a few times. Never for answers that a repetition makes worse. */
  readonly again: boolean;
  readonly meaning: string;
}

type Matcher =
  | { readonly error: readonly number[] }
  | { readonly reject: readonly number[] }
  | { readonly abort: readonly number[] }
  | { readonly network: readonly number[] };

export const START_REFUSALS: readonly StartRefusal[] = [
  {
    answer: { error: [BacnetErrorCode.configurationInProgress] },
    code: 'device-busy',
    again: false,
    meaning: 'another backup, restore or configuration is running on it',
  },
  {
    answer: { error: [BacnetErrorCode.passwordFailure] },
    code: 'device-password',
    again: false,
    meaning: 'the password is missing or wrong',
  },
  {
    answer: { error: [BacnetErrorCode.communicationDisabled] },
    code: 'device-refused',
    again: false,
    meaning: 'DeviceCommunicationControl has disabled it; it must be enabled first',
  },
  {
    answer: { error: [BacnetErrorCode.optionalFunctionalityNotSupported] },
    code: 'device-unsupported',
    again: false,
    meaning: 'it has no backup and restore',
  },
  {
    answer: { error: [BacnetErrorCode.serviceRequestDenied] },
    code: 'device-refused',
    again: false,
    meaning: 'its policy forbids it; look for a setting that allows ReinitializeDevice or backup',
  },
  {
    answer: { error: [BacnetErrorCode.notConfigured] },
    code: 'device-refused',
    again: false,
    meaning: 'backup and restore are not configured on it',
  },
  {
    answer: { error: [BacnetErrorCode.deviceBusy, BacnetErrorCode.busy] },
    code: 'device-busy',
    again: true,
    meaning: 'it is busy with something else',
  },
  {
    answer: { error: [BacnetErrorCode.other, BacnetErrorCode.operationalProblem] },
    code: 'device-refused',
    again: false,
    meaning: 'it has a reason of its own, which only its maker knows',
  },
  {
    answer: { reject: [RejectReason.unrecognizedService] },
    code: 'device-unsupported',
    again: false,
    meaning: 'it does not know ReinitializeDevice',
  },
  {
    answer: { reject: [RejectReason.undefinedEnumeration] },
    code: 'device-unsupported',
    again: false,
    meaning: 'it knows ReinitializeDevice, but not backup and restore',
  },
  {
    answer: { abort: [AbortReason.other, AbortReason.outOfResources] },
    code: 'device-busy',
    again: true,
    meaning: 'it has no resources for it now',
  },
  {
    answer: { network: [NetworkRejectReason.routerBusy] },
    code: 'device-busy',
    again: true,
    meaning: 'the router on the way is busy',
  },
  {
    answer: { network: [NetworkRejectReason.other, NetworkRejectReason.notDirectlyConnected] },
    code: 'device-no-route',
    again: false,
    meaning: 'the router on the way does not know its network',
  },
];

/** The row for any other answer. */
const OTHERWISE: Omit<StartRefusal, 'answer'> = {
  code: 'device-refused',
  again: false,
  meaning: 'it has a reason of its own, which only its maker knows',
};

/** What a refusal of START means. Silence and answers that do not decode are not refusals: see the lease. */
export function startRefusal(refusal: Refusal): Omit<StartRefusal, 'answer'> {
  return START_REFUSALS.find((row) => matches(row.answer, refusal)) ?? OTHERWISE;
}

function matches(answer: Matcher, refusal: Refusal): boolean {
  switch (refusal.kind) {
    case 'error':
      return 'error' in answer && answer.error.includes(refusal.errorCode);
    case 'reject':
      return 'reject' in answer && answer.reject.includes(refusal.reason);
    case 'abort':
      return 'abort' in answer && answer.abort.includes(refusal.reason);
    case 'network-reject':
      return 'network' in answer && answer.network.includes(refusal.reason);
    default:
      return false;
  }
}
