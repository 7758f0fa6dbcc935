// Habits that became known after the backup: a twin has them, and a drill's restore knows them.

import { expect } from 'chai';
import { learnedSince } from '../../../../src/cli/twin/learned.js';
import { streamFile } from '../../../support/world.js';
import { drilled, kept } from './rehearsed.js';

describe('what was learned since', () => {
  it('is the newest word of the facts for each habit, and nothing where there is none', async () => {
    const { stage, image } = await kept({ files: [streamFile(1, 300)] });
    expect(await learnedSince(stage.repository, image)).to.deep.equal({});
    await stage.repository.record(image, {
      type: 'learned',
      learned: { writeOctets: 400, sizing: 'refused' },
    });
    await stage.repository.record(image, { type: 'note', text: 'x' });
    await stage.world.advance(1000);
    await stage.repository.record(image, { type: 'learned', learned: { writeOctets: 200 } });
    expect(await learnedSince(stage.repository, image)).to.deep.equal({
      writeOctets: 200,
      sizing: 'refused',
    });
  });

  it('goes into the twin of a drill, and the restore lives with it', async () => {
    const good = await kept({ files: [streamFile(1, 300)] });
    await good.stage.repository.record(good.image, { type: 'learned', learned: { sizing: 'refused' } });
    const result = await drilled(good);
    expect(result.status, result.err).to.equal(0);
    expect(result.out).to.contain('(quirk file-size-refused)');
  });
});
