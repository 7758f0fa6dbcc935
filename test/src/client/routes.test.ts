// Who routes to where, over the wire; and what a client does with a router that says busy.

import { expect } from 'chai';

import { createDevice, deviceConfig, Router } from '../../../simulator/index.js';
import { clientWorld, DEVICE, engineError, OTHER } from './set-up.js';

function withRouters() {
  const all = clientWorld();
  all.world.add(new Router({ lanes: [{ network: 2002 }, { network: 2001 }] }), DEVICE);
  all.world.add(new Router({ lanes: [{ network: 3001 }] }), OTHER);
  return all;
}

describe('routes', () => {
  it('are what the routers say, asked once', async () => {
    const { client, run, sent } = withRouters();
    expect(await run(client.routes())).to.deep.equal([
      { router: DEVICE, networks: [2001, 2002] },
      { router: OTHER, networks: [3001] },
    ]);
    expect(sent).to.have.length(1);
    await client.close();
  });

  it('to one network are those of the router that reaches it', async () => {
    const { client, run } = withRouters();
    expect(await run(client.routes({ network: 3001 }))).to.deep.equal([{ router: OTHER, networks: [3001] }]);
    expect(await run(client.routes({ network: 9, waitMs: 500 }))).to.deep.equal([]);
    await client.close();
  });

  it('end with cancelled when the client is closed meanwhile', async () => {
    const { client, run, clock } = withRouters();
    const failed = engineError(client.routes(), 'cancelled');
    void clock.sleep(500).then(() => client.close());
    await run(failed);
    expect(clock.pending).to.equal(0);
  });
});

describe('a router that says busy', () => {
  it('gets its requests more slowly afterwards', async () => {
    const time = async (busy: readonly { fromMs: number; untilMs: number }[]): Promise<number> => {
      const { client, world, run, clock } = clientWorld();
      const router = new Router({ lanes: [{ network: 2001, busy }] });
      router.attach(2001, '0a', createDevice(deviceConfig({ instance: 7 }), { framing: 'npdu' }));
      world.add(router, DEVICE);
      const device = await run(client.device(`7@2001:10@${DEVICE}`));
      await run(clock.sleep(10_000 - clock.now()));
      for (let n = 0; n < 12; n += 1) await run(device.readProperty({ type: 8, instance: 7 }, 77));
      await client.close();
      return clock.now() - 10_000;
    };
    const [free, held] = [await time([]), await time([{ fromMs: 10_001, untilMs: 11_000 }])];
    // Held back for the second that it is busy, and slower for a while after it.
    expect(held).to.be.greaterThan(free + 1000 + 1000);
  });
});
