// The File objects of the image, one by one, against those of the device as it shows them now.

import { type FileProperties, unitsOf } from '../../transfer/index.js';
import { listed, unknown } from './comparing.js';
import type { Check, FileFacts, Judgement, PlanFacts } from './facts.js';

const fileName = ({ row }: Pick<FileFacts, 'row'>): string => row.objectIdentifier;

/** The files that the device has now, with what it says of them. */
interface Present extends FileFacts {
  readonly found: FileProperties;
}

const present = (files: readonly FileFacts[]): Present[] =>
  files.filter((file): file is Present => typeof file.found === 'object');

const missing = (files: readonly FileFacts[]): FileFacts[] =>
  files.filter(({ found }) => found === 'missing');

/** When nothing can be said of the files; undefined when something can. */
function nothingKnown({ files }: PlanFacts): Judgement | undefined {
  const image = countText(files.length);
  if (files.some(({ found }) => found === 'not-asked')) {
    const text = 'unknown: the device is in a procedure, which a look at its files would keep going';
    return unknown({ image }, 'warn', text);
  }
  if (present(files).length > 0) return undefined;
  return unknown({ image }, 'warn', 'unknown: the device shows none of these files now');
}

function countText(count: number): string {
  return `${count} ${count === 1 ? 'file' : 'files'}`;
}

const existence: Check = {
  title: 'File objects',
  ok: 'Every file of the image has its File object on the device.',
  warns:
    'Some are missing now; or the device has configuration files that the image has not, which stay as they are; or it was not asked, being in a procedure.',
  code: 'device-mismatch',
  judge: (facts) => {
    const { files, live } = facts;
    if (files.some(({ found }) => found === 'not-asked')) return nothingKnown(facts);
    const gone = missing(files).map(fileName);
    const inImage = new Set(files.map(({ row }) => row.instance));
    const surplus = (live.list.files ?? []).filter((one) => !inImage.has(one));
    const values = {
      image: countText(files.length),
      device: `${files.length - gone.length} of them`,
    };
    if (gone.length > 0)
      return { severity: 'warn', ...values, text: `not on the device now: ${listed(gone)}` };
    if (surplus.length > 0) {
      const more = listed(surplus.map((one) => `file,${one}`));
      return { severity: 'warn', ...values, text: `the image has no ${more}, which stays as it is` };
    }
    return { severity: 'ok', ...values, text: 'all are on the device' };
  },
};

const createObject: Check = {
  title: 'CreateObject for missing files',
  ok: 'No file is missing, or CreateObject is supported.',
  warns:
    'A file is missing, and whether CreateObject is supported is not known; or it is not, but the device shows its files only during a procedure.',
  blocks: 'A file is missing that the device would have to make, and CreateObject is not supported.',
  code: 'device-unsupported',
  judge: ({ files, live }) => {
    const gone = missing(files);
    const names = listed(gone.map(fileName));
    if (gone.length === 0) return { severity: 'ok', text: 'not needed: no file is missing' };
    const supported = live.services['createObject'];
    if (supported === true)
      return { severity: 'ok', image: names, device: 'supported', text: `${names} can be made` };
    if (supported === undefined)
      return unknown({ image: names }, 'warn', `unknown whether the device can make ${names}`);
    const values = { image: names, device: 'not supported' };
    if (showsLater(gone, files, live.list.files ?? [])) {
      const text = `the device cannot make ${names}, and may show it only during the restore`;
      return { severity: 'warn', ...values, text };
    }
    return { severity: 'block', ...values, text: `${names} is missing, and the device cannot make it` };
  },
};

/** Whether a device that lacks files now may have them in a procedure: it lists them all the same, or shows none. */
function showsLater(
  gone: readonly FileFacts[],
  all: readonly FileFacts[],
  shown: readonly number[],
): boolean {
  if (shown.length > 0) return gone.every(({ row }) => shown.includes(row.instance));
  return gone.length === all.length;
}

const accessMethod: Check = {
  title: 'File_Access_Method',
  ok: 'The same for every file that is there.',
  warns:
    'A file says another one, but lets itself be read in the image’s way; or a file, or all of them, do not say.',
  blocks:
    'A file says another one and does not let itself be read in the image’s way: it cannot be converted.',
  code: 'device-mismatch',
  judge: (facts) => {
    const nothing = nothingKnown(facts);
    if (nothing !== undefined) return nothing;
    const there = present(facts.files);
    const other = there.filter(
      ({ row, found }) => (found.accessMethod ?? row.accessMethod) !== row.accessMethod,
    );
    const values = {
      image: accessText(other.length > 0 ? other : there, ({ row }) => row.accessMethod),
      device: accessText(other.length > 0 ? other : there, ({ found }) => found.accessMethod ?? 'not told'),
    };
    const refused = other.filter(({ takes }) => takes === 'no');
    if (refused.length > 0) {
      const text = `another access method, which cannot be converted: ${listed(refused.map(fileName))}`;
      return { severity: 'block', ...values, text };
    }
    const unclear = other.filter(({ takes }) => takes !== 'yes');
    if (unclear.length > 0) {
      const text = `unknown whether the device takes the image's way for ${listed(unclear.map(fileName))}`;
      return unknown(values, 'block', text);
    }
    if (other.length > 0) {
      const text = `the device says otherwise, but takes the image's way: ${listed(other.map(fileName))}`;
      return { severity: 'warn', ...values, text };
    }
    const untold = there.filter(({ found }) => found.accessMethod === undefined);
    if (untold.length > 0) return unknown(values, 'warn', `unknown for ${listed(untold.map(fileName))}`);
    return { severity: 'ok', ...values, text: 'the same for every file' };
  },
};

function accessText(files: readonly Present[], of: (file: Present) => string): string {
  const ways = new Set(files.map(of));
  const [only] = ways;
  if (ways.size === 1 && only !== undefined) return only;
  return listed(files.map((file) => `${fileName(file)} ${of(file)}`));
}

const size: Check = {
  title: 'File_Size, Record_Count',
  ok: 'The device tells the size of every file that is there; sizes may differ, and each is set anew.',
  warns: 'A file does not tell its size; or the image’s is empty and the device’s is not.',
  code: 'device-mismatch',
  judge: (facts) => {
    const nothing = nothingKnown(facts);
    if (nothing !== undefined) return nothing;
    const there = present(facts.files);
    const other = there.filter((file) => sizeOf(file) !== file.units);
    const shown = other.length > 0 ? other : there;
    const values = {
      image: listed(shown.map((file) => `${fileName(file)} ${unitsText(file, file.units)}`)),
      device: listed(shown.map((file) => `${fileName(file)} ${unitsText(file, sizeOf(file))}`)),
    };
    const untold = there.filter((file) => sizeOf(file) === undefined);
    if (untold.length > 0) {
      const text = `unknown for ${listed(untold.map(fileName))}: what is left behind an end cannot be seen`;
      return unknown(values, 'warn', text);
    }
    const emptied = there.filter((file) => file.units === 0 && sizeOf(file) !== 0);
    if (emptied.length > 0) {
      const text = `empty in the image, and not on the device: ${listed(emptied.map(fileName))}`;
      return { severity: 'warn', ...values, text };
    }
    if (other.length === 0) return { severity: 'ok', ...values, text: 'the same for every file' };
    return {
      severity: 'ok',
      ...values,
      text: `another size, which is set anew: ${listed(other.map(fileName))}`,
    };
  },
};

const sizeOf = ({ row, found }: Present): number | undefined => unitsOf(found, row.accessMethod);

function unitsText({ row }: FileFacts, units: number | undefined): string {
  if (units === undefined) return 'not told';
  const unit = row.accessMethod === 'stream' ? 'octet' : 'record';
  return `${units} ${unit}${units === 1 ? '' : 's'}`;
}

const readOnly: Check = {
  title: 'Read_Only',
  ok: 'As when the image was made, or FALSE: a device makes its configuration files writable for a restore.',
  warns: 'TRUE now and not when the image was made; or a file does not say.',
  code: 'device-refused',
  judge: (facts) => {
    const nothing = nothingKnown(facts);
    if (nothing !== undefined) return nothing;
    const there = present(facts.files);
    const values = {
      image: flagText(there, ({ row }) => row.readOnly),
      device: flagText(there, ({ found }) => found.readOnly),
    };
    const locked = there.filter(({ row, found }) => found.readOnly === true && row.readOnly === false);
    if (locked.length > 0) {
      const text = `cannot be written now, as it could when the image was made: ${listed(locked.map(fileName))}`;
      return { severity: 'warn', ...values, text };
    }
    const unsure = there.filter(
      ({ row, found }) => found.readOnly === undefined || (found.readOnly && row.readOnly === undefined),
    );
    if (unsure.length > 0) return unknown(values, 'warn', `unknown for ${listed(unsure.map(fileName))}`);
    return { severity: 'ok', ...values, text: 'as when the image was made, or writable' };
  },
};

function flagText(files: readonly Present[], of: (file: Present) => boolean | undefined): string {
  const word = (value: boolean | undefined): string =>
    value === undefined ? 'not told' : String(value).toUpperCase();
  const values = new Set(files.map(of));
  if (values.size === 1) return word([...values][0]);
  return listed(files.map((file) => `${fileName(file)} ${word(of(file))}`));
}

export const FILE_CHECKS = {
  files: existence,
  'create-object': createObject,
  'file-access': accessMethod,
  'file-size': size,
  'read-only': readOnly,
} as const satisfies Record<string, Check>;
