// What `bacvault --help` and `--version` say, without the commands and the engine behind them: whoever asks what there
// is should not wait for all of it to be loaded. Made from the list that scripts/docs.mjs writes from the commands.

import { Command, CommanderError } from 'commander';
import { COMMAND_LIST } from './command-list.js';
import type { Io } from './io.js';

const DESCRIPTION =
  'Backs up and restores BACnet controllers over BACnet/IP, byte for byte.\n' +
  'Results go to stdout, progress and messages to stderr.';

const QUESTIONS: readonly string[] = ['-h', '--help', 'help', '-V', '--version'];

/** The program before it has commands. */
export function bareProgram(): Command {
  return new Command('bacvault')
    .description(DESCRIPTION)
    .exitOverride()
    .helpCommand('help [command]', 'show the help of a command')
    .helpOption('-h, --help', 'show this help')
    .addHelpText(
      'after',
      '\n"bacvault help COMMAND" shows options and examples. Options come after the command.',
    );
}

/** What every program with this version can do, and where it speaks. */
export function speakThrough(program: Command, io: Io): void {
  // Help goes to the streams we were given; errors are not printed here but by whoever catches them.
  const speak = {
    writeOut: (text: string): void => void io.stdout.write(text),
    writeErr: (text: string): void => void io.stderr.write(text),
    outputError: (): void => undefined,
    getOutHelpWidth: (): number => io.stdout.columns ?? 100,
    getErrHelpWidth: (): number => io.stderr.columns ?? 100,
    getOutHasColors: (): boolean => false,
    getErrHasColors: (): boolean => false,
  };
  program.version(io.version, '-V, --version', 'print the version');
  for (const command of [program, ...program.commands]) command.configureOutput(speak);
}

/** Whether a command line asks for nothing but what is answered here. */
export function asksForOverview(args: readonly string[]): boolean {
  return args.length === 1 && args[0] !== undefined && QUESTIONS.includes(args[0]);
}

/** Answers such a command line and returns the exit status. */
export function overview(args: readonly string[], io: Io): number {
  const program = bareProgram();
  for (const { name, summary, parameters } of COMMAND_LIST) {
    // Every command has options; which, nobody asks here.
    program.command(`${name} ${parameters}`.trimEnd()).summary(summary).option('--json');
  }
  speakThrough(program, io);
  try {
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return 0;
}
