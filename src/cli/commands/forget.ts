// bacvault forget: takes images out of the repository, by id or by what a policy keeps of each device. Without a
// word about what is to be kept or to go it does nothing.

import { InvalidArgumentError } from 'commander';
import {
  type CalendarSpan,
  EngineError,
  type ForgetDecision,
  type ForgetReport,
  isEngineError,
  parseSpan,
  type RetentionPolicy,
} from '../../index.js';
import {
  addLockOptions,
  addOutputOptions,
  addRepositoryOptions,
  deviceInstance,
  type LockOptions,
  repeated,
  type RepositoryOptions,
  wholeNumber,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { imageTable } from '../render/image.js';
import { counted, grouped, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

interface PolicyOptions {
  readonly keepLast?: number;
  readonly keepHourly?: number;
  readonly keepDaily?: number;
  readonly keepWeekly?: number;
  readonly keepMonthly?: number;
  readonly keepYearly?: number;
  readonly keepWithin?: CalendarSpan;
  readonly keepTag?: readonly string[];
  readonly timeZone?: string;
}

type Options = OutputOptions &
  RepositoryOptions &
  LockOptions &
  PolicyOptions & { readonly device?: number; readonly dryRun?: true };

const MOST = 1_000_000;

export const forgetVerb: Verb = {
  name: 'forget',
  summary: 'take old images out of the repository, by a policy or by id',
  description:
    'With --keep options: forgets of each device (site and instance) every image that none of them keeps. --keep-daily 7 ' +
    'keeps the newest image of each of the 7 newest days that have one, and so on; --keep-within counts back from the ' +
    'newest image of the device. The last image of a device, its last verified image and every tagged image are never ' +
    'forgotten that way; an image tagged "undo" and nothing else is protected for 30 days. Images whose content is ' +
    'missing count for nothing and stay. With ids: forgets exactly those images, whatever they are. The content of ' +
    'forgotten images stays until "bacvault prune". Ends with status 11 when another process prunes, forgets or repairs.',
  examples: [
    {
      line: 'bacvault forget --keep-daily 7 --keep-weekly 5 --keep-monthly 24 --dry-run',
      what: 'a table of all images with the reason why each stays or goes',
    },
    {
      line: 'bacvault forget --keep-last 10 --site "Hospital North"',
      what: 'the newest ten of each device of a site',
    },
    { line: 'bacvault forget 1a2b3c4d', what: 'this image, whatever it is' },
  ],
  define: (command, start) => {
    const count = wholeNumber(1, MOST);
    command.argument('[image...]', 'ids of images, 4 or more digits each', imageIds);
    addRepositoryOptions(command, 'only the devices of this site');
    addLockOptions(command);
    command
      .optionsGroup('Forget:')
      .option('--keep-last <n>', 'keep the newest n images', count)
      .option('--keep-hourly <n>', 'keep the newest image of each of the newest n hours that have one', count)
      .option('--keep-daily <n>', 'the same by days', count)
      .option('--keep-weekly <n>', 'the same by weeks, Monday to Sunday', count)
      .option('--keep-monthly <n>', 'the same by months', count)
      .option('--keep-yearly <n>', 'the same by years', count)
      .option('--keep-within <span>', 'keep all younger than this, as 1y6m10d12h (m: months)', span)
      .option('--keep-tag <tag>', 'keep all with this tag; may be given more than once', repeated)
      .option('--time-zone <name>', 'calendar of hours and days, as Europe/Zurich (default UTC)')
      .option('--device <instance>', 'only this device instance', deviceInstance)
      .option('--dry-run', 'only say what would be forgotten, and why');
    addOutputOptions(command).action(start(forget));
  },
};

async function forget(session: Session, options: Options, named?: readonly string[]): Promise<void> {
  const { output } = session;
  const ids = named ?? [];
  const what = ids.length > 0 ? namedIds(ids, options) : { policy: policyOf(options) };
  await session.withRepository(options, async (repository) => {
    const report = await repository.forget({
      ...what,
      ...(options.site === undefined || ids.length > 0 ? {} : { site: options.site }),
      ...(options.device === undefined ? {} : { instance: options.device }),
      dryRun: options.dryRun === true,
      lockWaitMs: options.lockWait ?? 0,
      signal: session.signal,
    });
    if (report.decisions.length === 0) output.note('No images.');
    const { decisions, ...counts } = report;
    output.results(() => decisionTable(report), decisions, decisionObject);
    const object = { kind: 'forget-report', ...counts };
    output.result(reportText(report), object);
  });
}

/** Ids and a policy together would leave open which of them counts. */
function namedIds(ids: readonly string[], options: Options): { readonly ids: readonly string[] } {
  const named = Object.keys(options).filter((name) => /^(keep|timeZone|device|site)/.test(name));
  if (named.length > 0)
    throw new EngineError('usage', 'Name images by id, or say what is kept of each device; not both.');
  return { ids };
}

function policyOf(options: PolicyOptions): RetentionPolicy {
  const {
    keepLast,
    keepHourly,
    keepDaily,
    keepWeekly,
    keepMonthly,
    keepYearly,
    keepWithin,
    keepTag,
    timeZone,
  } = options;
  return {
    ...(keepLast === undefined ? {} : { last: keepLast }),
    ...(keepHourly === undefined ? {} : { hourly: keepHourly }),
    ...(keepDaily === undefined ? {} : { daily: keepDaily }),
    ...(keepWeekly === undefined ? {} : { weekly: keepWeekly }),
    ...(keepMonthly === undefined ? {} : { monthly: keepMonthly }),
    ...(keepYearly === undefined ? {} : { yearly: keepYearly }),
    ...(keepWithin === undefined ? {} : { within: keepWithin }),
    ...(keepTag === undefined ? {} : { tags: keepTag }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

/** Every image with its reason in a dry run; otherwise those that went. */
function decisionTable({ dryRun, decisions }: ForgetReport): string {
  const shown = decisions.filter(({ keep }) => dryRun || !keep);
  if (shown.length === 0) return '';
  return imageTable(
    shown.map((decision) => ({ ...decision, name: decision.deviceName })),
    [{ heading: dryRun ? 'would be' : 'is' }, { heading: 'why' }],
    ({ keep, reasons }) => [keep ? 'kept' : 'forgotten', printable(reasons.join(', '))],
  );
}

function decisionObject(decision: ForgetDecision): { readonly kind: string } {
  const line = { kind: 'forget-decision', ...decision };
  return line;
}

function reportText({ dryRun, kept, forgotten }: ForgetReport): string {
  const all = counted(kept + forgotten, 'image');
  if (dryRun) return `Would forget ${grouped(forgotten)} of ${all}. Nothing was changed.\n`;
  const next = forgotten > 0 ? ' "bacvault prune" frees their content.' : '';
  return `Forgot ${grouped(forgotten)} of ${all}.${next}\n`;
}

function imageIds(text: string, previous: readonly string[] = []): readonly string[] {
  const id = text.toLowerCase();
  if (!/^[0-9a-f]{4,64}$/.test(id))
    throw new InvalidArgumentError(
      'An image that is to be forgotten is named by 4 or more hex digits of its id.',
    );
  return [...previous, id];
}

function span(text: string): CalendarSpan {
  try {
    return parseSpan(text);
  } catch (error) {
    if (isEngineError(error, 'usage')) throw new InvalidArgumentError(`${error.message}.`);
    throw error;
  }
}
