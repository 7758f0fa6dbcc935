// bacvault backup: images of one or several devices, one after the other.

import { type BackupReport, EngineError, type SecondReading } from '../../index.js';
import { forEachTarget } from '../each.js';
import {
  addNetworkOptions,
  addOutputOptions,
  addProcedureOptions,
  addRepositoryOptions,
  type NetworkOptions,
  type ProcedureOptions,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { readProcedureOptions } from '../password.js';
import { counted, duration, octets, printable, rangesText } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  NetworkOptions &
  ProcedureOptions &
  RepositoryOptions & { readonly verify?: boolean };

export const backupVerb: Verb = {
  name: 'backup',
  summary: 'back up devices into the repository',
  description:
    'Runs the backup procedure on each device in turn and keeps its configuration files as an image, byte for byte. ' +
    'An image appears in the repository only when it is whole. The device is always released: after an error, after ' +
    'Ctrl-C, and at the end. A device that fails does not stop the next one; with several devices the status is 3 when ' +
    'some succeeded and some failed.',
  examples: [
    { line: 'bacvault backup 1201', what: 'one device, found by Who-Is' },
    {
      line: 'bacvault backup 1201 1202@2001:17@10.1.0.1 --password-file reinit.txt',
      what: 'two devices with the same password',
    },
    {
      line: 'bacvault backup 1201 --verify',
      what: 'read twice: the image is verified when both readings agree',
    },
    {
      line: 'bacvault backup 1201@10.1.4.77 --site "Hospital North" --json',
      what: 'into a named site, for a program',
    },
  ],
  define: (command, start) => {
    command.argument(
      '<target...>',
      'devices: INSTANCE, INSTANCE@HOST[:PORT] or INSTANCE@NET:MAC@ROUTER[:PORT]',
    );
    command
      .optionsGroup('Proof:')
      .option(
        '--verify',
        'read each device a second time, in a second procedure, and compare: takes twice as long',
      );
    addRepositoryOptions(command, 'site of these devices (default: the one of the repository)');
    addProcedureOptions(command);
    addNetworkOptions(command);
    addOutputOptions(command).action(start(backup));
  },
};

async function backup(session: Session, options: Options, texts: readonly string[]): Promise<void> {
  const { engine, signal } = session;
  const targets = session.targets(texts);
  const asked = await readProcedureOptions(options, session.io, session.output);
  await session.withRepository(options, (repository) =>
    session.withClient(options, (client) =>
      forEachTarget(session, targets, { done: 'backed up' }, async (target) => {
        const device = await client.device(target, { signal });
        const report = await session.procedure(device, (onEvent) =>
          engine.backup(device, repository, {
            ...asked,
            signal,
            onEvent,
            ...(options.site === undefined ? {} : { site: options.site }),
            ...(options.verify === true ? { verify: true } : {}),
          }),
        );
        session.output.result(reportText(report), report);
        failWhenNotReleased(report);
        failWhenUnverified(report);
      }),
    ),
  );
}

/** A good image of a device that nobody saw leave the procedure is not a success. */
function failWhenNotReleased(report: BackupReport): void {
  if (report.release === 'released') return;
  throw new EngineError(
    'release-failed',
    `The image of device ${report.device} is whole, but the device was not seen to leave backup.`,
    {
      details: { device: report.device, release: report.release },
    },
  );
}

/** Who asked for a verified image and got another one must not see exit status 0. */
function failWhenUnverified({ device, imageId, release, secondReading, unrecorded }: BackupReport): void {
  if (secondReading === undefined) return;
  const details = { device, release };
  const image = `image ${imageId.slice(0, 8)} of device ${device}`;
  const { outcome, reasons } = secondReading;
  if (outcome === 'different' || outcome === 'failed') {
    const what = outcome === 'failed' ? 'The second reading failed' : 'The two readings differ';
    const why = reasons.join('; ').replace(/\.$/, '');
    throw new EngineError('readings-differ', `${what}, so ${image} is not verified: ${why}.`, { details });
  }
  if (unrecorded.length > 0) {
    const why = unrecorded.join('; ');
    throw new EngineError('store-io', `The readings of ${image} agree, but: ${why}.`, { details });
  }
}

function reportText(report: BackupReport): string {
  const { manifest } = report;
  const name = manifest.device.name === undefined ? '' : ` ${printable(manifest.device.name)}`;
  const facts = [counted(report.files, 'file'), octets(report.octets), duration(report.durationMs)];
  const deviations = manifest.procedure.deviations
    .map((text) => `  deviation: ${printable(text)}\n`)
    .join('');
  const head = `Device ${report.device}${name}: image ${report.imageId.slice(0, 8)}, ${facts.join(', ')}\n`;
  return head + secondReadingText(report) + deviations;
}

const OUTCOMES = {
  equal: 'equal, so the image is verified',
  volatile: 'equal outside places that change by themselves, so the image is verified',
  different: 'DIFFERENT, so the image is not verified',
  failed: 'FAILED, so the image is not verified',
} as const satisfies Record<SecondReading['outcome'], string>;

function secondReadingText({ manifest, secondReading }: BackupReport): string {
  if (secondReading === undefined) return '';
  const { outcome, reasons, durationMs } = secondReading;
  const places = manifest.files.flatMap(({ instance, accessMethod, volatileRanges = [] }) =>
    volatileRanges.length === 0
      ? []
      : [`file,${instance}: ${rangesText(volatileRanges, accessMethod === 'stream' ? 'octet' : 'record')}`],
  );
  const lines = [
    `second reading: ${OUTCOMES[outcome]} (${duration(durationMs)})`,
    ...places.map((place) => `changes by itself: ${place}`),
    ...reasons.map((reason) => `NOT VERIFIED: ${printable(reason)}`),
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}
