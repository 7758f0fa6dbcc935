// What a device can do, found by reading alone. It starts nothing, so it may be run at any time; that a
// device lists no configuration files outside a procedure says nothing (protocol facts 1.1).

import { type BacnetValue, ErrorCode, PropertyId, ServiceSupported } from '../../protocol/index.js';
import type { Device } from '../client/index.js';
import { numberOf } from '../transfer/index.js';
import { leftWith } from './failure.js';
import { type DeviceFacts, reachedAt, readDeviceProperty, readFacts, readIdentity } from './identify.js';
import { Session } from './session.js';
import { stateName, statusName } from './states.js';
import type { Capabilities, ProbeOptions } from './types.js';

/** Without these three there is no DM-BR-B. */
const NEEDED = ['reinitializeDevice', 'atomicReadFile', 'atomicWriteFile'] as const;

const TOLD: readonly (keyof typeof ServiceSupported)[] = [
  ...NEEDED,
  'createObject',
  'deleteObject',
  'readProperty',
  'readPropertyMultiple',
  'writeProperty',
];

/** Reads what a backup or restore would need. Rejects with EngineError `device-silent`, `cancelled`. */
export async function probe(device: Device, options: ProbeOptions = {}): Promise<Capabilities> {
  const session = new Session(device, options);
  try {
    session.throwIfCancelled();
    const identity = await readIdentity(session);
    const facts: DeviceFacts = await readFacts(session);
    const sighting = await session.look('work', true);
    const services = servicesOf(await readDeviceProperty(session, PropertyId.protocolServicesSupported));
    const files = await readFileCount(session);
    return {
      kind: 'capabilities',
      device: device.instance,
      identity,
      reachedAt: reachedAt(session),
      ...judge(services, files),
      services,
      ...(sighting.state === undefined ? {} : { state: stateName(sighting.state) }),
      ...(sighting.status === undefined ? {} : { systemStatus: statusName(sighting.status) }),
      ...facts,
      ...(typeof files === 'number' ? { configurationFiles: files } : {}),
    };
  } catch (error) {
    throw leftWith(session, error, 'not-started');
  }
}

function servicesOf(values: readonly BacnetValue[] | undefined): Readonly<Record<string, boolean>> {
  const bits = values?.[0];
  if (bits?.type !== 'bit-string') return {};
  return Object.fromEntries(TOLD.map((name) => [name, bits.bits[ServiceSupported[name]] === true]));
}

/** Number of elements of Configuration_Files; "untold" when it cannot be read now, undefined when it does not exist. */
async function readFileCount(session: Session): Promise<number | 'untold' | undefined> {
  const byIndex = await session.read(session.object, PropertyId.configurationFiles, { index: 0 });
  if (byIndex.ok) return numberOf(byIndex.value) ?? 'untold';
  let missing = false as boolean;
  const whole = await readDeviceProperty(session, PropertyId.configurationFiles, (refusal) => {
    missing = refusal.kind === 'error' && refusal.errorCode === ErrorCode.unknownProperty;
  });
  return whole?.length ?? (missing ? undefined : 'untold');
}

function judge(
  services: Readonly<Record<string, boolean>>,
  files: number | 'untold' | undefined,
): Pick<Capabilities, 'backupAndRestore' | 'reasons'> {
  const told = Object.keys(services).length > 0;
  const missing = NEEDED.filter((name) => services[name] === false).map(
    (name) => `${capital(name)} is not supported`,
  );
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
