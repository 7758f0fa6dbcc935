// The devices that the arguments ask for: described, made, and put on their links.

import { createDevice, deviceConfig, type SimulatedDevice } from '../device/index.js';
import { Router } from '../network/index.js';
import { deviceFromProfile, filesFromSpec, quirkOf } from '../profile/index.js';
import type { DeviceConfig, DeviceEvent, DeviceConfigInput, FileConfig, SimulatedNode } from '../types.js';
import type { SimulatorOptions } from './arguments.js';

const PORT_MAX = 65535;

/** What a device has when nobody says what it shall have. */
const DEFAULT_FILES = 'stream:65536,record:100x64,empty';

/** What the arguments name and the world holds. */
export interface Sources {
  /** The parsed JSON of the profile. */
  readonly profile?: unknown;
  /** The files of the folder. */
  readonly folder?: readonly FileConfig[];
  readonly unixTimeAtZero: number;
}

/** One node to stand on UDP, and the devices in it. */
export interface Placement {
  readonly node: SimulatedNode;
  readonly port: number;
  readonly devices: readonly {
    readonly device: SimulatedDevice;
    /** "2001:1" behind a router. */ readonly behind?: string;
  }[];
}

/** The description of the device with this number, 0 for the first. Throws ProfileError and RangeError. */
export function describeDevice(options: SimulatorOptions, sources: Sources, number: number): DeviceConfig {
  const instance = options.instance + number;
  const profile: DeviceConfigInput = sources.profile === undefined ? {} : deviceFromProfile(sources.profile);
  const name = options.name ?? profile.name;
  const announces = options.announces ?? (options.address.startsWith('127.') ? 'unicast' : 'broadcast');
  return deviceConfig({
    ...profile,
    ...options.device,
    instance,
    // Names are unique on an internetwork.
    ...(name !== undefined && { name: number === 0 ? name : `${name} ${number + 1}` }),
    limits: { ...profile.limits, ...options.device.limits },
    procedure: { ...profile.procedure, ...options.device.procedure },
    files: filesOf(options, sources, profile, instance),
    quirks: [...options.quirks.map(quirkOf), ...(profile.quirks ?? [])],
    unixTimeAtZero: sources.unixTimeAtZero,
    announces,
  });
}

function filesOf(
  options: SimulatorOptions,
  sources: Sources,
  profile: DeviceConfigInput,
  instance: number,
): readonly FileConfig[] {
  if (sources.folder !== undefined) return sources.folder;
  if (options.files === undefined && profile.files !== undefined) return profile.files;
  return filesFromSpec(options.files ?? DEFAULT_FILES, `${options.seed}/device ${instance}`);
}

/** All devices on their nodes: each on its own port, or all behind one router. */
export function placeDevices(
  options: SimulatorOptions,
  sources: Sources,
  onEvent: (instance: number, event: DeviceEvent) => void,
): Placement[] {
  const make = (number: number, framing: 'bip' | 'npdu'): SimulatedDevice => {
    const config = describeDevice(options, sources, number);
    return createDevice(config, { framing, onEvent: (event) => onEvent(config.instance, event) });
  };
  const numbers = Array.from({ length: options.devices }, (_, number) => number);
  const network = options.router;
  if (network === undefined) {
    if (options.port + options.devices - 1 > PORT_MAX)
      throw new RangeError(
        `${options.devices} devices from port ${options.port} on need ports beyond ${PORT_MAX}`,
      );
    return numbers.map((number) => {
      const device = make(number, 'bip');
      return { node: device, port: options.port === 0 ? 0 : options.port + number, devices: [{ device }] };
    });
  }
  const node = new Router({ lanes: [{ network, latencyMs: options.laneLatencyMs }] });
  const devices = numbers.map((number) => {
    const device = make(number, 'npdu');
    node.attach(network, (number + 1).toString(16).padStart(2, '0'), device);
    return { device, behind: `${network}:${number + 1}` };
  });
  return [{ node, port: options.port, devices }];
}
