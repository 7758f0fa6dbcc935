// The ReinitializeDevice password, from a file or an environment variable, never from the command line,
// where every user of the computer could read it. It must never be printed or logged.

import { EngineError, type ProcedureOptions as EngineOptions } from '../index.js';
import type { Io } from './io.js';
import type { PasswordOptions, ProcedureOptions } from './options.js';
import type { Output } from './output.js';
import { readQuirks } from './quirks.js';
import { capital } from './render/text.js';

/** The most characters that ReinitializeDevice can carry (clause 16.4.1.1.2). */
const CHARACTERS_MAX = 20;

/** What a procedure on a device is asked to do, as the engine takes it. Read before anything is sent. */
export async function readProcedureOptions(
  options: ProcedureOptions,
  io: Io,
  output: Output,
): Promise<Pick<EngineOptions, 'password' | 'preparationTimeoutMs' | 'outageTimeoutMs' | 'quirks' | 'pace'>> {
  const password = await readPassword(options, io, output);
  const { preparationTimeout, outageTimeout, pace } = options;
  return {
    ...(password === undefined ? {} : { password }),
    ...(preparationTimeout === undefined ? {} : { preparationTimeoutMs: preparationTimeout * 1000 }),
    ...(outageTimeout === undefined ? {} : { outageTimeoutMs: outageTimeout * 1000 }),
    ...(pace === undefined ? {} : { pace }),
    ...(await readQuirks(options, io)),
  };
}

/** Reads the password that the options point to; undefined when none is given. */
export async function readPassword(
  options: PasswordOptions,
  io: Io,
  output: Output,
): Promise<string | undefined> {
  if (options.passwordFile !== undefined) {
    const password = firstLine(await readText(options.passwordFile, io), options.passwordFile);
    if (await io.readableByOthers(options.passwordFile)) {
      output.say(`warning: others on this computer can read ${options.passwordFile}.`);
    }
    return checked(password, `the password in ${options.passwordFile}`);
  }
  if (options.passwordEnv !== undefined) {
    const password = io.env[options.passwordEnv];
    if (password === undefined) {
      throw new EngineError('usage', `The environment variable ${options.passwordEnv} is not set.`);
    }
    return checked(password, `the password in ${options.passwordEnv}`);
  }
  return undefined;
}

async function readText(path: string, io: Io): Promise<string> {
  try {
    return await io.readFile(path);
  } catch (cause) {
    throw new EngineError('usage', `The password file ${path} cannot be read.`, { cause });
  }
}

function firstLine(text: string, path: string): string {
  // Windows editors put a mark before UTF-8, and PowerShell writes UTF-16 unless told otherwise.
  const line = text.replace(/^\uFEFF/, '').split(/\r?\n/)[0] ?? '';
  if (line.includes('\0') || line.includes('\uFFFD'))
    throw new EngineError('usage', `The password file ${path} is not text in UTF-8.`);
  return line;
}

function checked(password: string, where: string): string {
  const characters = Array.from(password).length;
  if (characters === 0) throw new EngineError('usage', `${capital(where)} is empty.`);
  if (characters > CHARACTERS_MAX) {
    throw new EngineError(
      'usage',
      `${capital(where)} has ${characters} characters; BACnet allows at most ${CHARACTERS_MAX}. Nothing was sent.`,
    );
  }
  return password;
}
