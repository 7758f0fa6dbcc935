// Every device of a site probed, for `probe --all`: as a table for people, and one object a device for programs. In a
// repository it is remembered; without one it is only told.

import {
  type Capabilities,
  EngineError,
  parseSite,
  type ProbedDevice,
  type Repository,
  type Site,
  siteClient,
} from '../index.js';
import type { NetworkOptions, RepositoryOptions } from './options.js';
import { type QuirksOptions, readQuirks } from './quirks.js';
import { table } from './render/table.js';
import { counted, mac, printable } from './render/text.js';
import type { Session } from './session.js';
import { findSiteFile, type SiteFileOptions } from './site-file.js';

type Options = NetworkOptions & RepositoryOptions & QuirksOptions & SiteFileOptions;

/** Rejects `device-not-found` when there is nobody, `partial` when some could not be probed. */
export async function probeAll(session: Session, options: Options): Promise<void> {
  const file = await findSiteFile(options, session.io);
  const found = await session.withRepositoryOrNone(options, (repository) =>
    probeSite(session, options, file ?? siteNamed(repository), repository),
  );
  const { output } = session;
  if (found.length === 0) throw new EngineError('device-not-found', 'No device answered Who-Is.');
  if (!output.json) output.result(probeTable(found.toSorted((a, b) => a.device - b.device)));
  const failed = found.filter(({ kind }) => kind === 'probe-failed').length;
  const able = found.filter(
    (one) => one.kind === 'probed' && one.capabilities.backupAndRestore === 'yes',
  ).length;
  output.note(`${counted(found.length, 'device')}: ${able} can be backed up, ${failed} could not be probed.`);
  if (failed > 0)
    throw new EngineError('partial', `${failed} of ${counted(found.length, 'device')} could not be probed.`);
}

/** A site of which nothing but its name is known. */
function siteNamed(repository: Repository | undefined): Site {
  return parseSite(`site: ${JSON.stringify(repository?.options.defaultSite ?? 'default')}\n`);
}

async function probeSite(
  session: Session,
  options: Options,
  site: Site,
  repository: Repository | undefined,
): Promise<ProbedDevice[]> {
  const { engine, output, signal } = session;
  const quirks = await readQuirks(options, session.io);
  const found: ProbedDevice[] = [];
  await session.withClient(
    options,
    async (client) => {
      output.note(`Asking Who-Is from ${client.localAddress}.`);
      for await (const one of engine.probeFleet(site, repository, { client, signal, ...quirks })) {
        found.push(one);
        output.object(one.kind === 'probed' ? one.capabilities : one);
        const words =
          one.kind === 'probed' ? ANSWER[one.capabilities.backupAndRestore] : printable(one.message);
        output.note(`Device ${one.device}: ${words}`);
      }
    },
    siteClient(site),
  );
  return found;
}

const ANSWER = {
  yes: 'yes',
  no: 'NO',
  unknown: 'not known without trying',
} as const satisfies Record<Capabilities['backupAndRestore'], string>;

function probeTable(found: readonly ProbedDevice[]): string {
  return table(
    [
      { heading: 'instance', align: 'right' },
      { heading: 'name' },
      { heading: 'vendor' },
      { heading: 'model' },
      { heading: 'firmware' },
      { heading: 'address' },
      { heading: 'APDU', align: 'right' },
      { heading: 'backup and restore' },
      { heading: 'remarks' },
    ],
    found.map((one) => (one.kind === 'probed' ? probedRow(one.capabilities) : failedRow(one))),
  );
}

function probedRow(found: Capabilities): readonly string[] {
  const { identity, reachedAt } = found;
  const { network, mac: hex = '', address } = reachedAt;
  const place = network === undefined ? address : `${network}:${mac(hex)}@${address}`;
  return [
    String(found.device),
    printable(identity.name ?? ''),
    printable(identity.vendorName ?? String(identity.vendorId ?? '')),
    printable(identity.modelName ?? ''),
    printable(identity.firmwareRevision ?? ''),
    place,
    String(reachedAt.maxApdu),
    ANSWER[found.backupAndRestore],
    printable([...found.reasons, ...stateRemarks(found)].join('; ')),
  ];
}

function stateRemarks({ state, systemStatus }: Capabilities): string[] {
  const busy = state !== undefined && state !== 'idle' ? [`Backup_And_Restore_State ${state}`] : [];
  const status = systemStatus !== undefined && !systemStatus.startsWith('operational');
  return status ? [...busy, `System_Status ${systemStatus}`] : busy;
}

function failedRow(one: Extract<ProbedDevice, { kind: 'probe-failed' }>): readonly string[] {
  const { device, name = '', places, message } = one;
  return [String(device), printable(name), '', '', '', places.join(' '), '', '-', printable(message)];
}
