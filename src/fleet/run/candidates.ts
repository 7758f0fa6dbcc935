// Who a rule means, and where each of them is: out of the site file, the images, what was seen before and who
// answers now. Pure. Of two devices that answer to one instance neither is taken.

import type { Address } from '../../../protocol/index.js';
import { type Announcement, formatPlace, HIGHEST_INSTANCE, parseTarget } from '../../client/index.js';
import type { FoundImage } from '../../repository/index.js';
import { kept } from '../kept.js';
import { type Known, type Ledger, seenIn, updated } from '../ledger.js';
import { covers, type SelectableDevice } from '../site/select.js';
import type { Rule, Site, SiteDevice } from '../site/types.js';

/** One device while a run goes on. */
export interface Candidate {
  readonly device: number;
  readonly given: SiteDevice | undefined;
  /** The newest image that is no undo image. */
  newest: FoundImage | undefined;
  known: Known;
  /** Where it is asked first; undefined: it has to be looked for. */
  address: Address | undefined;
  /** It said I-Am in this run. */
  heard: boolean;
  /** Every place that its instance answers from, when there are several. */
  duplicates: readonly string[];
  /** Whether the rule means it; "unknown" until vendor or model have been read. */
  meant: 'yes' | 'unknown';
}

/** What is known of a device, as selectors ask for it. */
export function selectable({ device, known, newest, address }: Candidate): SelectableDevice {
  return selectableAt(device, address === undefined ? known.network : (address.network ?? 0), known, newest);
}

/** The same of a device that is on this network (DNET; 0 is our own; undefined: nobody knows). */
export function selectableAt(
  device: number,
  network: number | undefined,
  known: Known | undefined,
  newest: FoundImage | undefined,
): SelectableDevice {
  const { vendorId, vendorName, modelName } = newest?.device ?? {};
  return {
    instance: device,
    ...kept({
      network,
      vendorId: known?.vendorId ?? vendorId,
      vendorName: known?.vendorName ?? vendorName,
      modelName: known?.modelName ?? modelName,
    }),
  };
}

/** Everybody who is known of or was named, with what is known. Not asked yet whether a rule means them. */
export function candidates(
  site: Site,
  ledger: Ledger,
  images: ReadonlyMap<number, FoundImage>,
): Map<number, Candidate> {
  const all = new Map<number, Candidate>();
  const instances = new Set([
    ...site.devices.map(({ instance }) => instance),
    ...seenIn(ledger),
    ...images.keys(),
  ]);
  for (const device of instances) {
    const known = ledger.devices.get(device) ?? { device };
    all.set(device, candidate(site, device, known, images.get(device)));
  }
  return all;
}

function candidate(site: Site, device: number, known: Known, newest: FoundImage | undefined): Candidate {
  const named = site.devices.find(({ instance }) => instance === device);
  const place = named?.address ?? known.address;
  return {
    device,
    given: named,
    newest,
    known,
    address: place === undefined ? undefined : parseTarget(`${device}@${place}`).address,
    heard: false,
    duplicates: [],
    meant: 'unknown',
  };
}

/** Takes in what a survey heard. An address of the site file stays where to go: somebody decided on it. */
export function takeHeard(
  site: Site,
  all: Map<number, Candidate>,
  found: ReadonlyMap<number, readonly Announcement[]>,
  at: string,
): void {
  for (const [device, places] of found) {
    const [first] = places;
    // 4194303 is the instance of all unconfigured devices: it names nobody.
    if (first === undefined || device > HIGHEST_INSTANCE) continue;
    const one = all.get(device) ?? candidate(site, device, { device }, undefined);
    all.set(device, one);
    one.heard = true;
    one.duplicates = places.length > 1 ? places.map(({ address }) => formatPlace(address)).sort() : [];
    if (one.given?.address === undefined) one.address = first.address;
    const { network } = first.address;
    one.known = updated(one.known, {
      seenAt: at,
      address: formatPlace(first.address),
      network: network ?? 0,
      vendorId: first.vendorId,
      duplicates: one.duplicates.length > 0 ? [...one.duplicates] : undefined,
    });
  }
}

/** Those that a rule means, or may mean, by instance. */
export function meantBy(site: Site, rule: Rule, all: Iterable<Candidate>): Candidate[] {
  const meant: Candidate[] = [];
  for (const one of all) {
    const answer = covers(site, rule, selectable(one));
    if (answer === 'no') continue;
    one.meant = answer;
    meant.push(one);
  }
  return meant.sort((a, b) => a.device - b.device);
}
