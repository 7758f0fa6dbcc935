// Events of work as a loop, as promises.

import { expect } from 'chai';

import { World } from '../../../../simulator/index.js';
import { stream } from '../../../../src/fleet/run/stream.js';

async function all<E>(events: AsyncIterable<E>): Promise<E[]> {
  const told: E[] = [];
  for await (const event of events) told.push(event);
  return told;
}

describe('stream', () => {
  it('gives every event in its order, early and late ones', async () => {
    const world = new World();
    const events = stream<number>(async (emit) => {
      emit(1);
      emit(2);
      await world.clock.sleep(5);
      emit(3);
      await Promise.resolve();
      emit(4);
    });
    expect(await world.run(all(events))).to.deep.equal([1, 2, 3, 4]);
  });

  it('ends with the error of the work, after its events', async () => {
    const told: number[] = [];
    const read = async (): Promise<void> => {
      for await (const event of stream<number>((emit) => {
        emit(1);
        return Promise.reject(new Error('broken'));
      }))
        told.push(event);
    };
    const error: unknown = await read().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(String(error)).to.include('broken');
    expect(told).to.deep.equal([1]);
  });

  it('stops the work when the loop is left, and waits until it has ended', async () => {
    const world = new World();
    let ended = -1;
    const events = stream<number>(async (emit, left) => {
      emit(1);
      await world.clock.sleep(1000, left).catch(() => undefined);
      await world.clock.sleep(70);
      ended = world.clock.now();
    });
    const leave = async (): Promise<void> => {
      for await (const event of events) if (event === 1) break;
    };
    await world.run(leave());
    expect(ended).to.equal(70);
  });
});
