// Which images a question means: by site, instance, identity, tag, time, proof, and text. Pure; knows nothing
// of where the answers come from. A device is known by every name it ever had: renaming hides nothing.

import { EngineError } from '../errors.js';
import type { FoundImage, ImageQuery } from './catalogue-types.js';
import { parseUtcText } from './utc.js';

const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 86_400_000;

/** A question that was checked, ready to be asked of many images. */
export interface Finder {
  /** The images of one device that fit, in the order in which they came. */
  among(device: readonly FoundImage[]): readonly FoundImage[];
  /** Whether an image fits by itself; what its device was called at other times is not asked here. */
  fits(image: FoundImage): boolean;
}

/**
 * Reads a question. Texts are compared without regard to case, and anywhere in the text.
 * @throws EngineError `usage` for a time that is none.
 */
export function finder(query: ImageQuery): Finder {
  const since = timeOf(query.since, 'since', 0);
  // A day means all of it.
  const until = timeOf(query.until, 'until', query.until !== undefined && DAY.test(query.until) ? DAY_MS : 1);
  const texts = (query.text ?? []).map(folded);
  const fits = (image: FoundImage): boolean =>
    within(image, since, until) && fitsIdentity(image, query) && fitsStanding(image, query);
  return {
    fits,
    among: (device) => {
      // What a device is called may change; one of its names is enough for all of its images.
      if (query.name !== undefined && !device.some(({ device: { name } }) => has(name, query.name)))
        return [];
      if (!texts.every((text) => device.some((image) => wordsOf(image).includes(text)))) return [];
      return device.filter(fits);
    },
  };
}

function within({ createdAt }: FoundImage, since: number | undefined, until: number | undefined): boolean {
  const at = parseUtcText(createdAt) ?? 0;
  return (since === undefined || at >= since) && (until === undefined || at < until);
}

function fitsIdentity({ site, instance, device }: FoundImage, query: ImageQuery): boolean {
  return (
    (query.site === undefined || site === query.site) &&
    (query.instance === undefined || instance === query.instance) &&
    (query.vendor === undefined ||
      has(device.vendorName, query.vendor) ||
      String(device.vendorId) === query.vendor.trim()) &&
    (query.model === undefined || has(device.modelName, query.model)) &&
    (query.firmware === undefined ||
      has(device.firmwareRevision, query.firmware) ||
      has(device.applicationSoftwareVersion, query.firmware))
  );
}

function fitsStanding({ standing, origin }: FoundImage, query: ImageQuery): boolean {
  return (
    (query.own === undefined || (origin === undefined) === query.own) &&
    (query.tags ?? []).every((tag) => standing.tags.includes(tag)) &&
    !(query.withoutTags ?? []).some((tag) => standing.tags.includes(tag)) &&
    (query.verified === undefined || (standing.verified !== undefined) === query.verified)
  );
}

/** Everything of an image that a person may remember, in one text. */
function wordsOf({ device, standing }: FoundImage): string {
  const notes = standing.notes.map(({ text }) => text);
  return folded([device.name, device.location, device.description, ...notes].join('\n'));
}

function has(text: string | undefined, part: string | undefined): boolean {
  return part === undefined || (text !== undefined && folded(text).includes(folded(part)));
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** A day or a time in UTC, in ms since 1970; `further` is added. */
function timeOf(text: string | undefined, what: string, further: number): number | undefined {
  if (text === undefined) return undefined;
  const time = parseUtcText(DAY.test(text) ? `${text}T00:00:00Z` : text);
  if (time !== undefined) return time + further;
  throw new EngineError(
    'usage',
    `${what}: "${text}" is no time in UTC; write 2026-03-01 or 2026-03-01T02:15:00Z`,
  );
}
