// bacvault probe: what a device can do, found by reading alone.

import { type Capabilities, EngineError } from '../../index.js';
import { forEachTarget } from '../each.js';
import { probeAll } from '../probe-all.js';
import {
  addJournalOptions,
  addNetworkOptions,
  addOutputOptions,
  type NetworkOptions,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { addQuirksOption, type QuirksOptions, readQuirks } from '../quirks.js';
import { identityRows, reachedText } from '../render/image.js';
import { pairs } from '../render/table.js';
import { capital, octets, printable, printableMaybe } from '../render/text.js';
import type { Session } from '../session.js';
import { addSiteFileOption, type SiteFileOptions } from '../site-file.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  NetworkOptions &
  QuirksOptions &
  RepositoryOptions &
  SiteFileOptions & { readonly all?: boolean };

export const probeVerb: Verb = {
  name: 'probe',
  summary: 'say whether devices can be backed up, by reading alone',
  description:
    'Reads who a device is and whether it can be backed up and restored (DM-BR-B): the services it supports, its ' +
    'Backup_And_Restore_State, System_Status, times and Configuration_Files. Nothing is written and no procedure is ' +
    'started. Most devices show their Configuration_Files only during a backup, so their number and sizes may be unknown. ' +
    'With --all every device of the site is probed, one at a time on each network behind a router, and told as a table; ' +
    'in a repository it is remembered for "status".',
  examples: [
    { line: 'bacvault probe 1201', what: 'finds device 1201 by Who-Is' },
    {
      line: 'bacvault probe 1201@10.1.4.77 1202@2001:17@10.1.0.1',
      what: 'static addresses, the second behind a router',
    },
    { line: 'bacvault probe --all', what: 'every device that ./site.yaml names or that answers, as a table' },
  ],
  define: (command, start) => {
    command.argument(
      '[target...]',
      'devices: INSTANCE, INSTANCE@HOST[:PORT] or INSTANCE@NET:MAC@ROUTER[:PORT]',
    );
    addSiteFileOption(command).option('--all', 'every device of the site, instead of targets');
    addQuirksOption(addJournalOptions(command).optionsGroup('Procedure:'));
    addNetworkOptions(command);
    addOutputOptions(command).action(start(probe));
  },
};

async function probe(session: Session, options: Options, texts: readonly string[]): Promise<void> {
  if ((options.all === true) === texts.length > 0)
    throw new EngineError('usage', 'Name the devices to probe, or give --all.');
  if (options.all === true) {
    await probeAll(session, options);
    return;
  }
  const targets = session.targets(texts);
  const asked = await readQuirks(options, session.io);
  await session.withClient(options, (client) =>
    forEachTarget(session, targets, { done: 'probed' }, async (target) => {
      const device = await client.device(target, { signal: session.signal });
      const found = await session.engine.probe(device, { ...asked, signal: session.signal });
      session.output.result(capabilitiesText(found), found);
    }),
  );
}

const ANSWER = {
  yes: 'yes (DM-BR-B)',
  no: 'NO',
  unknown: 'not known without trying',
} as const satisfies Record<Capabilities['backupAndRestore'], string>;

function capabilitiesText(found: Capabilities): string {
  const seconds = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : `${value} s`;
  const services = Object.entries(found.services).map(
    ([name, supported]) => `${capital(name)} ${supported ? 'yes' : 'NO'}`,
  );
  const { reachedAt } = found;
  const rows: (readonly [string, string | undefined])[] = [
    ...identityRows(found.identity).slice(1),
    ['Address', reachedText(reachedAt)],
    ['Max_APDU_Length_Accepted', octets(reachedAt.maxApdu)],
    ['Segmentation_Supported', printable(reachedAt.segmentation)],
    ['Services', services.join(', ')],
    ['System_Status', printableMaybe(found.systemStatus)],
    ['Backup_And_Restore_State', printableMaybe(found.state)],
    [
      'Backup_Failure_Timeout',
      found.backupFailureTimeoutS === 0 ? '0 s (never)' : seconds(found.backupFailureTimeoutS),
    ],
    ['Backup_Preparation_Time', seconds(found.backupPreparationTimeS)],
    ['Restore_Preparation_Time', seconds(found.restorePreparationTimeS)],
    ['Restore_Completion_Time', seconds(found.restoreCompletionTimeS)],
    ['Configuration_Files', filesText(found)],
    ['Database_Revision', found.databaseRevision === undefined ? undefined : String(found.databaseRevision)],
    ['Last_Restore_Time', printableMaybe(found.lastRestoreTime)],
  ];
  for (const { name, remedies, advice } of found.quirks ?? []) {
    rows.push([`Known: ${name}`, printable([...remedies, ...advice].join('; '))]);
  }
  const reasons = found.reasons.map((reason) => `  ${printable(reason)}\n`).join('');
  return `Device ${found.device}\n  Backup and restore: ${ANSWER[found.backupAndRestore]}\n${reasons}${pairs(rows, '  ')}`;
}

function filesText(found: Capabilities): string | undefined {
  const count = found.configurationFiles;
  if (count === undefined) return undefined;
  return count === 0
    ? 'none now (many devices list them only during a backup)'
    : `${count} now (certain only during a backup)`;
}
