// What a device can do, found by reading alone. It starts nothing, so it may be run at any time; that a
// device lists no configuration files outside a procedure says nothing (protocol facts 1.1).

import { ErrorCode, PropertyId } from '../../protocol/index.js';
import type { Device } from '../client/index.js';
import { numberOf } from '../transfer/index.js';
import { backupAndRestore, readServices } from './abilities.js';
import { equip, quirksRow } from './equip.js';
import { leftWith } from './failure.js';
import { type DeviceFacts, reachedAt, readDeviceProperty, readFacts, readIdentity } from './identify.js';
import { Session } from './session.js';
import { stateName, statusName } from './states.js';
import type { Capabilities, ProbeOptions } from './types.js';

/** Reads what a backup or restore would need. Rejects with EngineError `device-silent`, `cancelled`. */
export async function probe(device: Device, options: ProbeOptions = {}): Promise<Capabilities> {
  const session = new Session(device, options);
  try {
    session.throwIfCancelled();
    const identity = await readIdentity(session);
    equip(session, identity);
    const facts: DeviceFacts = await readFacts(session);
    const sighting = await session.look('work', true);
    const services = await readServices(session);
    const files = await readFileCount(session);
    return {
      kind: 'capabilities',
      device: device.instance,
      identity,
      reachedAt: reachedAt(session),
      ...backupAndRestore(services, files),
      services,
      ...(sighting.state === undefined ? {} : { state: stateName(sighting.state) }),
      ...(sighting.status === undefined ? {} : { systemStatus: statusName(sighting.status) }),
      ...facts,
      ...(typeof files === 'number' ? { configurationFiles: files } : {}),
      ...quirksRow(session),
    };
  } catch (error) {
    throw leftWith(session, error, 'not-started');
  }
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
