// Which devices a selector of the site file means, and whose password is whose. Pure. Never guesses: what is not
// known of a device yet makes the answer "unknown", and a password for it is not given.

import type { SecretRef, Selector, Site } from './types.js';

/** What is known of a device; what is absent nobody has read yet. */
export interface SelectableDevice {
  readonly instance: number;
  /** DNET; 0 is the local network. */
  readonly network?: number;
  readonly vendorId?: number;
  readonly vendorName?: string;
  readonly modelName?: string;
}

export type Selection = 'yes' | 'no' | 'unknown';

/** Whether a device is meant: `yes` only when every key of the selector is known to fit. */
export function selects(
  site: Pick<Site, 'devices' | 'groups'>,
  selector: Selector,
  device: SelectableDevice,
): Selection {
  const { instances, networks, vendors, models, tags, groups } = selector;
  const within = (ranges: Selector['instances'], value: number | undefined): Selection =>
    value === undefined ? 'unknown' : one(ranges?.some(({ low, high }) => low <= value && value <= high));
  const own = site.devices.find(({ instance }) => instance === device.instance)?.tags ?? [];
  return all([
    instances && within(instances, device.instance),
    networks && within(networks, device.network),
    vendors && any(vendors.map((vendor) => fitsVendor(vendor, device))),
    models && any(models.map((model) => fitsText(model, device.modelName))),
    tags && one(tags.some((tag) => own.includes(tag))),
    groups && any(groups.map((name) => inGroup(site, name, device))),
  ]);
}

/** What a rule means: `what` without `except`. */
export function covers(
  site: Pick<Site, 'devices' | 'groups'>,
  rule: { readonly what: Selector; readonly except?: Selector },
  device: SelectableDevice,
): Selection {
  const meant = selects(site, rule.what, device);
  if (rule.except === undefined || meant === 'no') return meant;
  const excepted = selects(site, rule.except, device);
  if (excepted === 'yes') return 'no';
  return excepted === 'unknown' ? 'unknown' : meant;
}

/**
 * Where the ReinitializeDevice password of a device is: its own, or that of the first group in the file that has
 * one and fits. "unknown" when a group before that might fit: a password that belongs to another device counts
 * towards its lock-out, so it is not tried.
 */
export function passwordOf(
  site: Pick<Site, 'devices' | 'groups'>,
  device: SelectableDevice,
): { readonly ref: SecretRef; readonly from: string } | 'unknown' | undefined {
  const own = site.devices.find(({ instance }) => instance === device.instance)?.password;
  if (own) return { ref: own, from: `device ${device.instance}` };
  for (const { name, select, password } of site.groups) {
    if (!password) continue;
    const fits = selects(site, select, device);
    if (fits === 'yes') return { ref: password, from: `group ${name}` };
    if (fits === 'unknown') return 'unknown';
  }
  return undefined;
}

function inGroup(site: Pick<Site, 'devices' | 'groups'>, name: string, device: SelectableDevice): Selection {
  const group = site.groups.find((candidate) => candidate.name === name);
  return group ? selects(site, group.select, device) : 'no';
}

function fitsVendor(vendor: number | string, device: SelectableDevice): Selection {
  if (typeof vendor === 'string') return fitsText(vendor, device.vendorName);
  return device.vendorId === undefined ? 'unknown' : one(device.vendorId === vendor);
}

/** "*" stands for anything, the case of letters for nothing. */
function fitsText(pattern: string, text: string | undefined): Selection {
  if (text === undefined) return 'unknown';
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return one(new RegExp(`^${parts.join('.*')}$`, 'isu').test(text));
}

function one(fits: boolean | undefined): Selection {
  return fits === true ? 'yes' : 'no';
}

function all(parts: readonly (Selection | undefined)[]): Selection {
  if (parts.includes('no')) return 'no';
  return parts.includes('unknown') ? 'unknown' : 'yes';
}

function any(parts: readonly Selection[]): Selection {
  if (parts.includes('yes')) return 'yes';
  return parts.includes('unknown') ? 'unknown' : 'no';
}
