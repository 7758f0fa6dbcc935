// bacvault drill: rehearses the restore of an image on a blank twin, proves the twin's octets without the
// engine, and keeps what came of it beside the image. No device is touched and nothing is sent.

import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  EngineError,
  type ImageSummary,
  type LearnedHabits,
  PLAN_CHECKS,
  type Repository,
} from '../../index.js';
import { findImage, imageName } from '../image-choice.js';
import {
  addOutputOptions,
  addProcedureOptions,
  addRepositoryOptions,
  type ProcedureOptions,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { readProcedureOptions } from '../password.js';
import { Progress } from '../render/progress.js';
import type { Session } from '../session.js';
import {
  addTwinOptions,
  type Blank,
  drillReport,
  type DrillReport,
  drillText,
  emptyFiles,
  learnedSince,
  likenessOf,
  proveTwin,
  type RehearsalOptions,
  RehearsalStage,
  requireHoldable,
  twinDevice,
  type TwinOptions,
  twinProfile,
} from '../twin/index.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  RepositoryOptions &
  TwinOptions &
  ProcedureOptions & { readonly blank: Blank; readonly allow?: readonly string[] };

export const drillVerb: Verb = {
  name: 'drill',
  summary: 'rehearse the restore of an image on a simulated twin',
  description:
    'Makes a blank simulated device with the identity, the limits and the recorded times and deviations of the image, ' +
    'runs the whole restore on it, and compares the memory of the simulated device with the image, octet by octet. ' +
    'Nothing is sent: device and network are simulated, with a time of their own, so that an hour of a slow device ' +
    'takes seconds. A drill that passes makes the image verified; the report is kept beside the image either way. It ' +
    'says what was simulated, what no drill can show, and how long the restore may take on the recorded device. ' +
    'Ends with status 0 only when the twin then held exactly the image.',
  examples: [
    { line: 'bacvault drill latest --device 1201', what: 'before you need the image' },
    {
      line: 'bacvault drill 1a2b3c4d --blank missing --quirk silent-after-end=90',
      what: 'a device without its files, that stays away for 90 s',
    },
  ],
  define: (command, start) => {
    command.argument('<image>', 'image id (4 or more hex digits) or "latest"', imageName);
    addDrillOptions(command);
    addProcedureOptions(command);
    addRepositoryOptions(command, 'only this site');
    addOutputOptions(command).action(start(drill));
  },
};

function addDrillOptions(command: Command): void {
  addTwinOptions(command)
    .addOption(
      new Option('--blank <how>', 'what the twin has of the files: empty ones, or none')
        .choices(['empty', 'missing'] satisfies Blank[])
        .default('empty'),
    )
    .option(
      '--allow <check>',
      'a check of the plan that may block, as it will have to be allowed for the device; may be repeated',
      checkName,
    );
}

function checkName(text: string, before: readonly string[] | undefined): readonly string[] {
  if (!Object.hasOwn(PLAN_CHECKS, text))
    throw new InvalidArgumentError(`The checks are ${Object.keys(PLAN_CHECKS).join(', ')}.`);
  return [...(before ?? []), text];
}

async function drill(session: Session, options: Options, name: string): Promise<void> {
  const procedure = await readProcedureOptions(options, session.io, session.output);
  await session.withRepository(options, async (repository) => {
    const image = await findImage(repository, name, { site: options.site, instance: options.device });
    requireHoldable(image);
    await repository.verifyImage(image);
    const learned = await learnedSince(repository, image);
    const rehearsed = rehearsalOf(session, repository, image, { ...options, procedure, learned });
    session.interrupt.throwIfHappened();
    const run = await repository.beginRun('drill', { image: image.id, site: image.manifest.site });
    const { report, phases } = await rehearsed().catch(async (thrown: unknown) => {
      await run.end(session.interrupt.happened ? 'cancelled' : 'failed');
      throw thrown;
    });
    const { passed } = report;
    await run.write('rehearsed', { phases, report });
    await repository.record(image, { type: 'drill', passed, run: run.name, report: { ...report } });
    if (passed) await repository.record(image, { type: 'verified', how: 'drill', run: run.name });
    await run.end(passed ? 'passed' : 'failed');
    session.output.result(drillText(report, image, run.name), report);
    failWhenFailed(report);
  });
}

/** When the restore entered its phases, in the twin's time. */
type Phases = readonly { readonly phase: string; readonly atMs: number }[];

/** Where no pace was recorded, or one too fast to be told in whole ms: an idle B/IP network. */
const FAST_NETWORK_MS = 1;

/** Everything that can be refused is refused here; what is returned begins the rehearsal. */
function rehearsalOf(
  session: Session,
  repository: Repository,
  image: ImageSummary,
  asked: Options & Pick<RehearsalOptions, 'procedure'> & { readonly learned: LearnedHabits },
): () => Promise<{ readonly report: DrillReport; readonly phases: Phases }> {
  const { blank, quirk, procedure, learned, allow = [] } = asked;
  const profile = twinProfile(image.manifest, { learned });
  const device = twinDevice(profile, emptyFiles(image), {
    quirks: quirk,
    password: procedure.password,
    unixTimeAtZero: Date.parse(image.manifest.createdAt),
  });
  return async () => {
    const { io, output, engine, signal } = session;
    const phases: { phase: string; atMs: number }[] = [];
    output.note('Rehearsing on a simulated twin. Nothing is sent; times are those of the twin.');
    const stage = new RehearsalStage({
      ...{ engine, repository, image, device, blank, signal, procedure, allow },
      networkMs: (profile.answerMs ?? 0) > 0 ? 0 : FAST_NETWORK_MS,
      onEvent: (event) => {
        if (event.kind === 'phase') phases.push({ phase: event.phase, atMs: stage.now });
        progress.onEvent(event);
      },
    });
    const progress = new Progress({ ...io, now: () => stage.now }, output);
    const beganMs = io.now();
    const rehearsal = await stage.run().finally(() => progress.close());
    const proofs =
      rehearsal.outcome.kind === 'failed' ? [] : await proveTwin(rehearsal.twin, repository, image);
    const likeness = likenessOf(profile, quirk);
    const tookMs = io.now() - beganMs;
    return {
      report: drillReport({ image, likeness, blank, limits: device.limits, rehearsal, proofs, tookMs }),
      phases,
    };
  };
}

function failWhenFailed({ passed, imageId, failures, error }: DrillReport): void {
  if (passed) return;
  throw new EngineError(
    'drill-failed',
    `Image ${imageId.slice(0, 8)} did not pass its drill: ${failures.join('; ').replace(/\.$/, '')}.`,
    { details: { image: imageId, ...(error === undefined ? {} : { failure: error.code }) } },
  );
}
