// story: a run log that stops the work before a device is touched, and never after.

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { Story } from '../../../src/procedure/story.js';
import { failure, Stage } from '../../support/world.js';

/** A repository whose run log takes this many lines. */
function filling(stage: Stage, lines: number): typeof stage.repository {
  let left = lines;
  const append = stage.store.append.bind(stage.store);
  stage.store.append = (handle, octets) => {
    left -= 1;
    if (left < 0) return Promise.reject(new EngineError('store-no-space', 'the disk is full'));
    return append(handle, octets);
  };
  return stage.repository;
}

describe('the story of a run', () => {
  it('is a run log with a beginning, lines and an end', async () => {
    const { repository } = await Stage.open();
    const story = await Story.begin(repository, 'restore', { device: 7 });
    await story.require('allowed', { check: 'firmware' });
    await story.tell('start');
    await story.end('verified');
    const { lines, faults, ended } = await repository.readRun(story.run);
    expect(lines.map(({ event }) => event)).to.deep.equal(['begin', 'allowed', 'start', 'end']);
    expect(lines[0]).to.include({ command: 'restore', device: 7 });
    expect(lines[3]).to.include({ outcome: 'verified' });
    expect({ faults, ended, own: story.faults }).to.deep.equal({ faults: [], ended: true, own: [] });
  });

  it('that cannot begin, or lacks a line without which nothing may be started, stops the work', async () => {
    const full = await Stage.open();
    const none = await failure(Story.begin(filling(full, 0), 'restore', {}));
    expect(none.code).to.equal('store-no-space');
    const stage = await Stage.open();
    const story = await Story.begin(filling(stage, 1), 'restore', {});
    expect((await failure(story.require('allowed'))).code).to.equal('store-no-space');
  });

  it('goes on when a disk fills up while a device is ours, and says that the log is not whole', async () => {
    const stage = await Stage.open();
    const story = await Story.begin(filling(stage, 2), 'restore', {});
    await story.tell('start');
    await story.tell('written');
    await story.tell('proof');
    await story.end('verified');
    expect(story.faults).to.deep.equal([`run log ${story.run} is not whole: the disk is full`]);
    const { lines, faults } = await stage.repository.readRun(story.run);
    expect(lines.map(({ event }) => event)).to.deep.equal(['begin', 'start']);
    expect(faults, 'what is there is right').to.deep.equal([]);
  });
});
