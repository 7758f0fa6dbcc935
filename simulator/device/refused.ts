// A service that the device will not execute, on its way from wherever that was found out to the
// dispatcher, which turns it into an Error PDU. It must never leave the device.

import { ErrorClass, ErrorCode } from '../../protocol/index.js';

export class Refused extends Error {
  override readonly name = 'Refused';
  readonly errorClass: number;
  readonly errorCode: number;
  /** CreateObject only: 1-based number of the initial value that was at fault, 0 for none. */
  readonly firstFailedElement: number;

  constructor(errorClass: number, errorCode: number, firstFailedElement = 0) {
    super(`refused: ${errorClass}/${errorCode}`);
    this.errorClass = errorClass;
    this.errorCode = errorCode;
    this.firstFailedElement = firstFailedElement;
  }
}

type CodeName = keyof typeof ErrorCode;

const refusalOf =
  (errorClass: number) =>
  (code: CodeName): Refused =>
    new Refused(errorClass, ErrorCode[code]);

/** Refusals by class, each under the standard's name of its code (clause 18). */
export const refused = {
  device: refusalOf(ErrorClass.device),
  object: refusalOf(ErrorClass.object),
  property: refusalOf(ErrorClass.property),
  resources: refusalOf(ErrorClass.resources),
  security: refusalOf(ErrorClass.security),
  services: refusalOf(ErrorClass.services),
} as const;
