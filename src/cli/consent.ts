// Consent to what changes a device: its instance, typed when asked or given with --yes-device. Without it
// nothing is sent, or nothing more. A wrong number is no consent.

import { EngineError } from '../index.js';
import { printable } from './render/text.js';
import type { Session } from './session.js';

/** Consent that cannot come, or is for another device, ends the command before anything is sent. */
export function refuseWithoutConsent(
  session: Session,
  instance: number,
  yesDevice: number | undefined,
  /** "restore device 1201". */
  act: string,
): void {
  if (yesDevice === undefined) {
    if (session.io.stdin.isTTY) return;
    throw new EngineError(
      'usage',
      `Nobody can be asked here: give --yes-device ${instance} to ${act}. Nothing was sent.`,
    );
  }
  if (yesDevice !== instance) {
    throw new EngineError(
      'usage',
      `--yes-device says ${yesDevice}, but the target is device ${instance}. Nothing was sent.`,
    );
  }
}

/**
 * Shows what is about to happen, and asks for the instance unless --yes-device has answered already. Rejects
 * `usage`, ending with `refusal`, when anything else is typed.
 */
export async function agree(
  session: Session,
  instance: number,
  yesDevice: number | undefined,
  words: { readonly shown: string; readonly question: string; readonly refusal: string },
): Promise<void> {
  if (yesDevice !== undefined) {
    session.output.note(words.shown);
    return;
  }
  session.output.say(words.shown);
  const typed = await session.interrupt.orThrow(() => session.io.ask(words.question, session.signal));
  if (typed?.trim() === String(instance)) return;
  const what = typed === undefined ? 'Nothing was typed' : `"${printable(typed.trim())}" is not ${instance}`;
  throw new EngineError('usage', `${what}: ${words.refusal}`);
}
