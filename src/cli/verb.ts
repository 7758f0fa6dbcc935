// What a command is: its name, its words in the help and the documentation, and how it hangs in the
// program. Types only.

import type { Command } from 'commander';
import type { OutputOptions } from './output.js';
import type { Session } from './session.js';

/** Work of one command. Arguments come in the order in which they were declared. */
export type Work<Options, Arguments extends readonly unknown[]> = (
  session: Session,
  options: Options,
  ...args: Arguments
) => Promise<void>;

/** Makes an action for commander out of a command's work. */
export type Start = <Options extends OutputOptions, Arguments extends readonly unknown[]>(
  work: Work<Options, Arguments>,
) => (...given: unknown[]) => Promise<void>;

export interface Example {
  readonly line: string;
  /** What it does, as half a sentence. */
  readonly what: string;
}

export interface Verb {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What it does and what it prints, in sentences. */
  readonly description: string;
  readonly examples: readonly Example[];
  /** Declares arguments, options and the action. */
  readonly define: (command: Command, start: Start) => void;
}
