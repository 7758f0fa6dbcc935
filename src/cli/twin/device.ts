// A twin's description made complete: its profile, its files, and what the user asks for on top. What no
// device can be ends here as `usage`, before anything is served or rehearsed.

import {
  deviceConfig,
  QuirkError,
  quirkOf,
  type DeviceConfig,
  type FileConfig,
} from '../../../simulator/index.js';
import { EngineError } from '../../index.js';
import type { TwinProfile } from './profile.js';

export interface TwinRequest {
  readonly password?: string | undefined;
  /** "name" or "name=value"; they win over those of the image. */
  readonly quirks?: readonly string[] | undefined;
  /** Milliseconds since 1970 when the device's time is 0. */
  readonly unixTimeAtZero?: number;
  readonly announces?: DeviceConfig['announces'];
}

/** A description for one device: quirks keep state, so each device needs its own. */
export function twinDevice(
  profile: TwinProfile,
  files: readonly FileConfig[],
  request: TwinRequest,
): DeviceConfig {
  const { password, quirks = [], unixTimeAtZero, announces } = request;
  try {
    return deviceConfig({
      ...profile.device,
      files,
      quirks: [...quirks, ...profile.quirks.map(({ quirk }) => quirk)].map(quirkOf),
      ...(password === undefined ? {} : { password }),
      ...(unixTimeAtZero === undefined ? {} : { unixTimeAtZero }),
      ...(announces === undefined ? {} : { announces }),
    });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const what = cause instanceof QuirkError ? '' : 'No device can be simulated from this image: ';
    throw new EngineError('usage', `${what}${cause.message}.`, { cause });
  }
}
