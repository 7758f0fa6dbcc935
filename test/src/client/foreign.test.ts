// Registration as a foreign device, as the client sees it.

import { expect } from 'chai';

import { decodeBvll, encodeBvll } from '../../../protocol/index.js';
import { CLIENT, clientWorld, DEVICE, engineError } from './set-up.js';

/** A client that registers at a BBMD, which answers each registration with these result codes. */
function registering(answer: (attempt: number) => number | undefined) {
  const all = clientWorld({ foreign: { bbmd: DEVICE, ttlSeconds: 60 } });
  const bbmd = all.world.transport(DEVICE);
  const registrations: number[] = [];
  const distributed: number[] = [];
  bbmd.onDatagram((octets, from) => {
    const bvll = decodeBvll(octets);
    if (bvll.kind === 'distribute-broadcast') distributed.push(all.clock.now());
    if (bvll.kind !== 'register-foreign-device') return;
    registrations.push(bvll.ttlSeconds);
    const code = answer(registrations.length);
    if (code !== undefined) bbmd.send(encodeBvll({ kind: 'result', code }), from);
  });
  return { ...all, registrations, distributed };
}

describe('registration as a foreign device', () => {
  it('is done before the client is ready', async () => {
    const { client, run, registrations, clock } = registering(() => 0);
    await run(client.ready());
    expect(registrations).to.deep.equal([60]);
    await client.close();
    await run(clock.sleep(1));
    expect(clock.pending).to.equal(0);
  });

  it('is asked for again when the answer is lost', async () => {
    const { client, run, registrations } = registering((attempt) => (attempt < 3 ? undefined : 0));
    await run(client.ready());
    expect(registrations).to.have.length(3);
    await client.close();
  });

  it('sends broadcasts through the BBMD', async () => {
    const { client, run, distributed, sent } = registering(() => 0);
    await run(client.ready());
    await run(engineError(client.device('7', { waitMs: 1000 }), 'device-not-found'));
    expect(distributed).to.have.length(1);
    expect(new Set(sent.map(({ to }) => to))).to.deep.equal(new Set([DEVICE]));
    await client.close();
  });

  it('fails with the name of a BBMD that refuses', async () => {
    const { client, run } = registering(() => 0x30);
    const error = await run(engineError(client.ready(), 'network-failed'));
    expect(error.message).to.include(DEVICE).and.include('register-foreign-device-nak');
    await client.close();
  });

  it('is renewed before it runs out, for as long as the client lives', async () => {
    const { client, run, registrations, clock } = registering(() => 0);
    await run(client.ready());
    await run(clock.sleep(10 * 60_000));
    expect(registrations.length).to.be.within(20, 21);
    await client.close();
  });

  it('fails with the name of a BBMD that is silent', async () => {
    const { client, run, registrations, clock } = registering(() => undefined);
    const error = await run(engineError(client.ready(), 'network-failed'));
    expect(error.message).to.include(DEVICE).and.include('does not answer');
    expect(registrations).to.have.length(3);
    expect(clock.now()).to.equal(10_000);
    await client.close();
    await run(clock.sleep(1));
    expect(clock.pending).to.equal(0);
  });

  it('is a warning, not an error, when it is lost later', async () => {
    const { client, run, clock, warnings } = registering((attempt) => (attempt === 1 ? 0 : 0x30));
    await run(client.ready());
    await run(clock.sleep(61_000));
    expect(warnings.join()).to.include('registration as a foreign device').and.include(DEVICE);
    expect(client.localAddress).to.equal(CLIENT);
    await client.close();
  });

  it('ends with cancelled when the client is closed meanwhile', async () => {
    const { client, run, clock } = registering(() => undefined);
    const failed = engineError(client.ready(), 'cancelled');
    void clock.sleep(500).then(() => client.close());
    await run(failed);
    expect(clock.now()).to.equal(500);
  });

  it('is nothing to wait for when no BBMD was named', async () => {
    const { client, sent } = clientWorld();
    await client.ready();
    expect(sent).to.deep.equal([]);
  });
});
