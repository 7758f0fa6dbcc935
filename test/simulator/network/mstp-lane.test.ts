// MstpLane: a wire that carries one frame at a time.

import { expect } from 'chai';
import { ConfirmedService as Service, encodeReadFileRequest } from '../../../protocol/index.js';
import { file, type TestClient, words } from '../support.js';
import { site } from './site.js';

describe('MS/TP lane', () => {
  it('carries one frame at a time: two answers take twice the time of one', async () => {
    const { client, world } = site([{ network: 2001, latencyMs: 50 }]);
    const [one, two] = [client(2001, '01'), client(2001, '02')];
    await world.advance(1000);
    const payload = encodeReadFileRequest({ file: file(1), access: 'stream', start: 0, count: 4 });
    const time = async (asked: TestClient[]): Promise<number> => {
      const before = world.clock.now();
      const outcomes = await world.run(
        Promise.all(asked.map((c) => c.request(Service.atomicReadFile, payload))),
      );
      expect(outcomes.map(words)).to.deep.equal(asked.map(() => 'ack'));
      return world.clock.now() - before;
    };
    expect(await time([one])).to.equal(102);
    expect(await time([one, two])).to.equal(202);
  });

  it('takes longer for longer frames when octets take time', async () => {
    const { client, world } = site([{ network: 2001, latencyMs: 10, octetMs: 1 }]);
    const one = client(2001, '01', 30_000);
    await world.advance(2000);
    const time = async (count: number): Promise<number> => {
      const before = world.clock.now();
      await one.readFile(1, 'stream', 0, count);
      return world.clock.now() - before;
    };
    const difference = (await time(400)) - (await time(300));
    expect(difference).to.equal(100);
  });

  it('does not hold up another lane', async () => {
    const { client, world } = site([
      { network: 2001, latencyMs: 400 },
      { network: 2002, latencyMs: 5 },
    ]);
    const [slow, fast] = [client(2001, '01'), client(2002, '01')];
    await world.advance(10_000);
    const payload = encodeReadFileRequest({ file: file(1), access: 'stream', start: 0, count: 4 });
    const done: string[] = [];
    const ask = async (name: string, c: TestClient): Promise<void> => {
      await c.request(Service.atomicReadFile, payload);
      done.push(name);
    };
    await world.run(Promise.all([ask('slow', slow), ask('fast', fast)]));
    expect(done).to.deep.equal(['fast', 'slow']);
  });

  it('loses frames that find the queue full', async () => {
    const { client, world } = site([{ network: 2001, latencyMs: 500, queueMax: 1 }]);
    const [one, two] = [client(2001, '01'), client(2001, '02')];
    await world.advance(10_000);
    const payload = encodeReadFileRequest({ file: file(1), access: 'stream', start: 0, count: 4 });
    const outcomes = await world.run(
      Promise.all([one, two].map((c) => c.request(Service.atomicReadFile, payload))),
    );
    expect(outcomes.map(words)).to.deep.equal(['ack', 'no answer after 1 attempt']);
  });
});
