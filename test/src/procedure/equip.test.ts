// What an earlier procedure learned is found again, belongs to one device with one firmware, and stops nothing
// when it cannot be read (equip).

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { remember, rememberNewest } from '../../../src/procedure/equip.js';
import type { FactBody, ImageSummary, LearnedHabits, Repository } from '../../../src/repository/index.js';

const image = (learned?: LearnedHabits): ImageSummary =>
  ({
    manifest: { device: { instance: 7 }, procedure: learned === undefined ? {} : { learned } },
  }) as ImageSummary;

const repository = (facts: readonly FactBody[], latest?: ImageSummary): Repository =>
  ({
    facts: () => Promise.resolve(facts.map((fact) => ({ fact }))),
    image: () =>
      latest === undefined
        ? Promise.reject(new EngineError('image-not-found', 'there is none'))
        : Promise.resolve(latest),
  }) as unknown as Repository;

describe('what is remembered of a device', () => {
  it('is what its image learned, and what restores of it learned since', async () => {
    const facts: FactBody[] = [
      { type: 'note', text: 'x' },
      { type: 'learned', learned: { sizing: 'refused', readOctets: 50 } },
      { type: 'learned', learned: { readOctets: 60 } },
    ];
    expect(
      await remember(repository(facts), image({ readOctets: 40, accessMethod: 'swapped' })),
    ).to.deep.equal({
      device: { instance: 7 },
      learned: { readOctets: 60, accessMethod: 'swapped', sizing: 'refused' },
    });
    expect((await remember(repository([]), image())).learned).to.deep.equal({});
  });

  it('is nothing, and stops nothing, where facts or images cannot be read', async () => {
    const broken = {
      facts: () => Promise.reject(new EngineError('store-io', 'gone')),
    } as unknown as Repository;
    expect((await remember(broken, image({ readOctets: 40 }))).learned).to.deep.equal({ readOctets: 40 });
    expect(await rememberNewest(repository([]), 'site', 7)).to.equal(undefined);
    expect(await rememberNewest(repository([], image({ readOctets: 40 })), 'site', 7)).to.deep.include({
      learned: { readOctets: 40 },
    });
  });

  it('lets defects through', async () => {
    const broken = { facts: () => Promise.reject(new TypeError('x')) } as unknown as Repository;
    const thrown = await remember(broken, image()).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(TypeError);
  });
});
