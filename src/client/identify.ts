// Questions that tell who answers at an address and what it can take. Properties only; nothing is changed
// on the device. The wildcard instance 4194303 (clause 15.5.2) only serves to name a stranger: real devices
// answer it wrongly, so nothing may depend on it.

import {
  ErrorCode,
  INSTANCE_MAX,
  ObjectType,
  PropertyId,
  refusalWords,
  segmentationWord,
} from '../../protocol/index.js';
import type { BacnetValue, Refusal, Segmentation } from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import type { Clock } from '../ports.js';
import { placeWords } from './announcements.js';
import type { Asker } from './asker.js';
import { Bell } from './cancelling.js';
import { readProperty } from './read-property.js';
import type { Path, StatedLimits } from './path.js';
import type { CallOptions, DeviceInstance, Reply } from './types.js';
import type { Wire } from './wire.js';

export interface IdentifyOptions {
  readonly wire: Wire;
  readonly asker: Asker;
  readonly clock: Clock;
  readonly path: Path;
  readonly instance: DeviceInstance;
  readonly signal: AbortSignal;
  readonly call?: CallOptions;
  /** Whether silence behind a router is looked into by asking the router; default true. */
  readonly askRouter?: boolean;
}

const WILDCARD_INSTANCE = INSTANCE_MAX;

/** How long a router gets to say whether it knows a network. */
const ROUTER_WAIT_MS = 3000;

/**
 * Makes sure that the device of this instance answers at the path's address. Rejects `device-mismatch`,
 * `device-silent`, `device-no-route` or `device-refused`.
 */
export async function confirmAtAddress(options: IdentifyOptions): Promise<void> {
  const { instance } = options;
  const reply = await identifierOf(options, instance);
  if (reply.ok) {
    if (reply.value !== instance) throw mismatch(options, reply.value);
    return;
  }
  const { refusal } = reply;
  if (isLost(refusal)) throw await lost(options, refusal);
  const anybody = await identifierOf(options, WILDCARD_INSTANCE);
  if (anybody.ok && anybody.value === instance) return;
  if (anybody.ok && anybody.value !== WILDCARD_INSTANCE) throw mismatch(options, anybody.value);
  if (refusal.kind === 'error' && refusal.errorCode === ErrorCode.unknownObject)
    throw mismatch(options, undefined);
  const words = refusalWords(refusal);
  throw new EngineError(
    'device-refused',
    `The device at ${placeWords(options.path.address)} does not say whether it is device ${instance}: ${words}.`,
    { details: { device: instance, words, address: options.path.address } },
  );
}

/**
 * Reads Max_APDU_Length_Accepted, Segmentation_Supported and Max_Segments_Accepted. What the device does
 * not tell stays undefined; a device that does not answer at all rejects as above.
 */
export async function readLimits(options: IdentifyOptions): Promise<StatedLimits> {
  const maxApdu = unsigned(await ask(options, PropertyId.maxApduLengthAccepted));
  const segmentation = segmentationOf(await ask(options, PropertyId.segmentationSupported));
  const segments = segmentation === undefined || segmentation === 'none';
  const maxSegments = segments ? undefined : unsigned(await ask(options, PropertyId.maxSegmentsAccepted));
  // Less than two segments is no segmentation (clause 20.1.2.4): such a number means nothing.
  return { maxApdu, segmentation, maxSegments: (maxSegments ?? 0) >= 2 ? maxSegments : undefined };
}

/** Reads Vendor_Identifier, where no I-Am has told it. */
export async function readVendor(options: IdentifyOptions): Promise<number | undefined> {
  return unsigned(await ask(options, PropertyId.vendorIdentifier));
}

/** One property of the Device object; a refusal is undefined, silence an error. */
async function ask(options: IdentifyOptions, property: number): Promise<readonly BacnetValue[] | undefined> {
  const object = { type: ObjectType.device, instance: options.instance };
  const reply = await readProperty(options.asker, options.path, object, property, callOptions(options));
  if (reply.ok) return reply.value;
  if (isLost(reply.refusal)) throw await lost(options, reply.refusal);
  return undefined;
}

/** The instance in the Object_Identifier of the Device object that is addressed by `instance`. */
async function identifierOf(options: IdentifyOptions, instance: number): Promise<Reply<number>> {
  const object = { type: ObjectType.device, instance };
  const reply = await readProperty(
    options.asker,
    options.path,
    object,
    PropertyId.objectIdentifier,
    callOptions(options),
  );
  if (!reply.ok) return reply;
  const [value] = reply.value;
  if (value?.type === 'object-identifier' && value.object.type === ObjectType.device) {
    return { ok: true, value: value.object.instance };
  }
  return {
    ok: false,
    refusal: { kind: 'malformed', message: 'Object_Identifier holds no device identifier' },
  };
}

function callOptions(options: IdentifyOptions): CallOptions {
  return { priority: 'control', ...options.call, signal: options.signal };
}

type Lost = Extract<Refusal, { kind: 'timeout' | 'network-reject' }>;

/** Whether the device was not reached, as opposed to reached and unwilling. */
function isLost(refusal: Refusal): refusal is Lost {
  return refusal.kind === 'timeout' || refusal.kind === 'network-reject';
}

/** The error for a device that was not reached: no route where the router knows none, else silence. */
async function lost(options: IdentifyOptions, refusal: Lost): Promise<EngineError> {
  const { path, instance } = options;
  const { address } = path;
  const words = refusalWords(refusal);
  const details = { device: instance, words, address };
  if (address.network !== undefined) {
    const route = `network ${address.network} through router ${address.link}`;
    if (refusal.kind === 'network-reject') {
      return new EngineError('device-no-route', `No route to device ${instance}: ${route}: ${words}.`, {
        details,
      });
    }
    if (options.askRouter !== false && !(await routerKnows(options, address.network))) {
      const text = `No route to device ${instance}: nothing answers for ${route}, neither the device nor the router.`;
      return new EngineError('device-no-route', text, { details });
    }
  }
  const text = `Device ${instance} at ${placeWords(address)} does not answer (${words}).`;
  return new EngineError('device-silent', text, { details });
}

/** Asks the router whether it has a way to the network (clause 6.4.1, 6.4.2). */
async function routerKnows(options: IdentifyOptions, network: number): Promise<boolean> {
  const { wire, clock, signal, path } = options;
  const router = { link: path.address.link };
  const bell = new Bell();
  const unsubscribe = wire.onEvent((event) => {
    if (event.kind !== 'network-message' || event.from.link !== router.link) return;
    const { message } = event;
    if (message.kind === 'i-am-router-to-network' && message.networks.includes(network)) bell.ring();
  });
  try {
    wire.networkMessage(router, { kind: 'who-is-router-to-network', network });
    return await bell.wait(clock, ROUTER_WAIT_MS, signal);
  } finally {
    unsubscribe();
  }
}

function mismatch(options: IdentifyOptions, found: number | undefined): EngineError {
  const { instance, path } = options;
  const who = found === undefined ? 'another device, which does not say its instance' : `device ${found}`;
  return new EngineError(
    'device-mismatch',
    `At ${placeWords(path.address)} answers ${who}, not device ${instance}.`,
    { details: { device: instance, found, address: path.address } },
  );
}

function unsigned(values: readonly BacnetValue[] | undefined): number | undefined {
  const [value] = values ?? [];
  return value?.type === 'unsigned' ? value.value : undefined;
}

function segmentationOf(values: readonly BacnetValue[] | undefined): Segmentation | undefined {
  const [value] = values ?? [];
  return value?.type === 'enumerated' ? segmentationWord(value.value) : undefined;
}
