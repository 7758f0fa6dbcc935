// The parts that the schemas of a site file are made of: texts that a reader understands, lists, secrets.

import { z } from 'zod';
import { readDuration, readRange, type Reading, readTag } from './values.js';

/** A text that a reader understands; the reader's fault becomes an issue that says what would be right. */
export function text(
  read: (value: string) => Reading<unknown>,
  description: string,
  ...examples: string[]
): z.ZodString {
  const schema = z.string().superRefine((value, context) => tell(context, read(value)));
  return schema.meta({ description, examples });
}

function tell(context: z.RefinementCtx, reading: Reading<unknown>): void {
  if (!('fault' in reading)) return;
  const { what, instead } = reading.fault;
  context.addIssue({ code: 'custom', message: what, params: { instead } });
}

export const words = (description: string, ...examples: string[]): z.ZodString =>
  z.string().min(1).meta({ description, examples });

export const whole = (low: number, high: number, description: string, example: number): z.ZodInt =>
  z
    .int()
    .min(low)
    .max(high)
    .meta({ description, examples: [example] });

export const duration = (description: string, example: string): z.ZodString =>
  text(readDuration, description, example);

export const ranges = (what: 'instances' | 'networks', description: string, example: string) =>
  z
    .array(
      z
        .union([z.int(), z.string()])
        .superRefine((value, context) => tell(context, readRange(value, what)))
        .meta({ examples: [example] }),
    )
    .min(1)
    .meta({ description, examples: [[example]] });

export const tags = (description: string) =>
  z.array(text(readTag, 'A tag.', 'as-built')).meta({ description, examples: [['as-built']] });

export const command = (description: string) =>
  z
    .tuple([z.string().min(1)], z.string())
    .meta({ description, examples: [['/usr/local/bin/program', 'argument']] });

/** Which one of several keys is there; none or two are a fault. */
export function oneOf(keys: readonly string[], what: string) {
  return (value: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    const found = keys.filter((key) => value[key] !== undefined);
    if (found.length === 1) return;
    const said = found.length === 0 ? 'says none of them' : `says ${found.join(' and ')}`;
    tell(context, { fault: { what: `${what} ${said}`, instead: `exactly one of ${keys.join(', ')}` } });
  };
}

const SECRET_KEYS = ['file', 'env', 'command', 'in-clear'] as const;

export const secret = (description: string) =>
  z
    .strictObject({
      file: words(
        'A file; its first line is the password. A relative path counts from the folder of this file.',
        'secrets/vav',
      ).exactOptional(),
      env: words('An environment variable.', 'BACVAULT_PASSWORD').exactOptional(),
      command: command(
        'A program and its arguments; the first line that it prints is the password.',
      ).exactOptional(),
      'in-clear': z
        .string()
        .min(1)
        .meta({
          description: 'The password itself. Needs "passwords-in-clear: allowed" at the top of the file.',
        })
        .exactOptional(),
    })
    .superRefine(oneOf(SECRET_KEYS, 'the password'))
    .meta({ description, examples: [{ file: 'secrets/vav' }] });

export const PASSWORD = 'Where the ReinitializeDevice password is.';
