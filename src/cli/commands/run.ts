// bacvault run: one rule of the site file over all its devices, with one summary at the end.

import { EngineError, type FleetEvent, type FleetSummary, ruleOf, siteClient } from '../../index.js';
import { Reported } from '../exit.js';
import {
  addNetworkOptions,
  addOutputOptions,
  addRepositoryOptions,
  type NetworkOptions,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { openPage } from '../page.js';
import { addQuirksOption, type QuirksOptions, readQuirks } from '../quirks.js';
import { fleetHtml } from '../render/fleet-html.js';
import { eventText, summaryText } from '../render/fleet-text.js';
import type { Session } from '../session.js';
import { addSiteFileOption, readSiteFile, secretReader, type SiteFileOptions } from '../site-file.js';
import { teller, tellRun } from '../telling.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  NetworkOptions &
  RepositoryOptions &
  QuirksOptions &
  SiteFileOptions & { readonly all?: boolean; readonly ignoreWindow?: boolean; readonly html?: string };

/** A line about how far it is, at most so often, ms. */
const PROGRESS_MS = 30_000;

export const runRuleVerb: Verb = {
  name: 'run',
  summary: 'back up all devices that a rule of the site file means',
  description:
    'Asks who is there, and backs up every device that the rule means: one transfer at a time on each network behind a ' +
    'router, several networks and B/IP devices at once, never backed up ones first, then changed ones, then the oldest. ' +
    'Devices that fail are tried again at the end. A run that is repeated touches only what is missing: a device that ' +
    'has an image since the rule was last begun is left alone, unless all of them have one, or --all is given. When the ' +
    "rule's window ends nothing new is begun; what is under way is finished within ten minutes, or ended cleanly. At the " +
    'end there is one summary: what is protected, what is not and why, and what changed. Ends with status 0 when every ' +
    'device is protected, 3 when some are, 4 when the window ended first.',
  examples: [
    { line: 'bacvault run', what: 'the only rule of ./site.yaml' },
    {
      line: 'bacvault run nightly --site-file north.yaml --html report.html',
      what: 'a rule by name, and the summary as a page to mail',
    },
    { line: 'bacvault run nightly --json', what: 'every event and the summary, one object a line' },
  ],
  define: (command, start) => {
    command.argument('[rule]', 'rule of the site file (default: its only one)');
    addSiteFileOption(command);
    command
      .optionsGroup('Run:')
      .option('--all', 'back up every device again, also those that have an image of this run')
      .option('--ignore-window', "run also while the rule's window is closed, and without an end")
      .option('--html <file>', 'write the summary as one HTML page, too; never overwrites a file');
    addQuirksOption(command);
    addRepositoryOptions(command);
    addNetworkOptions(command);
    addOutputOptions(command).action(start(run));
  },
};

async function run(session: Session, options: Options, name: string | undefined): Promise<void> {
  const { engine, io, output, signal } = session;
  const site = await readSiteFile(options, io);
  const rule = ruleOf(site, name);
  const asked = await readQuirks(options, io);
  const page = await openPage(session, options.html);
  const summary = await session.withRepository(options, (repository) =>
    session.withClient(
      options,
      async (client) => {
        const events = engine.runFleet(site, repository, {
          ...asked,
          client,
          rule: rule.name,
          signal,
          log: output.log,
          secret: secretReader(options, io),
          ...(options.all === true ? { sinceMs: client.clock.unixTime() } : {}),
          ...(options.ignoreWindow === true ? { ignoreWindow: true } : {}),
        });
        return follow(session, events);
      },
      siteClient(site, rule.name),
    ),
  );
  output.result(summaryText(summary), summary);
  await tellRun(session, options, site, summary);
  await page?.(() => fleetHtml(summary, io.version));
  if (summary.exitCode !== 0) throw new Reported(summary.exitCode);
}

/** Tells how it goes, and gives the summary. */
async function follow(session: Session, events: AsyncIterable<FleetEvent>): Promise<FleetSummary> {
  const tell = teller(session, eventText, PROGRESS_MS);
  let summary: FleetSummary | undefined;
  for await (const event of events) {
    if (event.kind === 'fleet-summary') summary = event;
    else tell(event);
  }
  if (summary === undefined) throw new EngineError('internal', 'The run has ended without a summary.');
  return summary;
}
