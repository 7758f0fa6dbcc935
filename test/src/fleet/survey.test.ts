// Who is there, asked gently: in the simulated world, datagram by datagram.

import { expect } from 'chai';

import { decodeApdu, decodeBvll, decodeNpdu, decodeWhoIsRequest } from '../../../protocol/index.js';
import { rangesOf, survey, type SurveyOptions } from '../../../src/fleet/survey.js';
import { FLEET_CLIENT, FleetStage, type FleetOptions } from '../../support/fleet.js';

interface Asked {
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly network: number | undefined;
  readonly at: number;
}

async function setUp(options: FleetOptions = {}) {
  const stage = await FleetStage.open(options);
  const asked: Asked[] = [];
  // Everybody says I-Am when it starts.
  await stage.world.advance(10_000);
  stage.world.onDatagram((octets, from, _, at) => {
    const bvll = decodeBvll(octets);
    if (from !== FLEET_CLIENT || !('npdu' in bvll)) return undefined;
    const { content, destination } = decodeNpdu(bvll.npdu);
    if (content.kind !== 'apdu') return undefined;
    const apdu = decodeApdu(content.apdu);
    if (apdu.type === 'unconfirmed-request')
      asked.push({
        ...{ low: undefined, high: undefined },
        ...decodeWhoIsRequest(apdu.payload),
        network: destination?.network,
        at,
      });
    return undefined;
  });
  const run = (more: Partial<SurveyOptions> = {}) =>
    stage.world.run(
      survey(stage.client, {
        ranges: [{ low: 0, high: 4_194_302 }],
        repeats: 2,
        pauseMs: 1000,
        expected: [],
        ...more,
      }),
    );
  return { stage, asked, run };
}

describe('survey', () => {
  it('finds everybody, and learns the way from SNET and SADR of the I-Am', async () => {
    const { run } = await setUp({ networks: 2, perNetwork: 2, direct: 1 });
    const { found, routes } = await run();
    expect([...found.keys()].sort((a, b) => a - b)).to.deep.equal([100, 200101, 200102, 200201, 200202]);
    expect(found.get(200102)?.[0]?.address).to.deep.equal({
      link: '10.0.1.1:47808',
      network: 2001,
      mac: '02',
    });
    expect(routes.map(({ networks }) => networks)).to.deep.equal([[2001], [2002]]);
  });

  it('cuts a range so that no question is answered by more than 40 known devices, and waits between them', async () => {
    const expected = Array.from({ length: 100 }, (_, at) => 200101 + at);
    const { run, asked } = await setUp({ networks: 1, perNetwork: 100, direct: 0 });
    const { found } = await run({ ranges: [{ low: 200000, high: 200999 }], expected, repeats: 0 });
    expect(found.size).to.equal(100);
    expect(asked.map(({ low, high }) => [low, high])).to.deep.equal([
      [200000, 200140],
      [200141, 200180],
      [200181, 200999],
    ]);
    for (const [at, one] of asked.entries()) {
      const before = asked[at - 1];
      if (before !== undefined) expect(one.at - before.at).to.be.at.least(1000);
    }
  });

  it('repeats a question once for lost answers, and then only where somebody is missing', async () => {
    const { run, asked } = await setUp({ networks: 1, perNetwork: 2, direct: 0 });
    const ranges = [
      { low: 0, high: 999 },
      { low: 200000, high: 200999 },
    ];
    await run({ ranges, expected: [7, 200101, 200102], repeats: 3 });
    expect(asked.map(({ low }) => low)).to.deep.equal([0, 200000, 0, 200000, 0, 0]);
  });

  it('hears whoever answers at all, on a network that loses a third', async () => {
    const { run } = await setUp({ networks: 2, perNetwork: 5, direct: 0, link: { lossRate: 0.3 }, seed: 3 });
    const expected = [1, 2, 3, 4, 5].flatMap((mac) => [200100 + mac, 200200 + mac]);
    expect((await run({ expected, repeats: 8 })).found.size).to.equal(10);
  });

  it('asks the networks that it is told to, each by itself', async () => {
    const { run, asked } = await setUp({ networks: 3, perNetwork: 1 });
    const { found } = await run({ networks: [2002, 0], repeats: 0 });
    expect([...found.keys()].sort((a, b) => a - b)).to.deep.equal([100, 200201]);
    expect(asked.map(({ network }) => network)).to.deep.equal([2002, undefined]);
  });

  it('asks once more in a network that a router knows and nobody answered from', async () => {
    const { run, asked } = await setUp({
      networks: 2,
      perNetwork: 1,
      device: (instance, config) => (instance === 200201 ? undefined : config),
    });
    await run({ repeats: 0 });
    expect(asked.map(({ network }) => network)).to.deep.equal([65535, 2002]);
  });

  it('hands on both places of an instance that answers from two', async () => {
    const { run } = await setUp({
      networks: 2,
      perNetwork: 1,
      direct: 0,
      device: (_, config) => ({ ...config, instance: 7 }),
    });
    const { found } = await run();
    expect(found.get(7)?.map(({ address }) => address.network)).to.have.members([2001, 2002]);
  });
});

describe('the ranges of a rerun', () => {
  it('ask for those that are missing, and not for many others', () => {
    expect(rangesOf([5000, 7, 5, 90, 5001])).to.deep.equal([
      { low: 5, high: 90 },
      { low: 5000, high: 5001 },
    ]);
    expect(rangesOf([5, 6], 0)).to.deep.equal([
      { low: 5, high: 5 },
      { low: 6, high: 6 },
    ]);
    expect(rangesOf([])).to.deep.equal([]);
  });
});
