// Is this the device that the image is of? Site, instance, maker, program, hardware, place.

import { INSTANCE_MAX } from '../../../protocol/index.js';
import type { DeviceIdentity, ReachedAt } from '../../repository/index.js';
import { compared, numeral, unknown } from './comparing.js';
import type { Check, Hearing, Judgement, PlanFacts } from './facts.js';

const MISMATCH = 'device-mismatch';

const site: Check = {
  title: 'Site',
  ok: 'The image is of the site that the device stands in: the one that was named, else the default of the repository.',
  blocks: 'The image is of another site.',
  code: MISMATCH,
  judge: ({ image, site: here }) =>
    compared(image.manifest.site, here, {
      same: 'the same site',
      differ: ['block', `the image is of another site; if the device stands there, name that site`],
      oneUnknown: 'block',
      bothUnknown: 'block',
    }),
};

const instance: Check = {
  title: 'Device instance',
  ok: 'The image is of this instance.',
  blocks: 'The image is of another instance: this device would take that one’s place.',
  code: MISMATCH,
  judge: ({ image, live }) =>
    compared(String(image.manifest.device.instance), instanceText(live.identity.instance), {
      same: 'the same instance',
      differ: [
        'block',
        `the image is of device ${image.manifest.device.instance}, whose place this device would take`,
      ],
      oneUnknown: 'block',
      bothUnknown: 'block',
    }),
};

function instanceText(value: number): string {
  return value === INSTANCE_MAX ? `${value} (unconfigured)` : String(value);
}

const duplicateInstance: Check = {
  title: 'Others of this instance',
  ok: 'Nobody else answered to the instance of the device (Who-Is, and the place where the image was made), and the device itself was heard; or the device is unconfigured and meant by its address.',
  warns: 'Nobody answered, not even the device itself: others would not have been heard either.',
  blocks: 'Another device answers to the same instance.',
  code: 'device-duplicate',
  judge: ({ own, live }) => {
    const device = live.reachedAt.address;
    if (own === undefined)
      return { severity: 'ok', device, text: 'unconfigured, so meant by its address alone' };
    return alone(own, live.identity.instance);
  },
};

const oldDevice: Check = {
  title: 'The device that is replaced',
  ok: 'Nobody answers to the instance of the image, and the device itself was heard.',
  warns: 'Nobody answered, not even the device itself: the old one would not have been heard either.',
  blocks: 'A device of the image’s instance is alive: there would be two.',
  code: 'device-duplicate',
  judge: ({ old, image }) => (old === undefined ? undefined : alone(old, image.manifest.device.instance)),
};

function alone({ self, elsewhere }: Hearing, which: number): Judgement {
  if (elsewhere.length > 0) {
    const where = elsewhere.slice(0, 4).join(' and ');
    return { severity: 'block', device: where, text: `device ${which} answers from ${where}, too` };
  }
  if (self) return { severity: 'ok', device: 'nobody else', text: `nobody else answers as device ${which}` };
  const text = `unknown: no I-Am came, not even the device's own, so another device ${which} would not have been heard`;
  return unknown({}, 'warn', text);
}

const spare: Check = {
  title: 'A spare device',
  ok: 'The device that is to take another’s place has no image of its own at this site.',
  blocks: 'It has one: it is a controller in service, not a spare.',
  code: MISMATCH,
  judge: ({ old, ofTarget, live }) => {
    if (old === undefined) return undefined;
    const device = instanceText(live.identity.instance);
    if (ofTarget === undefined)
      return { severity: 'ok', device, text: 'no image of it here, so it may be a spare' };
    const { id, manifest } = ofTarget;
    const text = `device ${live.identity.instance} is in service here: image ${id.slice(0, 8)} of ${manifest.createdAt} is its own`;
    return { severity: 'block', device, text };
  },
};

const vendor: Check = {
  title: 'Vendor_Identifier',
  ok: 'The same vendor.',
  blocks: 'Another vendor; or one side does not say.',
  code: MISMATCH,
  judge: ({ image, live }) =>
    compared(
      vendorText(image.manifest.device, live.identity),
      vendorText(live.identity, image.manifest.device),
      {
        same: 'the same vendor',
        differ: ['block', 'made by another vendor'],
        oneUnknown: 'block',
        bothUnknown: 'block',
      },
    ),
};

/** The number decides; the name is only for people, and given where both sides give the same or numbers differ. */
function vendorText(of: DeviceIdentity, other: DeviceIdentity): string | undefined {
  if (of.vendorId === undefined) return undefined;
  const named =
    of.vendorName !== undefined && (of.vendorId !== other.vendorId || of.vendorName === other.vendorName);
  return named ? `${of.vendorId} (${of.vendorName})` : String(of.vendorId);
}

/** A text of the identity that must be equal, or block. */
function strict(title: string, key: 'modelName' | 'firmwareRevision', what: string): Check {
  return {
    title,
    ok: `The same ${what}.`,
    warns: 'Neither the image nor the device says.',
    blocks: `Another ${what}; or one side does not say.`,
    code: MISMATCH,
    judge: ({ image, live }) =>
      compared(image.manifest.device[key], live.identity[key], {
        same: `the same ${what}`,
        differ: ['block', `the image is of another ${what}`],
        oneUnknown: 'block',
        bothUnknown: 'warn',
      }),
  };
}

/** Something that may differ on the right device, and should be seen. */
function lenient(
  title: string,
  values: (facts: PlanFacts) => readonly [image: string | undefined, device: string | undefined],
  words: { readonly same: string; readonly differ: string; readonly warns: string },
): Check {
  return {
    title,
    ok: `${words.same.charAt(0).toUpperCase()}${words.same.slice(1)}.`,
    warns: `${words.warns}; or one side does not say.`,
    code: MISMATCH,
    judge: (facts) => {
      const [image, device] = values(facts);
      return compared(image, device, {
        same: words.same,
        differ: ['warn', words.differ],
        oneUnknown: 'warn',
        bothUnknown: 'warn',
      });
    },
  };
}

const applicationSoftware = lenient(
  'Application_Software_Version',
  ({ image, live }) => [
    image.manifest.device.applicationSoftwareVersion,
    live.identity.applicationSoftwareVersion,
  ],
  {
    same: 'the same application software',
    differ: 'the application software is another one than when the image was made',
    warns: 'Another version: on many devices it is part of what the restore brings back',
  },
);

const protocolRevision = lenient(
  'Protocol_Revision',
  ({ image, live }) => [
    numeral(image.manifest.device.protocolRevision),
    numeral(live.identity.protocolRevision),
  ],
  {
    same: 'the same protocol revision',
    differ: 'the protocol revision is another one, so the firmware is, too, whatever it calls itself',
    warns: 'Another revision',
  },
);

const serialNumber = lenient(
  'Serial_Number',
  ({ image, live }) => [image.manifest.device.serialNumber, live.identity.serialNumber],
  {
    same: 'the same piece of hardware',
    differ: 'another piece of hardware: a replacement, or the wrong controller',
    warns: 'Another serial number',
  },
);

const address = lenient(
  'Address',
  ({ image, live }) => [placeText(image.manifest.reachedAt), placeText(live.reachedAt)],
  {
    same: 'where the image was made',
    differ: 'at another address than when the image was made: moved, or a replacement',
    warns: 'Another address',
  },
);

/** A device's place; which router leads to it does not matter. */
function placeText({ address: link, network, mac }: ReachedAt): string {
  return network === undefined ? link : `network ${network}, MAC ${macText(mac ?? '')}`;
}

function macText(mac: string): string {
  return mac.length === 2 ? String(Number.parseInt(mac, 16)) : mac;
}

export const IDENTITY_CHECKS = {
  site,
  instance,
  'duplicate-instance': duplicateInstance,
  vendor,
  model: strict('Model_Name', 'modelName', 'model'),
  firmware: strict('Firmware_Revision', 'firmwareRevision', 'firmware'),
  'application-software': applicationSoftware,
  'protocol-revision': protocolRevision,
  'serial-number': serialNumber,
  address,
  'old-device': oldDevice,
  spare,
} as const satisfies Record<string, Check>;
