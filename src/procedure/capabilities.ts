// What `probe` finds out about a device. Types only.

import type { DeviceInstance } from '../client/index.js';
import type { ImageManifest } from '../repository/index.js';
import type { AppliedQuirk } from './types.js';

/** What a device can do, found by reading alone. */
export interface Capabilities {
  readonly kind: 'capabilities';
  readonly device: DeviceInstance;
  readonly identity: ImageManifest['device'];
  readonly reachedAt: ImageManifest['reachedAt'];
  /** "yes": ReinitializeDevice, AtomicReadFile and AtomicWriteFile are in Protocol_Services_Supported and Configuration_Files exists. */
  readonly backupAndRestore: 'yes' | 'no' | 'unknown';
  readonly reasons: readonly string[];
  readonly services: Readonly<Record<string, boolean>>;
  readonly state?: string;
  readonly systemStatus?: string;
  readonly backupFailureTimeoutS?: number;
  readonly backupPreparationTimeS?: number;
  readonly restorePreparationTimeS?: number;
  readonly restoreCompletionTimeS?: number;
  readonly databaseRevision?: number;
  readonly lastRestoreTime?: string;
  /** Number of Configuration_Files outside a procedure; many devices show none then. */
  readonly configurationFiles?: number;
  /** What is known of such devices. */
  readonly quirks?: readonly AppliedQuirk[];
}
