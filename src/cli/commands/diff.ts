// bacvault diff: what differs between two images, or an image and the device as it is. Writes nothing to a
// device and nothing into the repository.

import {
  type DeviceDiff,
  EngineError,
  ERRORS,
  type ImageDiff,
  type ImageSummary,
  isEngineError,
  type Repository,
  type Target,
} from '../../index.js';
import { Reported } from '../exit.js';
import { findImage, imageName } from '../image-choice.js';
import {
  addNetworkOptions,
  addOutputOptions,
  addProcedureOptions,
  addRepositoryOptions,
  deviceInstance,
  type NetworkOptions,
  type ProcedureOptions,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { openPage } from '../page.js';
import { readProcedureOptions } from '../password.js';
import { diffHtml } from '../render/diff-html.js';
import { diffText } from '../render/diff-text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  NetworkOptions &
  ProcedureOptions &
  RepositoryOptions & { readonly device?: number; readonly live?: boolean; readonly html?: string };

export const diffVerb: Verb = {
  name: 'diff',
  summary: 'show what differs between two images, or an image and a device',
  description:
    'Compares the image with another one, with a device as it is now, or, when nothing else is named, with the image ' +
    'before it of the same device. Shows what changed in the identity of the device, in the files, and in what is in ' +
    'them: text line by line, values of JSON and XML, members of ZIP archives, objects and properties of a BACnet ' +
    'object list, records by index, and octets else; of files larger than 8 MiB the octets. Parts that are known to ' +
    'change by themselves are marked as volatile. A device is read by the backup procedure and released; nothing is ' +
    'kept. Digits alone that could be a device instance (up to 7) mean a device, unless an image id begins with them. ' +
    'Ends with status 17 when anything but volatile parts differs.',
  examples: [
    { line: 'bacvault diff latest --device 1201', what: 'what the last backup of a device brought' },
    {
      line: 'bacvault diff 1a2b3c4d 5e6f7a8b --html change.html',
      what: 'two images, also as a page to mail',
    },
    {
      line: 'bacvault diff latest 1201@10.1.4.77 --password-env REINIT',
      what: 'the newest image and the device as it is',
    },
  ],
  define: (command, start) => {
    command.argument('<image>', 'image id (4 or more hex digits) or "latest"', imageName);
    command.argument('[other]', 'another image, or a device: INSTANCE, INSTANCE@HOST[:PORT], ...');
    command
      .optionsGroup('What is compared:')
      .option('--device <instance>', 'whose latest image (default: that of the other)', deviceInstance)
      .option('--live', 'the other is a device, also when an image id begins with its digits')
      .option('--html <file>', 'write the comparison as one HTML page, too; never overwrites a file');
    addRepositoryOptions(command, 'only this site');
    addProcedureOptions(command);
    addNetworkOptions(command);
    addOutputOptions(command).action(start(diff));
  },
};

async function diff(
  session: Session,
  options: Options,
  name: string,
  other: string | undefined,
): Promise<void> {
  const page = await openPage(session, options.html);
  await session.withRepository(options, async (repository) => {
    const choice = await choose(session, repository, options, other);
    const found =
      choice.kind === 'device'
        ? await withDevice(session, repository, options, name, choice.target)
        : await withImage(session, repository, options, name, choice.name);
    session.output.result(diffText(found), found);
    await page?.(() => diffHtml(found, session.io.version));
    fail(found);
  });
}

type Choice =
  | { readonly kind: 'device'; readonly target: Target }
  /** Without a name: the image before. */
  | { readonly kind: 'image'; readonly name: string | undefined };

/** Digits of an instance, "4194302" at most. */
const INSTANCE_DIGITS = 7;

/** What the second argument means. Nothing is sent to a device that may have been meant as an image. */
async function choose(
  { engine }: Session,
  repository: Repository,
  options: Options,
  other: string | undefined,
): Promise<Choice> {
  if (other === undefined) return { kind: 'image', name: undefined };
  const digits = /^\d+$/.test(other);
  const target = options.live === true || other.includes('@') || (digits && other.length <= INSTANCE_DIGITS);
  if (!target) return { kind: 'image', name: imageName(other) };
  if (digits && other.length >= 4 && options.live !== true && (await isImage(repository, other)))
    throw new EngineError(
      'usage',
      `"${other}" may be a device or an image: give --live for the device, or 8 or more digits of the image.`,
    );
  return { kind: 'device', target: engine.parseTarget(other) };
}

async function isImage(repository: Repository, prefix: string): Promise<boolean> {
  try {
    await repository.image(prefix);
    return true;
  } catch (error) {
    if (isEngineError(error, 'image-not-found')) return false;
    if (isEngineError(error, 'image-ambiguous')) return true;
    throw error;
  }
}

async function withDevice(
  session: Session,
  repository: Repository,
  options: Options,
  name: string,
  target: Target,
): Promise<DeviceDiff> {
  const { engine, signal, output } = session;
  const asked = await readProcedureOptions(options, session.io, output);
  const instance = options.device ?? target.instance;
  const image = await findImage(repository, name, { site: options.site, instance });
  return session.withClient(options, async (client) => {
    const device = await client.device(target, { signal });
    return session.procedure(device, (onEvent) =>
      engine.diffDevice(device, repository, image.id, { ...asked, signal, onEvent, log: output.log }),
    );
  });
}

async function withImage(
  session: Session,
  repository: Repository,
  options: Options,
  name: string,
  other: string | undefined,
): Promise<ImageDiff> {
  const { engine, signal } = session;
  const find = (which: string, like?: ImageSummary): Promise<ImageSummary> =>
    findImage(repository, which, {
      site: options.site,
      instance: options.device ?? like?.manifest.device.instance,
    });
  if (other === undefined) {
    const after = await find(name);
    return engine.diffImages(repository, await imageBefore(repository, after), after, { signal });
  }
  // "latest" on one side is of the device that the id on the other side says.
  const first = name === 'latest' ? undefined : await find(name);
  const second = await find(other, first);
  return engine.diffImages(repository, first ?? (await find(name, second)), second, { signal });
}

/** The image before one, of the same device. */
async function imageBefore(repository: Repository, { id, manifest }: ImageSummary): Promise<ImageSummary> {
  const { site, device } = manifest;
  const images = await repository.images({ site, instance: device.instance });
  const before = images[images.findIndex((image) => image.id === id) + 1];
  if (before) return before;
  throw new EngineError(
    'image-not-found',
    `Image ${id.slice(0, 8)} is the first of device ${device.instance}: there is nothing before it to compare.`,
    { details: { image: id, device: device.instance } },
  );
}

function fail(found: ImageDiff | DeviceDiff): void {
  const { instance } = found.b;
  if ('release' in found && found.release === 'unproven') {
    throw new EngineError(
      'release-failed',
      `Device ${instance} was compared, but not seen to leave backup.`,
      { details: { device: instance, release: found.release } },
    );
  }
  // The difference is the result, and has been shown; only the status is left to tell.
  if (found.verdict === 'different') throw new Reported(ERRORS['not-verified'].exitCode);
}
