// bacvault recover: what was begun on devices and not seen to end. Lists it; with targets or --all asks the
// devices, and releases those that are surely in a procedure of ours. Anybody else's is ended by name alone.

import {
  type Client,
  type Device,
  EngineError,
  isEngineError,
  type RecoverOptions,
  type RecoverReport,
  type Repository,
  type Target,
} from '../../index.js';
import { agree, refuseWithoutConsent } from '../consent.js';
import { forEachTarget } from '../each.js';
import { entryObject, entryText, type OpenEntry, openEntries } from '../open-entries.js';
import {
  addNetworkOptions,
  addOutputOptions,
  addPasswordOptions,
  addRepositoryOptions,
  deviceInstance,
  type NetworkOptions,
  type PasswordOptions,
  type RepositoryOptions,
  wholeNumber,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { readPassword } from '../password.js';
import { leftAloneText, recoverText } from '../render/recover.js';
import { capital, counted } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  NetworkOptions &
  PasswordOptions &
  RepositoryOptions & {
    readonly all?: boolean;
    readonly foreign?: boolean;
    readonly yesDevice?: number;
    /** Seconds. */
    readonly wait?: number;
  };

export const recoverVerb: Verb = {
  name: 'recover',
  summary: 'release devices from what a killed or cut-off run left on them',
  description:
    'Without a target: lists the procedures that were begun and not seen to end, and sends nothing. With targets, or ' +
    '--all for every device of that list: asks the devices for their state, ends or aborts what was begun from this ' +
    "repository and is certainly still running, and takes off the list what is over. What may be somebody else's is " +
    'told and left alone; when it may be ours, recover first waits until the device would have ended it by itself. ' +
    'Work of a process that still runs on this computer is not touched. A backup, restore or verify releases the same ' +
    'device in the same way before it starts.',
  examples: [
    { line: 'bacvault recover', what: 'lists what is open' },
    {
      line: 'bacvault recover --all --password-file reinit.txt',
      what: 'asks and releases all of these devices',
    },
    { line: 'bacvault recover 1201', what: 'one device' },
    {
      line: 'bacvault recover 1201 --foreign --yes-device 1201',
      what: "ends what device 1201 is in, whoever's it is",
    },
  ],
  define: (command, start) => {
    command.argument(
      '[target...]',
      'devices: INSTANCE, INSTANCE@HOST[:PORT] or INSTANCE@NET:MAC@ROUTER[:PORT]',
    );
    command
      .optionsGroup('Which devices, and consent:')
      .option('--all', 'every device that has something open')
      .option('--foreign', "end or abort what the device is in, even when it may be somebody else's")
      .option(
        '--yes-device <instance>',
        'with --foreign: the instance, instead of typing it when asked',
        deviceInstance,
      )
      .option(
        '--wait <s>',
        'how long to wait at most for a device to end by itself what may be ours, in seconds (default 600)',
        wholeNumber(0, 86_400),
      );
    addRepositoryOptions(command, 'only what was begun for this site');
    addPasswordOptions(command.optionsGroup('Procedure:'));
    addNetworkOptions(command);
    addOutputOptions(command).action(start(recover));
  },
};

async function recover(session: Session, options: Options, texts: readonly string[]): Promise<void> {
  const targets = session.targets(texts);
  requireSense(session, options, targets);
  const password = await readPassword(options, session.io, session.output);
  await session.withRepository(options, async (repository) => {
    const all = await openEntries(repository);
    const open = all.filter(({ entry }) => options.site === undefined || entry.site === options.site);
    if (targets.length === 0 && options.all !== true) {
      list(session, open);
      return;
    }
    const due = options.all === true ? dueSites(session, open) : new Map<Target, string>();
    const chosen = options.all === true ? [...due.keys()] : targets;
    if (chosen.length === 0) return;
    await session.withClient(options, (client) =>
      forEachTarget(session, chosen, { done: 'settled' }, async (target) => {
        const site = due.get(target) ?? options.site;
        const mine = open.filter(
          ({ entry }) => entry.instance === target.instance && entry.site === (site ?? entry.site),
        );
        const device = await find(session, client, target, mine);
        const asked = {
          ...(password === undefined ? {} : { password }),
          ...(site === undefined ? {} : { site }),
        };
        const report = await settled(session, repository, device, options, asked);
        session.output.result(recoverText(report), report);
        failWhenOpen(report);
      }),
    );
  });
}

/** A command line that cannot be meant ends before anything is sent. */
function requireSense(session: Session, options: Options, targets: readonly Target[]): void {
  const usage = (text: string): EngineError => new EngineError('usage', text);
  if (options.all === true && targets.length > 0) throw usage('Give targets or --all, not both.');
  if (options.foreign !== true) {
    if (options.yesDevice !== undefined) throw usage('--yes-device is for --foreign. Nothing was sent.');
    return;
  }
  const [target] = targets;
  if (target === undefined || targets.length > 1) {
    throw usage("--foreign ends what may be somebody else's: it needs one target. Nothing was sent.");
  }
  refuseWithoutConsent(session, target.instance, options.yesDevice, `release device ${target.instance}`);
}

function list({ output }: Session, open: readonly OpenEntry[]): void {
  const text = open.map((one) => `${capital(entryText(one))}\n`).join('');
  output.result(text, ...open.map(entryObject));
  if (open.length === 0) output.note('Nothing is open.');
}

/** One target, with its site, for each device that has something open on which nobody works. */
function dueSites({ output }: Session, open: readonly OpenEntry[]): Map<Target, string> {
  const due = new Map<Target, string>();
  for (const one of open) {
    const { instance, site } = one.entry;
    const isKnown = [...due].some(([target, known]) => target.instance === instance && known === site);
    if (one.worker === 'running') output.note(`${capital(entryText(one))}: left alone.`);
    else if (!isKnown) due.set({ instance }, site);
  }
  if (due.size === 0) output.note('Nothing is open that nobody works on.');
  return due;
}

/** Where the user says; else where the entries say, the newest first; else wherever Who-Is finds it. */
async function find(
  session: Session,
  client: Client,
  target: Target,
  mine: readonly OpenEntry[],
): Promise<Device> {
  const { signal, engine } = session;
  try {
    if (target.address !== undefined) return await client.device(target, { signal });
    for (const text of new Set(mine.map(({ entry }) => entry.target).toReversed())) {
      try {
        return await client.device(engine.parseTarget(text), { signal });
      } catch (error) {
        if (!isEngineError(error) || !NOT_THERE.has(error.code)) throw error;
        session.output.note(`Device ${target.instance} is not at ${text} any more: asking Who-Is.`);
      }
    }
    return await client.device(target, { signal });
  } catch (error) {
    if (mine.length === 0 || !isEngineError(error) || error.code === 'cancelled') throw error;
    const stays = mine.length === 1 ? 'Its entry stays' : 'Its entries stay';
    throw new EngineError(error.code, `${error.message} ${stays} in the journal.`, {
      cause: error,
      details: error.details,
    });
  }
}

/** What a device that has moved, or is gone, looks like at its old address. */
const NOT_THERE: ReadonlySet<string> = new Set([
  'device-silent',
  'device-mismatch',
  'device-no-route',
  'device-refused',
]);

async function settled(
  session: Session,
  repository: Repository,
  device: Device,
  { foreign, wait, yesDevice }: Options,
  asked: Pick<RecoverOptions, 'password' | 'site'>,
): Promise<RecoverReport> {
  const { instance } = device;
  const run = (more: RecoverOptions): Promise<RecoverReport> =>
    session.procedure(device, (onEvent) =>
      session.engine.recover(device, repository, { ...asked, signal: session.signal, onEvent, ...more }),
    );
  if (foreign !== true) return run(wait === undefined ? {} : { waitMs: wait * 1000 });
  const report = await run({ waitMs: 0 });
  if (report.leftAlone === undefined) return report;
  await agree(session, instance, yesDevice, {
    shown: leftAloneText(report),
    question: 'Type the device instance to end it all the same, or anything else to stop: ',
    refusal: `device ${instance} was left alone.`,
  });
  return run({ foreign: { instance } });
}

/** A script that sees exit status 0 takes the device for free, and the journal for settled. */
function failWhenOpen({ device, released, leftAlone, entries }: RecoverReport): void {
  if (released?.release === 'unproven') {
    throw new EngineError('release-failed', `Device ${device} was not seen to leave: ${released.words}.`, {
      details: { device, release: 'unproven' },
    });
  }
  const unknown = entries.find(({ verdict }) => verdict === 'unknown');
  const why = leftAlone?.why ?? unknown?.why;
  if (why !== undefined) {
    const words = `Device ${device} was left alone: ${why}.`;
    throw new EngineError('device-busy', words, { details: { device, release: 'not-started' } });
  }
  const stuck = entries.filter(({ problem }) => problem !== undefined);
  if (stuck.length === 0) return;
  const words = `${counted(stuck.length, 'entry', 'entries')} of device ${device} stayed in the journal: ${stuck[0]?.problem ?? ''}.`;
  throw new EngineError('store-io', words, { details: { device } });
}
