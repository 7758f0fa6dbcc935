// Finding a device again after ENDRESTORE: a restored configuration may have given it another instance and
// another address. It takes another address only when it is known that nobody else has the instance.

import { INSTANCE_MAX, ObjectType, PropertyId } from '../../protocol/index.js';
import type { DeviceInstance } from '../client/index.js';
import type { RestorePlan } from './plan/index.js';
import type { Session } from './session.js';

/** As what, and where, a device may come back. */
export interface Comeback {
  /** What the image's configuration makes it answer to. */
  readonly instance: DeviceInstance;
  /** Nobody else answered to that instance before: who does now is the device, wherever it is. */
  readonly mayMove: boolean;
}

/** What the plan says about it: by the check that asked who else has the instance. */
export function comebackOf({ becomes, replacement, checks }: RestorePlan): Comeback {
  const alone = replacement ? 'old-device' : 'duplicate-instance';
  const mayMove = checks.some(({ name, severity }) => name === alone && severity === 'ok');
  return { instance: becomes, mayMove };
}

/** Asks at the device's place whether it is the new instance already, and binds it anew if so. Asks once. */
export async function adoptInstance(session: Session, { instance }: Comeback): Promise<void> {
  if (session.device.instance === instance) return;
  // Some devices answer for any instance, with their own: only its own counts.
  if ((await instanceAt(session, instance)) === instance) await rebind(session, { instance });
}

/**
 * Which device says that it is at the place of one that does not know its own instance any more; undefined when none
 * says. For words alone: real devices answer the wildcard wrongly, so nothing is done to whoever it names. Asks once.
 */
export async function whoIsThere(session: Session): Promise<DeviceInstance | undefined> {
  const is = await instanceAt(session, INSTANCE_MAX);
  return is === INSTANCE_MAX || is === session.device.instance ? undefined : is;
}

/** What the device says that it is, asked as that one; undefined when it says nothing of the kind. Asks once. */
async function instanceAt(session: Session, instance: DeviceInstance): Promise<DeviceInstance | undefined> {
  const object = { type: ObjectType.device, instance };
  const reply = await session.read(object, PropertyId.objectIdentifier, { retries: 0 });
  const [value] = reply.ok ? reply.value : [];
  const is = value?.type === 'object-identifier' ? value.object : undefined;
  return is?.type === ObjectType.device ? is.instance : undefined;
}

/** Looks for a device that does not answer: as what it may be now, then as what it was. */
export async function lookAgain(session: Session, { instance, mayMove }: Comeback): Promise<void> {
  if (session.device.instance !== instance && (await rebind(session, { instance, mayMove }))) return;
  await rebind(session, { mayMove: mayMove && session.device.instance === instance });
}

/** Whether the device was found. Not found yet is no error; two devices of one instance are worth telling. */
async function rebind(session: Session, how: Partial<Comeback>): Promise<boolean> {
  const missing = await session.rebind(how);
  if (missing?.code === 'device-duplicate') session.deviation(missing.message);
  return missing === undefined;
}
