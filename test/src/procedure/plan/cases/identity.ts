// Scenes for the checks of identity: the device that the image is of, and all that it may be instead.

import { PropertyId } from '../../../../../protocol/index.js';
import type { DeviceIdentity, ImageManifest } from '../../../../../src/repository/index.js';
import { NEIGHBOUR_LINK, type PlanCase, shows } from '../../../../support/plans.js';
import { GOOD } from '../../../../support/restores.js';
import { imageOf } from '../../../../support/images.js';

type Change = (manifest: ImageManifest) => ImageManifest;

/** The image does not say. */
const silent =
  (...keys: readonly (keyof DeviceIdentity)[]): Change =>
  (manifest) => ({
    ...manifest,
    device: Object.fromEntries(
      Object.entries(manifest.device).filter(([key]) => !(keys as readonly string[]).includes(key)),
    ) as unknown as DeviceIdentity,
  });

const reachedAt =
  (address: string): Change =>
  (manifest) => ({ ...manifest, reachedAt: { ...manifest.reachedAt, address } });

/** What the device of all scenes is: 1001, vendor 65535, "Simulated controller" 1.0, serial number A-1. */
export const IDENTITY_CASES: readonly PlanCase[] = [
  {
    check: 'site',
    is: 'ok',
    when: 'no site is named and the image is of the default one',
    image: 'test',
    device: 'test',
  },
  {
    check: 'site',
    is: 'ok',
    when: 'the site of the image is named',
    story: { manifest: (manifest) => ({ ...manifest, site: 'south' }), site: 'south' },
    image: 'south',
    device: 'south',
  },
  {
    check: 'site',
    is: 'block',
    when: 'the image is of another site',
    story: { manifest: (manifest) => ({ ...manifest, site: 'south' }) },
    image: 'south',
    device: 'test',
  },

  { check: 'instance', is: 'ok', when: 'it is the same', image: '1001', device: '1001' },
  {
    check: 'instance',
    is: 'block',
    when: 'the image is of another device',
    story: { donor: { instance: 1002 } },
    image: '1002',
    device: '1001',
    says: 'whose place this device would take',
  },

  { check: 'duplicate-instance', is: 'ok', when: 'the device alone is heard', device: 'nobody else' },
  {
    check: 'duplicate-instance',
    is: 'ok',
    when: 'another device has another instance',
    story: { neighbour: { instance: 1002 } },
  },
  {
    check: 'duplicate-instance',
    is: 'warn',
    when: 'not even the device itself is heard',
    story: { broadcasts: false },
    unknown: true,
  },
  {
    check: 'duplicate-instance',
    is: 'block',
    when: 'a second device says I-Am, though the target has an address',
    story: { neighbour: { instance: 1001 } },
    device: NEIGHBOUR_LINK,
  },
  {
    check: 'duplicate-instance',
    is: 'block',
    when: 'the device of the image still answers where it was, though no broadcast reaches it',
    story: { neighbour: { instance: 1001 }, broadcasts: false, manifest: reachedAt(NEIGHBOUR_LINK) },
    device: NEIGHBOUR_LINK,
  },

  {
    check: 'vendor',
    is: 'ok',
    when: 'it is the same',
    image: '65535 (Simulated Controls)',
    device: '65535 (Simulated Controls)',
  },
  {
    check: 'vendor',
    is: 'ok',
    when: 'only its name is written otherwise',
    story: { donor: { vendorName: 'SIMULATED CONTROLS' } },
    image: '65535',
    device: '65535',
  },
  {
    check: 'vendor',
    is: 'block',
    when: 'it is another',
    story: { donor: { vendorId: 5, vendorName: 'Other' } },
    image: '5 (Other)',
    device: '65535 (Simulated Controls)',
  },
  {
    check: 'vendor',
    is: 'block',
    when: 'the image does not say',
    story: { manifest: silent('vendorId') },
    unknown: true,
    device: '65535 (Simulated Controls)',
  },
  {
    check: 'vendor',
    is: 'block',
    when: 'neither side says',
    story: { manifest: silent('vendorId'), quirks: [shows(PropertyId.vendorIdentifier, null)] },
    unknown: true,
  },

  {
    check: 'model',
    is: 'ok',
    when: 'it is the same',
    image: 'Simulated controller',
    device: 'Simulated controller',
  },
  {
    check: 'model',
    is: 'block',
    when: 'it is another',
    story: { donor: { modelName: 'AC-9' } },
    image: 'AC-9',
    device: 'Simulated controller',
  },
  {
    check: 'model',
    is: 'block',
    when: 'the image does not say',
    story: { manifest: silent('modelName') },
    unknown: true,
  },
  {
    check: 'model',
    is: 'block',
    when: 'the device does not say',
    story: { quirks: [shows(PropertyId.modelName, null)] },
    unknown: true,
  },
  {
    check: 'model',
    is: 'warn',
    when: 'neither side says',
    story: { manifest: silent('modelName'), quirks: [shows(PropertyId.modelName, null)] },
    unknown: true,
  },

  { check: 'firmware', is: 'ok', when: 'it is the same', image: '1.0', device: '1.0' },
  {
    check: 'firmware',
    is: 'block',
    when: 'it is another',
    story: { donor: { firmwareRevision: '2.4' } },
    image: '2.4',
    device: '1.0',
  },
  {
    check: 'firmware',
    is: 'block',
    when: 'the image does not say',
    story: { manifest: silent('firmwareRevision') },
    unknown: true,
  },
  {
    check: 'firmware',
    is: 'warn',
    when: 'neither side says',
    story: { manifest: silent('firmwareRevision'), quirks: [shows(PropertyId.firmwareRevision, null)] },
    unknown: true,
  },

  { check: 'application-software', is: 'ok', when: 'it is the same', image: '1.0', device: '1.0' },
  {
    check: 'application-software',
    is: 'warn',
    when: 'it is another',
    story: { donor: { applicationSoftwareVersion: '1.1' } },
    image: '1.1',
    device: '1.0',
  },
  {
    check: 'application-software',
    is: 'warn',
    when: 'the image does not say',
    story: { manifest: silent('applicationSoftwareVersion') },
    unknown: true,
  },

  { check: 'protocol-revision', is: 'ok', when: 'it is the same', image: '22', device: '22' },
  {
    check: 'protocol-revision',
    is: 'warn',
    when: 'it is another',
    story: { donor: { protocolRevision: 14 } },
    image: '14',
    device: '22',
  },
  {
    check: 'protocol-revision',
    is: 'warn',
    when: 'the device does not say',
    story: { quirks: [shows(PropertyId.protocolRevision, null)] },
    unknown: true,
  },

  { check: 'serial-number', is: 'ok', when: 'it is the same', image: 'A-1', device: 'A-1' },
  {
    check: 'serial-number',
    is: 'warn',
    when: 'it is another',
    story: { donor: { serialNumber: 'B-2' } },
    image: 'B-2',
    device: 'A-1',
  },
  {
    check: 'serial-number',
    is: 'warn',
    when: 'neither side says',
    story: { manifest: silent('serialNumber'), quirks: [shows(PropertyId.serialNumber, null)] },
    unknown: true,
  },

  { check: 'address', is: 'ok', when: 'it is the same', image: '10.0.0.10:47808', device: '10.0.0.10:47808' },
  {
    check: 'address',
    is: 'ok',
    when: 'another router leads to the same MAC',
    story: {
      lane: {},
      manifest: (manifest) => ({
        ...manifest,
        reachedAt: { ...manifest.reachedAt, address: '10.0.0.3:47808', network: 2001, mac: '0a' },
      }),
    },
    image: 'network 2001, MAC 10',
    device: 'network 2001, MAC 10',
  },
  {
    check: 'address',
    is: 'warn',
    when: 'it is another',
    story: { manifest: reachedAt('10.0.0.77:47808') },
    image: '10.0.0.77:47808',
    device: '10.0.0.10:47808',
  },
  {
    check: 'address',
    is: 'warn',
    when: 'the image comes from elsewhere and has none that is one',
    story: { manifest: reachedAt('com1') },
    image: 'com1',
  },

  {
    check: 'old-device',
    is: 'ok',
    when: 'nobody answers as the device that is replaced',
    story: { donor: { instance: 1002 } },
    device: 'nobody else',
  },
  {
    check: 'old-device',
    is: 'warn',
    when: 'not even the device itself is heard',
    story: { donor: { instance: 1002 }, broadcasts: false },
    unknown: true,
  },
  {
    check: 'old-device',
    is: 'block',
    when: 'it is alive',
    story: { donor: { instance: 1002 }, neighbour: { instance: 1002 } },
    device: NEIGHBOUR_LINK,
  },
  {
    check: 'old-device',
    is: 'block',
    when: 'it answers where the image was made, though no broadcast reaches it',
    story: {
      donor: { instance: 1002 },
      neighbour: { instance: 1002 },
      broadcasts: false,
      manifest: reachedAt(NEIGHBOUR_LINK),
    },
    device: NEIGHBOUR_LINK,
  },

  {
    check: 'spare',
    is: 'ok',
    when: 'the device has no image of its own',
    story: { donor: { instance: 1002 } },
    device: '1001',
  },
  {
    check: 'spare',
    is: 'ok',
    when: 'the only image of the device is the undo image of a first attempt',
    story: {
      donor: { instance: 1002 },
      prepare: async (stage) => {
        await imageOf(stage, { instance: 1001, files: GOOD }, (image) => ({ ...image, tags: ['undo'] }));
      },
    },
  },
  {
    check: 'spare',
    is: 'block',
    when: 'the device is backed up as another controller of the site',
    story: {
      donor: { instance: 1002 },
      prepare: async (stage) => {
        await imageOf(stage, { instance: 1001, files: GOOD });
      },
    },
    device: '1001',
    says: 'is in service here',
  },
  {
    check: 'spare',
    is: 'block',
    when: 'the only image of the device is one that another program made',
    story: {
      donor: { instance: 1002 },
      prepare: async (stage) => {
        const imported = { layout: 'folder', unknown: [] };
        await imageOf(stage, { instance: 1001, files: GOOD }, (image) => ({ ...image, imported }));
      },
    },
    says: 'is in service here',
  },
];
