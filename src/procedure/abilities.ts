// What a device says it can do, and whether that is enough for backup and restore. Reads alone; what a
// device does not say is not taken for a no.

import { PropertyId, ServiceSupported } from '../../protocol/index.js';
import { readDeviceProperty } from './identify.js';
import type { Session } from './session.js';
import type { Capabilities } from './types.js';

/** Without these there is no backup. */
export const NEEDED_FOR_BACKUP = ['reinitializeDevice', 'atomicReadFile'] as const;

/** Without these three there is no DM-BR-B. */
const NEEDED = [...NEEDED_FOR_BACKUP, 'atomicWriteFile'] as const;

const TOLD: readonly (keyof typeof ServiceSupported)[] = [
  ...NEEDED,
  'createObject',
  'deleteObject',
  'readProperty',
  'readPropertyMultiple',
  'writeProperty',
];

/** Services by name, and whether the device says that it executes them; empty when it does not tell. */
export type Services = Readonly<Record<string, boolean>>;

/** Protocol_Services_Supported; asked for once in a procedure. */
export async function readServices(session: Session): Promise<Services> {
  session.services ??= await askServices(session);
  return session.services;
}

async function askServices(session: Session): Promise<Services> {
  const values = await readDeviceProperty(session, PropertyId.protocolServicesSupported);
  const bits = values?.[0];
  if (bits?.type !== 'bit-string') return {};
  return Object.fromEntries(TOLD.map((name) => [name, bits.bits[ServiceSupported[name]] === true]));
}

/**
 * Whether these services and this Configuration_Files are enough, for everything or for what `needed` says.
 * `files`: number of its elements, "untold" when it cannot be read now, undefined when the device has no such
 * property.
 */
export function backupAndRestore(
  services: Services,
  files: number | 'untold' | undefined,
  needed: readonly (typeof NEEDED)[number][] = NEEDED,
): Pick<Capabilities, 'backupAndRestore' | 'reasons'> {
  const told = Object.keys(services).length > 0;
  const missing = needed
    .filter((name) => services[name] === false)
    .map((name) => `${capital(name)} is not supported`);
  if (missing.length > 0) return { backupAndRestore: 'no', reasons: missing };
  if (files === undefined) {
    return { backupAndRestore: 'no', reasons: ['it has no Configuration_Files'] };
  }
  if (!told) return { backupAndRestore: 'unknown', reasons: ['Protocol_Services_Supported is not readable'] };
  if (files === 0) {
    return {
      backupAndRestore: 'yes',
      reasons: ['it lists no configuration files now; many do so only during a backup'],
    };
  }
  return {
    backupAndRestore: 'yes',
    reasons: files === 'untold' ? ['Configuration_Files is not readable now'] : [],
  };
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
