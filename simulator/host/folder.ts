// Files of a device as a folder: each file is a stream file, each folder "NAME.records" a record file with
// one record in each of its files, in the order of their names, numbers counted as numbers. What stands in
// the folder under a name that begins with a dot is left out. It writes what it reads, octet for octet.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceView, FileConfig } from '../types.js';

const RECORDS = '.records';

/** A folder that does not hold a device's files. The message is for the user. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

/** The files of a folder as File objects 1, 2, ... in the order of their names. Rejects with FolderError. */
export async function filesFromFolder(folder: string): Promise<FileConfig[]> {
  const entries = await listed(folder);
  const files = entries.map(async (entry, index): Promise<FileConfig> => {
    const place = join(folder, entry.name);
    const instance = index + 1;
    if (entry.isFile())
      return { instance, name: entry.name, access: 'stream', content: await octetsOf(place) };
    if (!entry.isDirectory() || !entry.name.endsWith(RECORDS))
      throw new FolderError(`${place} is neither a file nor a folder whose name ends in ${RECORDS}`);
    return {
      instance,
      name: entry.name.slice(0, -RECORDS.length),
      access: 'record',
      records: await recordsOf(place),
    };
  });
  return Promise.all(files);
}

/** Writes all files of a device into a folder, which it makes. Resolves to the names. Rejects with FolderError. */
export async function dumpToFolder(device: DeviceView, folder: string): Promise<string[]> {
  const names = new Set<string>();
  try {
    await mkdir(folder, { recursive: true });
    for (const file of device.files) {
      const name = freeName(
        safeName(file.name) + (file.access === 'record' ? RECORDS : ''),
        file.instance,
        names,
      );
      if (file.access === 'stream')
        await writeFile(join(folder, name), device.fileOctets(file.instance) ?? '');
      else await dumpRecords(device.fileRecords(file.instance) ?? [], join(folder, name));
    }
  } catch (error) {
    throw new FolderError(`cannot write to ${folder}: ${messageOf(error)}`);
  }
  return [...names];
}

async function dumpRecords(records: readonly Uint8Array[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [index, record] of records.entries())
    await writeFile(join(folder, String(index).padStart(6, '0')), record);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function listed(folder: string): ReturnType<typeof entriesOf> {
  try {
    return await entriesOf(folder);
  } catch (error) {
    throw new FolderError(`cannot read the folder ${folder}: ${messageOf(error)}`);
  }
}

/** The entries of a folder by name: plain code unit order, the same on every system. */
async function entriesOf(folder: string): Promise<Awaited<ReturnType<typeof readEntries>>> {
  const entries = await readEntries(folder);
  return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
}

const readEntries = (folder: string) => readdir(folder, { withFileTypes: true });

async function recordsOf(folder: string): Promise<Uint8Array[]> {
  const byNumber = new Intl.Collator('en', { numeric: true });
  const entries = (await listed(folder)).sort((a, b) => byNumber.compare(a.name, b.name));
  return Promise.all(
    entries.map((entry) => {
      const place = join(folder, entry.name);
      if (!entry.isFile())
        throw new FolderError(`${place} is not a file: each file of ${folder} is one record`);
      return octetsOf(place);
    }),
  );
}

async function octetsOf(place: string): Promise<Uint8Array> {
  try {
    return Uint8Array.from(await readFile(place));
  } catch (error) {
    throw new FolderError(`cannot read ${place}: ${messageOf(error)}`);
  }
}

/** A file name for every system, from an Object_Name that may be anything. */
function safeName(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9._ -]/g, '_')
    .replace(/^[. ]+|[. ]+$/g, '_')
    .slice(0, 100);
  return safe === '' ? '_' : safe;
}

function freeName(name: string, instance: number, taken: Set<string>): string {
  const free = taken.has(name) ? `${instance} ${name}` : name;
  taken.add(free);
  return free;
}
