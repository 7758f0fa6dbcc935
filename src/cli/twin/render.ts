// What is and what is not like the recorded device, in words and in JSON, for twin and drill alike.

import { printable } from '../render/text.js';
import type { TwinQuirk } from './deviations.js';
import type { TwinProfile } from './profile.js';

/** How true a twin is, as programs read it. */
export interface Likeness {
  /** Deviations of the image that the twin acts. */
  readonly quirks: readonly TwinQuirk[];
  /** Deviations that were asked for on the command line. */
  readonly quirksAdded: readonly string[];
  readonly notSimulated: readonly string[];
  readonly assumed: readonly string[];
}

export function likenessOf(profile: TwinProfile, quirksAdded: readonly string[] = []): Likeness {
  const { quirks, notSimulated, assumed } = profile;
  return { quirks, quirksAdded, notSimulated, assumed };
}

/** One line each, indented. */
export function likenessLines({ quirks, quirksAdded, notSimulated, assumed }: Likeness): string[] {
  return [
    ...quirks.map(({ quirk, because }) => `  as recorded: ${printable(because)} (quirk ${quirk})`),
    ...quirksAdded.map((quirk) => `  as asked for: quirk ${quirk}`),
    ...notSimulated.map((text) => `  recorded, NOT SIMULATED: ${printable(text)}`),
    ...assumed.map((text) => `  assumed: ${text}`),
  ];
}
