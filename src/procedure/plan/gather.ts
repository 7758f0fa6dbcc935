// Collects what a plan is made of: from the image, the device and the network. Reads alone; a device that
// is in somebody's procedure has its configuration files left in peace, since a look would keep it there.

import { ErrorCode, INSTANCE_MAX, ObjectType } from '../../../protocol/index.js';
import { EngineError, isEngineError } from '../../errors.js';
import {
  type ImageSummary,
  isOwn,
  isUndo,
  type Repository,
  standingOf as standingOfImage,
} from '../../repository/index.js';
import type { FilePort } from '../../transfer/index.js';
import { readServices } from '../abilities.js';
import { listedNow } from '../configuration-files.js';
import { lookFor, takesAccess } from '../file-object.js';
import { filePort } from '../file-port.js';
import { reachedAt, readFacts, readIdentity } from '../identify.js';
import { measure } from '../image-content.js';
import type { Session } from '../session.js';
import { isTaken } from '../states.js';
import type { FileFacts, Live, PlanFacts } from './facts.js';
import { hearNew, hearOld } from './hearing.js';

/** Everything that the checks need. Rejects as reading a device and a repository does. */
export async function gather(
  session: Session,
  repository: Repository,
  image: ImageSummary,
  asked: Pick<PlanFacts, 'site' | 'undo'>,
): Promise<PlanFacts> {
  const { site } = asked;
  const { manifest } = image;
  const damage = await damageOf(repository, image);
  const live = await readLive(session);
  const files = await readFiles(session, repository, image, damage, isTaken('restore', live.sighting));
  const mine = await repository.images({ site: manifest.site, instance: manifest.device.instance });
  // Undo images are by-products of restores, imported ones are of some time ago: neither is the newest of a device.
  const newest = mine.find((one) => isOwn(one.manifest));
  const { instance } = session.device;
  const other = instance !== manifest.device.instance;
  const configured = instance !== INSTANCE_MAX;
  // Also an imported image says that its device is in service.
  const ofTarget =
    other && configured
      ? (await repository.images({ site, instance })).find((one) => !isUndo(one.manifest))
      : undefined;
  const own = configured ? await hearNew(session, image) : undefined;
  const old = other ? await hearOld(session, image) : undefined;
  return {
    image,
    standing: standingOfImage(image, await repository.facts(image)),
    ...(damage === undefined ? {} : { damage }),
    files,
    ...(newest === undefined ? {} : { newest }),
    ...(ofTarget === undefined ? {} : { ofTarget }),
    ...asked,
    live,
    ...(own === undefined ? {} : { own }),
    ...(old === undefined ? {} : { old }),
    unixTimeMs: session.clock.unixTime(),
  };
}

/** What is wrong with the image in the repository; undefined when every hash is right. */
async function damageOf(repository: Repository, image: ImageSummary): Promise<string | undefined> {
  try {
    await repository.verifyImage(image);
    return undefined;
  } catch (error) {
    if (isEngineError(error, 'repository-corrupt')) return error.message;
    throw error;
  }
}

async function readLive(session: Session): Promise<Live> {
  session.throwIfCancelled();
  const identity = await readIdentity(session);
  const facts = await readFacts(session);
  const sighting = await session.look('work', true);
  if (sighting.silent)
    throw new EngineError('device-silent', 'it stopped answering when asked for its state');
  return {
    identity,
    reachedAt: reachedAt(session),
    facts,
    sighting,
    services: await readServices(session),
    list: await listedNow(session),
  };
}

async function readFiles(
  session: Session,
  repository: Repository,
  image: ImageSummary,
  damage: string | undefined,
  taken: boolean,
): Promise<FileFacts[]> {
  const port = filePort(session);
  const all: FileFacts[] = [];
  for (const row of image.manifest.files) {
    session.throwIfCancelled();
    // A damaged image cannot be measured; what its manifest says is all there is.
    const { units, longestRecord } =
      damage === undefined
        ? await measure(repository, row)
        : { units: row.accessMethod === 'stream' ? row.octets : (row.recordCount ?? 0), longestRecord: 0 };
    const fits = units === 0 || session.sizes.recordsToWrite(units, [longestRecord]) > 0;
    const common = { row, units, ...(fits ? {} : { tooLong: longestRecord }) };
    all.push(taken ? { ...common, found: 'not-asked' } : { ...common, ...(await lookAt(port, row)) });
  }
  return all;
}

async function lookAt(port: FilePort, row: FileFacts['row']): Promise<Pick<FileFacts, 'found' | 'takes'>> {
  const file = { type: ObjectType.file, instance: row.instance };
  const found = await lookFor(port, file);
  if (found === undefined) return { found: 'missing' };
  if (found.accessMethod === undefined || found.accessMethod === row.accessMethod) return { found };
  const answer = await takesAccess(port, file, row.accessMethod);
  if (answer === true) return { found, takes: 'yes' };
  const no = answer.kind === 'error' && answer.errorCode === ErrorCode.invalidFileAccessMethod;
  return { found, takes: no ? 'no' : 'untold' };
}
