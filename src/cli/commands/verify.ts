// bacvault verify: a device against an image, octet by octet. Runs a backup procedure; writes nothing.

import { EngineError, type FileComparison, type VerifyReport } from '../../index.js';
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
import { counted, grouped, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  NetworkOptions &
  ProcedureOptions &
  RepositoryOptions & { readonly device?: number };

export const verifyVerb: Verb = {
  name: 'verify',
  summary: 'compare a device with an image, octet by octet',
  description:
    'Runs the backup procedure on the device, compares what it reads with the image, and lists every range that ' +
    'differs: octets of stream files, records of record files, counted from 0. ' +
    'Nothing is written and nothing is kept. Ends with status 17 when anything differs.',
  examples: [
    { line: 'bacvault verify latest 1201', what: 'the newest image of the device against the device' },
    {
      line: 'bacvault verify 1a2b3c4d 1201@10.1.4.77 --password-env REINIT',
      what: 'a certain image, a static address',
    },
  ],
  define: (command, start) => {
    command.argument('<image>', 'image id (4 or more hex digits) or "latest"', imageName);
    command.argument('<target>', 'device: INSTANCE, INSTANCE@HOST[:PORT] or INSTANCE@NET:MAC@ROUTER[:PORT]');
    command
      .optionsGroup('Which image:')
      .option(
        '--device <instance>',
        'whose latest image (default: the instance of the target)',
        deviceInstance,
      );
    addRepositoryOptions(command, 'only this site');
    addProcedureOptions(command);
    addNetworkOptions(command);
    addOutputOptions(command).action(start(verify));
  },
};

async function verify(session: Session, options: Options, name: string, text: string): Promise<void> {
  const { engine, signal } = session;
  const target = engine.parseTarget(text);
  const asked = await readProcedureOptions(options, session.io, session.output);
  await session.withRepository(options, async (repository) => {
    const instance = options.device ?? target.instance;
    const image = await findImage(repository, name, { site: options.site, instance });
    const report = await session.withClient(options, async (client) => {
      const device = await client.device(target, { signal });
      return session.procedure(device, (onEvent) =>
        engine.verify(device, repository, image.id, {
          ...asked,
          signal,
          onEvent,
        }),
      );
    });
    session.output.result(verifyText(report), report);
    failWhenDifferent(report);
  });
}

function failWhenDifferent(report: VerifyReport): void {
  const { device, release } = report;
  if (release === 'unproven') {
    throw new EngineError('release-failed', `Device ${device} was compared, but not seen to leave backup.`, {
      details: { device, release },
    });
  }
  if (report.equal) return;
  const different = report.files.filter((file) => !file.equal).map((file) => `file,${file.file}`);
  throw new EngineError(
    'not-verified',
    `Device ${device} differs from image ${report.imageId.slice(0, 8)}: ${different.join(', ')}.`,
    {
      details: { device, release },
    },
  );
}

function verifyText(report: VerifyReport): string {
  const verdict = report.equal ? 'equal' : 'DIFFERENT';
  const files = report.files.map(comparisonText).join('');
  const deviations = report.deviations.map((text) => `deviation: ${printable(text)}\n`).join('');
  return `${files}${deviations}Device ${report.device} and image ${report.imageId.slice(0, 8)}: ${verdict}\n`;
}

/** Lines per file that a person can still read; --json has every range. */
const RANGES_SHOWN = 20;

function comparisonText(file: FileComparison): string {
  const unit = file.unit === 'octets' ? 'octet' : 'record';
  if (file.equal) return `file,${file.file}: equal, ${counted(file.imageSize, unit)}\n`;
  const lines = [`file,${file.file}: DIFFERENT`];
  if (file.problem !== undefined) lines.push(`  ${printable(file.problem)}`);
  if (file.imageSize !== file.deviceSize) {
    lines.push(
      `  the image has ${counted(file.imageSize, unit)}, the device ${counted(file.deviceSize, unit)}`,
    );
  }
  lines.push(
    ...file.ranges.slice(0, RANGES_SHOWN).map(({ start, end }) => {
      if (end - start === 1) return `  ${unit} ${grouped(start)}`;
      return `  ${unit}s ${grouped(start)} to ${grouped(end - 1)} (${counted(end - start, unit)})`;
    }),
  );
  const more = file.ranges.length - RANGES_SHOWN;
  if (more > 0) lines.push(`  and ${counted(more, 'more range')}`);
  return `${lines.join('\n')}\n`;
}
