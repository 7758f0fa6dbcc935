// bacvault check: says what is wrong with the repository, whom it hurts and what cures it. It changes nothing, and
// with --repair it moves damaged things aside. It never deletes.

import { InvalidArgumentError, Option } from 'commander';
import {
  type CheckFinding,
  type CheckReport,
  type DeviceReference,
  EngineError,
  isEngineError,
} from '../../index.js';
import { addLockOptions, addOutputOptions, addRepositoryOptions, type LockOptions } from '../options.js';
import { type RepositoryOptions, repositoryPlace } from '../options.js';
import type { OutputOptions } from '../output.js';
import { counted, octets, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  RepositoryOptions &
  LockOptions & {
    readonly readData?: true;
    readonly readDataSubset?: Subset;
    readonly repair?: true;
  };
type Subset = { readonly percent: number } | { readonly part: number; readonly of: number };

/** More leftovers of one kind than this are told in one line. */
const LEFTOVERS = 10;

export const checkVerb: Verb = {
  name: 'check',
  summary: 'say what is wrong with the repository, and what cures it',
  description:
    'Looks at every manifest, fact, run log, journal entry and object: whether it is there, has its right name and size, ' +
    'and fits the others. With --read-data the content of every object is read and hashed as well; with --read-data-subset ' +
    'a part of it: a percentage goes on each day where it ended the day before, so that 5% read all of it in 21 nights. Prints one line per finding with ' +
    'the images and devices that it hurts, and what cures it. Nothing is changed, unless --repair is given: then damaged ' +
    'files are moved into the folder aside/ of the repository, so that a fresh backup can take their place. Nothing is ' +
    'ever deleted. Ends with status 20 when there is any error, repaired or not; warnings (leftovers, unknown files) do ' +
    'not change the status.',
  examples: [
    { line: 'bacvault check --repo /srv/backups/north', what: 'everything but the content: quick' },
    { line: 'bacvault check --read-data', what: 'reads and hashes everything' },
    { line: 'bacvault check --read-data-subset 5%', what: 'every night another twentieth' },
    { line: 'bacvault check --read-data --repair', what: 'moves what is damaged aside' },
  ],
  define: (command, start) => {
    addRepositoryOptions(command);
    addLockOptions(command);
    command
      .optionsGroup('Check:')
      .option('--read-data', 'read and hash the content of every object')
      .addOption(
        new Option(
          '--read-data-subset <part>',
          'read a part: a percentage as 5%, or one of several parts as 2/7',
        )
          .argParser(subset)
          .conflicts('readData'),
      )
      .option('--repair', 'move damaged files into the folder aside/; delete nothing');
    addOutputOptions(command).action(start(check));
  },
};

async function check(session: Session, options: Options): Promise<void> {
  const { output } = session;
  const report = await look(session, options);
  const { findings, ...counts } = report;
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.length - errors;
  output.results(() => findingsText(findings), findings, findingObject);
  const totals = { kind: 'check-report', ...counts, errors, warnings };
  output.result(reportText(report, errors, warnings), totals);
  if (errors > 0) {
    throw new EngineError('check-found', `The repository has ${counted(errors, 'error')}.`, {
      details: { place: repositoryPlace(options, session.io), errors, warnings },
    });
  }
}

async function look(session: Session, options: Options): Promise<CheckReport> {
  const { output, signal } = session;
  const readData = options.readDataSubset ?? options.readData ?? false;
  const reads = readData === false ? 'Checking' : readData === true ? 'Reading all of' : 'Reading a part of';
  const place = repositoryPlace(options, session.io);
  output.note(`${reads} ${printable(place)}.`);
  try {
    return await session.withRepository(options, (repository) =>
      repository.check({
        readData,
        signal,
        ...(options.repair === true ? { repair: true, lockWaitMs: options.lockWait ?? 0 } : {}),
      }),
    );
  } catch (error) {
    // Its own file is damaged: that is a finding, and everything else can be looked at all the same.
    if (!isEngineError(error, 'repository-corrupt')) throw error;
    if (options.repair === true) output.say('Nothing is moved as long as repository.json is damaged.');
    return session.engine.checkFolder(place, { readData, signal });
  }
}

function findingsText(findings: readonly CheckFinding[]): string {
  const isLeftoverObject = ({ code, place, images }: CheckFinding): boolean =>
    code === 'leftover' && /^(objects|trash)\//.test(place) && images.length === 0;
  const objects = findings.filter(isLeftoverObject);
  if (objects.length <= LEFTOVERS) return findings.map(findingText).join('');
  const others = findings.filter((finding) => !isLeftoverObject(finding));
  // As long as one is damaged nobody knows what it needs, and a prune takes nothing away.
  const first = findings.some(({ code }) => code === 'manifest-damaged') ? ', after "check --repair"' : '';
  const line = `warning: leftover: ${counted(objects.length, 'object')} that no image needs; "bacvault prune" frees them${first}\n`;
  return others.map(findingText).join('') + line;
}

function findingText({ severity, code, place, message, ...more }: CheckFinding): string {
  const { images, devices, cure, movedTo } = more;
  const needed = images.map((id) => id.slice(0, 8)).join(', ');
  const whom = [
    ...(needed === '' ? [] : [`image ${needed}`]),
    ...(devices.length === 0 ? [] : [devicesText(devices)]),
  ].join('; ');
  const hurts = whom === '' ? '' : ` (hurts ${whom})`;
  const lines = [`${severity}: ${code}: ${printable(place)}: ${printable(message)}${hurts}`];
  if (movedTo !== undefined) lines.push(`  moved to ${printable(movedTo)}`);
  if (cure !== undefined) lines.push(`  cure: ${cure}`);
  return `${lines.join('\n')}\n`;
}

function findingObject(finding: CheckFinding): { readonly kind: string } {
  const line = { kind: 'finding', ...finding };
  return line;
}

function reportText(report: CheckReport, errors: number, warnings: number): string {
  const { images, objects, octets: size, read, part, backUp } = report;
  const looked = [counted(images, 'image'), counted(objects, 'object'), octets(size)].join(', ');
  const which = part === undefined ? '' : ` (${partText(part)})`;
  const content =
    read.objects === 0
      ? 'content not read'
      : `content of ${counted(read.objects, 'object')} read, ${octets(read.octets)}${which}`;
  const judged = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  const fresh = backUp.length === 0 ? '' : `A fresh backup is needed of ${devicesText(backUp)}.\n`;
  return `${fresh}Checked ${looked}; ${content}: ${judged}.\n`;
}

function partText({ first, last, of }: NonNullable<CheckReport['part']>): string {
  return first === last ? `part ${first} of ${of}` : `parts ${first} to ${last} of ${of}`;
}

function devicesText(devices: readonly DeviceReference[]): string {
  return devices.map(({ site, instance }) => `device ${instance} of ${printable(site)}`).join(', ');
}

function subset(text: string): Subset {
  const percent = /^(\d{1,3}(?:\.\d{1,4})?)%$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) > 0 && Number(percent) <= 100)
    return { percent: Number(percent) };
  const [, part, of] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (part !== undefined && of !== undefined && part >= 1 && part <= of) return { part, of };
  throw new InvalidArgumentError('It must be a percentage, as 5%, or one of several parts, as 2/7.');
}
