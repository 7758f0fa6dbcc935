// Scenes for the checks of files: the File objects as they were, and all that may have become of them.

import { type BacnetValue, ErrorCode, PropertyId, ServiceSupported } from '../../../../../protocol/index.js';
import { type PlanCase, readsOnlyInProcedure, shows, untilStart } from '../../../../support/plans.js';
import { GOOD } from '../../../../support/restores.js';
import { recordFile, streamFile } from '../../../../support/world.js';

/** The device has lost file,3. */
const TWO = GOOD.slice(0, 2);

const noCreate = (): BacnetValue[] => {
  const bits = new Array<boolean>(41).fill(true);
  bits[ServiceSupported.createObject] = false;
  return [{ type: 'bit-string', bits }];
};

const busy = shows(PropertyId.backupAndRestoreState, [{ type: 'enumerated', value: 3 }], untilStart);

export const FILE_CASES: readonly PlanCase[] = [
  { check: 'files', is: 'ok', when: 'all are there', image: '3 files', device: '3 of them' },
  {
    check: 'files',
    is: 'warn',
    when: 'one is missing',
    story: { device: { files: TWO } },
    image: '3 files',
    device: '2 of them',
    says: 'file,3',
  },
  {
    check: 'files',
    is: 'warn',
    when: 'the device has one more',
    story: { device: { files: [...GOOD, streamFile(9, 5)] } },
    says: 'file,9, which stays as it is',
  },
  {
    check: 'files',
    is: 'warn',
    when: 'the device is in a procedure',
    story: { quirks: [busy] },
    unknown: true,
  },

  { check: 'create-object', is: 'ok', when: 'nothing is missing' },
  {
    check: 'create-object',
    is: 'ok',
    when: 'a file is missing, and the device can make it',
    story: { device: { files: TWO } },
    image: 'file,3',
    device: 'supported',
  },
  {
    check: 'create-object',
    is: 'warn',
    when: 'a file is missing, and the device does not tell its services',
    story: { device: { files: TWO }, quirks: [shows(PropertyId.protocolServicesSupported, null)] },
    unknown: true,
  },
  {
    check: 'create-object',
    is: 'warn',
    when: 'all files are missing, as on a device that shows them only during a procedure',
    story: { device: { files: [] }, quirks: [shows(PropertyId.protocolServicesSupported, noCreate())] },
    device: 'not supported',
  },
  {
    check: 'create-object',
    is: 'warn',
    when: 'a file is missing that the device lists',
    story: {
      device: { files: TWO },
      quirks: [
        shows(PropertyId.protocolServicesSupported, noCreate()),
        shows(
          PropertyId.configurationFiles,
          [1, 2, 3].map((instance) => ({ type: 'object-identifier', object: { type: 10, instance } })),
        ),
      ],
    },
  },
  {
    check: 'create-object',
    is: 'block',
    when: 'a file is missing, and the device says that it cannot make it',
    story: { device: { files: TWO }, quirks: [shows(PropertyId.protocolServicesSupported, noCreate())] },
    image: 'file,3',
    device: 'not supported',
  },
  {
    check: 'create-object',
    is: 'block',
    when: 'a file is missing, and the device cannot make it indeed',
    story: { device: { files: TWO, procedure: { createsFiles: false } } },
    allowed: 'transfer-failed',
  },

  {
    check: 'file-access',
    is: 'ok',
    when: 'it is the same',
    image: 'file,1 stream, file,2 record, file,3 stream',
    device: 'file,1 stream, file,2 record, file,3 stream',
  },
  {
    check: 'file-access',
    is: 'warn',
    when: 'the device has the two swapped, and takes the image’s way',
    story: { quirks: ['access-method-swapped'] },
    image: 'file,1 stream, file,2 record, file,3 stream',
    device: 'file,1 record, file,2 stream, file,3 record',
  },
  {
    check: 'file-access',
    is: 'warn',
    when: 'the device does not tell it',
    story: { quirks: [shows(PropertyId.fileAccessMethod, null)] },
    unknown: true,
  },
  {
    check: 'file-access',
    is: 'warn',
    when: 'no file is there to be asked',
    story: { device: { files: [] } },
    unknown: true,
  },
  {
    check: 'file-access',
    is: 'block',
    when: 'a file is of the other kind',
    story: { donor: { files: [streamFile(1, 100)] }, device: { files: [recordFile(1, [4])] } },
    image: 'stream',
    device: 'record',
    allowed: 'transfer-failed',
  },
  {
    check: 'file-access',
    is: 'block',
    when: 'the device says otherwise, and refuses to be read outside a procedure',
    story: { quirks: ['access-method-swapped', readsOnlyInProcedure(ErrorCode.invalidFileAccessMethod)] },
  },
  {
    check: 'file-access',
    is: 'block',
    when: 'the device says otherwise, and refuses to be read for another reason',
    story: { quirks: ['access-method-swapped', readsOnlyInProcedure(ErrorCode.fileAccessDenied)] },
    unknown: true,
  },

  { check: 'file-size', is: 'ok', when: 'it is the same' },
  {
    check: 'file-size',
    is: 'ok',
    when: 'it is another, since each is set anew',
    story: { device: { files: [streamFile(1, 2007), GOOD[1]!, GOOD[2]!] } },
    image: 'file,1 2000 octets',
    device: 'file,1 2007 octets',
    says: 'file,1',
  },
  {
    check: 'file-size',
    is: 'warn',
    when: 'the device does not tell it',
    story: { quirks: ['file-size-unreadable'] },
    unknown: true,
  },
  {
    check: 'file-size',
    is: 'warn',
    when: 'the image’s file is empty, and the device’s is not',
    story: { donor: { files: [GOOD[0]!, GOOD[1]!, streamFile(3, 0)] } },
    image: 'file,3 0 octets',
    device: 'file,3 10 octets',
  },

  { check: 'read-only', is: 'ok', when: 'it is as it was', image: 'TRUE', device: 'TRUE' },
  {
    check: 'read-only',
    is: 'warn',
    when: 'a file was writable and is not any more',
    story: {
      manifest: (manifest) => ({
        ...manifest,
        files: manifest.files.map((file) => ({ ...file, readOnly: false })),
      }),
    },
    image: 'FALSE',
    device: 'TRUE',
  },
  {
    check: 'read-only',
    is: 'warn',
    when: 'the device does not tell it',
    story: { quirks: [shows(PropertyId.readOnly, null)] },
    unknown: true,
  },
];
