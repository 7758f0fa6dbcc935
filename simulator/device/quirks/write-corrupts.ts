// Quirk: what is written is not what was sent.

import { Limit, type QuirkKind, wholeNumber } from './kind.js';
import { fileOf, fileWrite, isAcknowledged, partSize } from './requests.js';

export const writeCorrupts: QuirkKind = {
  name: 'write-corrupts',
  summary:
    'Acknowledges writes and stores one octet wrong in the first of them (default 1) or always: worn memory, a race in the firmware.',
  value: 'TIMES | always',
  make: (value) => {
    const limit = value === 'always' ? new Limit() : new Limit(wholeNumber(value, 1, 1));
    return {
      afterRequest: (context) => {
        const [write, file] = [fileWrite(context), fileOf(context)];
        if (
          !write ||
          !file ||
          partSize(write) === 0 ||
          !isAcknowledged(context.answer) ||
          !limit.take(context.now)
        )
          return undefined;
        const { device, now } = context;
        const start = write.start < 0 ? file.size - partSize(write) : write.start;
        const records = device.fileRecords(file.instance);
        if (records) {
          const wrong = flipped(records[start] ?? new Uint8Array(0), 0);
          device.setFile(file.instance, records.with(start, wrong), now);
        } else {
          device.setFile(
            file.instance,
            flipped(device.fileOctets(file.instance) ?? new Uint8Array(0), start),
            now,
          );
        }
        return undefined;
      },
    };
  },
};

/** One octet inverted; an empty record grows one. */
function flipped(octets: Uint8Array, at: number): Uint8Array {
  const wrong = octets.length === 0 ? new Uint8Array(1) : octets.slice();
  wrong[at] = (wrong[at] ?? 0) ^ 0xff;
  return wrong;
}
