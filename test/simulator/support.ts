// A plain BACnet client for the simulator's tests: asks one service and waits for the outcome, with
// nothing clever in between. And devices in worlds, ready to be asked.

import { expect } from 'chai';
import {
  type Address,
  type ApduLimits,
  type BacnetValue,
  ConfirmedService as Service,
  decodeCreateObjectAck,
  decodeIAmRequest,
  decodeReadFileAck,
  decodeReadPropertyAck,
  decodeReadPropertyMultipleAck,
  decodeWriteFileAck,
  type Destination,
  encodeCreateObjectRequest,
  encodeDeleteObjectRequest,
  encodeReadFileRequest,
  encodeReadPropertyMultipleRequest,
  encodeReadPropertyRequest,
  encodeReinitializeDeviceRequest,
  encodeWhoIsRequest,
  encodeWriteFileRequest,
  encodeWritePropertyRequest,
  Endpoint,
  type EndpointInput,
  type IAmRequest,
  type NetworkMessage,
  type ObjectId,
  ObjectType,
  type Outcome,
  type PropertyValue,
  type ReadAccessSpec,
  type ReadFileAck,
  ReinitializeState,
  refusalWords,
  UnconfirmedService,
} from '../../protocol/index.js';
import {
  createDevice,
  deviceConfig,
  quirkNamed,
  type SimulatedDevice,
  World,
} from '../../simulator/index.js';
import type { DeviceConfigInput, DeviceEvent, FileConfig } from '../../simulator/types.js';

export const DEVICE_ADDRESS = '10.0.0.10:47808';
export const device = (instance = 1001): ObjectId => ({ type: ObjectType.device, instance });
export const file = (instance: number): ObjectId => ({ type: ObjectType.file, instance });
export const unsigned = (value: number): BacnetValue => ({ type: 'unsigned', value });
export const text = (value: string): BacnetValue => ({ type: 'character-string', text: value });
export const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);
export const ascii = (value: string): Uint8Array => new TextEncoder().encode(value);
/** Octets 0, 1, 2, ... */
export const ramp = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => i);

export const stream = (instance: number, content: Uint8Array, more: Partial<FileConfig> = {}): FileConfig =>
  ({ instance, access: 'stream', content, ...more }) as FileConfig;
export const record = (instance: number, records: Uint8Array[], more: Partial<FileConfig> = {}): FileConfig =>
  ({ instance, access: 'record', records, ...more }) as FileConfig;

export interface ClientOptions {
  readonly limits?: ApduLimits;
  readonly to?: Address;
  readonly peer?: ApduLimits;
  readonly apduTimeoutMs?: number;
  readonly retries?: number;
}

/** One client station in a world. */
export class TestClient {
  readonly announcements: IAmRequest[] = [];
  readonly announcedFrom: Address[] = [];
  readonly networkMessages: NetworkMessage[] = [];
  readonly #world: World;
  readonly #endpoint: Endpoint;
  readonly #to: Address;
  readonly #peer: ApduLimits;
  readonly #send: (datagram: Uint8Array, to: string) => void;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  #handle = 0;

  constructor(world: World, address = '10.0.0.2:47808', options: ClientOptions = {}) {
    this.#world = world;
    const limits: ApduLimits = options.limits ?? { maxApdu: 1476, segmentation: 'both', maxSegments: 64 };
    this.#to = options.to ?? { link: DEVICE_ADDRESS };
    this.#peer = options.peer ?? { maxApdu: 1476, segmentation: 'both', maxSegments: 64 };
    this.#endpoint = new Endpoint({
      framing: 'bip',
      limits,
      windowSize: 8,
      timers: {
        apduTimeoutMs: options.apduTimeoutMs ?? 3000,
        segmentTimeoutMs: 2000,
        retries: options.retries ?? 0,
      },
    });
    const transport = world.transport(address);
    this.#send = (datagram, to) => transport.send(datagram, to);
    transport.onDatagram((datagram, from) => this.#input({ kind: 'datagram', octets: datagram, from }));
  }

  /** Asks without waiting: several at once. The world must be run for the outcome to come. */
  request(service: number, payload: Uint8Array): Promise<Outcome> {
    const handle = ++this.#handle;
    return new Promise((resolve) => {
      this.#waiting.set(handle, resolve);
      this.#input({ kind: 'request', handle, to: this.#to, service, payload, peer: this.#peer });
    });
  }

  ask(service: number, payload: Uint8Array): Promise<Outcome> {
    return this.#world.run(this.request(service, payload));
  }

  async readProperty(
    object: ObjectId,
    property: number,
    index?: number,
  ): Promise<readonly BacnetValue[] | string> {
    const payload = encodeReadPropertyRequest({ object, property, ...(index !== undefined && { index }) });
    const outcome = await this.ask(Service.readProperty, payload);
    return outcome.kind === 'ack' ? decodeReadPropertyAck(outcome.payload).values : refusalWords(outcome);
  }

  /** The one unsigned, enumerated, boolean or text value of a property, or the words of the refusal. */
  async value(object: ObjectId, property: number, index?: number): Promise<unknown> {
    const values = await this.readProperty(object, property, index);
    if (typeof values === 'string') return values;
    const [value] = values;
    if (value === undefined) return undefined;
    if ('value' in value) return value.value;
    if (value.type === 'character-string') return value.text;
    return value.type === 'object-identifier' ? `${value.object.type},${value.object.instance}` : value;
  }

  async readMultiple(
    specs: ReadAccessSpec[],
  ): Promise<ReturnType<typeof decodeReadPropertyMultipleAck>['results']> {
    const outcome = await this.ask(
      Service.readPropertyMultiple,
      encodeReadPropertyMultipleRequest({ specs }),
    );
    if (outcome.kind !== 'ack') throw new Error(refusalWords(outcome));
    return decodeReadPropertyMultipleAck(outcome.payload).results;
  }

  async writeProperty(
    object: ObjectId,
    property: number,
    values: BacnetValue[],
    index?: number,
  ): Promise<string> {
    const request = { object, property, values, ...(index !== undefined && { index }) };
    return words(await this.ask(Service.writeProperty, encodeWritePropertyRequest(request)));
  }

  async reinitialize(state: keyof typeof ReinitializeState, password?: string): Promise<string> {
    const request = { state: ReinitializeState[state], ...(password !== undefined && { password }) };
    return words(await this.ask(Service.reinitializeDevice, encodeReinitializeDeviceRequest(request)));
  }

  async readFile(
    instance: number | ObjectId,
    access: 'stream' | 'record',
    start: number,
    count: number,
  ): Promise<ReadFileAck | string> {
    const id = typeof instance === 'number' ? file(instance) : instance;
    const outcome = await this.ask(
      Service.atomicReadFile,
      encodeReadFileRequest({ file: id, access, start, count }),
    );
    return outcome.kind === 'ack' ? decodeReadFileAck(outcome.payload) : refusalWords(outcome);
  }

  /** The acknowledged start, or the words of the refusal. */
  async writeFile(
    instance: number | ObjectId,
    start: number,
    content: Uint8Array | Uint8Array[],
  ): Promise<number | string> {
    const id = typeof instance === 'number' ? file(instance) : instance;
    const part =
      content instanceof Uint8Array
        ? { access: 'stream' as const, octets: content }
        : { access: 'record' as const, records: content };
    const outcome = await this.ask(
      Service.atomicWriteFile,
      encodeWriteFileRequest({ file: id, start, ...part }),
    );
    return outcome.kind === 'ack' ? decodeWriteFileAck(outcome.payload).start : refusalWords(outcome);
  }

  async createObject(
    specifier: { object: ObjectId } | { objectType: number },
    initialValues?: PropertyValue[],
  ): Promise<ObjectId | string> {
    const request = { ...specifier, ...(initialValues && { initialValues }) };
    const outcome = await this.ask(Service.createObject, encodeCreateObjectRequest(request));
    return outcome.kind === 'ack' ? decodeCreateObjectAck(outcome.payload) : refusalWords(outcome);
  }

  async deleteObject(object: ObjectId): Promise<string> {
    return words(await this.ask(Service.deleteObject, encodeDeleteObjectRequest({ object })));
  }

  whoIs(range: { low?: number; high?: number } = {}, to: Destination = { broadcast: 'global' }): void {
    this.#input({
      kind: 'unconfirmed',
      to,
      service: UnconfirmedService.whoIs,
      payload: encodeWhoIsRequest(range),
    });
  }

  networkMessage(message: NetworkMessage, to: Destination = { broadcast: 'local' }): void {
    this.#input({ kind: 'network-message', to, message });
  }

  #input(input: EndpointInput): void {
    for (const output of this.#endpoint.handle(input, this.#world.clock.now())) {
      if (output.kind === 'send') this.#send(output.datagram, output.to);
      else if (output.event.kind === 'outcome') this.#settle(output.event.handle, output.event.outcome);
      else if (output.event.kind === 'network-message') this.networkMessages.push(output.event.message);
      else if (output.event.kind === 'unconfirmed' && output.event.service === UnconfirmedService.iAm) {
        this.announcements.push(decodeIAmRequest(output.event.payload));
        this.announcedFrom.push(output.event.from);
      }
    }
    const deadline = this.#endpoint.nextDeadline();
    if (deadline === undefined || this.#waiting.size === 0) return;
    void this.#world.clock.sleep(deadline - this.#world.clock.now()).then(() => {
      if (this.#waiting.size > 0) this.#input({ kind: 'tick' });
    });
  }

  #settle(handle: number, outcome: Outcome): void {
    this.#waiting.get(handle)?.(outcome);
    this.#waiting.delete(handle);
  }
}

/** "ack", or the refusal in words. */
export const words = (outcome: Outcome): string => (outcome.kind === 'ack' ? 'ack' : refusalWords(outcome));

export interface Bench {
  readonly world: World;
  readonly device: SimulatedDevice;
  readonly client: TestClient;
  readonly events: DeviceEvent[];
}

/** One device, 1001 unless told otherwise, and one client. */
export function bench(config: DeviceConfigInput = {}, options: ClientOptions = {}): Bench {
  const world = new World();
  const events: DeviceEvent[] = [];
  const simulated = createDevice(deviceConfig(config), { onEvent: (event) => events.push(event) });
  const client = new TestClient(world, undefined, options);
  world.add(simulated, DEVICE_ADDRESS);
  return { world, device: simulated, client, events };
}

/** A bench whose device has quirks, each "name" or "name=value". */
export function quirkyBench(
  quirks: string[],
  config: DeviceConfigInput = {},
  options: ClientOptions = {},
): Bench {
  const made = quirks.map((quirk) => {
    const [name = '', ...value] = quirk.split('=');
    return quirkNamed(name, value.length > 0 ? value.join('=') : undefined);
  });
  return bench({ ...config, quirks: made }, options);
}

/** What an AtomicReadFile gave, as "octets hex / EOF", or its refusal: short to compare. */
export function shown(ack: ReadFileAck | string): string {
  if (typeof ack === 'string') return ack;
  const hex = (part: Uint8Array): string => Buffer.from(part).toString('hex');
  const content = ack.access === 'stream' ? hex(ack.octets) : `[${ack.records.map(hex).join(' ')}]`;
  return `${ack.start}: ${content}${ack.endOfFile ? ' EOF' : ''}`;
}

/** Fails unless both are the same octets; says where they first differ. */
export function expectOctets(actual: Uint8Array | undefined, expected: Uint8Array): void {
  expect(actual?.length).to.equal(expected.length);
  const at = expected.findIndex((octet, index) => actual?.[index] !== octet);
  expect(at, 'first different octet').to.equal(-1);
}
