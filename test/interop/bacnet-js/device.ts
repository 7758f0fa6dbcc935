// A DM-BR-B device on @bacnet-js/client: the package decodes the requests and encodes the answers, the
// rest is the test's own. It has no segmentation and no Reject, announces 1482 octets, and cannot answer
// CreateObject: all that is how it is (libraries.md 5).

import { configuration, orders, say } from '../support/orders.js';
import {
  type Buffers,
  type Client,
  type ObjectName,
  openLibrary,
  parts,
  type Request,
  Tag,
  type Value,
} from './library.js';

const [DEVICE, FILE] = [8, 10];
const COMPLEX_ACK = 0x30;
const ErrorPair = {
  configurationInProgress: [0, 2],
  unknownObject: [1, 31],
  unknownProperty: [2, 32],
  writeAccessDenied: [2, 40],
  invalidArrayIndex: [2, 42],
  passwordFailure: [4, 26],
  fileAccessDenied: [5, 5],
  invalidFileAccessMethod: [5, 10],
  invalidFileStartPosition: [5, 11],
} as const satisfies Record<string, readonly [number, number]>;

class Refusal extends Error {
  readonly pair: readonly [number, number];

  constructor(pair: readonly [number, number]) {
    super(pair.join(':'));
    this.pair = pair;
  }
}

interface FileConfig {
  readonly instance: number;
  readonly access: string;
  readonly hex?: string;
  readonly records?: readonly string[];
}

interface Config {
  readonly address: string;
  readonly port: number;
  readonly instance: number;
  readonly password: string;
  readonly files: readonly FileConfig[];
}

class TestFile {
  readonly instance: number;
  readonly isStream: boolean;
  octets: Buffer = Buffer.alloc(0);
  records: Buffer[] = [];

  constructor(config: FileConfig) {
    this.instance = config.instance;
    this.isStream = config.access === 'stream';
    this.load(config);
  }

  load({ hex = '', records = [] }: FileConfig): void {
    this.octets = Buffer.from(hex, 'hex');
    this.records = records.map((record) => Buffer.from(record, 'hex'));
  }

  get joined(): Buffer {
    return this.isStream ? this.octets : Buffer.concat(this.records);
  }

  get length(): number {
    return this.isStream ? this.octets.length : this.records.length;
  }

  resize(size: number): void {
    if (this.isStream)
      this.octets = Buffer.concat([
        this.octets.subarray(0, size),
        Buffer.alloc(Math.max(0, size - this.octets.length)),
      ]);
    else
      while (this.records.length !== size)
        if (this.records.length > size) this.records.pop();
        else this.records.push(Buffer.alloc(0));
  }

  write(position: number, blocks: readonly (readonly number[])[]): void {
    if (!this.isStream) {
      blocks.forEach((block, at) => (this.records[position + at] = Buffer.from(block)));
      return;
    }
    const block = Buffer.from(blocks[0] ?? []);
    this.resize(Math.max(this.octets.length, position + block.length));
    block.copy(this.octets, position);
  }
}

class Device {
  readonly reinitializations: number[] = [];
  readonly files: Map<number, TestFile>;
  state = 0;
  revision = 1;
  readonly #client: Client;
  readonly #config: Config;

  constructor(client: Client, config: Config) {
    this.#client = client;
    this.#config = config;
    this.files = new Map(config.files.map((file) => [file.instance, new TestFile(file)]));
    client.on('whoIs', (request: Request<{ lowLimit?: number; highLimit?: number }>) => {
      const { lowLimit = 0, highLimit = 4_194_303 } = request.payload;
      if (config.instance < lowLimit || config.instance > highLimit) return;
      client.iAmResponse(request.header.sender, config.instance, 3, 999);
    });
    this.#serve(
      'readProperty',
      (request: Request<{ objectId: ObjectName; property: { id: number; index: number } }>) => {
        const { objectId, property } = request.payload;
        const values = this.#element(this.#property(objectId, property.id), property.index);
        client.readPropertyResponse(request.header.sender, request.invokeId, objectId, property, values);
      },
    );
    this.#serve(
      'writeProperty',
      (
        request: Request<{
          objectId: ObjectName;
          value: { property: { id: number }; value: readonly Value[] };
        }>,
      ) => {
        const { objectId, value } = request.payload;
        if (![42, 141].includes(value.property.id) || this.state !== 4)
          throw new Refusal(ErrorPair.writeAccessDenied);
        this.#file(objectId).resize(Number(value.value[0]?.value));
        this.#acknowledge(request);
      },
    );
    this.#serve('reinitializeDevice', (request: Request<{ state: number; password?: string }>) => {
      this.reinitializations.push(request.payload.state);
      if (request.payload.password !== config.password) throw new Refusal(ErrorPair.passwordFailure);
      this.#reinitialize(request.payload.state);
      this.#acknowledge(request);
    });
    this.#serve(
      'atomicReadFile',
      (request: Request<{ isStream: boolean; objectId: ObjectName; position: number; count: number }>) => {
        this.#read(request);
      },
    );
    this.#serve(
      'atomicWriteFile',
      (
        request: Request<{
          isStream: boolean;
          objectId: ObjectName;
          position: number;
          blocks: readonly (readonly number[])[];
        }>,
      ) => {
        const { isStream, objectId, position, blocks } = request.payload;
        const file = this.#file(objectId, isStream);
        if (this.state !== 4) throw new Refusal(ErrorPair.fileAccessDenied);
        file.write(position, blocks);
        this.#answer(request, (buffer) =>
          parts.atomicWriteFile.encodeAcknowledge(buffer, isStream, position),
        );
      },
    );
  }

  #serve<P>(name: string, act: (request: Request<P>) => void): void {
    this.#client.on(name, (request: Request<P>) => {
      try {
        act(request);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const [errorClass, errorCode] = error.pair;
        this.#client.errorResponse(
          request.header.sender,
          request.service,
          request.invokeId,
          errorClass,
          errorCode,
        );
      }
    });
  }

  #acknowledge(request: Request<unknown>): void {
    this.#client.simpleAckResponse(request.header.sender, request.service, request.invokeId);
  }

  /** A ComplexACK, as the package makes its own. */
  #answer(request: Request<unknown>, encode: (buffer: Buffers) => void): void {
    const buffer = this.#client._getApduBuffer(request.header.sender);
    parts.npdu.encode(buffer, 0, request.header.sender);
    parts.apdu.encodeComplexAck(buffer, COMPLEX_ACK, request.service, request.invokeId);
    encode(buffer);
    this.#client.sendBvlc(request.header.sender, buffer);
  }

  #file({ type, instance }: ObjectName, isStream?: boolean): TestFile {
    const file = type === FILE ? this.files.get(instance) : undefined;
    if (!file) throw new Refusal(ErrorPair.unknownObject);
    if (isStream !== undefined && isStream !== file.isStream)
      throw new Refusal(ErrorPair.invalidFileAccessMethod);
    return file;
  }

  #reinitialize(asked: number): void {
    const moves: Record<number, readonly [number, number]> = {
      2: [0, 3],
      3: [3, 0],
      4: [0, 4],
      5: [4, 0],
      6: [4, 0],
    };
    const [from, to] = moves[asked] ?? [-1, 0];
    if (this.state !== from) throw new Refusal(ErrorPair.configurationInProgress);
    this.state = to;
    if (asked === 5) this.revision += 1;
  }

  #read(
    request: Request<{ isStream: boolean; objectId: ObjectName; position: number; count: number }>,
  ): void {
    const { isStream, objectId, position, count } = request.payload;
    const file = this.#file(objectId, isStream);
    if (position < 0 || position > file.length) throw new Refusal(ErrorPair.invalidFileStartPosition);
    const blocks = isStream
      ? [file.octets.subarray(position, position + count)]
      : file.records.slice(position, position + count);
    const taken = isStream ? (blocks[0]?.length ?? 0) : blocks.length;
    const end = position + taken >= file.length;
    const counts = blocks.map((block) => block.length);
    this.#answer(request, (buffer) =>
      parts.atomicReadFile.encodeAcknowledge(buffer, isStream, end, position, blocks.length, blocks, counts),
    );
  }

  /** Index as in clause 15.5: none is the whole, 0 the count. */
  #element(values: readonly Value[], index: number): readonly Value[] {
    if (index === 0xffffffff) return values;
    if (index === 0) return [{ type: Tag.unsigned, value: values.length }];
    const value = values[index - 1];
    if (!value) throw new Refusal(ErrorPair.invalidArrayIndex);
    return [value];
  }

  #property(object: ObjectName, id: number): readonly Value[] {
    const values = object.type === DEVICE ? this.#deviceProperty(object, id) : this.#fileProperty(object, id);
    if (!values) throw new Refusal(ErrorPair.unknownProperty);
    return values;
  }

  #deviceProperty(object: ObjectName, id: number): readonly Value[] | undefined {
    if (object.instance !== this.#config.instance) throw new Refusal(ErrorPair.unknownObject);
    const unsigned = (value: number): Value[] => [{ type: Tag.unsigned, value }];
    const text = (value: string): Value[] => [{ type: Tag.characterString, value }];
    const enumerated = (value: number): Value[] => [{ type: Tag.enumerated, value }];
    const named = (type: number, instance: number): Value => ({
      type: Tag.objectIdentifier,
      value: { type, instance },
    });
    const properties: Record<number, readonly Value[]> = {
      75: [named(DEVICE, object.instance)],
      77: text('bacnet-js device'),
      62: unsigned(1476),
      70: text('interop'),
      98: unsigned(1),
      107: enumerated(3),
      112: enumerated([0, 0, 0, 5, 3][this.state] ?? 0),
      120: unsigned(999),
      121: text('bacnet-js'),
      139: unsigned(14),
      153: unsigned(60),
      154: [...this.files.keys()].map((instance) => named(FILE, instance)),
      155: unsigned(this.revision),
      338: enumerated(this.state),
      339: unsigned(0),
      340: unsigned(0),
      341: unsigned(0),
    };
    return properties[id];
  }

  #fileProperty(object: ObjectName, id: number): readonly Value[] | undefined {
    const file = this.#file(object);
    const unsigned = (value: number): Value[] => [{ type: Tag.unsigned, value }];
    const properties: Record<number, readonly Value[]> = {
      41: [{ type: Tag.enumerated, value: file.isStream ? 1 : 0 }],
      42: unsigned(file.joined.length),
      43: [{ type: Tag.characterString, value: 'bacvault-interop' }],
      75: [{ type: Tag.objectIdentifier, value: object }],
      77: [{ type: Tag.characterString, value: `File ${file.instance}` }],
      99: [{ type: Tag.boolean, value: false }],
      ...(file.isStream ? {} : { 141: unsigned(file.records.length) }),
    };
    return properties[id];
  }
}

const config = (await configuration()) as Config;
const client = await openLibrary(config.address, config.port);
const device = new Device(client, config);
say({ kind: 'ready' });
for await (const order of orders<{ kind: string; files?: FileConfig[] }>()) {
  if (order.kind === 'load') {
    for (const file of order.files ?? []) device.files.get(file.instance)?.load(file);
    say({ kind: 'loaded' });
  } else {
    const files = [...device.files.values()].map((file) => ({
      instance: file.instance,
      access: file.isStream ? 'stream' : 'record',
      hex: file.joined.toString('hex'),
      recordLengths: file.isStream ? null : file.records.map((record) => record.length),
    }));
    say({ kind: 'dump', state: device.state, reinitializations: device.reinitializations, files });
  }
}
client.close();
process.exit(0);
