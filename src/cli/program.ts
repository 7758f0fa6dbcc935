// The command line as a program of commander, and the one way to run it. Touches no process: everything
// comes in as arguments and goes out as text and an exit status.

import { type Argument, type Command, CommanderError } from 'commander';
import { EngineError } from '../index.js';
import { backupVerb } from './commands/backup.js';
import { checkVerb } from './commands/check.js';
import { diffVerb } from './commands/diff.js';
import { discoverVerb } from './commands/discover.js';
import { drillVerb } from './commands/drill.js';
import { exportVerb } from './commands/export.js';
import { extractVerb } from './commands/extract.js';
import { findVerb } from './commands/find.js';
import { forgetVerb } from './commands/forget.js';
import { imagesVerb } from './commands/images.js';
import { importVerb } from './commands/import.js';
import { initVerb } from './commands/init.js';
import { noteVerb, tagVerb, untagVerb } from './commands/mark.js';
import { probeVerb } from './commands/probe.js';
import { pruneVerb } from './commands/prune.js';
import { recoverVerb } from './commands/recover.js';
import { restoreVerb } from './commands/restore.js';
import { runRuleVerb } from './commands/run.js';
import { serveVerb } from './commands/serve.js';
import { siteVerb } from './commands/site.js';
import { showVerb } from './commands/show.js';
import { statusVerb } from './commands/status.js';
import { twinVerb } from './commands/twin.js';
import { verifyVerb } from './commands/verify.js';
import type { CommandRow } from './command-list.js';
import type { Engine } from './engine.js';
import { asEngineError } from './exit.js';
import type { Io } from './io.js';
import { bareProgram, speakThrough } from './overview.js';
import { Session } from './session.js';
import type { Start, Verb, Work } from './verb.js';

/** Every command, in the order of a first backup. */
export const VERBS: readonly Verb[] = [
  initVerb,
  discoverVerb,
  probeVerb,
  backupVerb,
  siteVerb,
  runRuleVerb,
  serveVerb,
  statusVerb,
  imagesVerb,
  findVerb,
  showVerb,
  tagVerb,
  untagVerb,
  noteVerb,
  extractVerb,
  exportVerb,
  importVerb,
  restoreVerb,
  verifyVerb,
  diffVerb,
  recoverVerb,
  twinVerb,
  drillVerb,
  checkVerb,
  forgetVerb,
  pruneVerb,
];

/** Runs one command line (without "node" and the script) to its end and returns the exit status. */
export async function run(args: readonly string[], io: Io, engine: Engine): Promise<number> {
  let status = 0;
  const program = buildProgram((verb) => (work) => async (...given) => {
    status = await runVerb(verb, work as Work<object, readonly unknown[]>, given, io, engine);
  });
  speakThrough(program, io);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')) {
      return error.exitCode === 0 ? 0 : 2;
    }
    return failBeforeStart(args, error, io, engine);
  }
}

/** The list of commands as `overview.ts` has it. */
export function commandList(): readonly CommandRow[] {
  const { commands } = buildProgram(() => () => () => Promise.resolve());
  return commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    parameters: command.registeredArguments.map((argument) => humanReadable(argument)).join(' '),
  }));
}

/** As commander writes it: <needed...>, [optional]. */
function humanReadable(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** The commander program with all commands; `startOf` makes the action of a verb's work. */
export function buildProgram(startOf: (verb: string) => Start): Command {
  const program = bareProgram();
  for (const verb of VERBS) {
    const command = program.command(verb.name).summary(verb.summary).description(verb.description);
    verb.define(command, startOf(verb.name));
    const examples = verb.examples.map(({ line, what }) => `  ${line}\n      ${what}`);
    command.addHelpText('after', `\nExamples:\n${examples.join('\n')}`);
  }
  return program;
}

async function runVerb(
  verb: string,
  work: Work<object, readonly unknown[]>,
  given: readonly unknown[],
  io: Io,
  engine: Engine,
): Promise<number> {
  // Commander calls an action with the arguments, then the options, then the command itself.
  const options = given.at(-2) as object;
  const session = new Session(io, engine, verb, options);
  try {
    await work(session, options, ...given.slice(0, -2));
    return session.interrupt.crash === undefined ? 0 : session.fail(session.interrupt.crash.error);
  } catch (error) {
    return session.fail(session.interrupt.crash?.error ?? error);
  } finally {
    session.interrupt.close();
  }
}

/** A command line that does not parse: said like every other error, also as JSON when that was asked for. */
function failBeforeStart(args: readonly string[], error: unknown, io: Io, engine: Engine): number {
  const verb = VERBS.find(({ name }) => args.includes(name))?.name ?? '';
  const session = new Session(io, engine, verb, { json: args.includes('--json') });
  try {
    const known = asEngineError(error);
    const early = args[0]?.startsWith('-') === true && known.code === 'usage';
    return session.fail(
      early ? new EngineError('usage', `${known.message}. Options come after the command.`) : known,
    );
  } finally {
    session.interrupt.close();
  }
}
