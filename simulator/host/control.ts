// What an operator can do to a running simulator, line by line: look inside, damage, dump, restart, quit.
// It touches the devices and nothing else; the world around is given to it.

import { BackupState, enumName, SystemStatus } from '../../protocol/index.js';
import type { DeviceView, FileSummary } from '../types.js';

export interface ControlPorts {
  now(): number;
  /** Writes the files of a device into a folder; resolves to a sentence. */
  dump(device: DeviceView, folder: string): Promise<string>;
  quit(): void;
}

export const CONTROL_HELP = [
  'state                    Backup_And_Restore_State, System_Status and Database_Revision',
  'files                    the File objects, and their sizes',
  'damage [DEVICE] FILE     spoils the content of a file, by instance or name',
  'delete [DEVICE] FILE     removes a File object',
  'dump [DEVICE] FOLDER     writes all files into a folder',
  'restart [DEVICE]         a power failure of 3 s',
  'quit                     ends the simulator',
];

const RESTART_MS = 3000;

class ControlError extends Error {}

export class Control {
  readonly #devices: readonly DeviceView[];
  readonly #ports: ControlPorts;

  constructor(devices: readonly DeviceView[], ports: ControlPorts) {
    this.#devices = devices;
    this.#ports = ports;
  }

  /** Does what a line asks for, and gives the lines of the answer; the last of a failure begins with "error:". */
  async handle(line: string): Promise<string[]> {
    const [verb = '', ...words] = line.trim().split(/\s+/);
    try {
      return await this.#do(verb, words);
    } catch (error) {
      return [`error: ${error instanceof Error ? error.message : String(error)}`];
    }
  }

  async #do(verb: string, words: string[]): Promise<string[]> {
    switch (verb) {
      case '':
        return [];
      case 'help':
        return CONTROL_HELP;
      case 'state':
        return this.#devices.map(stateLine);
      case 'files':
        return this.#devices.flatMap((device) => device.files.map((file) => fileLine(device, file)));
      case 'damage':
      case 'delete':
        return this.#spoil(verb, words);
      case 'dump': {
        const [device, folder] = this.#chosen(words, 'dump [DEVICE] FOLDER');
        return [await this.#ports.dump(device, folder)];
      }
      case 'restart': {
        const [device] = this.#chosen([...words, '-'], 'restart [DEVICE]');
        device.restart(RESTART_MS, this.#ports.now());
        return [`device ${device.instance}: restarting`];
      }
      case 'quit':
        this.#ports.quit();
        return [];
      default:
        throw new ControlError(`there is no "${verb}"; "help" shows what there is`);
    }
  }

  #spoil(verb: 'damage' | 'delete', words: string[]): string[] {
    const [device, word] = this.#chosen(words, `${verb} [DEVICE] FILE`);
    const file = device.files.find(({ instance, name }) => String(instance) === word || name === word);
    if (file === undefined) throw new ControlError(`device ${device.instance} has no file "${word}"`);
    if (verb === 'delete') device.removeFile(file.instance);
    else damage(device, file, this.#ports.now());
    return [`device ${device.instance}: ${verb}d file ${file.instance} "${file.name}"`];
  }

  /** The device that is meant, and the rest of the line: with one device its instance may be left out. */
  #chosen(words: readonly string[], usage: string): [device: DeviceView, rest: string] {
    const named =
      words.length > 1 ? this.#devices.find(({ instance }) => String(instance) === words[0]) : undefined;
    const rest = words.slice(named === undefined ? 0 : 1).join(' ');
    const device = named ?? (this.#devices.length === 1 ? this.#devices[0] : undefined);
    if (device === undefined || rest === '') throw new ControlError(`say ${usage}`);
    return [device, rest];
  }
}

function stateLine(device: DeviceView): string {
  const state = enumName(BackupState, device.backupState);
  const status = enumName(SystemStatus, device.systemStatus);
  return `device ${device.instance}: state ${state}, system status ${status}, database revision ${device.databaseRevision}`;
}

function fileLine(device: DeviceView, { instance, name, access, size, configuration }: FileSummary): string {
  const unit = access === 'stream' ? 'octets' : 'records';
  return `device ${device.instance}: file ${instance} "${name}", ${size} ${unit}${configuration ? '' : ', not configuration'}`;
}

/** Inverts every 100th octet, the first included, and loses the end: wrong content and a wrong size. */
function damage(device: DeviceView, { instance, access }: FileSummary, now: number): void {
  if (access === 'stream') {
    const octets = device.fileOctets(instance) ?? new Uint8Array(0);
    device.setFile(
      instance,
      octets.length === 0 ? Uint8Array.of(0xff) : spoiled(octets.slice(0, -1), octets),
      now,
    );
  } else {
    const records = device.fileRecords(instance) ?? [];
    const kept = records
      .slice(0, -1)
      .map((record, index) => (index % 10 === 0 ? spoiled(record, record) : record));
    device.setFile(instance, records.length === 0 ? [Uint8Array.of(0xff)] : kept, now);
  }
}

function spoiled(octets: Uint8Array, whole: Uint8Array): Uint8Array {
  return octets.map((octet, index) => (index % 100 === 0 ? ~(whole[index] ?? octet) & 0xff : octet));
}
