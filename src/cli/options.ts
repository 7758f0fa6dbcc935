// The options that several commands share, defined once: which there are, how their values are read, and
// what they mean to the engine. A value that cannot be right is refused before anything is sent.

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LogLevel, ReadPace } from '../index.js';
import type { Io } from './io.js';
import type { OutputOptions } from './output.js';
import { addQuirksOption, type QuirksOptions } from './quirks.js';

/** Where images are kept, when neither --repo nor BACVAULT_REPO says. */
export const DEFAULT_REPOSITORY = './bacvault-repository';

export interface RepositoryOptions {
  readonly repo?: string;
  readonly site?: string;
}

export interface LockOptions {
  /** Milliseconds. */
  readonly lockWait?: number;
}

export interface NetworkOptions {
  readonly local?: LocalAddress;
  readonly broadcast?: string;
  readonly bbmd?: string;
  readonly apduTimeout?: number;
  readonly retries?: number;
}

/** Where to bind: an address of this computer (absent: all of them) and a port (0: any free one). */
export interface LocalAddress {
  readonly address?: string;
  readonly port?: number;
}

export interface PasswordOptions {
  readonly passwordFile?: string;
  readonly passwordEnv?: string;
}

export interface ProcedureOptions extends PasswordOptions, QuirksOptions {
  /** Seconds. */
  readonly preparationTimeout?: number;
  /** Seconds. */
  readonly outageTimeout?: number;
  readonly pace?: ReadPace;
}

/** --repo alone, or with --site where images are chosen or written. */
export function addRepositoryOptions(command: Command, site?: string): Command {
  command.optionsGroup('Repository:');
  command.option('--repo <dir>', `folder of the repository (else BACVAULT_REPO, else ${DEFAULT_REPOSITORY})`);
  if (site !== undefined) command.option('--site <name>', site, siteName);
  return command;
}

/** --lock-wait, for commands that take things out of the repository: one of them at a time. */
export function addLockOptions(command: Command): Command {
  return command.option(
    '--lock-wait <time>',
    'how long to wait for others who work on the repository, as 30s, 10m or 2h (default: not at all)',
    waitingTime,
  );
}

/** --repo for commands that need no repository, and tell what its journal has open. */
export function addJournalOptions(command: Command): Command {
  return command
    .optionsGroup('Repository:')
    .option(
      '--repo <dir>',
      `repository whose open procedures are told first (else BACVAULT_REPO, else ${DEFAULT_REPOSITORY}, if there is one)`,
    );
}

export function addNetworkOptions(command: Command): Command {
  return command
    .optionsGroup('Network:')
    .option(
      '--local <address[:port]>',
      'local address and UDP port; port 0 takes any free one (default port 47808)',
      localAddress,
    )
    .option(
      '--broadcast <address[:port]>',
      'where broadcasts go (default the subnet of each interface)',
      addressAndPort,
    )
    .option(
      '--bbmd <host[:port]>',
      'register as a foreign device at this BBMD (an IPv4 address)',
      addressAndPort,
    )
    .option(
      '--apdu-timeout <ms>',
      'silence after which a request is repeated, in milliseconds',
      wholeNumber(1, 600_000),
    )
    .option('--retries <n>', 'how often a request is repeated', wholeNumber(0, 20));
}

export function addProcedureOptions(command: Command): Command {
  return addQuirksOption(addPasswordOptions(command.optionsGroup('Procedure:')))
    .option(
      '--preparation-timeout <s>',
      'how long the device may prepare, in seconds (default from its own times, at least 150)',
      wholeNumber(1, 86_400),
    )
    .option(
      '--outage-timeout <s>',
      'how long a device that falls silent in the middle is waited for, in seconds (default its own Backup_Failure_Timeout, at most 600)',
      wholeNumber(0, 86_400),
    )
    .addOption(
      new Option(
        '--pace <pace>',
        'how eagerly a device on our own link is read: one request at a time, as many as it bears (default), or the same begun with several',
      ).choices(['gentle', 'auto', 'fast']),
    );
}

/** In the group of options that is open. */
export function addPasswordOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--password-file <file>',
        'file whose first line is the ReinitializeDevice password',
      ).conflicts('passwordEnv'),
    )
    .addOption(new Option('--password-env <name>', 'environment variable that holds it'));
}

export function addOutputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--json', 'results as JSON on stdout, one object a line, each with a "kind"')
    .option('--quiet', 'no progress on stderr')
    .addOption(
      new Option('--log-level <level>', 'how much of the log to show on stderr (default "warn")').choices([
        'error',
        'warn',
        'info',
        'debug',
      ] satisfies LogLevel[]),
    )
    .helpOption('-h, --help', 'show this help');
}

/** The folder of the repository. */
export function repositoryPlace(options: RepositoryOptions, io: Io): string {
  const fromEnvironment = io.env['BACVAULT_REPO'];
  if (options.repo !== undefined) return options.repo;
  return fromEnvironment === undefined || fromEnvironment === '' ? DEFAULT_REPOSITORY : fromEnvironment;
}

/** Options of every command, as commander hands them over. */
export type CommonOptions = OutputOptions;

/** Gathers the values of an option that may be given more than once. */
export function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** A reader of whole decimal numbers within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** A device instance: 0..4194302. */
export const deviceInstance = wholeNumber(0, 4_194_302);

/** A device instance, or 4194303 for a device that has none yet. */
export const targetInstance = wholeNumber(0, 4_194_303);

/** The instance of a File object: 0..4194302. */
export const fileInstance = wholeNumber(0, 4_194_302);

/** "90s", "10m", "2h" in milliseconds. */
function waitingTime(text: string): number {
  const [, value, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const unitMs = { s: 1000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  if (value === undefined || unitMs === undefined)
    throw new InvalidArgumentError('It must be seconds, minutes or hours, as 30s, 10m or 2h.');
  return Number(value) * unitMs;
}

function siteName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('A site needs a name.');
  return text;
}

/** "192.168.1.10", "192.168.1.10:0" or ":47809". */
export function localAddress(text: string): LocalAddress {
  const parts = /^(?:([^:]*))?(?::(\d{1,5}))?$/.exec(text);
  const address = parts?.[1] ?? '';
  const port = parts?.[2];
  if (!parts || (address === '' && port === undefined) || (address !== '' && !isIpAddress(address))) {
    throw new InvalidArgumentError(
      'It must be an IPv4 address of this computer, as 192.168.1.10 or 192.168.1.10:0.',
    );
  }
  return {
    ...(address === '' ? {} : { address }),
    ...(port === undefined ? {} : { port: portNumber(port, 0) }),
  };
}

/** As it is written on the command line. */
export function localText({ address = '', port }: LocalAddress): string {
  return port === undefined ? address : `${address}:${port}`;
}

/** Names are not looked up, so an address it must be. */
function addressAndPort(text: string): string {
  const parts = /^([^:]*)(?::(\d{1,5}))?$/.exec(text);
  if (!parts || !isIpAddress(parts[1] ?? '')) {
    throw new InvalidArgumentError('It must be an IPv4 address, as 10.1.0.5 or 10.1.0.5:47809.');
  }
  if (parts[2] !== undefined) portNumber(parts[2], 1);
  return text;
}

function portNumber(text: string, least: number): number {
  const port = Number(text);
  if (port < least || port > 65_535)
    throw new InvalidArgumentError(`A UDP port is a number from ${least} to 65535.`);
  return port;
}

function isIpAddress(text: string): boolean {
  const octets = text.split('.');
  return octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255);
}
