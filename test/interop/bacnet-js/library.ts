// The little that the tests use of @bacnet-js/client, with types of our own: the package is CommonJS, its
// types do not load under nodenext, and some of them are not true (libraries.md 6). Its private parts are
// reached only where it has no public ones, and that is said.

import { createRequire } from 'node:module';

export interface ObjectName {
  readonly type: number;
  readonly instance: number;
}

export interface Value {
  readonly type: number;
  readonly value: unknown;
}

export interface Receiver {
  readonly address: string;
}

/** A request as its server side hands it out. */
export interface Request<P> {
  readonly header: { readonly sender: Receiver };
  readonly invokeId: number;
  readonly service: number;
  readonly payload: P;
}

interface ReadPart {
  readonly objectId: ObjectName;
  readonly properties: readonly { readonly id: number; readonly index: number }[];
}

interface ReadResult {
  readonly values: readonly {
    readonly objectId: ObjectName;
    readonly values: readonly { readonly id: number; readonly value: readonly Value[] }[];
  }[];
}

export interface Buffers {
  readonly buffer: Buffer;
  offset: number;
}

export interface Client {
  on(event: string, listener: (message: never) => void): this;
  once(event: string, listener: (message: never) => void): this;
  whoIs(receiver: Receiver, options: { readonly lowLimit: number; readonly highLimit: number }): void;
  readProperty(
    to: Receiver,
    object: ObjectName,
    property: number,
    options?: { readonly arrayIndex: number },
  ): Promise<{ readonly values: readonly Value[] }>;
  readPropertyMultiple(to: Receiver, parts: readonly ReadPart[]): Promise<ReadResult>;
  writeProperty(
    to: Receiver,
    object: ObjectName,
    property: number,
    values: readonly Value[],
    options: object,
  ): Promise<void>;
  reinitializeDevice(to: Receiver, state: number, options: { readonly password?: string }): Promise<void>;
  readFile(
    to: Receiver,
    object: ObjectName,
    position: number,
    count: number,
  ): Promise<{ readonly endOfFile: boolean; readonly position: number; readonly buffer: Buffer }>;
  writeFile(
    to: Receiver,
    object: ObjectName,
    position: number,
    blocks: readonly (readonly number[])[],
    options?: { readonly isStream: boolean },
  ): Promise<{ readonly position: number }>;
  readPropertyResponse(
    to: Receiver,
    invokeId: number,
    object: ObjectName,
    property: object,
    value: readonly Value[],
  ): void;
  simpleAckResponse(to: Receiver, service: number, invokeId: number): void;
  errorResponse(to: Receiver, service: number, invokeId: number, errorClass: number, errorCode: number): void;
  iAmResponse(to: Receiver, device: number, segmentation: number, vendorId: number): void;
  sendBvlc(to: Receiver, buffer: Buffers): void;
  close(): void;
  /** Private in the package; its server side has no public way to answer the file services. */
  _getApduBuffer(to: Receiver): Buffers;
}

interface ClientOptions {
  readonly interface: string;
  readonly port: number;
  readonly broadcastAddress: string;
  readonly apduTimeout?: number;
  readonly reuseAddr?: boolean;
}

interface FileReadAck {
  encodeAcknowledge(
    buffer: Buffers,
    isStream: boolean,
    endOfFile: boolean,
    position: number,
    blockCount: number,
    blocks: readonly Uint8Array[],
    counts: readonly number[],
  ): void;
}

interface FileWriteAck {
  encodeAcknowledge(buffer: Buffers, isStream: boolean, position: number): void;
}

interface Headers {
  encode(buffer: Buffers, priority: number, to: Receiver): void;
  encodeComplexAck(buffer: Buffers, type: number, service: number, invokeId: number): void;
}

const load = createRequire(import.meta.url);
const inner = (path: string): unknown => load(`@bacnet-js/client/dist/lib/${path}`);

const Library = (load('@bacnet-js/client') as { readonly default: new (options: ClientOptions) => Client })
  .default;

/** Its parts that are not exported: what an application must reach for to answer the file services. */
export const parts = {
  npdu: inner('npdu.js') as Headers,
  apdu: inner('apdu.js') as Headers,
  atomicReadFile: (inner('services/AtomicReadFile.js') as { readonly default: FileReadAck }).default,
  atomicWriteFile: (inner('services/AtomicWriteFile.js') as { readonly default: FileWriteAck }).default,
};

/** Application tags (clause 20.2.1.4). */
export const Tag = {
  boolean: 1,
  unsigned: 2,
  characterString: 7,
  bitString: 8,
  enumerated: 9,
  objectIdentifier: 12,
} as const;

/** "All of the array" as the package writes it. */
export const WHOLE_ARRAY = 0xffffffff;

/** Opens a client, which is also all that the package has of a server, and waits for its socket. */
export async function openLibrary(address: string, port: number): Promise<Client> {
  const client = new Library({
    interface: address,
    port,
    broadcastAddress: '127.255.255.255',
    apduTimeout: 3000,
    reuseAddr: false,
  });
  await new Promise<void>((resolve, reject) => {
    client.once('listening', () => resolve());
    client.once('error', (error: Error) => reject(error));
  });
  return client;
}
