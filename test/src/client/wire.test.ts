// Requests as promises.

import { expect } from 'chai';

import type { Outcome, Output } from '../../../protocol/index.js';
import { type WireEvent, type WireRequest, Wire } from '../../../src/client/wire.js';
import { EngineError, isEngineError } from '../../../src/errors.js';
import { World } from '../../../simulator/index.js';
import { countingClock } from './counting-clock.js';
import { ScriptedEndpoint } from './scripted-endpoint.js';

const THERE = '10.0.0.2:47808';
const QUESTION: WireRequest = {
  to: { link: THERE },
  service: 12,
  payload: Uint8Array.of(1),
  peer: { maxApdu: 50, segmentation: 'none' },
};

function outcome(handle: number, result: Outcome): Output {
  return { kind: 'event', event: { kind: 'outcome', handle, outcome: result } };
}

function setUp() {
  const world = new World();
  const clock = countingClock(world.clock);
  const endpoint = new ScriptedEndpoint();
  const transport = world.transport('10.0.0.1:47808');
  const logged: string[] = [];
  const log = { log: (level: string, message: string): void => void logged.push(`${level}: ${message}`) };
  const wire = new Wire({ endpoint, clock, transport, log });
  /** Lets the endpoint say something, as if a datagram had come. */
  const say = async (...outputs: Output[]): Promise<void> => {
    endpoint.react = ({ kind }) => (kind === 'datagram' ? outputs : []);
    const peer = world.transport('10.0.0.9:47808');
    peer.send(Uint8Array.of(0), '10.0.0.1:47808');
    await world.advance(5);
    await peer.close();
  };
  return { world, clock, endpoint, wire, say, logged };
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not reject');
}

describe('the wire', () => {
  it('gives each request its own outcome, in whatever order they come', async () => {
    const { endpoint, wire, say } = setUp();
    const answers = Promise.all([wire.request(QUESTION), wire.request(QUESTION)]);
    const handles = endpoint.inputs.map((input) => (input.kind === 'request' ? input.handle : -1));
    expect(wire.outstanding).to.equal(2);
    await say(
      outcome(handles[1]!, { kind: 'timeout', attempts: 4 }),
      outcome(handles[0]!, { kind: 'reject', reason: 9 }),
    );
    expect(await answers).to.deep.equal([
      { kind: 'reject', reason: 9 },
      { kind: 'timeout', attempts: 4 },
    ]);
    expect(wire.outstanding).to.equal(0);
  });

  it('takes an outcome that comes while the request is still being given', async () => {
    const { endpoint, wire } = setUp();
    endpoint.react = (input) =>
      input.kind === 'request' ? [outcome(input.handle, { kind: 'unsendable', octets: 60, limit: 50 })] : [];
    expect(await wire.request(QUESTION)).to.deep.equal({ kind: 'unsendable', octets: 60, limit: 50 });
  });

  it('cancels at the endpoint when the signal aborts, and rejects at once', async () => {
    const { endpoint, wire, say } = setUp();
    const abort = new AbortController();
    const asked = errorOf(wire.request(QUESTION, { signal: abort.signal }));
    abort.abort('enough');
    const error = await asked;
    expect(isEngineError(error, 'cancelled')).to.equal(true);
    expect((error as EngineError).cause).to.equal('enough');
    expect(endpoint.inputs.at(-1)).to.include({ kind: 'cancel', handle: 1 });
    await say(outcome(1, { kind: 'cancelled' }));
    expect(wire.outstanding).to.equal(0);
  });

  it('sends nothing for a signal that is aborted already', async () => {
    const { endpoint, wire } = setUp();
    const error = await errorOf(wire.request(QUESTION, { signal: AbortSignal.abort() }));
    expect(isEngineError(error, 'cancelled')).to.equal(true);
    expect(endpoint.inputs).to.deep.equal([]);
  });

  it('leaves the endpoint alone when a signal aborts after the outcome', async () => {
    const { endpoint, wire, say } = setUp();
    const abort = new AbortController();
    const asked = wire.request(QUESTION, { signal: abort.signal });
    await say(outcome(1, { kind: 'reject', reason: 9 }));
    await asked;
    abort.abort();
    expect(endpoint.inputs.map(({ kind }) => kind)).to.deep.equal(['request', 'datagram']);
  });

  it('tells who asked of every repetition', async () => {
    const { wire, say } = setUp();
    const attempts: number[] = [];
    const asked = wire.request(QUESTION, { onRetry: (attempt) => attempts.push(attempt) });
    await say({ kind: 'event', event: { kind: 'retried', handle: 1, attempt: 2 } });
    await say({ kind: 'event', event: { kind: 'retried', handle: 77, attempt: 2 } });
    await say({ kind: 'event', event: { kind: 'retried', handle: 1, attempt: 3 } });
    await say(outcome(1, { kind: 'timeout', attempts: 3 }));
    await asked;
    expect(attempts).to.deep.equal([2, 3]);
  });

  it('tells who asked that the peer has begun to answer', async () => {
    const { wire, say } = setUp();
    let heard = 0;
    const asked = wire.request(QUESTION, { onHeard: () => (heard += 1) });
    await say({ kind: 'event', event: { kind: 'heard', handle: 77 } });
    expect(heard).to.equal(0);
    await say({ kind: 'event', event: { kind: 'heard', handle: 1 } });
    await say(outcome(1, { kind: 'timeout', attempts: 1 }));
    await asked;
    expect(heard).to.equal(1);
  });

  it('rejects with what the endpoint throws at a request, and forgets the request', async () => {
    const { endpoint, wire } = setUp();
    endpoint.react = () => {
      throw new RangeError('no such MAC');
    };
    expect(await errorOf(wire.request(QUESTION))).to.be.instanceOf(RangeError);
    expect(wire.outstanding).to.equal(0);
  });

  it('tells every listener what comes unasked, although one of them fails', async () => {
    const { wire, say, logged } = setUp();
    const heard: WireEvent[] = [];
    wire.onEvent(() => {
      throw new TypeError('defect');
    });
    const stop = wire.onEvent((event) => heard.push(event));
    const event = {
      kind: 'unconfirmed',
      from: { link: THERE },
      service: 0,
      payload: Uint8Array.of(),
    } as const;
    await say({ kind: 'event', event });
    stop();
    await say({ kind: 'event', event });
    expect(heard).to.deep.equal([event]);
    expect(logged).to.deep.equal(Array(2).fill('error: A listener failed on a unconfirmed event.'));
  });

  it('rejects every request with cancelled when it is closed, and every later one', async () => {
    const { clock, endpoint, wire, world } = setUp();
    endpoint.deadline = 3000;
    const asked = [errorOf(wire.request(QUESTION)), errorOf(wire.request(QUESTION))];
    expect(clock.pending).to.equal(1);
    wire.close(new EngineError('cancelled', 'The client was closed.'));
    const errors = [...(await Promise.all(asked)), await errorOf(wire.request(QUESTION))];
    for (const error of errors) {
      expect(isEngineError(error, 'cancelled')).to.equal(true);
      expect((error as EngineError).message).to.equal('The client was closed.');
    }
    await world.advance(1);
    expect(clock.pending).to.equal(0);
    expect(wire.outstanding).to.equal(0);
    expect(wire.closing.aborted).to.equal(true);
  });
});
