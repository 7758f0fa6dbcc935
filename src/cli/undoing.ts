// The options of a restore that concern its undo image, what its verdict means for the exit status, and the
// offer to put a device back. Nobody's device is put back unasked, except with --rollback.

import { type Command } from 'commander';
import {
  afterRollback,
  type Device,
  EngineError,
  type FailedRestore,
  type Repository,
  type RestoreOptions,
  type RestoreReport,
  type RollbackOptions,
} from '../index.js';
import { printable } from './render/text.js';
import { restoreReportText } from './render/restore-report.js';
import { type LocalAddress, localText } from './options.js';
import type { Session } from './session.js';

export interface UndoOptions {
  /** False with --no-undo. */
  readonly undo?: boolean;
  readonly undoOnce?: boolean;
  readonly rollback?: boolean;
}

export function addUndoOptions(command: Command): Command {
  return command
    .optionsGroup('Undo and rollback:')
    .option(
      '--undo-once',
      'read the undo image once, not twice: shorter, and nothing is learnt of changing octets',
    )
    .option('--no-undo', 'take no undo image: the device cannot be put back')
    .option(
      '--rollback',
      'put the device back to the undo image when the restore fails half-way, without asking',
    );
}

/** As the engine takes them. Throws `usage` for options that exclude one another. */
export function undoOptionsOf({
  undo,
  undoOnce,
  rollback,
}: UndoOptions): Required<Pick<RestoreOptions, 'undo' | 'rollback'>> {
  const none = undo === false;
  if (none && undoOnce === true)
    throw new EngineError('usage', '--no-undo and --undo-once exclude one another.');
  if (none && rollback === true) {
    throw new EngineError(
      'usage',
      'With --no-undo there is nothing that --rollback could put the device back to.',
    );
  }
  return {
    undo: none ? 'none' : undoOnce === true ? 'once' : 'twice',
    rollback: rollback === true,
  };
}

/** Exit status 0 is for a verified restore alone. */
export function failWhenUnverified({ device, imageId, verdict, unproven, release }: RestoreReport): void {
  const details = { device, release, verdict };
  if (release !== 'released') {
    throw new EngineError(
      'release-failed',
      `Device ${device} was restored from image ${imageId.slice(0, 8)}, but not seen to leave the procedure: ${unproven.join('; ')}.`,
      { details },
    );
  }
  if (verdict === 'verified') return;
  throw new EngineError(
    'restore-unverified',
    `Device ${device} was restored from image ${imageId.slice(0, 8)}, and this is not proven: ${unproven.join('; ')}.`,
    { details },
  );
}

/** A restore that failed, and what can be done about it. */
export interface AfterFailure {
  readonly device: Device;
  readonly repository: Repository;
  readonly options: RollbackOptions;
  /** Whether somebody can be asked. */
  readonly mayAsk: boolean;
  /** The command that does the same later. */
  readonly command: (undo: string) => string;
}

/**
 * What to throw for a restore that failed: with the command that puts the device back, after asking whether to
 * do it now where somebody can be asked.
 */
export async function afterFailure(session: Session, thrown: unknown, after: AfterFailure): Promise<unknown> {
  if (!(thrown instanceof EngineError)) return thrown;
  const { undo, rollback } = thrown.details as Partial<FailedRestore>;
  if (rollback?.outcome === 'done') {
    session.output.result(restoreReportText(rollback.report, 'put back to undo image'), rollback.report);
    return thrown;
  }
  const isUseful = rollback?.outcome === 'offered' || rollback?.outcome === 'failed';
  if (undo === undefined || !isUseful) return thrown;
  const command = after.command(undo.slice(0, 8));
  const { code, message, cause, details } = thrown;
  const told = new EngineError(code, `${message} To put it back: ${command}`, { cause, details });
  if (!after.mayAsk || session.interrupt.happened || rollback.outcome !== 'offered') return told;
  return askAndPutBack(session, { thrown, told }, after, undo);
}

async function askAndPutBack(
  session: Session,
  /** Without and with the command. */
  { thrown, told }: { readonly thrown: EngineError; readonly told: EngineError },
  { device, repository, options }: AfterFailure,
  undo: string,
): Promise<unknown> {
  const { engine, output, io, signal } = session;
  output.say(`bacvault: ${printable(told.message)}`);
  const question = `Type the device instance to put it back to undo image ${undo.slice(0, 8)} now, or anything else to leave it: `;
  const typed = await session.interrupt.orThrow(() => io.ask(question, signal));
  if (typed?.trim() !== String(device.instance)) return told;
  const report = await session.procedure(device, (onEvent) =>
    engine.rollBack(device, repository, undo, { ...options, signal, onEvent }),
  );
  output.result(restoreReportText(report, 'put back to undo image'), report);
  const back =
    report.verdict === 'verified'
      ? `It was put back to undo image ${undo.slice(0, 8)}, and that is proven.`
      : `It was put back to undo image ${undo.slice(0, 8)}, and that is NOT proven.`;
  return afterRollback(thrown, `${thrown.message} ${back}`, report);
}

/** The restore of an undo image as a command line, with what this one was told of network, place, password and permissions. */
export function rollbackCommand(
  undo: string,
  target: string,
  options: Readonly<Record<string, unknown>>,
): string {
  const { local } = options as { readonly local?: LocalAddress };
  const given: Readonly<Record<string, unknown>> =
    local === undefined ? options : { ...options, local: localText(local) };
  const flags = Object.entries(CARRIED).flatMap(([key, flag]) => {
    const value = given[key];
    return [value].flat().flatMap((one: unknown) => {
      return typeof one === 'string' || typeof one === 'number' ? [flag, quoted(String(one))] : [];
    });
  });
  return ['bacvault', 'restore', undo, target, '--no-undo', ...flags].join(' ');
}

const CARRIED = {
  repo: '--repo',
  site: '--site',
  passwordFile: '--password-file',
  passwordEnv: '--password-env',
  quirks: '--quirks',
  preparationTimeout: '--preparation-timeout',
  outageTimeout: '--outage-timeout',
  local: '--local',
  broadcast: '--broadcast',
  bbmd: '--bbmd',
  apduTimeout: '--apdu-timeout',
  retries: '--retries',
  // What blocked the restore may block this one, too; a permission that is not needed is told.
  allow: '--allow',
  reason: '--reason',
} as const;

/** As a shell takes it: in double quotes, which all know, where nothing in it means anything to a shell. */
function quoted(value: string): string {
  if (/^[\w./:@-]+$/.test(value)) return value;
  return /["$`!%]|\\\\|\\$/.test(value) ? `'${value.replaceAll("'", "'\\''")}'` : `"${value}"`;
}
