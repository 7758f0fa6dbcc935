// The two ways the codecs of this package fail, and the only two.
// Nothing else may be thrown by protocol/: silence, Error, Reject and Abort of a peer are values.

/** Octets that are not what the standard says they should be. The peer's fault; never fatal. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** Offset, in octets, at which decoding stopped making sense. */
  readonly offset: number;

  constructor(message: string, offset = 0) {
    super(`${message} (at octet ${offset})`);
    this.offset = offset;
  }
}

/** A value that has no encoding: out of range, too long, or not encodable at all. Our own fault. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
}
