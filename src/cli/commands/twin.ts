// bacvault twin: serves a simulated device made from an image, until it is interrupted. It stays on loopback
// unless somebody says that a second device of this instance may stand on a network.

import {
  createDevice,
  type DeviceEvent,
  eventLine,
  serve,
  type SimulatedDevice,
  type Station,
  unixTimeAtZero,
} from '../../../simulator/index.js';
import { EngineError, type ImageSummary } from '../../index.js';
import { findImage, imageName } from '../image-choice.js';
import {
  addOutputOptions,
  addPasswordOptions,
  addRepositoryOptions,
  deviceInstance,
  type LocalAddress,
  localAddress,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { readPassword } from '../password.js';
import { octetsOf } from '../render/image.js';
import { counted, octets, printable } from '../render/text.js';
import type { Session } from '../session.js';
import {
  addTwinOptions,
  type Likeness,
  likenessLines,
  likenessOf,
  learnedSince,
  loadFiles,
  twinDevice,
  type TwinOptions,
  twinProfile,
} from '../twin/index.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  RepositoryOptions &
  TwinOptions & { readonly listen?: LocalAddress; readonly yesDevice?: number; readonly fast?: boolean };

interface Place {
  readonly address: string;
  readonly port: number;
}

/** Beside the port that bacvault itself takes, so that both fit on one computer. */
const DEFAULT_PLACE: Place = { address: '127.0.0.1', port: 47809 };

/** Port of BACnet/IP, where broadcasts find a device. */
const BACNET_PORT = 47808;

export const twinVerb: Verb = {
  name: 'twin',
  summary: 'serve a simulated device made from an image',
  description:
    'Serves a simulated device on UDP that has the files, the identity, the limits and the recorded times and ' +
    'deviations of an image, until Ctrl-C. Try a restore on it, a new client, or a person who has never done it. ' +
    'It says what is like the recorded device and what is not. What is written to it is forgotten at the end. ' +
    'It stands on 127.0.0.1; on any other address it would be a second device of the same instance, so there ' +
    '--yes-device must name the instance.',
  examples: [
    { line: 'bacvault twin latest --device 1201', what: 'serves it at 127.0.0.1:47809' },
    {
      line: 'bacvault twin 1a2b3c4d --listen 127.0.0.1:0 --fast --quirk write-dropped=1',
      what: 'any free port, without the recorded slowness, and with a fault that must be noticed',
    },
  ],
  define: (command, start) => {
    command.argument('<image>', 'image id (4 or more hex digits) or "latest"', imageName);
    addTwinOptions(command)
      .option('--fast', 'answers and prepares at once, whatever was recorded')
      .option(
        '--listen <address[:port]>',
        `where to stand (default ${DEFAULT_PLACE.address}:${DEFAULT_PLACE.port}; an address alone takes port ${BACNET_PORT})`,
        localAddress,
      )
      .option('--yes-device <instance>', 'consent to stand on a network as this device', deviceInstance);
    addPasswordOptions(command);
    addRepositoryOptions(command, 'only this site');
    addOutputOptions(command).action(start(twin));
  },
};

async function twin(session: Session, options: Options, name: string): Promise<void> {
  const place = placeOf(options.listen);
  const password = await readPassword(options, session.io, session.output);
  const { image, files, learned } = await session.withRepository(options, async (repository) => {
    const found = await findImage(repository, name, { site: options.site, instance: options.device });
    requireConsent(place, found.manifest.device.instance, options.yesDevice);
    const files = await loadFiles(repository, found);
    return { image: found, files, learned: await learnedSince(repository, found) };
  });
  const profile = twinProfile(image.manifest, { fast: options.fast, learned });
  const config = twinDevice(profile, files, {
    password,
    quirks: options.quirk,
    unixTimeAtZero: unixTimeAtZero(),
    announces: isLoopback(place.address) ? 'unicast' : 'broadcast',
  });
  session.interrupt.throwIfHappened();
  const device = createDevice(config, { onEvent: (event) => tell(session, config.instance, event) });
  const station = await standAt(device, place, session);
  try {
    const likeness = likenessOf(profile, options.quirk);
    const target = `${config.instance}@${station.address}`;
    session.output.result(readyText(image, target, likeness), readyObject(image, target, likeness));
    await ended(session.signal);
  } finally {
    await station.close();
  }
}

/** Without an address: loopback. Without a port: BACnet's, but for the default place. */
function placeOf(listen: LocalAddress | undefined): Place {
  if (listen === undefined) return DEFAULT_PLACE;
  const { address, port } = listen;
  if (address === undefined) return { ...DEFAULT_PLACE, port: port ?? DEFAULT_PLACE.port };
  return { address, port: port ?? BACNET_PORT };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.');
}

/** Whoever looks for the real controller on a network may find its twin instead. */
function requireConsent({ address }: Place, instance: number, yesDevice: number | undefined): void {
  if (isLoopback(address)) return;
  if (yesDevice === instance) return;
  const consent = yesDevice === undefined ? '' : `--yes-device says ${yesDevice}, but `;
  throw new EngineError(
    'usage',
    `${consent}a twin at ${address} would answer as device ${instance} to everybody on that network: give ` +
      `--yes-device ${instance} where no other device ${instance} can be mistaken for it. Nothing was served.`,
  );
}

async function standAt(device: SimulatedDevice, place: Place, session: Session): Promise<Station> {
  try {
    return await serve(device, {
      ...place,
      onProblem: (message) => session.output.say(`warning: ${message}`),
    });
  } catch (cause) {
    const why = WHY[(cause as NodeJS.ErrnoException).code ?? ''];
    if (why === undefined) throw cause;
    throw new EngineError('usage', `${place.address}:${place.port}: ${why}; choose another with --listen.`, {
      cause,
    });
  }
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port',
  EADDRNOTAVAIL: 'this computer does not have the address',
  EACCES: 'the system does not allow this port',
};

function tell(session: Session, instance: number, event: DeviceEvent): void {
  const object = { ...event, kind: `device-${event.kind}`, instance };
  session.output.result(`${eventLine(instance, event, false)}\n`, object);
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function readyText({ id, manifest }: ImageSummary, target: string, likeness: Likeness): string {
  const { name } = manifest.device;
  const lines = [
    `Twin of device ${manifest.device.instance}${name === undefined ? '' : ` ${printable(name)}`}, image ${id.slice(0, 8)}, ` +
      `${counted(manifest.files.length, 'file')}, ${octets(octetsOf(manifest))}`,
    ...likenessLines(likeness),
    `Its target is ${target}. Ctrl-C ends it.`,
  ];
  return `${lines.join('\n')}\n`;
}

function readyObject({ id, manifest }: ImageSummary, target: string, likeness: Likeness): { kind: string } {
  const object = {
    kind: 'twin',
    device: manifest.device.instance,
    imageId: id,
    target,
    files: manifest.files.length,
    octets: octetsOf(manifest),
    ...likeness,
  };
  return object;
}
