// Tells how a run goes while it goes on, and people how it went, as the site file says. What could not be told is said
// here, and changes nothing else.

import { type FleetSummary, notify, type Site } from '../index.js';
import type { JsonLine } from './output.js';
import { summaryText } from './render/fleet-text.js';
import { printable } from './render/text.js';
import type { Session } from './session.js';
import { secretReader, type SiteFileOptions } from './site-file.js';

/**
 * Tells events as they come: the object for programs, the line for people. How far a run is, is a line at most every
 * `progressMs`; what must be read is one even with --quiet.
 */
export function teller<Event extends JsonLine>(
  { output, io }: Session,
  lineOf: (event: Event) => string | undefined,
  progressMs: number,
): (event: Event) => void {
  let toldMs = -Infinity;
  return (event) => {
    output.object(event);
    if (event.kind === 'fleet-progress') {
      if (io.now() - toldMs < progressMs) return;
      toldMs = io.now();
    }
    const line = lineOf(event);
    if (line === undefined) return;
    if (event.kind === 'fleet-warning' || event.kind === 'serve-trouble') output.say(line);
    else output.note(line);
  };
}

export async function tellRun(
  session: Session,
  options: SiteFileOptions,
  site: Site,
  summary: FleetSummary,
): Promise<void> {
  const { engine, io, output } = session;
  const reports = await notify(site, summary, summaryText(summary), {
    messengers: engine.messengers(),
    secret: secretReader(options, io),
    command: (command, limits) => io.capture(command, limits),
  });
  for (const report of reports) {
    output.object(report);
    const { channel, problem } = report;
    if (problem === undefined) output.note(`Told: ${printable(channel)}.`);
    else output.say(`warning: ${printable(channel)} was not told: ${printable(problem)}`);
  }
}
