// The options that twin and drill share.

import { type Command, InvalidArgumentError } from 'commander';
import { QuirkError, quirkOf } from '../../../simulator/index.js';
import { deviceInstance, type PasswordOptions } from '../options.js';

export interface TwinOptions extends PasswordOptions {
  readonly device?: number;
  /** "name" or "name=value", each known to be possible. */
  readonly quirk?: readonly string[];
}

/** Whose latest image, and how the twin departs from it. */
export function addTwinOptions(command: Command): Command {
  return command
    .optionsGroup('Which image, and which device:')
    .option('--device <instance>', 'whose latest image', deviceInstance)
    .option(
      '--quirk <name[=value]>',
      'a deviation of real devices on top of the recorded ones; may be repeated ("bacvault-sim --list-quirks")',
      quirk,
    );
}

function quirk(text: string, before: readonly string[] | undefined): readonly string[] {
  try {
    quirkOf(text);
  } catch (error) {
    if (error instanceof QuirkError) throw new InvalidArgumentError(`${error.message}.`);
    throw error;
  }
  return [...(before ?? []), text];
}
