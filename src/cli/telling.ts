// Tells people how a run went, as the site file says. What could not be told is said here, and changes nothing else.

import { type FleetSummary, notify, type Site } from '../index.js';
import { summaryText } from './render/fleet-text.js';
import { printable } from './render/text.js';
import type { Session } from './session.js';
import { secretReader, type SiteFileOptions } from './site-file.js';

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
