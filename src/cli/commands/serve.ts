// bacvault serve: keeps running, and runs the rules of the site file on time.

import {
  type DeviceStatus,
  EngineError,
  type FleetEvent,
  type Monitor,
  type Repository,
  type ServeEvent,
  type Site,
} from '../../index.js';
import { addOutputOptions, addRepositoryOptions, type RepositoryOptions, wholeNumber } from '../options.js';
import type { OutputOptions } from '../output.js';
import { addQuirksOption, type QuirksOptions, readQuirks } from '../quirks.js';
import { eventText, summaryText } from '../render/fleet-text.js';
import { moment, printable } from '../render/text.js';
import type { Session } from '../session.js';
import { addSiteFileOption, readSiteFile, secretReader, type SiteFileOptions } from '../site-file.js';
import { teller, tellRun } from '../telling.js';
import type { Verb } from '../verb.js';
import { Watch } from '../watch.js';

type Options = OutputOptions &
  RepositoryOptions &
  QuirksOptions &
  SiteFileOptions & { readonly monitorPort?: number };

/** A line about how far a run is, at most so often, ms. */
const PROGRESS_MS = 300_000;

export const serveVerb: Verb = {
  name: 'serve',
  summary: 'keep running, and run the rules of the site file on time',
  description:
    'Runs every rule that has a cron line at its time, in its time zone and inside its window: a time in the hour that the ' +
    'clock skips is the first one after it, one in the hour that comes twice comes once. What was missed while the computer ' +
    'was off is made up once, as soon as the window is open; a run that was killed is gone on with, and touches only what ' +
    'is missing. One process serves a repository. SIGTERM or Ctrl-C stops it: the device under way is released first. ' +
    'The site file is read at the start: restart it after a change. With --monitor-port health (/health, 503 when somebody ' +
    'should look) and Prometheus metrics (/metrics) are told on 127.0.0.1.',
  examples: [
    { line: 'bacvault serve', what: 'the rules of ./site.yaml' },
    {
      line: 'bacvault serve --site-file north.yaml --repo /srv/bacvault --monitor-port 9477',
      what: 'as a service, watched by Prometheus',
    },
  ],
  define: (command, start) => {
    addSiteFileOption(command);
    command
      .optionsGroup('Service:')
      .option(
        '--monitor-port <port>',
        'tell health and metrics on this port of 127.0.0.1',
        wholeNumber(0, 65_535),
      );
    addQuirksOption(command);
    addRepositoryOptions(command);
    addOutputOptions(command).action(start(run));
  },
};

async function run(session: Session, options: Options): Promise<void> {
  const { engine, io, output, signal } = session;
  const site = await readSiteFile(options, io);
  if (!site.rules.some(({ cron }) => cron !== undefined))
    throw new EngineError('usage', 'No rule of the site file has a cron line: there is nothing to wait for.');
  const asked = await readQuirks(options, io);
  await session.withRepository(options, async (repository) => {
    const watch = new Watch(
      site.name,
      () => statuses(session, site, repository),
      () => io.now(),
    );
    const monitor = await openMonitor(session, options, watch);
    try {
      const events = engine.serve(site, repository, {
        ...asked,
        signal,
        log: output.log,
        secret: secretReader(options, io),
        notify: async (summary) => {
          if (!output.json) output.result(summaryText(summary));
          await tellRun(session, options, site, summary);
        },
      });
      await follow(session, events, watch);
    } finally {
      await monitor?.close();
    }
  });
}

async function openMonitor(
  session: Session,
  { monitorPort }: Options,
  watch: Watch,
): Promise<Monitor | undefined> {
  if (monitorPort === undefined) return undefined;
  const source = { health: () => watch.health(), measures: () => watch.measures() };
  const monitor = await session.engine.openMonitor(monitorPort, source);
  session.output.note(`Health and metrics: http://127.0.0.1:${monitor.port}/health and /metrics.`);
  return monitor;
}

async function follow(
  session: Session,
  events: AsyncIterable<ServeEvent | FleetEvent>,
  watch: Watch,
): Promise<void> {
  const tell = teller(session, lineOf, PROGRESS_MS);
  for await (const event of events) {
    watch.see(event);
    tell(event);
  }
}

/** One line for an event, or undefined for one that is no line. */
function lineOf(event: ServeEvent | FleetEvent): string | undefined {
  switch (event.kind) {
    case 'serve-begin':
      return `Serving ${printable(event.site)}: ${event.rules.join(', ')}.`;
    case 'serve-waiting':
      return event.until === undefined
        ? undefined
        : `Next: ${event.rule ?? 'another try'} at ${moment(event.until)}.`;
    case 'rule-begin':
      return event.begun === 1
        ? `Rule ${event.rule} of ${moment(event.due)}.`
        : `Rule ${event.rule} of ${moment(event.due)}: try ${event.begun}.`;
    case 'rule-end':
      return `Rule ${event.rule} of ${moment(event.due)} has ended: ${event.outcome}.`;
    case 'serve-trouble':
      return `warning: ${printable(event.message)}`;
    case 'serve-end':
      return 'Stopped.';
    default:
      return eventText(event);
  }
}

async function statuses(
  session: Session,
  site: Site,
  repository: Repository,
): Promise<readonly DeviceStatus[]> {
  const found: DeviceStatus[] = [];
  for await (const one of session.engine.protection(site, repository, {})) found.push(one);
  return found;
}
