// Several properties of one object with one question, where the device has ReadPropertyMultiple and it works. Many
// devices have it and do it wrongly: so it only ever shortens the way to a value. Whatever it does not give is asked for
// alone, no refusal of it is believed, and a device that once answered it otherwise is never asked so again.

import {
  type BacnetValue,
  INSTANCE_MAX,
  type ObjectId,
  ObjectType,
  PropertyId,
  type Refusal,
  refusalWords,
} from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import { answerGroups, isBusy } from '../pacing/index.js';
import type { PropertyValues } from '../transfer/index.js';
import { readServices } from './abilities.js';
import type { Session } from './session.js';

/** What this procedure knows of a device's ReadPropertyMultiple. */
export type MultipleReads =
  /** Nothing speaks against it. */
  | 'usable'
  /** It did not work now, which says nothing of the next time. */
  | 'given-up'
  /** The device does it wrongly. */
  | 'unusable';

/** Properties that hold text, with the octets of one that is longer than most; people write the last two. Others take a few. */
const TEXT_OCTETS: ReadonlyMap<number, number> = new Map([
  [PropertyId.objectName, 64],
  [PropertyId.vendorName, 64],
  [PropertyId.modelName, 64],
  [PropertyId.firmwareRevision, 64],
  [PropertyId.applicationSoftwareVersion, 64],
  [PropertyId.serialNumber, 64],
  [PropertyId.fileType, 64],
  [PropertyId.location, 255],
  [PropertyId.description, 255],
]);

/** A date and a time, the longest of the others. */
const OTHER_OCTETS = 10;

/**
 * The values that the device gives of these properties in one answer, or in few where they do not fit one. Rejects
 * `cancelled` alone.
 */
export async function readAtOnce(
  session: Session,
  object: ObjectId,
  properties: readonly number[],
): Promise<PropertyValues> {
  const values = new Map<number, readonly BacnetValue[]>();
  // Who asks for the wildcard is answered by another instance.
  if (object.type === ObjectType.device && object.instance === INSTANCE_MAX) return values;
  const { limits, accepts } = session.device;
  const room = Math.min(limits.maxApdu, accepts.maxApdu);
  const octetsOf = (property: number): number => TEXT_OCTETS.get(property) ?? OTHER_OCTETS;
  for (const group of answerGroups(properties, octetsOf, room)) {
    if (group.length === 1) continue;
    if (!(await isUsable(session))) break;
    const { retries } = session;
    const reply = await ask(session, object, group);
    if (!reply.ok) {
      await giveUp(session, reply.refusal, { object, property: group[0], lostBefore: retries > 0, values });
      break;
    }
    for (const [at, one] of reply.value.entries()) {
      const property = group[at];
      if (one.ok && property !== undefined) values.set(property, one.value);
    }
  }
  return values;
}

async function isUsable(session: Session): Promise<boolean> {
  if (session.multipleReads !== 'usable') return false;
  if (session.remembered?.learned.readPropertyMultiple === 'unusable') return false;
  return (await readServices(session))['readPropertyMultiple'] === true;
}

/** A File object is read while a transfer is at work, and the question keeps its procedure alive. */
function ask(
  session: Session,
  object: ObjectId,
  properties: readonly number[],
): Promise<Reply<Reply<BacnetValue[]>[]>> {
  if (object.type !== ObjectType.file) return session.readProperties(object, properties);
  const call = session.fileCall({ priority: 'control', adapts: true });
  return session.fileRequest(() => session.device.readProperties(object, properties, call), true);
}

interface Unanswered {
  readonly object: ObjectId;
  /** One of those that were asked for. */
  readonly property: number | undefined;
  /** Something had to be repeated before: it may be the network that loses. */
  readonly lostBefore: boolean;
  readonly values: Map<number, readonly BacnetValue[]>;
}

async function giveUp(session: Session, refusal: Refusal, unanswered: Unanswered): Promise<void> {
  session.multipleReads = 'given-up';
  const words = refusalWords(refusal);
  session.repeated(2, `ReadPropertyMultiple: ${words}`);
  // What says "later" will say it of a single property, too, and that is waited out there.
  if (refusal.kind === 'network-reject' || isBusy(refusal)) return;
  if (refusal.kind === 'timeout' && !(await answersAlone(session, unanswered))) return;
  session.multipleReads = 'unusable';
  session.deviation(`it says that it has ReadPropertyMultiple, which did not work (${words})`);
}

/** Whether the device was silent about this question alone: nothing else was lost, before or after. */
async function answersAlone(
  session: Session,
  { object, property, lostBefore, values }: Unanswered,
): Promise<boolean> {
  if (property === undefined) return false;
  const { retries } = session;
  const reply = await session.read(object, property);
  if (reply.ok) values.set(property, reply.value);
  const answered = reply.ok || (reply.refusal.kind !== 'timeout' && reply.refusal.kind !== 'network-reject');
  return answered && !lostBefore && session.retries === retries;
}
