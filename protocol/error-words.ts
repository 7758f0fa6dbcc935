// Every refusal of a device in BACnet's own words, one way for logs, messages and reports alike.
// Words only: nothing here may decide whether trying again helps.

import { AbortReason, enumName, ErrorClass, ErrorCode, NetworkRejectReason, RejectReason } from './enums.js';
import type { EnumTable } from './enums.js';
import type { Refusal } from './outcome.js';

/** "SECURITY: PASSWORD_FAILURE"; numbers without a name as "PROPRIETARY_64" or "UNKNOWN_9". */
export function errorWords(errorClass: number, errorCode: number): string {
  return `${capitals(ErrorClass, errorClass)}: ${capitals(ErrorCode, errorCode)}`;
}

/** "REJECT: UNRECOGNIZED_SERVICE". */
export function rejectWords(reason: number): string {
  return `REJECT: ${capitals(RejectReason, reason)}`;
}

/** "ABORT: SEGMENTATION_NOT_SUPPORTED". */
export function abortWords(reason: number): string {
  return `ABORT: ${capitals(AbortReason, reason)}`;
}

/** What became of a request that was not acknowledged, in words for people. */
export function refusalWords(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'error': {
      const words = errorWords(refusal.errorClass, refusal.errorCode);
      const element = refusal.firstFailedElement ?? 0;
      return element > 0 ? `${words} (initial value ${element})` : words;
    }
    case 'reject':
      return rejectWords(refusal.reason);
    case 'abort':
      return abortWords(refusal.reason);
    case 'timeout':
      return `no answer after ${refusal.attempts} ${refusal.attempts === 1 ? 'attempt' : 'attempts'}`;
    case 'network-reject':
      return `network ${refusal.network} rejected: ${enumName(NetworkRejectReason, refusal.reason).replaceAll('-', ' ')}`;
    case 'unsendable':
      return `not sent: ${refusal.octets} octets do not fit the ${refusal.limit} that the device takes`;
    case 'cancelled':
      return 'cancelled';
    case 'malformed':
      return `an answer that does not decode: ${refusal.message}`;
  }
}

function capitals(table: EnumTable, value: number): string {
  return enumName(table, value).replaceAll('-', '_').toUpperCase();
}
