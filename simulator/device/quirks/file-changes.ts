// Quirk: a file changes while it is read.

import { Limit, type QuirkKind, oneOf, wholeNumber } from './kind.js';
import { fileOf, fileRead, readFileAck } from './requests.js';

/** What the size changes by. */
const GROWTH = { grow: 1, shrink: -1, 'same-size': 0 } as const;

export const fileChanges: QuirkKind = {
  name: 'file-changes',
  summary:
    'Changes a file right after its first octets or records were read, this many times (default 1): its first octet, and with "grow" or "shrink" also its size, by one octet or record. Counters and logs in a live configuration do that.',
  value: 'TIMES[:grow | :shrink | :same-size]',
  make: (value) => {
    const [times, how, ...more] = (value ?? '1').split(':');
    const limit = new Limit(wholeNumber(times, 1, 1));
    const by = GROWTH[oneOf(more.length > 0 ? value : how, ['grow', 'shrink', 'same-size'])];
    return {
      afterRequest: (context) => {
        const [read, file] = [fileRead(context), fileOf(context)];
        if (file === undefined || read?.start !== 0 || !readFileAck(context) || !limit.take(context.now))
          return undefined;
        const records = context.device.fileRecords(file.instance);
        const octets = context.device.fileOctets(file.instance) ?? new Uint8Array(0);
        const changed = records ? changedRecords(records, by) : changedOctets(octets, by);
        context.device.setFile(file.instance, changed, context.now);
        return undefined;
      },
    };
  },
};

function changedOctets(octets: Uint8Array, by: number): Uint8Array {
  const changed = new Uint8Array(Math.max(0, octets.length + by));
  changed.set(octets.subarray(0, changed.length));
  if (changed.length > 0) changed[0] = (changed[0] ?? 0) ^ 0xff;
  return changed;
}

function changedRecords(records: readonly Uint8Array[], by: number): Uint8Array[] {
  const [first = new Uint8Array(0), ...rest] = records;
  const changed = [changedOctets(first, 0), ...rest].slice(0, records.length + Math.min(by, 0));
  return by > 0 ? [...changed, Uint8Array.of(0)] : changed;
}
