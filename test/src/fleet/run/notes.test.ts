// A log that cannot be written changes no result, and is told.

import { expect } from 'chai';

import { EngineError } from '../../../../src/errors.js';
import { Notes } from '../../../../src/fleet/run/notes.js';
import type { Store } from '../../../../src/ports.js';
import { FleetStage } from '../../../support/fleet.js';

/** A disk that is full from the n-th line on. */
const fullAfter =
  (lines: number) =>
  (store: Store): Store => {
    let written = 0;
    return new Proxy(store, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (key === 'append')
          return (...given: Parameters<Store['append']>) => {
            written += 1;
            if (written > lines) return Promise.reject(new EngineError('store-no-space', 'the disk is full'));
            return target.append(...given);
          };
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  };

describe('notes', () => {
  it('are the log of the run, complete when they say so', async () => {
    const { repository } = await FleetStage.open({ networks: 0, direct: 0 });
    const notes = await Notes.begin(repository, 'run', { site: 'North' });
    await notes.write('device', { device: 1 });
    await notes.end('done', { counts: {} }, true);
    const { lines, ended, faults } = await repository.readRun(notes.run ?? '');
    expect({ ended, faults }).to.deep.equal({ ended: true, faults: [] });
    expect(lines.map(({ event }) => event)).to.deep.equal(['begin', 'device', 'end']);
    expect(lines.at(-1)).to.include({ outcome: 'done', complete: true });
    expect(notes.faults).to.deep.equal([]);
  });

  for (const lines of [0, 1, 2])
    it(`stop at line ${lines + 1} of a full disk, and say so once`, async () => {
      const { repository } = await FleetStage.open({ networks: 0, direct: 0, disk: fullAfter(lines) });
      const notes = await Notes.begin(repository, 'run', { site: 'North' });
      await notes.write('device', { device: 1 });
      await notes.write('device', { device: 2 });
      await notes.end('done', {}, true);
      expect(notes.faults).to.have.length(1);
      expect(notes.faults[0]).to.include('the disk is full');
      expect(notes.run === undefined).to.equal(lines === 0);
    });
});
