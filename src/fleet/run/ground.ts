// What a run stands on before it begins: its rule, the newest images, from when on images count, and what is known of
// a device after it. Reads the repository alone.

import { EngineError } from '../../errors.js';
import { type FoundImage, parseUtcText, type Repository, UNDO_TAG, utcText } from '../../repository/index.js';
import { type Known, type Ledger, updated } from '../ledger.js';
import type { Rule, Site } from '../site/types.js';
import { timeThere, windowAt } from '../schedule/times.js';
import { type RunFleetOptions, SAME_RUN_MS } from './options.js';
import { type DeviceResult, PROTECTING } from './types.js';

/** The rule of a name, or the only one. Throws EngineError `usage`. */
export function ruleOf(site: Site, name: string | undefined): Rule {
  const names = site.rules.map((rule) => rule.name).join(', ');
  const rule =
    name === undefined && site.rules.length === 1
      ? site.rules[0]
      : site.rules.find((one) => one.name === name);
  if (rule !== undefined) return rule;
  const what = name === undefined ? 'Name one of the rules of this site' : `This site has no rule "${name}"`;
  throw new EngineError('usage', `${what}: ${names === '' ? 'its file has none' : names}.`);
}

/**
 * When a run of the rule must stop, ms since 1970; undefined: never. Throws EngineError `window-ended` where its
 * window is closed.
 */
export function stopOf(
  rule: Rule,
  options: Pick<RunFleetOptions, 'stopsAtMs' | 'ignoreWindow'>,
  nowMs: number,
): number | undefined {
  if (options.stopsAtMs !== undefined || options.ignoreWindow === true) return options.stopsAtMs;
  const window = windowAt(rule, nowMs);
  if (window.isOpen) return window.stopsAt;
  const opens = utcText(window.opensAt);
  const there = `${timeThere(rule.timeZone, window.opensAt)} (${rule.timeZone})`;
  throw new EngineError(
    'window-ended',
    `The window of rule "${rule.name}" is closed until ${there}: nothing was begun. --ignore-window begins all the same.`,
    { details: { rule: rule.name, opens } },
  );
}

/** What is known of a device when it has this result. */
export function knownAfter(known: Known, result: DeviceResult, final: boolean, at: string): Known {
  const { outcome, code, message, tries, image } = result;
  const went = PROTECTING.includes(outcome);
  if (outcome === 'present' || (outcome === 'not-begun' && tries === 0)) return known;
  return updated(known, {
    triedAt: at,
    outcome,
    code,
    message,
    failures: went ? 0 : (known.failures ?? 0) + (final && outcome === 'failed' ? 1 : 0),
    ...(outcome === 'unchanged' ? { unchangedAt: at, unchangedImage: image } : {}),
  });
}

/** The newest backup of every device of a site: nothing that was taken to undo a restore, or imported. */
export async function newestImages(repository: Repository, site: string): Promise<Map<number, FoundImage>> {
  const newest = new Map<number, FoundImage>();
  for await (const image of repository.find({ site, newest: true, own: true, withoutTags: [UNDO_TAG] }))
    newest.set(image.instance, image);
  return newest;
}

/** From when on images count: since the run began that this one goes on with; ms since 1970. */
export function sinceOf({ runs }: Ledger, rule: string, nowMs: number): number {
  const last = runs.get(rule);
  const sinceMs = last === undefined ? undefined : parseUtcText(last.since);
  if (last === undefined || sinceMs === undefined || last.outcome === 'done') return nowMs;
  return nowMs - sinceMs < SAME_RUN_MS ? sinceMs : nowMs;
}
