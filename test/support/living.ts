// Devices whose files live: counters that count at each procedure, content that is another every time. As
// quirks of a test's own, for stories about what changes by itself.

import {
  ConfirmedService,
  decodeReinitializeDeviceRequest,
  ReinitializeState,
} from '../../protocol/index.js';
import type { DeviceView, Quirk } from '../../simulator/index.js';

/** Does something to the device whenever it takes a request with this reinitialized state. */
export function upon(state: number, act: (device: DeviceView, now: number, count: number) => void): Quirk {
  let count = 0;
  return {
    name: 'lives',
    summary: 'changes a file by itself',
    afterRequest: ({ service, payload, device, now, answer }) => {
      if (service !== ConfirmedService.reinitializeDevice || answer.kind !== 'simple-ack') return undefined;
      if (decodeReinitializeDeviceRequest(payload).state !== state) return undefined;
      count += 1;
      act(device, now, count);
      return undefined;
    },
  };
}

/** Every backup of the device finds these octets counted up, as a number with its highest octet first. */
export function counter(file: number, start: number, end: number): Quirk {
  return upon(ReinitializeState.startBackup, (device, now) => {
    const octets = device.fileOctets(file)?.slice();
    if (octets === undefined) return;
    for (let at = end - 1; at >= start; at -= 1) {
      octets[at] = ((octets[at] ?? 0) + 1) & 0xff;
      if (octets[at] !== 0) break;
    }
    device.setFile(file, octets, now);
  });
}

/** Every backup of the device finds this file with content of its own making. */
export function restless(file: number, content: (count: number, before: Uint8Array) => Uint8Array): Quirk {
  return upon(ReinitializeState.startBackup, (device, now, count) => {
    const octets = device.fileOctets(file);
    if (octets !== undefined) device.setFile(file, content(count, octets), now);
  });
}
