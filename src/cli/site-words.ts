// A right site file in words: what each rule means and when it runs, who is left out, and where passwords come from.
// Never what they are. From what was written down alone: it sends nothing.

import {
  type DeviceStatus,
  passwordOf,
  type Rule,
  type SecretRef,
  type Site,
  timeThere,
  upcoming,
} from '../index.js';
import type { JsonLine } from './output.js';
import type { RepositoryOptions } from './options.js';
import { counted, printable } from './render/text.js';
import type { Session } from './session.js';
import { secretPath, type SiteFileOptions } from './site-file.js';

export interface ExplainedSite {
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  readonly object: JsonLine;
}

const TIMES = 3;
const SHOWN = 12;

export async function explainSite(
  session: Session,
  options: RepositoryOptions & SiteFileOptions,
  site: Site,
): Promise<ExplainedSite> {
  const known = await knownDevices(session, options, site);
  const rules = site.rules.map((rule) => explained(rule, known));
  const uncovered = known.filter(({ rules: of }) => of.length === 0).map(({ device }) => device);
  const passwords = known.map((one) => ({ device: one.device, from: passwordFrom(session, site, one) }));
  const lines = [
    `Site ${printable(site.name)}: ${counted(site.rules.length, 'rule')}, ${counted(known.length, 'known device')}.`,
    ...rules.flatMap(({ words }) => words),
    `No rule means: ${listed(uncovered)}.`,
    `Without a password: ${listed(passwords.filter(({ from }) => from === undefined).map(({ device }) => device))}.`,
    ...refs(site).map(([of, ref]) => `Password of ${of}: ${refWords(ref)}.`),
  ];
  const object = {
    kind: 'site',
    site: site.name,
    rules: rules.map(({ facts }) => facts),
    uncovered,
    passwords,
  };
  return { lines, warnings: await warningsOf(session, options, site), object };
}

/** Known from earlier runs and images, and those that the file names. */
function knownDevices(session: Session, options: RepositoryOptions, site: Site): Promise<DeviceStatus[]> {
  return session.withRepositoryOrNone(options, async (repository) => {
    const known: DeviceStatus[] = [];
    if (repository === undefined)
      session.output.note('There is no repository yet: no device is known but by its rules.');
    else for await (const one of session.engine.protection(site, repository, {})) known.push(one);
    return known;
  });
}

function explained(
  rule: Rule,
  known: readonly DeviceStatus[],
): { readonly words: string[]; readonly facts: object } {
  const { name, timeZone, window, cron } = rule;
  const devices = known.filter(({ rules }) => rules.includes(name)).map(({ device }) => device);
  const next = upcoming(rule, TIMES);
  const span = window && `${clock(window.startMinute)} to ${clock(window.stopMinute)}`;
  const words = [
    `Rule ${name}: means ${listed(devices)}.`,
    cron === undefined
      ? '  Runs only by hand.'
      : `  Runs next (${timeZone}): ${next.map((ms) => timeThere(timeZone, ms)).join(', ')}.`,
    `  Window: ${span ?? 'none, it may run at any time'}.`,
  ];
  return {
    words,
    facts: { rule: name, devices, timeZone, window: span, next: next.map((ms) => timeThere('UTC', ms)) },
  };
}

function passwordFrom({ engine }: Session, site: Site, one: DeviceStatus): string | undefined {
  const { vendorId, vendorName, modelName, address, device } = one;
  const network =
    address === undefined ? undefined : (engine.parseTarget(`${device}@${address}`).address?.network ?? 0);
  const found = passwordOf(site, {
    instance: device,
    ...(network === undefined ? {} : { network }),
    ...(vendorId === undefined ? {} : { vendorId }),
    ...(vendorName === undefined ? {} : { vendorName }),
    ...(modelName === undefined ? {} : { modelName }),
  });
  return found === 'unknown' ? 'not known before it is read' : found?.from;
}

/** Every reference to a ReinitializeDevice password, and whose it is. */
function refs(site: Site): [string, SecretRef][] {
  return [
    ...site.devices.flatMap(({ instance, password }): [string, SecretRef][] =>
      password ? [[`device ${instance}`, password]] : [],
    ),
    ...site.groups.flatMap(({ name, password }): [string, SecretRef][] =>
      password ? [[`group ${name}`, password]] : [],
    ),
  ];
}

function refWords(ref: SecretRef): string {
  switch (ref.kind) {
    case 'file':
      return `file ${printable(ref.path)}`;
    case 'env':
      return `environment variable ${printable(ref.name)}`;
    case 'command':
      return `program ${printable(ref.command[0])}`;
    case 'clear':
      return 'in the site file, in clear';
  }
}

async function warningsOf({ io }: Session, options: SiteFileOptions, site: Site): Promise<string[]> {
  const warnings: string[] = [];
  for (const [of, ref] of refs(site)) {
    if (ref.kind === 'clear') warnings.push(`the password of ${of} stands in clear in the site file`);
    if (ref.kind === 'env' && (io.env[ref.name] ?? '') === '')
      warnings.push(`the environment variable ${printable(ref.name)} for ${of} is not set here`);
    if (ref.kind !== 'file') continue;
    const path = secretPath(ref.path, options, io);
    try {
      if (await io.readableByOthers(path))
        warnings.push(`${printable(path)} can be read by others: chmod 600 it`);
    } catch {
      warnings.push(`${printable(path)} for ${of} cannot be read`);
    }
  }
  return warnings;
}

function listed(devices: readonly number[]): string {
  if (devices.length === 0) return 'no known device';
  const more = devices.length > SHOWN ? `, and ${devices.length - SHOWN} more` : '';
  return `${counted(devices.length, 'known device')} (${devices.slice(0, SHOWN).join(', ')}${more})`;
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
