// The backups of VTS, the test tool: a text NAME.backupindex, and the files that it names. Its first line is of
// the device, each other line of a file. Paths in it are of the computer that made it: only the last part counts.

import { EngineError } from '../../errors.js';
import type { ForeignBackup, ForeignFile } from './types.js';

const DEVICE = /\(\s*DEVICE\s*,\s*(\d{1,7})\s*\)+\s*,\s*(\d{1,5})\s*,\s*(.*)$/i;
const FILE = /^\s*(\d{1,7})\s*,\s*(RECORD|STREAM)[-_ ]ACCESS\s*,\s*(\d{1,10})\s*,\s*(.*)$/i;
/** A name in quotes, with a quote in it doubled or after a backslash, then the path to the end of the line. */
const NAMED = /^(?:"((?:[^"\\]|\\.|"")*)"|([^,]*))\s*,\s*(.+?)\s*$/;

/** Reads an index; `names` are those of all files beside it. @throws EngineError `usage` with the line. */
export function vtsBackup(index: string, text: string, names: readonly string[]): ForeignBackup {
  const lines = text.split(/\r?\n/);
  const wrong = (at: number, what: string): EngineError =>
    new EngineError('usage', `${index}, line ${at + 1}: ${what}`, {
      details: { source: index, line: at + 1 },
    });
  const [, instance, maxApdu, restored] = DEVICE.exec(lines[0] ?? '') ?? [];
  if (instance === undefined) throw wrong(0, 'it does not name the device, as ((DEVICE, 1201)), 1024, {...}');
  const files: ForeignFile[] = [];
  for (const [at, line] of lines.entries()) {
    if (at === 0 || line.trim() === '') continue;
    files.push(fileOf(line, names, (what) => wrong(at, what)));
  }
  return {
    layout: 'vts',
    device: { instance: Number(instance) },
    maxApdu: Number(maxApdu),
    ...(restored === undefined || restored.trim() === '' ? {} : { lastRestoreTime: restored.trim() }),
    files,
  };
}

function fileOf(line: string, names: readonly string[], wrong: (what: string) => EngineError): ForeignFile {
  const [, instance, way, size, rest = ''] = FILE.exec(line) ?? [];
  if (instance === undefined || way === undefined || size === undefined)
    throw wrong('it is not a file, as 1, STREAM-ACCESS, 1843263, "name", backup1.file1.backupdata');
  const accessMethod = way.toLowerCase() === 'record' ? 'record' : 'stream';
  const counted = accessMethod === 'record' ? (/^(\d{1,10})\s*,\s*(.*)$/.exec(rest) ?? []) : ['', '', rest];
  const [, count, named] = counted;
  const [, quoted, bare, path] = NAMED.exec(named ?? '') ?? [];
  if (path === undefined) throw wrong('it does not end with a name and a data file');
  const source = path.split(/[\\/]/).at(-1) ?? path;
  const name = quoted === undefined ? (bare ?? '').trim() : quoted.replace(/\\(.)|"(")/g, '$1$2');
  const common = { source, instance: Number(instance), accessMethod, name, fileSize: Number(size) } as const;
  if (accessMethod === 'stream') {
    if (!names.includes(source)) throw wrong(`its data file ${source} is not in the folder`);
    return common;
  }
  const records: string[] = [];
  while (names.includes(`${source}.record${records.length}`))
    records.push(`${source}.record${records.length}`);
  if (records.length !== Number(count))
    throw wrong(
      `it has ${count ?? '?'} records, and ${records.length} of ${source}.record0 and on are in the folder`,
    );
  return { ...common, recordCount: records.length, records };
}
