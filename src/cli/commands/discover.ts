// bacvault discover: asks Who-Is and lists the I-Ams. Reads only.

import { type Command, InvalidArgumentError } from 'commander';
import { type Announcement, EngineError } from '../../index.js';
import {
  addJournalOptions,
  addNetworkOptions,
  addOutputOptions,
  deviceInstance,
  type NetworkOptions,
  type RepositoryOptions,
  wholeNumber,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { table } from '../render/table.js';
import { counted, networkAndMac } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

interface Range {
  readonly low: number;
  readonly high: number;
}

type Options = OutputOptions &
  RepositoryOptions &
  NetworkOptions & { readonly instances?: Range; readonly network?: number; readonly wait?: number };

export const discoverVerb: Verb = {
  name: 'discover',
  summary: 'list the devices that answer Who-Is',
  description:
    'Asks Who-Is and lists every I-Am: device instance, address, network number and MAC for devices behind a ' +
    'router, vendor identifier, max APDU length accepted and segmentation supported. An instance that answers ' +
    'from two addresses is listed twice and named in a warning. Ends with status 14 when nothing answers.',
  examples: [
    { line: 'bacvault discover', what: 'asks everyone, here and behind routers' },
    {
      line: 'bacvault discover --instances 1000-1999 --network 2001',
      what: 'asks one range on one remote network',
    },
    {
      line: 'bacvault discover --bbmd 10.1.0.5 --local 10.9.0.7:0 --json',
      what: 'asks through a BBMD, from any free port',
    },
  ],
  define: (command, start) => {
    addDiscoverOptions(command);
    addJournalOptions(command);
    addNetworkOptions(command);
    addOutputOptions(command).action(start(discover));
  },
};

function addDiscoverOptions(command: Command): void {
  command
    .optionsGroup('Which devices:')
    .option('--instances <low-high>', 'only device instances in this range', instanceRange)
    .option('--network <number>', 'only this remote network', wholeNumber(1, 65_534))
    .option(
      '--wait <ms>',
      'how long to listen after the last Who-Is (default 3000)',
      wholeNumber(1, 600_000),
    );
}

async function discover(session: Session, options: Options): Promise<void> {
  const { output } = session;
  const found: Announcement[] = [];
  await session.withClient(options, async (client) => {
    output.note(`Asking Who-Is from ${client.localAddress}.`);
    const asked = {
      signal: session.signal,
      ...options.instances,
      ...(options.network === undefined ? {} : { network: options.network }),
      ...(options.wait === undefined ? {} : { waitMs: options.wait }),
    };
    for await (const announcement of client.discover(asked)) {
      found.push(announcement);
      output.object(announcementObject(session, announcement));
    }
  });
  session.interrupt.throwIfHappened();
  if (found.length === 0) throw new EngineError('device-not-found', 'No device answered Who-Is.');
  if (!output.json) output.result(announcementTable(found));
  output.note(`${counted(found.length, 'device')} answered.`);
  for (const instance of duplicates(found)) {
    output.say(`warning: device instance ${instance} answers from more than one address.`);
  }
}

function announcementTable(found: readonly Announcement[]): string {
  const sorted = found.toSorted(
    (a, b) => a.instance - b.instance || (a.address.link < b.address.link ? -1 : 1),
  );
  return table(
    [
      { heading: 'instance', align: 'right' },
      { heading: 'address' },
      { heading: 'network:MAC' },
      { heading: 'vendor id', align: 'right' },
      { heading: 'max APDU', align: 'right' },
      { heading: 'segmentation' },
    ],
    sorted.map((one) => [
      String(one.instance),
      one.address.link,
      networkAndMac(one.address),
      String(one.vendorId),
      String(one.maxApdu),
      one.segmentation,
    ]),
  );
}

function announcementObject(session: Session, one: Announcement): { readonly kind: string } {
  const { link, network, mac } = one.address;
  const object = {
    kind: 'announcement',
    instance: one.instance,
    address: link,
    network,
    mac,
    vendorId: one.vendorId,
    maxApdu: one.maxApdu,
    segmentation: one.segmentation,
    target: session.engine.formatTarget({ instance: one.instance, address: one.address }),
  };
  return object;
}

function duplicates(found: readonly Announcement[]): number[] {
  const seen = new Set<number>();
  const twice = new Set<number>();
  for (const { instance } of found) (seen.has(instance) ? twice : seen).add(instance);
  return [...twice].sort((a, b) => a - b);
}

function instanceRange(text: string): Range {
  const parts = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (!parts) throw new InvalidArgumentError('It must be LOW-HIGH, as 1000-1999.');
  const low = deviceInstance(parts[1] ?? '');
  const high = deviceInstance(parts[2] ?? parts[1] ?? '');
  if (low > high) throw new InvalidArgumentError('The lower instance comes first.');
  return { low, high };
}
