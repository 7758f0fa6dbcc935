// The protection state of every device of a site that is known: named in the site file, backed up before, or seen on
// the network. From what was written down alone: it sends nothing, and a restart forgets nothing. Of each
// device the newest image is in memory, however many it has. A device is its site and its instance, whatever it is called and
// wherever it is.

import type { FoundImage, Repository } from '../../repository/index.js';
import { kept } from '../kept.js';
import { type Known, readLedger, seenIn } from '../ledger.js';
import { selectableAt } from '../run/candidates.js';
import { newestImages } from '../run/ground.js';
import { covers } from '../site/select.js';
import type { Rule, Site } from '../site/types.js';
import { judge, type Judgement } from './judge.js';

/** One device, as its status is told. */
export interface DeviceStatus extends Judgement {
  readonly kind: 'device-status';
  readonly site: string;
  readonly device: number;
  readonly name?: string;
  /** BACnet vendor identifier. */
  readonly vendorId?: number;
  readonly vendorName?: string;
  readonly modelName?: string;
  /** Where it was last seen, as a target has it after the "@". */
  readonly address?: string;
  readonly seenAt?: string;
  /** Rules that mean it; empty: nobody backs it up by itself. */
  readonly rules: readonly string[];
  /** Its newest image, and when that was made. */
  readonly image?: string;
  readonly imageAt?: string;
  readonly verified?: boolean;
  readonly triedAt?: string;
  readonly code?: string;
}

/** Where no rule says how old an image may be: a weekly job and a day. */
export const STALE_AFTER_MS = 8 * 86_400_000;

export interface StatusOptions {
  /** Now, ms since 1970. */
  readonly nowMs: number;
  /** Instead of what the rules say, ms. */
  readonly staleAfterMs?: number;
}

/**
 * By instance. `site` is the site file, or only a name where there is none: then the devices that are known are those
 * with images and those that were seen. Rejects with `store-...`.
 */
export async function* protection(
  site: Site | { readonly name: string },
  repository: Repository,
  options: StatusOptions,
): AsyncGenerator<DeviceStatus, void> {
  const whole: Site | undefined = 'rules' in site ? site : undefined;
  const ledger = await readLedger(repository, site.name);
  const known = ledger.devices;
  const images = await newestImages(repository, site.name);
  const named = whole?.devices.map(({ instance }) => instance) ?? [];
  const all = new Set([...named, ...seenIn(ledger), ...images.keys()]);
  for (const device of [...all].sort((a, b) => a - b))
    yield statusOf(whole, site.name, device, known.get(device), images.get(device), options);
}

function statusOf(
  site: Site | undefined,
  siteName: string,
  device: number,
  known: Known | undefined,
  newest: FoundImage | undefined,
  options: StatusOptions,
): DeviceStatus {
  const rules = site === undefined ? [] : meaning(site, device, known, newest);
  const staleAfterMs =
    options.staleAfterMs ??
    (rules.length === 0 ? STALE_AFTER_MS : Math.min(...rules.map((rule) => rule.staleAfterMs)));
  const judgement = judge({ newest, known, staleAfterMs, nowMs: options.nowMs });
  const given = site?.devices.find(({ instance }) => instance === device);
  const fields = {
    name: known?.name ?? newest?.device.name ?? given?.name,
    vendorId: known?.vendorId ?? newest?.device.vendorId,
    vendorName: known?.vendorName ?? newest?.device.vendorName,
    modelName: known?.modelName ?? newest?.device.modelName,
    address: known?.address ?? given?.address,
    seenAt: known?.seenAt,
    image: newest?.id,
    imageAt: newest?.createdAt,
    verified: newest === undefined ? undefined : newest.standing.verified !== undefined,
    triedAt: known?.triedAt,
    code: known?.code,
  };
  return {
    kind: 'device-status',
    site: siteName,
    device,
    ...judgement,
    rules: rules.map(({ name }) => name),
    ...kept(fields),
  };
}

function meaning(
  site: Site,
  device: number,
  known: Known | undefined,
  newest: FoundImage | undefined,
): readonly Rule[] {
  const told = selectableAt(device, known?.network, known, newest);
  return site.rules.filter((rule) => covers(site, rule, told) === 'yes');
}
