// What one question costs its lane: the next one waits for every frame that the last one took.

import { expect } from 'chai';

import type { Address, EndpointInput, Outcome, Output } from '../../../protocol/index.js';
import { Asker } from '../../../src/client/asker.js';
import { Path } from '../../../src/client/path.js';
import { Wire } from '../../../src/client/wire.js';
import { RequestQueue } from '../../../src/pacing/index.js';
import { World } from '../../../simulator/index.js';
import { ScriptedEndpoint } from './scripted-endpoint.js';

const ADDRESS = { link: '10.0.0.2:47808', network: 2001, mac: '0a' };
const OWN = { maxApdu: 480, segmentation: 'both', maxSegments: 64 } as const;

/** A routed lane of 10 frames a second; each request ends at once as `outcome` says, after `retries` repetitions. */
function setUp(outcome: Outcome, retries = 0, address: Address = ADDRESS) {
  const world = new World();
  const endpoint = new ScriptedEndpoint();
  const event = (content: Extract<Output, { kind: 'event' }>['event']): Output => ({
    kind: 'event',
    event: content,
  });
  endpoint.react = (input: EndpointInput): Output[] => {
    if (input.kind !== 'request') return [];
    const { handle } = input;
    const repeated = Array.from({ length: retries }, (_, at) =>
      event({ kind: 'retried', handle, attempt: at + 2 }),
    );
    return [...repeated, event({ kind: 'outcome', handle, outcome })];
  };
  const wire = new Wire({ endpoint, clock: world.clock, transport: world.transport('10.0.0.1:47808') });
  const limits = () => ({ outstanding: 1, pace: { framesPerSecond: 10, burst: 1 } });
  const asker = new Asker(wire, new RequestQueue({ clock: world.clock, limits }), world.clock, {});
  const path = new Path(address, OWN, { maxApdu: 480, segmentation: 'both' });
  const ask = (octets: number): Promise<Outcome> =>
    asker.ask(path, { kind: 'write-file', service: 7, encode: () => new Uint8Array(octets) }, {});
  /** When the second of two questions of this size leaves, ms after the first. */
  const nextAfter = async (octets: number): Promise<number | undefined> => {
    await world.run(Promise.all([ask(octets), ask(octets)]));
    return endpoint.inputs[1]?.at;
  };
  return { nextAfter, ask: (octets: number) => world.run(ask(octets)), endpoint };
}

const ack = (octets: number): Outcome => ({
  kind: 'ack',
  service: 7,
  simple: false,
  payload: new Uint8Array(octets),
});

describe('a question', () => {
  it('takes one frame of its lane when it and its answer fit one APDU', async () => {
    expect(await setUp(ack(477)).nextAfter(476)).to.equal(100);
  });

  it('takes as many frames as it has segments', async () => {
    expect(await setUp(ack(4)).nextAfter(477)).to.equal(200);
    expect(await setUp(ack(4)).nextAfter(474 * 5)).to.equal(500);
    expect(await setUp(ack(4)).nextAfter(474 * 5 + 1)).to.equal(600);
  });

  it('takes as many frames as its answer had segments', async () => {
    expect(await setUp(ack(475 * 4)).nextAfter(10)).to.equal(400);
    expect(await setUp(ack(475 * 4 + 1)).nextAfter(10)).to.equal(500);
  });

  it('takes a frame more for each repetition', async () => {
    expect(await setUp({ kind: 'timeout', attempts: 4 }, 3).nextAfter(10)).to.equal(400);
  });

  it('goes out with the limits of its path and the timers of its kind', async () => {
    const { nextAfter, endpoint } = setUp(ack(4));
    await nextAfter(10);
    expect(endpoint.inputs[0]).to.deep.include({
      kind: 'request',
      to: ADDRESS,
      service: 7,
      peer: { maxApdu: 480, segmentation: 'both' },
      maxApduAccepted: 480,
      timers: { apduTimeoutMs: 10_000, segmentTimeoutMs: 5000, retries: 0 },
    });
  });

  it('proposes to send all its segments at once on our own link, and our own window behind a router', async () => {
    const windows = async (address: Address, octets: number): Promise<unknown> => {
      const { ask, endpoint } = setUp(ack(4), 0, address);
      await ask(octets);
      const [request] = endpoint.inputs;
      return request?.kind === 'request' ? request.windowSize : request;
    };
    const direct = { link: ADDRESS.link };
    expect(await windows(direct, 16 * 474)).to.equal(undefined);
    expect(await windows(direct, 44 * 474)).to.equal(44);
    expect(await windows(direct, 200 * 474)).to.equal(127);
    expect(await windows(ADDRESS, 44 * 474)).to.equal(undefined);
  });
});
