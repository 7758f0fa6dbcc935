// Who answers to an instance: asked by Who-Is, and where the image's device once was. Two controllers of
// one instance are how the wrong one gets restored, so this waits longer than a binding does.

import { isEngineError } from '../../errors.js';
import { parseHost, placeKey, placeWords, type Target } from '../../client/index.js';
import type { ImageSummary } from '../../repository/index.js';
import type { Session } from '../session.js';
import { DUPLICATE_LISTEN_MS, DUPLICATE_QUESTIONS } from '../timing.js';
import type { Hearing } from './facts.js';

type Address = NonNullable<Target['address']>;

/** Who answers to the device's own instance. */
export async function hearNew(session: Session, image: ImageSummary): Promise<Hearing> {
  const { instance } = session.device;
  const heard = await heardAs(session, instance);
  if (instance === image.manifest.device.instance) await addOldPlace(session, image, heard);
  return hearing(session, heard);
}

/** Who answers to the image's instance, when the device has another one. */
export async function hearOld(session: Session, image: ImageSummary): Promise<Hearing> {
  const { instance } = image.manifest.device;
  const heard = await heardAs(session, instance);
  await addOldPlace(session, image, heard);
  // Whether Who-Is gets through at all is seen by the device's own answer, to its own instance.
  const self = heard.size > 0 || (await heardAs(session, session.device.instance)).has(own(session));
  return { ...hearing(session, heard), self };
}

function own(session: Session): string {
  return placeKey(session.device.address);
}

function hearing(session: Session, heard: ReadonlyMap<string, Address>): Hearing {
  const elsewhere = [...heard]
    .filter(([key]) => key !== own(session))
    .map(([, address]) => placeWords(address));
  return { self: heard.has(own(session)), elsewhere };
}

/** The places from which an I-Am of the instance came. */
async function heardAs(session: Session, instance: number): Promise<Map<string, Address>> {
  const { client } = session.device;
  const { signal } = session;
  const heard = new Map<string, Address>();
  const announcements = client.discover({
    low: instance,
    high: instance,
    waitMs: DUPLICATE_LISTEN_MS,
    repeats: DUPLICATE_QUESTIONS - 1,
    ...(signal === undefined ? {} : { signal }),
  });
  for await (const { address } of announcements) heard.set(placeKey(address), address);
  return heard;
}

/** A device that hears no broadcast may still answer where the image's device was. */
async function addOldPlace(
  session: Session,
  image: ImageSummary,
  heard: Map<string, Address>,
): Promise<void> {
  const { device, reachedAt } = image.manifest;
  const address = addressOf(reachedAt);
  if (address === undefined || placeKey(address) === own(session) || heard.has(placeKey(address))) return;
  const { signal } = session;
  try {
    const target = { instance: device.instance, address };
    await session.device.client.device(target, signal === undefined ? {} : { signal });
    heard.set(placeKey(address), address);
  } catch (error) {
    // Silence, no route, or somebody else there: the device of the image is not there any more.
    const gone = ['device-silent', 'device-no-route', 'device-mismatch'] as const;
    if (gone.some((code) => isEngineError(error, code))) return;
    // Who answers there and does not say who it is may well be the old one.
    if (!isEngineError(error, 'device-refused')) throw error;
    heard.set(placeKey(address), address);
  }
}

/** Where the image's device was; undefined where an imported image has no real address. */
function addressOf({ address, network, mac }: ImageSummary['manifest']['reachedAt']): Address | undefined {
  try {
    const { host, port } = parseHost(address, 'address');
    const link = `${host}:${port}`;
    return network === undefined ? { link } : { link, network, ...(mac === undefined ? {} : { mac }) };
  } catch (error) {
    if (isEngineError(error, 'usage')) return undefined;
    throw error;
  }
}
