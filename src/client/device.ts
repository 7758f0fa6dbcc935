// One bound device: the services that backup and restore need, each as one question and one reply. What
// the device says no to is a value; only cancelling and a question that has no encoding reject. Nothing
// that changes the device is ever repeated here.

import {
  ConfirmedService,
  DecodeError,
  decodeCreateObjectAck,
  decodeReadFileAck,
  decodeWriteFileAck,
  encodeCreateObjectRequest,
  encodeReadFileRequest,
  encodeReinitializeDeviceRequest,
  encodeWriteFileRequest,
  encodeWritePropertyRequest,
} from '../../protocol/index.js';
import type {
  Address,
  ApduLimits,
  BacnetValue,
  CreateObjectRequest,
  ObjectId,
  Outcome,
  ReadFileAck,
  ReadFileRequest,
  WriteFileRequest,
} from '../../protocol/index.js';
import type { Asker, Question } from './asker.js';
import type { Binding } from './binding.js';
import { readProperties } from './read-properties.js';
import { readProperty } from './read-property.js';
import { answered, done } from './replies.js';
import type { CallOptions, Client, Device, DeviceInstance, RebindOptions, Reply } from './types.js';

export interface BoundDeviceOptions {
  readonly client: Client;
  readonly asker: Asker;
  readonly binding: Binding;
  /** Finds the device again; the binding it had is where to look besides. */
  readonly findAgain: (last: Binding, options: RebindOptions) => Promise<Binding>;
}

export class BoundDevice implements Device {
  readonly client: Client;
  readonly #asker: Asker;
  readonly #findAgain: BoundDeviceOptions['findAgain'];
  #binding: Binding;

  constructor(options: BoundDeviceOptions) {
    this.client = options.client;
    this.#asker = options.asker;
    this.#binding = options.binding;
    this.#findAgain = options.findAgain;
  }

  get instance(): DeviceInstance {
    return this.#binding.instance;
  }

  get address(): Address {
    return this.#binding.path.address;
  }

  get limits(): ApduLimits {
    return this.#binding.path.limits;
  }

  get accepts(): ApduLimits {
    return this.#binding.path.accepts;
  }

  get vendorId(): number | undefined {
    return this.#binding.vendorId;
  }

  readProperty(
    object: ObjectId,
    property: number,
    options: CallOptions & { index?: number } = {},
  ): Promise<Reply<BacnetValue[]>> {
    return readProperty(this.#asker, this.#binding.path, object, property, options);
  }

  readProperties(
    object: ObjectId,
    properties: readonly number[],
    options: CallOptions = {},
  ): Promise<Reply<Reply<BacnetValue[]>[]>> {
    return readProperties(this.#asker, this.#binding.path, object, properties, options);
  }

  async writeProperty(
    object: ObjectId,
    property: number,
    value: BacnetValue | readonly BacnetValue[],
    options: CallOptions & { index?: number; priority8?: number } = {},
  ): Promise<Reply<void>> {
    const { index, priority8 } = options;
    const values = isList(value) ? value : [value];
    const request = { object, property, values, ...(index === undefined ? {} : { index }) };
    const outcome = await this.#ask(
      {
        kind: 'write-property',
        service: ConfirmedService.writeProperty,
        encode: () =>
          encodeWritePropertyRequest(priority8 === undefined ? request : { ...request, priority: priority8 }),
      },
      options,
    );
    return done(outcome);
  }

  async reinitialize(
    state: number,
    password: string | undefined,
    options: CallOptions = {},
  ): Promise<Reply<void>> {
    const outcome = await this.#ask(
      {
        kind: 'reinitialize',
        service: ConfirmedService.reinitializeDevice,
        encode: () =>
          encodeReinitializeDeviceRequest(password === undefined ? { state } : { state, password }),
      },
      options,
    );
    return done(outcome);
  }

  async readFile(request: ReadFileRequest, options: CallOptions = {}): Promise<Reply<ReadFileAck>> {
    const outcome = await this.#ask(
      {
        kind: 'read-file',
        service: ConfirmedService.atomicReadFile,
        encode: () => encodeReadFileRequest(request),
      },
      options,
    );
    return answered(outcome, (payload) => checkAccess(decodeReadFileAck(payload, true), request.access));
  }

  async writeFile(
    request: WriteFileRequest,
    options: CallOptions = {},
  ): Promise<Reply<{ readonly start: number }>> {
    const outcome = await this.#ask(
      {
        kind: 'write-file',
        service: ConfirmedService.atomicWriteFile,
        encode: () => encodeWriteFileRequest(request),
      },
      options,
    );
    return answered(outcome, (payload) => {
      const { start } = checkAccess(decodeWriteFileAck(payload), request.access);
      return { start };
    });
  }

  async createObject(request: CreateObjectRequest, options: CallOptions = {}): Promise<Reply<ObjectId>> {
    const outcome = await this.#ask(
      {
        kind: 'create-object',
        service: ConfirmedService.createObject,
        encode: () => encodeCreateObjectRequest(request),
      },
      options,
    );
    return answered(outcome, decodeCreateObjectAck);
  }

  async rebind(options: RebindOptions = {}): Promise<void> {
    this.#binding = await this.#findAgain(this.#binding, options);
  }

  #ask(question: Question, options: CallOptions): Promise<Outcome> {
    return this.#asker.ask(this.#binding.path, question, options);
  }
}

function checkAccess<T extends { readonly access: 'stream' | 'record' }>(ack: T, access: T['access']): T {
  if (ack.access === access) return ack;
  throw new DecodeError(`the answer is about ${ack.access} access, not ${access} access`);
}

function isList(value: BacnetValue | readonly BacnetValue[]): value is readonly BacnetValue[] {
  return Array.isArray(value);
}
