// How a user lets a block of a restore plan through: by the name of its check, and with a reason. A name that
// is no check is refused before anything is sent.

import { InvalidArgumentError } from 'commander';
import { PLAN_CHECKS } from '../index.js';

/** Reads one --allow, and adds it to those before. */
export function addCheckName(text: string, before: readonly string[] = []): readonly string[] {
  const check = Object.entries(PLAN_CHECKS).find(([name]) => name === text)?.[1];
  if (check === undefined) {
    const names = Object.keys(PLAN_CHECKS).join(', ');
    throw new InvalidArgumentError(`It is no check of a restore plan. The checks are ${names}.`);
  }
  if (check.never !== undefined) throw new InvalidArgumentError(`It cannot be allowed: ${check.never}.`);
  return [...before, text];
}

/** Reads a --reason: some words. */
export function reasonText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('A reason needs words.');
  return text.trim();
}
