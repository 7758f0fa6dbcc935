// bacvault restore: writes an image into a device. It shows device and image side by side first, and goes
// on only when the device instance is typed, or given with --yes-device. A wrong number writes nothing.

import { EngineError, type ImageSummary, type RestoreReport } from '../../index.js';
import { agree, refuseWithoutConsent } from '../consent.js';
import { findImage, imageName } from '../image-choice.js';
import {
  addNetworkOptions,
  addOutputOptions,
  addProcedureOptions,
  addRepositoryOptions,
  deviceInstance,
  type NetworkOptions,
  type ProcedureOptions,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { readProcedureOptions } from '../password.js';
import { restorePlanText } from '../render/restore-plan.js';
import { duration, octets, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  NetworkOptions &
  ProcedureOptions &
  RepositoryOptions & { readonly device?: number; readonly yesDevice?: number };

export const restoreVerb: Verb = {
  name: 'restore',
  summary: 'write an image back into a device',
  description:
    'Shows the device and the image side by side, with the files that will be written, and asks for the device ' +
    'instance before anything is written. Then it runs the restore procedure: every file is written, read back and ' +
    'compared before the device is told to use it; when it cannot be made equal the restore is aborted. The device may ' +
    'restart, and it may stop controlling its plant meanwhile. Without a terminal, --yes-device must name the instance.',
  examples: [
    { line: 'bacvault restore 1a2b3c4d 1201', what: 'shows the plan and asks' },
    {
      line: 'bacvault restore latest 1201@10.1.4.77 --password-file reinit.txt --yes-device 1201',
      what: 'the newest image, without asking',
    },
  ],
  define: (command, start) => {
    command.argument('<image>', 'image id (4 or more hex digits) or "latest"', imageName);
    command.argument('<target>', 'device: INSTANCE, INSTANCE@HOST[:PORT] or INSTANCE@NET:MAC@ROUTER[:PORT]');
    command
      .optionsGroup('Which image, and consent:')
      .option(
        '--device <instance>',
        'whose latest image (default: the instance of the target)',
        deviceInstance,
      )
      .option(
        '--yes-device <instance>',
        'the device instance, instead of typing it when asked',
        deviceInstance,
      );
    addRepositoryOptions(command, 'only this site');
    addProcedureOptions(command);
    addNetworkOptions(command);
    addOutputOptions(command).action(start(restore));
  },
};

async function restore(session: Session, options: Options, name: string, text: string): Promise<void> {
  const { engine, signal } = session;
  const target = engine.parseTarget(text);
  refuseWithoutConsent(session, target.instance, options.yesDevice, `restore device ${target.instance}`);
  const asked = await readProcedureOptions(options, session.io, session.output);
  await session.withRepository(options, async (repository) => {
    const instance = options.device ?? target.instance;
    const image = await findImage(repository, name, { site: options.site, instance });
    refuseForeignImage(image, target.instance);
    await session.withClient(options, async (client) => {
      session.output.note(`Looking at device ${target.instance}.`);
      const device = await client.device(target, { signal });
      const live = await engine.probe(device, { signal });
      await agree(session, target.instance, options.yesDevice, {
        shown: restorePlanText(image, live),
        question: 'Type the device instance to restore it, or anything else to stop: ',
        refusal: `device ${target.instance} was not restored. Nothing was written.`,
      });
      const report = await session.procedure(device, (onEvent) =>
        engine.restore(device, repository, image.id, {
          expect: { instance: target.instance },
          ...asked,
          signal,
          onEvent,
        }),
      );
      session.output.result(reportText(report), report);
      failWhenDoubtful(report);
    });
  });
}

/** The engine refuses this too, but only after a person has been asked. */
function refuseForeignImage({ id, manifest }: ImageSummary, instance: number): void {
  if (manifest.device.instance === instance) return;
  throw new EngineError(
    'device-mismatch',
    `Image ${id.slice(0, 8)} is of device ${manifest.device.instance}, not of device ${instance}. Nothing was sent.`,
    { details: { device: instance, release: 'not-started' } },
  );
}

/** A script that sees exit status 0 takes the restore for done: it must have been seen to be. */
function failWhenDoubtful({ device, release, readBack }: RestoreReport): void {
  if (release !== 'released') {
    throw new EngineError(
      'release-failed',
      `Device ${device} was restored, but not seen to leave the restore.`,
      {
        details: { device, release },
      },
    );
  }
  if (readBack === 'not-possible') {
    throw new EngineError(
      'restore-unverified',
      `Device ${device} was restored, but did not let its files be read back before the end.`,
      { details: { device, release } },
    );
  }
}

function reportText(report: RestoreReport): string {
  const { after } = report;
  const rewritten =
    report.octetsRewritten === 0 ? '' : `, ${octets(report.octetsRewritten)} of them written again`;
  const lines = [
    `Device ${report.device} restored from image ${report.imageId.slice(0, 8)}: ${octets(report.octets)}${rewritten}, ${duration(report.durationMs)}`,
    report.readBack === 'equal'
      ? '  read back before the end: equal to the image'
      : '  read back before the end: NOT POSSIBLE on this device',
    `  address now: ${printable(after.address)}`,
  ];
  const add = (label: string, value: string | undefined): void => {
    if (value !== undefined) lines.push(`  ${label}: ${printable(value)}`);
  };
  add('Backup_And_Restore_State', after.state);
  add('System_Status', after.systemStatus);
  add('Database_Revision', change(after.databaseRevision));
  add('Last_Restore_Time', change(after.lastRestoreTime));
  for (const deviation of report.deviations) add('deviation', deviation);
  for (const fact of report.unproven) add('NOT PROVEN', fact);
  if (report.unproven.length > 0)
    lines.push('  Look at the device, or run "bacvault verify", before you rely on it.');
  return `${lines.join('\n')}\n`;
}

function change(
  values: { readonly before?: string | number; readonly after?: string | number } | undefined,
): string | undefined {
  if (values === undefined) return undefined;
  return `${values.before ?? 'not known'} before, ${values.after ?? 'not known'} now`;
}
