// --quirks FILE: known deviations of devices that a user adds. Read and checked before anything is sent.

import type { Command } from 'commander';
import { type DeviceQuirk, EngineError, parseQuirks } from '../index.js';
import type { Io } from './io.js';

export interface QuirksOptions {
  readonly quirks?: string;
}

/** In the group of options that is open. */
export function addQuirksOption(command: Command): Command {
  return command.option(
    '--quirks <file>',
    'file of known deviations of devices, besides those that bacvault knows (see docs/quirks.md)',
  );
}

/** The quirks of the file; nothing when none is given. A file with a mistake is refused whole. */
export async function readQuirks(
  { quirks }: QuirksOptions,
  io: Io,
): Promise<{ readonly quirks?: readonly DeviceQuirk[] }> {
  if (quirks === undefined) return {};
  let text: string;
  try {
    text = await io.readFile(quirks);
  } catch (cause) {
    throw new EngineError('usage', `The file of quirks ${quirks} cannot be read.`, { cause });
  }
  return { quirks: parseQuirks(text, quirks) };
}
