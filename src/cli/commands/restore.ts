// bacvault restore: writes an image into a device. It shows the plan first, and goes on only when nothing blocks
// that was not allowed, and when the device instance is typed, or given with --yes-device. A wrong number
// writes nothing.

import { blockedError, EngineError, gate, type ImageSummary, type RestorePlan } from '../../index.js';
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
  targetInstance,
} from '../options.js';
import { addCheckName, reasonText } from '../permissions.js';
import type { OutputOptions } from '../output.js';
import { readProcedureOptions } from '../password.js';
import { restorePlanText } from '../render/restore-plan.js';
import { restoreReportText } from '../render/restore-report.js';
import type { Session } from '../session.js';
import {
  addUndoOptions,
  afterFailure,
  failWhenUnverified,
  rollbackCommand,
  type UndoOptions,
  undoOptionsOf,
} from '../undoing.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  NetworkOptions &
  ProcedureOptions &
  RepositoryOptions &
  UndoOptions & {
    readonly device?: number;
    readonly plan?: boolean;
    readonly yesDevice?: number;
    readonly allow?: readonly string[];
    readonly reason?: string;
  };

export const restoreVerb: Verb = {
  name: 'restore',
  summary: 'write an image back into a device',
  description:
    'Compares the image with the device first, check by check, and shows the plan: what is well, what to know, what ' +
    'blocks, and how long it may take. Each block ends it, unless it is allowed by its own name and with a reason, ' +
    'which the run log keeps. Then it asks for the device instance before anything is written. An undo image is taken ' +
    'first, to which the device can be put back; it is read twice, which teaches which octets change by themselves. ' +
    'Then the restore procedure runs: every file is written, read back and compared before the device is told to use ' +
    'it; when it cannot be made equal the restore is aborted. At last the device is backed up again and compared with ' +
    'the image: only a device that is equal, outside places that change by themselves, is called verified, and only ' +
    'then the status is 0. The device may restart, and it may stop controlling its plant meanwhile. Without a terminal, ' +
    '--yes-device must name the instance. All checks, and how a dead controller is replaced: docs/restore.md.',
  examples: [
    { line: 'bacvault restore 1a2b3c4d 1201 --plan', what: 'only the plan: reads, and writes nothing' },
    { line: 'bacvault restore 1a2b3c4d 1201', what: 'shows the plan and asks' },
    {
      line: 'bacvault restore latest 1201@10.1.4.77 --password-file reinit.txt --yes-device 1201',
      what: 'the newest image, without asking',
    },
    {
      line: 'bacvault restore 1a2b3c4d 1201 --allow firmware --reason "2.6 takes images of 2.4, says the maker"',
      what: 'in spite of another firmware',
    },
    {
      line: 'bacvault restore 1a2b3c4d 4194303@10.1.4.77 --allow instance --reason "board failed, WO 8812"',
      what: 'onto a new, unconfigured controller that takes the place of a dead one',
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
      .option('--plan', 'only compare image and device: nothing is started or written, and nothing asked')
      .option(
        '--yes-device <instance>',
        'the device instance, instead of typing it when asked',
        targetInstance,
      )
      .option('--allow <check>', 'go on although this check of the plan blocks (repeatable)', addCheckName)
      .option('--reason <text>', 'why; required with --allow, and kept in the run log', reasonText);
    addUndoOptions(command);
    addRepositoryOptions(command, 'the site of the device (default: the one of the repository)');
    addProcedureOptions(command);
    addNetworkOptions(command);
    addOutputOptions(command).action(start(restore));
  },
};

async function restore(session: Session, options: Options, name: string, text: string): Promise<void> {
  const { engine, signal } = session;
  const target = engine.parseTarget(text);
  const { allow = [], reason, site } = options;
  if (options.plan !== true)
    refuseWithoutConsent(session, target.instance, options.yesDevice, `restore device ${target.instance}`);
  if (allow.length > 0 && reason === undefined)
    throw new EngineError('usage', '--allow needs a --reason, which the run log keeps. Nothing was sent.');
  const undoing = undoOptionsOf(options);
  const asked = await readProcedureOptions(options, session.io, session.output);
  await session.withRepository(options, async (repository) => {
    const instance = options.device ?? target.instance;
    const image = await findImage(repository, name, name === 'latest' ? { site, instance } : {});
    if (options.plan !== true && !allow.includes('instance')) refuseForeignImage(image, target.instance);
    await session.withClient(options, async (client) => {
      session.output.note(`Looking at device ${target.instance}, and at who else answers to that instance.`);
      const device = await client.device(target, { signal });
      const here = site === undefined ? {} : { site };
      const plan = await engine.planRestore(device, repository, image.id, {
        ...here,
        undo: undoing.undo,
        signal,
      });
      const shown = passed(session, image, plan, options);
      if (options.plan === true) return;
      await agree(session, target.instance, options.yesDevice, {
        shown,
        question: 'Type the device instance to restore it, or anything else to stop: ',
        refusal: `device ${target.instance} was not restored. Nothing was written.`,
      });
      const after = {
        ...{ device, repository, options: asked },
        mayAsk: options.yesDevice === undefined,
        command: (undo: string) => rollbackCommand(undo, text, { ...options }),
      };
      const report = await session
        .procedure(device, (onEvent) =>
          engine.restore(device, repository, image.id, {
            expect: { instance: target.instance },
            ...here,
            allow,
            ...(reason === undefined ? {} : { reason }),
            ...asked,
            ...undoing,
            signal,
            onEvent,
          }),
        )
        .catch(async (error: unknown) => {
          throw await afterFailure(session, error, after);
        });
      session.output.result(restoreReportText(report), report);
      failWhenUnverified(report);
    });
  });
}

/** The plan blocks this, too; what is known before anything is sent is told then. */
function refuseForeignImage({ id, manifest }: ImageSummary, instance: number): void {
  const of = manifest.device.instance;
  if (of === instance) return;
  throw new EngineError(
    'device-mismatch',
    `Image ${id.slice(0, 8)} is of device ${of}, not of device ${instance}. Nothing was sent. If device ${instance} ` +
      `shall take the place of device ${of}: --allow instance --reason TEXT.`,
    { details: { device: instance, blocked: ['instance'], release: 'not-started' } },
  );
}

/** The plan in words, when nothing blocks it that was not allowed; else it is shown, and ends the command. */
function passed(session: Session, image: ImageSummary, plan: RestorePlan, options: Options): string {
  const { output } = session;
  const verdict = gate(plan, options.allow ?? []);
  const text = restorePlanText(image, plan, verdict);
  if (options.plan === true) output.result(text, plan);
  else output.object(plan);
  if (options.plan !== true && !verdict.ok) output.say(text.trimEnd());
  for (const name of verdict.unused) output.say(`--allow ${name} was not needed: that check does not block.`);
  if (!verdict.ok) throw blockedError(plan, verdict);
  return text.trimEnd();
}
