// The arguments of bacvault-sim, as values. It prints nothing and ends nothing: what is to be said, and
// with which status, is its result.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { characterCount, PASSWORD_CHARACTERS_MAX } from '../../protocol/index.js';
import type { ApduLimits } from '../../protocol/index.js';
import { quirks, QuirkError } from '../device/index.js';
import { CONTENT_SPEC, quirkOf } from '../profile/index.js';
import type { DeviceConfigInput, ProcedureConfig } from '../types.js';

export interface SimulatorOptions {
  readonly instance: number;
  readonly name?: string;
  readonly address: string;
  readonly port: number;
  readonly broadcast?: string;
  /** A name in fixtures/devices, or a JSON file. */
  readonly profile?: string;
  readonly folder?: string;
  /** Files in a few words. */
  readonly files?: string;
  readonly seed: string;
  readonly devices: number;
  /** Network number of the devices, when they stand behind a router. */
  readonly router?: number;
  readonly laneLatencyMs: number;
  /** "name" or "name=value". */
  readonly quirks: readonly string[];
  readonly announces?: 'broadcast' | 'unicast';
  readonly json: boolean;
  /** What is said about the device itself; it wins over the profile. */
  readonly device: DeviceConfigInput;
}

export type ParsedArguments =
  | { readonly kind: 'run'; readonly options: SimulatorOptions }
  | { readonly kind: 'say'; readonly text: string; readonly status: 0 | 2 };

/** Understands the arguments after the program's name. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  const said: string[] = [];
  const command = program().configureOutput({
    writeOut: (text) => said.push(text),
    writeErr: (text) => said.push(text),
  });
  try {
    command.parse(argv, { from: 'user' });
    const given = command.opts<Given>();
    if (given.listQuirks) return { kind: 'say', text: quirkList(), status: 0 };
    return { kind: 'run', options: optionsOf(given, command) };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'say', text: said.join(''), status: error.exitCode === 0 ? 0 : 2 };
  }
}

interface Given {
  readonly instance: number;
  readonly name?: string;
  readonly address: string;
  readonly port: number;
  readonly broadcast?: string;
  readonly profile?: string;
  readonly folder?: string;
  readonly files?: string;
  readonly seed: string;
  readonly devices: number;
  readonly router?: number;
  readonly laneLatency: number;
  readonly quirk: readonly string[];
  readonly listQuirks?: boolean;
  readonly iAm?: 'broadcast' | 'unicast';
  readonly json?: boolean;
  readonly maxApdu?: number;
  readonly segmentation?: ApduLimits['segmentation'];
  readonly maxSegments?: number;
  readonly window?: number;
  readonly password?: string;
  readonly preparation?: number;
  readonly completion?: number;
  readonly failureTimeout?: number;
  readonly silent?: boolean;
  readonly restarts?: boolean;
  readonly stateProperties: boolean;
  readonly createObject: boolean;
}

const IPV4 = /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/;

function program(): Command {
  return new Command('bacvault-sim')
    .description('A BACnet device that can be backed up and restored (DM-BR-B), simulated on UDP.')
    .exitOverride()
    .showHelpAfterError('(bacvault-sim --help shows what there is)')
    .allowExcessArguments(false)
    .option('--instance <N>', 'device instance; 4194303 is a device without one', whole(0, 4194303), 1001)
    .option('--name <TEXT>', 'Object_Name of the device')
    .option('--address <ADDRESS>', 'IPv4 address to stand at', ipv4, '127.0.0.1')
    .option('--port <N>', 'UDP port, 0 = any free one', whole(0, 65535), 47808)
    .option('--broadcast <ADDRESS>', 'where broadcasts go (default: of the interface)', ipv4)
    .option('--profile <PROFILE>', 'device profile: a name in fixtures/devices, or a JSON file')
    .option(
      '--folder <DIR>',
      'files of the device: each file a stream file, each folder NAME.records a record file',
    )
    .option('--files <LIST>', `files of the device, generated: ${CONTENT_SPEC}`)
    .option('--seed <TEXT>', 'seed of what is generated', '1')
    .option(
      '--devices <N>',
      'how many devices, with instances and ports one after the other',
      whole(1, 250),
      1,
    )
    .option(
      '--router <NET>',
      'puts the devices on MS/TP network NET behind a router, at MACs 1, 2, ...',
      whole(1, 65534),
    )
    .option('--lane-latency <MS>', 'how long a frame takes on the MS/TP network', whole(0, 60_000), 5)
    .option('--max-apdu <OCTETS>', 'Max_APDU_Length_Accepted', whole(50, 1476))
    .addOption(
      new Option('--segmentation <KIND>', 'Segmentation_Supported').choices([
        'both',
        'transmit',
        'receive',
        'none',
      ]),
    )
    .option('--max-segments <N>', 'Max_Segments_Accepted', whole(2, 255))
    .option('--window <N>', 'window of segments', whole(1, 127))
    .option('--password <TEXT>', 'password of ReinitializeDevice, 1 to 20 characters', password)
    .option('--preparation <MS>', 'how long backup and restore are prepared', whole(0, 86_400_000))
    .option('--completion <MS>', 'how long a restore is completed', whole(0, 86_400_000))
    .option('--failure-timeout <S>', 'Backup_Failure_Timeout, 0 = never', whole(0, 65535))
    .option('--silent', 'answers nothing while it prepares or completes')
    .option('--restarts', 'restarts after a restore')
    .option('--no-state-properties', 'a device from before 135-2008n, without properties 338 to 341')
    .option('--no-create-object', 'cannot create missing files')
    .option('--quirk <NAME=VALUE>', 'a known deviation of real devices; may be repeated', quirk, [])
    .option('--list-quirks', 'says which quirks there are, and ends')
    .addOption(new Option('--i-am <HOW>', 'how Who-Is is answered').choices(['broadcast', 'unicast']))
    .option('--json', 'one JSON object a line');
}

function optionsOf(given: Given, command: Command): SimulatorOptions {
  const { name, broadcast, profile, folder, files, router, iAm } = given;
  if (folder !== undefined && files !== undefined)
    command.error('error: --folder and --files exclude each other');
  return {
    instance: given.instance,
    address: given.address,
    port: given.port,
    seed: given.seed,
    devices: given.devices,
    laneLatencyMs: given.laneLatency,
    quirks: given.quirk,
    json: given.json ?? false,
    device: deviceOf(given),
    ...present({ name, broadcast, profile, folder, files, router, announces: iAm }),
  };
}

function deviceOf(given: Given): DeviceConfigInput {
  const { maxApdu, segmentation, maxSegments, window, password: secret, preparation } = given;
  const limits: Partial<ApduLimits> = present({ maxApdu, segmentation, maxSegments });
  const procedure: Partial<ProcedureConfig> = present({
    backupPreparationMs: preparation,
    restorePreparationMs: preparation,
    restoreCompletionMs: given.completion,
    backupFailureTimeoutS: given.failureTimeout,
    answersWhilePreparing: given.silent ? false : undefined,
    restartsAfterRestore: given.restarts,
    stateProperties: given.stateProperties ? undefined : false,
    createsFiles: given.createObject ? undefined : false,
  });
  return { limits, procedure, ...present({ windowSize: window, password: secret }) };
}

/** Without the entries that are undefined: what is not said leaves the profile as it is. */
function present<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

const whole =
  (min: number, max: number) =>
  (text: string): number => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (!(number >= min && number <= max))
      throw new InvalidArgumentError(`It is a whole number ${min}..${max}.`);
    return number;
  };

function ipv4(text: string): string {
  if (!IPV4.test(text)) throw new InvalidArgumentError('It is an IPv4 address, as 192.168.1.10.');
  return text;
}

function password(text: string): string {
  const characters = characterCount(text);
  if (characters < 1 || characters > PASSWORD_CHARACTERS_MAX)
    throw new InvalidArgumentError(`It has 1 to ${PASSWORD_CHARACTERS_MAX} characters.`);
  return text;
}

function quirk(text: string, before: readonly string[]): readonly string[] {
  try {
    quirkOf(text);
  } catch (error) {
    if (error instanceof QuirkError) throw new InvalidArgumentError(`${error.message}.`);
    throw error;
  }
  return [...before, text];
}

function quirkList(): string {
  return quirks
    .map(({ name, value, summary }) => `${name}${value === undefined ? '' : `=${value}`}\n    ${summary}\n`)
    .join('');
}
