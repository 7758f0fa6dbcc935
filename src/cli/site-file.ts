// The site file of a command: where it is, what it says, and the secrets that it points to. A secret is read when it
// is needed, and is never printed or kept longer than the command.

import type { Command } from 'commander';
import { EngineError, parseSite, type SecretRef, type Site } from '../index.js';
import type { Io } from './io.js';
import { printable } from './render/text.js';

/** Where a site is described, when neither --site-file nor BACVAULT_SITE_FILE says. */
const DEFAULT_SITE_FILE = './site.yaml';

export interface SiteFileOptions {
  readonly siteFile?: string;
}

export function addSiteFileOption(command: Command): Command {
  return command
    .optionsGroup('Site:')
    .option('--site-file <file>', `the site file (else BACVAULT_SITE_FILE, else ${DEFAULT_SITE_FILE})`);
}

export function siteFilePlace(options: SiteFileOptions, io: Io): string {
  const fromEnvironment = io.env['BACVAULT_SITE_FILE'];
  if (options.siteFile !== undefined) return options.siteFile;
  return fromEnvironment === undefined || fromEnvironment === '' ? DEFAULT_SITE_FILE : fromEnvironment;
}

/** Reads the site file. Rejects `usage` when it cannot be read, `site-file` with every mistake in it. */
export async function readSiteFile(options: SiteFileOptions, io: Io): Promise<Site> {
  const place = siteFilePlace(options, io);
  return parseSite(await textOf(place, io), place);
}

/** Its text, right or not. Rejects `usage` when it cannot be read. */
export function siteText(options: SiteFileOptions, io: Io): Promise<string> {
  return textOf(siteFilePlace(options, io), io);
}

/** Where a secret's file is: a relative path counts from the folder of the site file. */
export function secretPath(path: string, options: SiteFileOptions, io: Io): string {
  return isAbsolute(path) ? path : folderOf(siteFilePlace(options, io)) + path;
}

/** The same where a command can do without: undefined when nobody named one and there is none. */
export async function findSiteFile(options: SiteFileOptions, io: Io): Promise<Site | undefined> {
  const place = siteFilePlace(options, io);
  try {
    return parseSite(await textOf(place, io), place);
  } catch (error) {
    const isMissing = error instanceof EngineError && error.code === 'usage';
    if (isMissing && place === DEFAULT_SITE_FILE) return undefined;
    throw error;
  }
}

async function textOf(place: string, io: Io): Promise<string> {
  try {
    return await io.readFile(place);
  } catch (cause) {
    throw new EngineError('usage', `The site file ${printable(place)} cannot be read.`, { cause });
  }
}

/** Programs that give a password get so long, ms. */
const COMMAND_LIMIT_MS = 30_000;

/** Reads the secrets of the site file. Rejects `usage`, with where it was looked for and never with what was found. */
export function secretReader(options: SiteFileOptions, io: Io): (ref: SecretRef) => Promise<string> {
  return async (ref) => {
    switch (ref.kind) {
      case 'clear':
        return ref.password;
      case 'env':
        return required(io.env[ref.name], `the environment variable ${ref.name}`);
      case 'file': {
        const path = secretPath(ref.path, options, io);
        return required(await firstLine(() => io.readFile(path), `the file ${path}`), `the file ${path}`);
      }
      case 'command': {
        const [program] = ref.command;
        const run = (): Promise<string> => io.capture(ref.command, { timeLimitMs: COMMAND_LIMIT_MS });
        return required(await firstLine(run, `the program ${program}`), `what the program ${program} prints`);
      }
    }
  };
}

async function firstLine(read: () => Promise<string>, where: string): Promise<string> {
  try {
    // Windows editors put a mark before UTF-8.
    return (await read()).replace(/^\uFEFF/, '').split(/\r?\n/)[0] ?? '';
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('usage', `${where} gives no password: ${why}`, { cause });
  }
}

function required(text: string | undefined, where: string): string {
  if (text === undefined || text === '') throw new EngineError('usage', `${where} holds no password`);
  return text;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

function isAbsolute(path: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:[\\/])/.test(path);
}
