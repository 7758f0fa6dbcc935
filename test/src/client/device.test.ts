// The services of a bound device, over the wire: what is sent, how often, and the replies as values.

import { expect } from 'chai';

import {
  type Apdu,
  type ConfirmedRequest,
  decodeCreateObjectRequest,
  decodeReadFileRequest,
  decodeReadPropertyMultipleRequest,
  decodeReadPropertyRequest,
  decodeReinitializeDeviceRequest,
  decodeWriteFileRequest,
  decodeWritePropertyRequest,
  encodeCreateObjectAck,
  encodeReadFileAck,
  encodeReadPropertyAck,
  encodeReadPropertyMultipleAck,
  encodeWriteFileAck,
} from '../../../protocol/index.js';
import type { ClientOptions, Device, Reply } from '../../../src/client/index.js';
import { complexAck, deviceAnswers, error, limitsOf, type PeerScript, simpleAck } from './peer.js';
import { CLIENT, clientWorld, DEVICE, engineError } from './set-up.js';

const FILE = { type: 10, instance: 1 };
const DEVICE_OBJECT = { type: 8, instance: 7 };

/** Device 7, bound; then the peer answers as `confirmed` says. */
async function bound(
  confirmed: PeerScript['confirmed'],
  target = `7@${DEVICE}`,
  options: ClientOptions = {},
) {
  const all = clientWorld(options);
  const peer = all.peer(DEVICE, { confirmed: deviceAnswers(7, limitsOf(1476, 0)) });
  const device = await all.run(all.client.device(target));
  peer.heard.length = 0;
  all.sent.length = 0;
  peer.script = confirmed === undefined ? {} : { confirmed };
  return { ...all, peer, device };
}

/** Every service once, with the reply that a good answer gives. */
const SERVICES: Readonly<
  Record<
    string,
    {
      readonly call: (
        device: Device,
        options?: { signal?: AbortSignal; retries?: number },
      ) => Promise<Reply<unknown>>;
      readonly asked: (payload: Uint8Array) => unknown;
      readonly expected: unknown;
      readonly answer: (request: ConfirmedRequest) => Apdu;
      readonly value: unknown;
      readonly datagramsWhenSilent: number;
    }
  >
> = {
  readProperty: {
    call: (device, options) => device.readProperty(DEVICE_OBJECT, 154, { ...options, index: 0 }),
    asked: decodeReadPropertyRequest,
    expected: { object: DEVICE_OBJECT, property: 154, index: 0 },
    answer: (request) =>
      complexAck(
        request,
        encodeReadPropertyAck({
          object: DEVICE_OBJECT,
          property: 154,
          index: 0,
          values: [{ type: 'unsigned', value: 3 }],
        }),
      ),
    value: [{ type: 'unsigned', value: 3 }],
    datagramsWhenSilent: 4,
  },
  readProperties: {
    call: (device, options) => device.readProperties(FILE, [42], options),
    asked: decodeReadPropertyMultipleRequest,
    expected: { specs: [{ object: FILE, properties: [{ property: 42 }] }] },
    answer: (request) =>
      complexAck(
        request,
        encodeReadPropertyMultipleAck({
          results: [
            { object: FILE, properties: [{ property: 42, values: [{ type: 'unsigned', value: 3 }] }] },
          ],
        }),
      ),
    value: [{ ok: true, value: [{ type: 'unsigned', value: 3 }] }],
    datagramsWhenSilent: 4,
  },
  writeProperty: {
    call: (device, options) =>
      device.writeProperty(FILE, 42, { type: 'unsigned', value: 0 }, { ...options, priority8: 9 }),
    asked: decodeWritePropertyRequest,
    expected: { object: FILE, property: 42, values: [{ type: 'unsigned', value: 0 }], priority: 9 },
    answer: simpleAck,
    value: undefined,
    datagramsWhenSilent: 1,
  },
  reinitialize: {
    call: (device, options) => device.reinitialize(2, 'secret', options),
    asked: decodeReinitializeDeviceRequest,
    expected: { state: 2, password: 'secret' },
    answer: simpleAck,
    value: undefined,
    datagramsWhenSilent: 1,
  },
  readFile: {
    call: (device, options) =>
      device.readFile({ file: FILE, access: 'stream', start: 300, count: 100 }, options),
    asked: decodeReadFileRequest,
    expected: { file: FILE, access: 'stream', start: 300, count: 100 },
    answer: (request) =>
      complexAck(
        request,
        encodeReadFileAck({ access: 'stream', endOfFile: true, start: 300, octets: Uint8Array.of(1, 2) }),
      ),
    value: { access: 'stream', endOfFile: true, start: 300, octets: Uint8Array.of(1, 2) },
    datagramsWhenSilent: 4,
  },
  writeFile: {
    call: (device, options) =>
      device.writeFile({ file: FILE, access: 'record', start: 3, records: [Uint8Array.of(5)] }, options),
    asked: decodeWriteFileRequest,
    expected: { file: FILE, access: 'record', start: 3, records: [Uint8Array.of(5)] },
    answer: (request) => complexAck(request, encodeWriteFileAck({ access: 'record', start: 3 })),
    value: { start: 3 },
    datagramsWhenSilent: 1,
  },
  createObject: {
    call: (device, options) => device.createObject({ object: FILE }, options),
    asked: decodeCreateObjectRequest,
    expected: { object: FILE },
    answer: (request) => complexAck(request, encodeCreateObjectAck(FILE)),
    value: FILE,
    datagramsWhenSilent: 1,
  },
};

for (const [name, service] of Object.entries(SERVICES)) {
  describe(`Device.${name}`, () => {
    it('sends what was asked and gives what was answered', async () => {
      const { device, run, peer } = await bound(service.answer);
      expect(await run(service.call(device))).to.deep.equal({ ok: true, value: service.value });
      expect(peer.heard).to.have.length(1);
      expect(service.asked(peer.heard[0]!.request.payload)).to.deep.equal(service.expected);
    });

    it('gives Error, Reject and Abort of the device as values', async () => {
      const answers: ((request: ConfirmedRequest) => Apdu)[] = [
        (request) => error(request, 4, 26),
        ({ invokeId }) => ({ type: 'reject', invokeId, reason: 9 }),
        ({ invokeId }) => ({ type: 'abort', server: true, invokeId, reason: 4 }),
      ];
      const { device, run, peer } = await bound(() => undefined);
      const refusals: unknown[] = [];
      for (const confirmed of answers) {
        peer.script = { confirmed };
        const reply = await run(service.call(device));
        refusals.push(reply.ok ? reply : reply.refusal);
      }
      expect(refusals[0]).to.include({ kind: 'error', errorClass: 4, errorCode: 26 });
      expect(refusals.slice(1)).to.deep.equal([
        { kind: 'reject', reason: 9 },
        { kind: 'abort', reason: 4, server: true },
      ]);
    });

    it('gives an answer that does not decode as a malformed refusal', async () => {
      const { device, run } = await bound((request) => complexAck(request, Uint8Array.of(0xff, 0x01)));
      const reply = await run(service.call(device));
      expect(reply.ok ? reply : reply.refusal.kind).to.equal('malformed');
    });

    it(`ends after exactly ${service.datagramsWhenSilent} datagrams when nobody answers`, async () => {
      const { device, run, sent, clock } = await bound(undefined);
      const reply = await run(service.call(device));
      expect(reply).to.deep.equal({
        ok: false,
        refusal: { kind: 'timeout', attempts: service.datagramsWhenSilent },
      });
      await run(clock.sleep(100_000));
      expect(sent).to.have.length(service.datagramsWhenSilent);
      for (const { octets } of sent)
        expect(octets, 'a repetition is the same APDU').to.deep.equal(sent[0]!.octets);
    });

    it('sends as many repetitions as the call says', async () => {
      const { device, run, sent } = await bound(undefined);
      await run(service.call(device, { retries: 2 }));
      expect(sent).to.have.length(3);
    });

    it('rejects with cancelled when its signal aborts, at once, and leaves nothing pending', async () => {
      const { device, run, clock, sent } = await bound(undefined);
      const abort = new AbortController();
      const failed = engineError(service.call(device, { signal: abort.signal }), 'cancelled');
      const start = clock.now();
      void clock.sleep(700).then(() => abort.abort('enough'));
      expect((await run(failed)).cause).to.equal('enough');
      expect(clock.now() - start).to.equal(700);
      expect(clock.pending).to.equal(0);
      expect(sent).to.have.length(1);
    });
  });
}

describe('a bound device', () => {
  const readSize = (device: Device) => device.readProperty(FILE, 42);
  const sizeIs =
    (value: number) =>
    (request: ConfirmedRequest): Apdu =>
      complexAck(
        request,
        encodeReadPropertyAck({ object: FILE, property: 42, values: [{ type: 'unsigned', value }] }),
      );

  it('takes an answer that is about another property, element or access for malformed', async () => {
    const { device, run, peer } = await bound((request) =>
      complexAck(request, encodeReadPropertyAck({ object: FILE, property: 43, values: [] })),
    );
    const wrong = async (): Promise<unknown> => {
      const reply = await run(readSize(device));
      return reply.ok ? reply : reply.refusal.kind;
    };
    expect(await wrong()).to.equal('malformed');
    peer.script = {
      confirmed: (request) =>
        complexAck(request, encodeReadPropertyAck({ object: FILE, property: 42, index: 1, values: [] })),
    };
    expect(await wrong()).to.equal('malformed');
    peer.script = {
      confirmed: (request) =>
        complexAck(request, encodeReadFileAck({ access: 'record', endOfFile: true, start: 0, records: [] })),
    };
    const read = await run(device.readFile({ file: FILE, access: 'stream', start: 0, count: 1 }));
    expect(read.ok ? read : read.refusal.kind).to.equal('malformed');
  });

  it('repeats a question that got lost, tells so, and gives the answer', async () => {
    const { device, run, peer } = await bound(undefined);
    const attempts: number[] = [];
    peer.script = { confirmed: (request) => (peer.heard.length === 3 ? sizeIs(9)(request) : undefined) };
    const reply = await run(device.readProperty(FILE, 42, { onRetry: (attempt) => attempts.push(attempt) }));
    expect(reply).to.deep.equal({ ok: true, value: [{ type: 'unsigned', value: 9 }] });
    expect(attempts).to.deep.equal([2, 3]);
  });

  it('does not take a late answer for the answer to its next question', async () => {
    const { device, run, peer, clock } = await bound(undefined);
    const late: ConfirmedRequest[] = [];
    peer.script = { confirmed: (request) => (late.push(request), undefined) };
    const first = await run(device.readProperty(FILE, 42, { retries: 0 }));
    expect(first.ok).to.equal(false);
    const second = device.readProperty(FILE, 42, { retries: 0 });
    await run(clock.sleep(100));
    expect(late.map(({ invokeId }) => invokeId)[1]).not.to.equal(late[0]!.invokeId);
    peer.send(sizeIs(1)(late[0]!), CLIENT);
    await run(clock.sleep(100));
    peer.send(sizeIs(2)(late[1]!), CLIENT);
    peer.send(sizeIs(3)(late[1]!), CLIENT);
    expect(await run(second)).to.deep.equal({ ok: true, value: [{ type: 'unsigned', value: 2 }] });
  });

  it('never has more than one question outstanding, and sends the most urgent of those that wait', async () => {
    const { device, run, peer, clock } = await bound(undefined);
    const order: string[] = [];
    peer.script = {
      confirmed: (request) => {
        order.push(request.service === 20 ? 'end' : `size ${order.length}`);
        void clock
          .sleep(50)
          .then(() => peer.send(request.service === 20 ? simpleAck(request) : sizeIs(1)(request), CLIENT));
        return undefined;
      },
    };
    const reads = [1, 2, 3].map(() => readSize(device));
    const end = device.reinitialize(3, undefined, { priority: 'release' });
    await run(Promise.all([...reads, end]));
    expect(order).to.deep.equal(['size 0', 'end', 'size 2', 'size 3']);
  });

  it('sends a release although the signal of the work has aborted', async () => {
    const { device, run, peer } = await bound(simpleAck);
    const reply = await run(
      device.reinitialize(3, undefined, { priority: 'release', signal: AbortSignal.abort('Ctrl-C') }),
    );
    expect(reply.ok).to.equal(true);
    expect(peer.heard).to.have.length(1);
  });

  it('goes down a size when a router calls a message too long, and remembers it', async () => {
    const { device, run, peer } = await bound(undefined, `7@2001:17@${DEVICE}`);
    peer.script = {
      confirmed: () => {
        peer.message({ kind: 'reject-message-to-network', reason: 4, network: 2001 }, CLIENT);
        return undefined;
      },
    };
    const write = (count: number) =>
      device.writeFile({ file: FILE, access: 'stream', start: 0, octets: new Uint8Array(count) });
    expect(device.limits.maxApdu).to.equal(1476);
    expect(await run(write(1400))).to.deep.equal({
      ok: false,
      refusal: { kind: 'network-reject', network: 2001, reason: 4 },
    });
    expect(device.limits.maxApdu).to.equal(1024);
    await run(write(900));
    expect(device.limits.maxApdu).to.equal(480);
    expect(device.accepts.maxApdu).to.equal(480);
    expect(peer.heard, 'a write is not repeated').to.have.length(2);
  });

  it('tells the device what it accepts', async () => {
    const { device, run, peer } = await bound(sizeIs(1));
    await run(readSize(device));
    expect(peer.heard[0]!.request).to.include({
      maxApdu: 1476,
      segmentedAnswerAccepted: true,
      maxSegments: 64,
    });
  });

  it('refuses what has no encoding with a usage error, and sends nothing', async () => {
    const { device, run, sent } = await bound(simpleAck);
    const password = 'x'.repeat(21);
    const failed = await run(engineError(device.reinitialize(2, password), 'usage'));
    expect(failed.message).to.include('password').and.not.include(password);
    await run(engineError(device.writeProperty(FILE, 42, [], { priority8: 99 }), 'usage'));
    expect(sent).to.deep.equal([]);
  });

  it('spaces the questions in a routed lane by its pace', async () => {
    const pace = { routed: { framesPerSecond: 2, burst: 1 } };
    const { device, run, sent, clock } = await bound(sizeIs(1), `7@2001:17@${DEVICE}`, { pace });
    await run(clock.sleep(10_000));
    await run(Promise.all([1, 2, 3, 4].map(() => readSize(device))));
    const times = sent.map(({ at }) => at - sent[0]!.at);
    expect(times).to.deep.equal([0, 500, 1000, 1500]);
  });
});
