// What one part of a site file says about another: groups that do not exist, a device that is there twice, a window
// that its rule never meets. Looks at whatever is there, also in a file with other mistakes, so that all are told at
// once; where a part has not the right shape it says nothing, for the schema does. Never repeats a secret.

import { isReadableOnTheWay } from '../../ports.js';
import { nearest } from './nearest.js';
import { type Fault, minutesOfCron, readCron, readRange, readTimeOfDay } from './values.js';

/** A fault, and where in the file: keys and places in lists from the top. */
export interface PlacedFault extends Fault {
  readonly path: readonly (string | number)[];
  /** Whether the key itself is wrong, and not what stands behind it. */
  readonly isKey?: boolean;
}

type Path = PlacedFault['path'];
type Tree = Readonly<Record<string, unknown>>;

/** Everything that the parts of a file say wrongly about each other. `file` is what the YAML says, unchecked. */
export function crossFaults(file: unknown): PlacedFault[] {
  const top = tree(file);
  return [
    ...duplicateDevices(top),
    ...overlaps(top),
    ...duplicateNetworks(top),
    ...entries(top['rules']).flatMap(([name, rule]) => ruleFaults(top, name, tree(rule))),
    ...selectors(top).flatMap(({ path, selector }) => selectorFaults(top, path, selector)),
    ...list(top['notify']).flatMap((entry, index) => notifyFaults(top, index, tree(entry))),
    ...(top['passwords-in-clear'] === 'allowed' ? [] : inClear(top, [])),
  ];
}

function duplicateDevices(top: Tree): PlacedFault[] {
  const instances = list(top['devices']).map((device) => tree(device)['instance']);
  return instances.flatMap((instance, index) => {
    if (typeof instance !== 'number' || instances.indexOf(instance) === index) return [];
    const what = `device ${instance} is already there, as entry ${instances.indexOf(instance) + 1} of devices`;
    return [
      { path: ['devices', index, 'instance'], what, instead: 'one entry with all that is to be said of it' },
    ];
  });
}

function overlaps(top: Tree): PlacedFault[] {
  const ranges = list(tree(top['discovery'])['ranges']).map((given) => {
    const reading =
      typeof given === 'string' || typeof given === 'number' ? readRange(given, 'instances') : undefined;
    return reading && 'value' in reading ? reading.value : undefined;
  });
  return ranges.flatMap((range, index) => {
    const other = ranges
      .slice(0, index)
      .find((earlier) => earlier && range && earlier.low <= range.high && range.low <= earlier.high);
    if (!other) return [];
    const what = `overlaps ${other.low}-${other.high}: devices in both would be asked twice`;
    return [{ path: ['discovery', 'ranges', index], what, instead: 'ranges that do not overlap' }];
  });
}

function duplicateNetworks(top: Tree): PlacedFault[] {
  const networks = list(tree(top['lanes'])['networks']).map((entry) => tree(entry)['network']);
  return networks.flatMap((network, index) =>
    typeof network !== 'number' || networks.indexOf(network) === index
      ? []
      : [
          {
            path: ['lanes', 'networks', index, 'network'],
            what: `network ${network} is already there`,
            instead: 'one entry for each network',
          },
        ],
  );
}

function ruleFaults(top: Tree, name: string, rule: Tree): PlacedFault[] {
  const faults: PlacedFault[] = [];
  const path: Path = ['rules', name];
  const timed = ['cron', 'window'].find((key) => rule[key] !== undefined);
  if (timed !== undefined && rule['time-zone'] === undefined && top['time-zone'] === undefined) {
    const what = 'nothing says in which time zone this is';
    faults.push({
      path: [...path, timed],
      what,
      instead: 'time-zone: Europe/Berlin at the top of the file, or in the rule',
    });
  }
  const window = tree(rule['window']);
  const [start, stop] = [minute(window['start']), minute(window['stop'])];
  if (start === undefined || stop === undefined) return faults;
  if (start === stop) {
    const what = 'the window stops when it starts';
    faults.push({ path: [...path, 'window', 'stop'], what, instead: 'another time, or no window at all' });
    return faults;
  }
  const { cron } = rule;
  if (typeof cron !== 'string' || 'fault' in readCron(cron)) return faults;
  const isInside = (at: number): boolean =>
    start < stop ? start <= at && at < stop : start <= at || at < stop;
  const outside = [...minutesOfCron(cron)].find((at) => !isInside(at));
  if (outside !== undefined) {
    const what = `it begins at ${clock(outside)}, outside of its window from ${clock(start)} to ${clock(stop)}`;
    const instead = `times in the window, as "${start % 60} ${Math.floor(start / 60)} * * *"`;
    faults.push({ path: [...path, 'cron'], what, instead });
  }
  return faults;
}

/** Every selector in the file, with its place. */
function selectors(top: Tree): { readonly path: Path; readonly selector: Tree }[] {
  return [
    ...entries(top['groups']).map(([name, group]) => ({ path: ['groups', name], selector: tree(group) })),
    ...entries(top['rules']).flatMap(([name, rule]) =>
      ['what', 'except'].map((key) => ({ path: ['rules', name, key], selector: tree(tree(rule)[key]) })),
    ),
  ];
}

function selectorFaults(top: Tree, path: Path, selector: Tree): PlacedFault[] {
  const groups = entries(top['groups']).map(([name]) => name);
  const tags = list(top['devices'])
    .flatMap((device) => list(tree(device)['tags']))
    .map(String);
  return [
    ...unknown(list(selector['groups']), groups, 'group', [...path, 'groups']),
    ...unknown(list(selector['tags']), tags, 'device with the tag', [...path, 'tags']),
  ];
}

function notifyFaults(top: Tree, index: number, entry: Tree): PlacedFault[] {
  const rules = entries(top['rules']).map(([name]) => name);
  const logins = ['mail', 'mqtt'].flatMap((key): PlacedFault[] => {
    const { user, password } = tree(entry[key]);
    if ((user === undefined) === (password === undefined)) return [];
    const what = user === undefined ? 'a password without a user' : 'a user without a password';
    return [
      {
        path: ['notify', index, key, user === undefined ? 'password' : 'user'],
        what,
        instead: 'both, or none',
      },
    ];
  });
  return [
    ...unknown(list(entry['rules']), rules, 'rule', ['notify', index, 'rules']),
    ...logins,
    ...CLEAR.flatMap((one) => sentInClear(index, tree(entry[one.channel]), one)),
  ];
}

/** Channels without a way to encrypt later, as a mail server has: what of them is secret, and what would be right. */
const CLEAR = [
  { channel: 'mqtt', url: 'broker', key: 'password', secret: 'password', right: 'mqtts', peer: 'broker' },
  { channel: 'webhook', url: 'url', key: 'bearer', secret: 'token', right: 'https', peer: 'server' },
] as const;

function sentInClear(
  index: number,
  entry: Tree,
  { channel, url, key, secret, right, peer }: (typeof CLEAR)[number],
): PlacedFault[] {
  const place = entry[url];
  if (entry[key] === undefined || typeof place !== 'string' || !URL.canParse(place)) return [];
  if (!isReadableOnTheWay(place)) return [];
  const what = `the ${secret} would be sent in clear to another computer`;
  const instead = `${right}://HOST[:PORT], or a ${peer} on this computer`;
  return [{ path: ['notify', index, channel, url], what, instead }];
}

function unknown(
  used: readonly unknown[],
  known: readonly string[],
  kind: string,
  path: Path,
): PlacedFault[] {
  return used.flatMap((name, index) => {
    if (typeof name !== 'string' || known.includes(name)) return [];
    const distinct = [...new Set(known)];
    const meant = nearest(name, distinct);
    const some =
      distinct.length === 0
        ? 'one that this file defines; so far there is none'
        : `one of ${distinct.slice(0, 8).join(', ')}`;
    return [{ path: [...path, index], what: `there is no ${kind} "${name}"`, instead: meant ?? some }];
  });
}

/** Passwords that stand in the file although it does not say that they may. */
function inClear(value: unknown, path: Path): PlacedFault[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => inClear(item, [...path, index]));
  return entries(value).flatMap(([key, inner]) => {
    if (key !== 'in-clear') return inClear(inner, [...path, key]);
    const instead = 'file, env or command; or "passwords-in-clear: allowed" at the top of the file';
    return [{ path: [...path, key], what: 'a password stands in clear in this file', instead }];
  });
}

function minute(text: unknown): number | undefined {
  const reading = typeof text === 'string' ? readTimeOfDay(text) : undefined;
  return reading && 'value' in reading ? reading.value : undefined;
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function tree(value: unknown): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

function entries(value: unknown): [string, unknown][] {
  return Object.entries(tree(value));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
