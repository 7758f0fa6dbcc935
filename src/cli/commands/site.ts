// bacvault site: writes a site file from what answers, and explains one.

import { Argument } from 'commander';
import {
  type Announcement,
  EngineError,
  mistakeText,
  readSite,
  type Site,
  siteJsonSchema,
  siteTemplate,
} from '../../index.js';
import { Reported } from '../exit.js';
import { onDisk, once } from '../on-disk.js';
import {
  addNetworkOptions,
  addOutputOptions,
  addRepositoryOptions,
  localText,
  type NetworkOptions,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { counted, printable } from '../render/text.js';
import type { Session } from '../session.js';
import { addSiteFileOption, type SiteFileOptions, siteFilePlace, siteText } from '../site-file.js';
import { explainSite } from '../site-words.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  NetworkOptions &
  RepositoryOptions &
  SiteFileOptions & { readonly site?: string };

const SCHEMA = 'site.schema.json';

export const siteVerb: Verb = {
  name: 'site',
  summary: 'write a commented site file from what answers, or explain one',
  description:
    'Two actions. "init" asks who is there and writes a commented site file with one rule, and beside it the JSON Schema that lets ' +
    'editors help; it never overwrites anything. "check" tells every mistake in a site file with line, column, what is ' +
    'wrong and what would be right; for a right one it says what each rule means, when it runs next, which known devices no ' +
    'rule means, and where passwords come from (never what they are). It sends nothing. Ends with status 2 for mistakes.',
  examples: [
    { line: 'bacvault site init --site "Hospital North"', what: 'writes ./site.yaml' },
    { line: 'bacvault site check --site-file north.yaml', what: 'its mistakes, or what it means' },
  ],
  define: (command, start) => {
    command.addArgument(new Argument('<action>', 'what to do').choices(['init', 'check']));
    addSiteFileOption(command);
    command.option('--site <name>', 'name of the site, for "init" (default: "default")');
    addRepositoryOptions(command);
    addNetworkOptions(command);
    addOutputOptions(command).action(start(run));
  },
};

async function run(session: Session, options: Options, action: string): Promise<void> {
  await (action === 'init' ? init(session, options) : check(session, options));
}

async function init(session: Session, options: Options): Promise<void> {
  const { io, output } = session;
  const place = siteFilePlace(options, io);
  const cut = Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\')) + 1;
  const file = place.slice(cut);
  if (file === '') throw new EngineError('usage', `${printable(place)} names no file.`);
  const folder = await onDisk(place, () => io.openFolder(place.slice(0, cut) || '.'));
  if (await onDisk(place, () => folder.exists(file)))
    throw new EngineError('usage', `${printable(place)} is there already; it was not touched.`);
  const found = await discover(session, options);
  const text = siteTemplate({
    site: options.site ?? 'default',
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    schema: `./${SCHEMA}`,
    found: found.map(({ instance, vendorId, address: { network } }) => ({
      instance,
      vendorId,
      ...(network === undefined ? {} : { network }),
    })),
    ...(options.local?.address === undefined ? {} : { local: localText(options.local) }),
    ...(options.broadcast === undefined ? {} : { broadcast: options.broadcast }),
    ...(options.bbmd === undefined ? {} : { bbmd: options.bbmd }),
  });
  await onDisk(place, () => folder.create(file, once(text)));
  if (!(await onDisk(SCHEMA, () => folder.exists(SCHEMA))))
    await onDisk(SCHEMA, () => folder.create(SCHEMA, once(`${JSON.stringify(siteJsonSchema(), null, 2)}\n`)));
  const line = { kind: 'site-file', place, devices: found.length };
  output.result(`${printable(place)} written; ${counted(found.length, 'device')} answered.\n`, line);
}

/** Each device once, by instance. That nobody answers is no reason not to begin. */
async function discover(session: Session, options: Options): Promise<readonly Announcement[]> {
  const found = new Map<number, Announcement>();
  await session.withClient(options, async (client) => {
    session.output.note(`Asking Who-Is from ${client.localAddress}.`);
    for await (const one of client.discover({ signal: session.signal })) found.set(one.instance, one);
  });
  session.interrupt.throwIfHappened();
  return [...found.values()].sort((a, b) => a.instance - b.instance);
}

async function check(session: Session, options: Options): Promise<void> {
  const { io, output } = session;
  const place = siteFilePlace(options, io);
  const { site, mistakes } = readSite(await siteText(options, io));
  if (site === undefined) {
    const lines = mistakes.map((mistake) => `${printable(mistakeText(mistake, place))}\n`);
    output.result(lines.join(''), ...mistakes.map((mistake) => ({ kind: 'site-mistake', ...mistake })));
    output.say(`${printable(place)} has ${counted(mistakes.length, 'mistake')}.`);
    throw new Reported(2);
  }
  await explain(session, options, site);
}

async function explain(session: Session, options: Options, site: Site): Promise<void> {
  const explained = await explainSite(session, options, site);
  session.output.result(explained.lines.map((line) => `${line}\n`).join(''), explained.object);
  for (const warning of explained.warnings) session.output.say(`warning: ${warning}`);
}
