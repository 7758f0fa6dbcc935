#!/usr/bin/env node
// bacvault-sim: simulated BACnet devices on real UDP, to try bacvault on and to test clients with. Bad
// arguments, profiles, folders and ports end it with status 2 and one message.

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArguments, type SimulatorOptions } from './host/arguments.js';
import { Control } from './host/control.js';
import { placeDevices, type Placement, type Sources } from './host/devices.js';
import { dumpToFolder, filesFromFolder, FolderError } from './host/folder.js';
import { allReadyLine, eventLine, readyLine } from './host/report.js';
import { now, serve, type Station, unixTimeAtZero } from './host/udp.js';
import { ProfileError } from './profile/index.js';

/** Something that the user can put right. */
class UsageError extends Error {}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseArguments(argv);
  if (parsed.kind === 'say') {
    (parsed.status === 0 ? process.stdout : process.stderr).write(parsed.text);
    return parsed.status;
  }
  const { options } = parsed;
  const placements = placed(options, await sourcesOf(options));
  const stations = await standAll(placements, options);
  const askedToEnd = untilAskedToEnd(placements, options);
  // Whoever waits for this line may ask the very next moment.
  print(allReadyLine(options.devices, options.json));
  await askedToEnd;
  await Promise.all(stations.map((station) => station.close()));
  return 0;
}

/** The devices; what no device can be is the user's to put right. */
function placed(options: SimulatorOptions, sources: Sources): Placement[] {
  try {
    return placeDevices(options, sources, (instance, event) =>
      print(eventLine(instance, event, options.json)),
    );
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

async function sourcesOf(options: SimulatorOptions): Promise<Sources> {
  return {
    unixTimeAtZero: unixTimeAtZero(),
    ...(options.profile !== undefined && { profile: await profileJson(options.profile) }),
    ...(options.folder !== undefined && { folder: await filesFromFolder(options.folder) }),
  };
}

/** The JSON of a profile: a file, or a name in fixtures/devices of this package. */
async function profileJson(profile: string): Promise<unknown> {
  const isFile = profile.endsWith('.json') || /[\\/]/.test(profile);
  const shelf = join(packageRoot(), 'fixtures', 'devices');
  const place = isFile ? resolve(profile) : join(shelf, `${profile}.json`);
  if (!isFile && !existsSync(place)) {
    const names = (await readdir(shelf))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -5))
      .sort();
    throw new UsageError(`there is no profile "${profile}"; there are ${names.join(', ')}`);
  }
  try {
    return JSON.parse(await readFile(place, 'utf8')) as unknown;
  } catch (error) {
    throw new UsageError(`cannot read the profile ${place}: ${messageOf(error)}`);
  }
}

/** The folder with package.json above this file, in the sources as well as in dist. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

async function standAll(placements: readonly Placement[], options: SimulatorOptions): Promise<Station[]> {
  const stations: Station[] = [];
  try {
    for (const { node, port, devices } of placements) {
      const { address, broadcast } = options;
      const onProblem = (message: string): void => void process.stderr.write(`bacvault-sim: ${message}\n`);
      const station = await serve(node, {
        address,
        port,
        onProblem,
        ...(broadcast !== undefined && { broadcast }),
      });
      stations.push(station);
      for (const { device, behind } of devices) {
        const place = behind === undefined ? station.address : `${behind}@${station.address}`;
        print(readyLine({ device, place }, options.json));
      }
    }
    return stations;
  } catch (error) {
    await Promise.all(stations.map((station) => station.close()));
    throw error;
  }
}

/** SIGINT, SIGTERM, or "quit" on the standard input. The end of the input is not an end. */
function untilAskedToEnd(placements: readonly Placement[], options: SimulatorOptions): Promise<void> {
  const devices = placements.flatMap((placement) => placement.devices.map(({ device }) => device));
  return new Promise((quit) => {
    const control = new Control(devices, {
      now,
      quit,
      dump: async (device, folder) =>
        `device ${device.instance}: dumped ${(await dumpToFolder(device, folder)).length} files to ${folder}`,
    });
    const answer = async (line: string): Promise<void> => {
      for (const text of await control.handle(line))
        print(options.json ? JSON.stringify({ kind: 'control', text }) : text);
    };
    // One line after the other: a dump is whole before the next line is looked at.
    let done = Promise.resolve();
    createInterface({ input: process.stdin }).on('line', (line) => {
      done = done.then(() => answer(line));
    });
    process.once('SIGINT', quit);
    process.once('SIGTERM', quit);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The one message for what the user can put right; undefined for our own faults, which keep their stack. */
function usageMessage(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const words: Readonly<Record<string, string>> = {
    EADDRINUSE: 'the port is in use by another program; choose another with --port',
    EADDRNOTAVAIL: 'this host does not have the address; choose another with --address',
    EACCES: 'the system does not allow this port; choose another with --port',
  };
  const known = typeof code === 'string' ? words[code] : undefined;
  if (known !== undefined) return `${messageOf(error)}: ${known}`;
  const isUsage = [UsageError, ProfileError, FolderError].some((kind) => error instanceof kind);
  return isUsage ? messageOf(error) : undefined;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const message = usageMessage(error);
  if (message === undefined) throw error;
  process.stderr.write(`bacvault-sim: ${message}\n`);
  process.exitCode = 2;
}
// Open input would keep the process alive.
process.stdin.destroy();
