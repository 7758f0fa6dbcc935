// bacvault status: whether each device of a site is protected, and why not. From what was written down; sends nothing.

import { InvalidArgumentError } from 'commander';
import {
  type DeviceStatus,
  EngineError,
  PROTECTION_STATES,
  type ProtectionState,
  type Repository,
} from '../../index.js';
import { addOutputOptions, addRepositoryOptions, type RepositoryOptions, wholeNumber } from '../options.js';
import type { OutputOptions } from '../output.js';
import { table } from '../render/table.js';
import { counted, duration, moment, printable } from '../render/text.js';
import type { Session } from '../session.js';
import { addSiteFileOption, findSiteFile, type SiteFileOptions } from '../site-file.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  RepositoryOptions &
  SiteFileOptions & { readonly not?: ProtectionState; readonly staleAfter?: number };

export const statusVerb: Verb = {
  name: 'status',
  summary: 'say which devices are protected, and why the others are not',
  description:
    'Lists every device that the site file names, that has images, or that was ever seen by "run" or "probe --all": its ' +
    'state, the age of its newest image and the reason. The states are protected, changed (its Database_Revision has ' +
    'moved since its image), stale (the image is too old), never (no image, nobody has tried), and, when the last try ' +
    'failed and no image is young enough, auth-failed, unreachable, duplicate, unsupported or failing (also when two ' +
    'readings of it did not agree, so that nothing proves its newest image). A duplicate is one however young its image ' +
    'is: it may be that of the other device. How old an image ' +
    'may be is said by the rules that mean the device; 8 days without one. A device is its site and instance: a new ' +
    'name or address changes nothing. Needs no network. With --not it lists only devices in other states, and ends with ' +
    'status 3 when there are any.',
  examples: [
    { line: 'bacvault status', what: 'all devices of ./site.yaml, or of the site of the repository' },
    { line: 'bacvault status --not protected', what: 'only what needs care; status 3 when there is any' },
    { line: 'bacvault status --site "Hospital North" --json', what: 'without a site file, for a program' },
  ],
  define: (command, start) => {
    addSiteFileOption(command);
    command
      .optionsGroup('Which devices:')
      .option('--not <state>', `only devices that are not ${PROTECTION_STATES.join(', ')}`, stateOption)
      .option(
        '--stale-after <days>',
        'how old the newest image may be (default: what the rules say)',
        wholeNumber(1, 3650),
      );
    addRepositoryOptions(command, 'without a site file: this site (default: the one of the repository)');
    addOutputOptions(command).action(start(status));
  },
};

async function status(session: Session, options: Options): Promise<void> {
  const site = options.site === undefined ? await findSiteFile(options, session.io) : undefined;
  if (options.site !== undefined && options.siteFile !== undefined)
    throw new EngineError('usage', 'Give --site-file or --site, not both.');
  await session.withRepository(options, async (repository) => {
    const shown: DeviceStatus[] = [];
    const counts = new Map<ProtectionState, number>();
    const asked = options.staleAfter === undefined ? {} : { staleAfterMs: options.staleAfter * 86_400_000 };
    const of = site ?? { name: siteName(options, repository) };
    for await (const one of session.engine.protection(of, repository, asked)) {
      counts.set(one.state, (counts.get(one.state) ?? 0) + 1);
      if (one.state === options.not) continue;
      session.output.object(one);
      if (!session.output.json) shown.push(one);
    }
    const all = [...counts.values()].reduce((sum, one) => sum + one, 0);
    if (!session.output.json && shown.length > 0) session.output.result(statusTable(shown));
    session.output.note(`${counted(all, 'device')} of ${printable(of.name)}: ${countsText(counts)}.`);
    const others = all - (options.not === undefined ? all : (counts.get(options.not) ?? 0));
    if (others > 0)
      throw new EngineError('not-protected', `${counted(others, 'device')} not ${options.not ?? ''}.`);
  });
}

function siteName({ site }: Options, repository: Repository): string {
  return site ?? repository.options.defaultSite;
}

function statusTable(devices: readonly DeviceStatus[]): string {
  return table(
    [
      { heading: 'instance', align: 'right' },
      { heading: 'name' },
      { heading: 'state' },
      { heading: 'age' },
      { heading: 'image' },
      { heading: 'proven' },
      { heading: 'last seen at' },
      { heading: 'why' },
    ],
    devices.map((one) => [
      String(one.device),
      printable(one.name ?? ''),
      one.state,
      one.ageMs === undefined ? '-' : duration(one.ageMs),
      one.imageAt === undefined ? '-' : moment(one.imageAt),
      one.verified === undefined ? '-' : one.verified ? 'yes' : 'no',
      one.address ?? '-',
      printable(one.reason),
    ]),
  );
}

function countsText(counts: ReadonlyMap<ProtectionState, number>): string {
  const told = PROTECTION_STATES.filter((state) => counts.has(state));
  if (told.length === 0) return 'nothing is known of any';
  return told.map((state) => `${counts.get(state) ?? 0} ${state}`).join(', ');
}

function stateOption(text: string): ProtectionState {
  const state = PROTECTION_STATES.find((one) => one === text);
  if (state === undefined)
    throw new InvalidArgumentError(`It must be one of ${PROTECTION_STATES.join(', ')}.`);
  return state;
}
