// The backups of the CODESYS BACnet client: backup-restore-<device>.xml, and file-<device>-<index>-<instance>.bin
// for each configuration file. Texts in it are hex: the octet of the character set, two of the code page, the text.

import sax from 'sax';
import { EngineError } from '../../errors.js';
import type { DeviceIdentity } from '../types.js';
import type { ForeignBackup, ForeignFile } from './types.js';

const FILE = /^file-(\d{1,7})-(\d{1,4})-(\d{1,7})\.bin$/i;

/** Character sets of BACnet that the texts may have: UTF-8 (or ASCII), UCS-2, ISO 8859-1. */
const DECODERS: Readonly<Record<number, string>> = { 0: 'utf-8', 4: 'utf-16be', 5: 'latin1' };

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

/** Whether a name is that of the XML of a backup. */
export function isCodesysXml(name: string): boolean {
  return /^backup-restore-\d{1,7}\.xml$/i.test(name);
}

/** Reads the XML; `names` are those of all files beside it. @throws EngineError `usage` with what is wrong. */
export function codesysBackup(xml: string, text: string, names: readonly string[]): ForeignBackup {
  const wrong = (what: string): EngineError =>
    new EngineError('usage', `${xml}: ${what}`, { details: { source: xml } });
  const root = parse(text, wrong);
  const device = child(root, 'device');
  const instance = whole(device, 'instance');
  if (root.name !== 'backup-restore' || device === undefined || instance === undefined)
    throw wrong('it does not name a device, as CODESYS writes it');
  const files = root.children
    .filter(({ name }) => name === 'file')
    .map((file, index) => fileOf(file, index, instance, names, wrong));
  const revision = whole(device, 'database-revision');
  const madeAt = child(root, 'date')?.text.trim();
  return {
    layout: 'codesys',
    device: { instance, ...identityOf(device) },
    ...(revision === undefined ? {} : { databaseRevision: revision }),
    ...(madeAt === undefined || madeAt === '' ? {} : { madeAt: `${madeAt}, the clock of the controller` }),
    files,
  };
}

function identityOf(device: Element): Partial<DeviceIdentity> {
  const texts = {
    name: textOf(device, 'object-name'),
    location: textOf(device, 'location'),
    description: textOf(device, 'description'),
    vendorName: textOf(device, 'vendor-name'),
    vendorId: whole(device, 'vendor-id'),
    modelName: textOf(device, 'model-name'),
    firmwareRevision: textOf(device, 'firmware-revision'),
    applicationSoftwareVersion: textOf(device, 'application-software-revision'),
  };
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
}

function fileOf(
  file: Element,
  index: number,
  device: number,
  names: readonly string[],
  wrong: (what: string) => EngineError,
): ForeignFile {
  const instance = whole(file, 'instance');
  if (instance === undefined) throw wrong(`file ${index + 1} has no instance`);
  const said = child(file, 'file-name')?.text.trim().split(/[\\/]/).at(-1) ?? '';
  const fits = (name: string): boolean => {
    const [, ofDevice, , ofFile] = FILE.exec(name) ?? [];
    return Number(ofDevice) === device && Number(ofFile) === instance;
  };
  const source = names.includes(said) ? said : names.find(fits);
  if (source === undefined) throw wrong(`the data of file ${instance} is not in the folder`);
  const accessMethod = wayOf(child(file, 'access-method')?.text);
  // How several records lie in one .bin is written down nowhere: a boundary must not be guessed.
  if (accessMethod === 'record')
    throw wrong(`file ${instance} is a record file, whose record boundaries the layout does not tell`);
  const name = textOf(file, 'object-name');
  return { source, instance, accessMethod, ...(name === undefined ? {} : { name }) };
}

/** BACnetFileAccessMethod as a word or a number. */
function wayOf(text: string | undefined): ForeignFile['accessMethod'] {
  const word = (text ?? '').trim().toLowerCase();
  if (word === '1' || word.includes('stream')) return 'stream';
  return word === '0' || word.includes('record') ? 'record' : undefined;
}

function child(of: Element | undefined, name: string): Element | undefined {
  return of?.children.find((one) => one.name === name);
}

function whole(of: Element | undefined, name: string): number | undefined {
  const text = child(of, name)?.text.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** A text in hex, or as it is where it is none. */
function textOf(of: Element, name: string): string | undefined {
  const text = child(of, name)?.text.trim();
  if (text === undefined || text === '') return undefined;
  const digits = text.replace(/\s/g, '');
  if (!/^(?:[0-9a-f]{2}){3,}$/i.test(digits)) return text;
  const octets = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const decoder = DECODERS[octets[0] ?? -1];
  return decoder === undefined ? text : new TextDecoder(decoder).decode(octets.subarray(3));
}

function parse(text: string, wrong: (what: string) => EngineError): Element {
  const top: Element = { name: '', children: [], text: '' };
  const open = [top];
  const parser = sax.parser(true, { trim: false });
  parser.onopentag = ({ name }) => {
    const element: Element = { name: name.toLowerCase(), children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
    if (open.length > 16) throw wrong('it is nested deeper than a backup is');
  };
  parser.onclosetag = () => void open.pop();
  parser.ontext = (part) => {
    const element = open.at(-1);
    if (element) element.text += part;
  };
  parser.onerror = (error) => {
    throw wrong(`it is no XML (${error.message.split('\n')[0] ?? ''})`);
  };
  parser.write(text).close();
  const [root] = top.children;
  if (!root) throw wrong('it is empty');
  return root;
}
