// Forget: exactly what was named, or what a policy does not keep; per device; with every reason told; and never on
// the word of an index, of a damaged image, or against somebody who spoke up for an image.

import { expect } from 'chai';
import { Computers } from '../../support/computers.js';
import { imageHandle, objectHandle } from '../../../src/repository/names.js';
import { parseSpan } from '../../../src/repository/retention.js';
import { utcText } from '../../../src/repository/utc.js';
import type { ForgetReport, ImageManifest, Repository } from '../../../src/repository/index.js';
import { all, changedStore, octets, rejection, saveImage } from './samples.js';

type Saved = Awaited<ReturnType<typeof saveImage>>;

/** The world begins on 2026-01-01. */
const DAY_MS = 86_400_000;
const START_MS = 1_767_225_600_000;

describe('forget', () => {
  let computers: Computers;
  let repository: Repository;
  beforeEach(async () => {
    computers = await Computers.open();
    repository = await computers.repository('a');
  });
  const run = <T>(work: () => Promise<T>): Promise<T> => computers.run(work);
  const file = (image: Saved): string => imageHandle(image.manifest, image.id).name;

  /** An image so many days before today. */
  const daysAgo = (days: number, changes: Partial<ImageManifest> = {}): Promise<Saved> =>
    saveImage(repository, `content ${days} ${JSON.stringify(changes)}`, {
      createdAt: utcText(START_MS - days * DAY_MS),
      ...changes,
    });
  const left = async (): Promise<string[]> => (await repository.images()).map(({ id }) => id);
  const kept = (report: ForgetReport): string[] =>
    report.decisions.filter(({ keep }) => keep).map(({ id }) => id);

  it('keeps of each device what the policy keeps, and says why of every image', () =>
    run(async () => {
      const mine = [await daysAgo(1), await daysAgo(2), await daysAgo(3)];
      const other = await daysAgo(400, { device: { instance: 1202, name: 'AHU-4' } });
      const elsewhere = await daysAgo(500, { site: 'branch' });
      const report = await repository.forget({ policy: { last: 2 } });
      expect(report).to.include({ dryRun: false, kept: 4, forgotten: 1 });
      expect(
        report.decisions.map(({ site, instance, deviceName, createdAt, keep, reasons }) => [
          ...[site, instance, deviceName, createdAt.slice(0, 10), keep, reasons],
        ]),
      ).to.deep.equal([
        ['branch', 1201, 'AHU-3', '2024-08-19', true, ['last', 'last image of the device']],
        ['hq', 1201, 'AHU-3', '2025-12-31', true, ['last', 'last image of the device']],
        ['hq', 1201, 'AHU-3', '2025-12-30', true, ['last']],
        ['hq', 1201, 'AHU-3', '2025-12-29', false, ['no rule keeps it']],
        ['hq', 1202, 'AHU-4', '2024-11-27', true, ['last', 'last image of the device']],
      ]);
      expect(await left()).to.have.members([...mine.slice(0, 2), other, elsewhere].map(({ id }) => id));
      expect((await repository.check()).findings.every(({ code }) => code === 'leftover')).to.equal(true);
    }));

  it('says the same in a dry run, and changes nothing', () =>
    run(async () => {
      for (const days of [1, 2, 3, 40]) await daysAgo(days);
      const before = await left();
      const areas = ['images', 'runs', 'locks'] as const;
      const files = (): Promise<string[][]> =>
        Promise.all(areas.map((area) => all(computers.store.list(area))));
      const were = await files();
      const dry = await repository.forget({ policy: { last: 1 }, dryRun: true });
      expect(await left()).to.deep.equal(before);
      expect(await files()).to.deep.equal(were);
      expect(await repository.forget({ policy: { last: 1 } })).to.deep.equal({ ...dry, dryRun: false });
      expect(await left()).to.have.length(1);
    }));

  it('asks one site or one device alone when told so', () =>
    run(async () => {
      for (const days of [1, 2]) {
        await daysAgo(days);
        await daysAgo(days, { site: 'branch' });
        await daysAgo(days, { site: 'branch', device: { instance: 7 } });
      }
      const branch = await repository.forget({ policy: { last: 1 }, site: 'branch', instance: 7 });
      expect(branch.decisions.map(({ site, instance }) => `${site} ${instance}`)).to.deep.equal([
        'branch 7',
        'branch 7',
      ]);
      expect((await repository.forget({ policy: { last: 1 }, instance: 1201 })).forgotten).to.equal(2);
      expect(await left()).to.have.length(3);
    }));

  it('never forgets the last verified image or a tagged one, until that is taken back', () =>
    run(async () => {
      const old = await daysAgo(300);
      const golden = await daysAgo(200);
      const built = await daysAgo(100, { tags: ['as-built'] });
      const undo = await daysAgo(20, { tags: ['undo'] });
      const oldUndo = await daysAgo(31, { tags: ['undo'] });
      const newest = await daysAgo(1);
      await repository.record(old, { type: 'verified', how: 'restored' });
      await repository.record(golden, { type: 'tag', tag: 'golden' });
      const report = await repository.forget({ policy: { last: 1 } });
      expect(kept(report)).to.have.members([old, golden, built, undo, newest].map(({ id }) => id));
      expect(await left()).to.not.include(oldUndo.id);
      await repository.record(golden, { type: 'untag', tag: 'golden' });
      await repository.record(newest, { type: 'verified', how: 'second-reading' });
      await repository.forget({ policy: { last: 1 } });
      expect(await left()).to.have.members([built, undo, newest].map(({ id }) => id));
    }));

  it('takes the manifest, then the facts; other facts stay', () =>
    run(async () => {
      const [gone, stays] = [await daysAgo(2), await daysAgo(1)];
      for (const image of [gone, stays]) {
        await repository.record(image, { type: 'note', text: 'one' });
        await repository.record(image, { type: 'note', text: 'two' });
      }
      const order: string[] = [];
      const watched = changedStore(computers.store, {
        remove: (handle) => {
          if (handle.area === 'images')
            order.push(handle.name.replace(/^.*\//, '').replace(/\.[0-9a-f]{8}\./, '.fact.'));
          return computers.store.remove(handle);
        },
      });
      await (await computers.repository('a', 1, watched)).forget({ policy: { last: 1 } });
      const name = file(gone).replace(/^.*\//, '');
      const fact = name.replace('.json', '.fact.json');
      expect(order).to.deep.equal([name, fact, fact]);
      expect(await repository.facts(stays)).to.have.length(2);
      expect(await all(computers.store.list('images'))).to.have.length(3);
    }));

  it('forgets what is named by id, whatever it is: the last, verified, tagged', () =>
    run(async () => {
      const image = await daysAgo(1, { tags: ['golden'] });
      await repository.record(image, { type: 'verified', how: 'drill' });
      const dry = await repository.forget({ ids: [image.id.slice(0, 8)], dryRun: true });
      expect(dry.decisions).to.deep.equal([
        {
          id: image.id,
          site: 'hq',
          instance: 1201,
          deviceName: 'AHU-3',
          createdAt: image.manifest.createdAt,
          tags: ['golden'],
          verified: true,
          keep: false,
          reasons: ['named by its id'],
        },
      ]);
      expect(await left()).to.deep.equal([image.id]);
      await repository.forget({ ids: [image.id, image.id.slice(0, 8)] });
      expect(await all(computers.store.list('images'))).to.deep.equal([]);
    }));

  it('finds all that are named before it forgets the first', () =>
    run(async () => {
      const image = await daysAgo(1);
      await rejection(repository.forget({ ids: [image.id, 'ffffffff'] }), 'image-not-found');
      await rejection(repository.forget({ ids: [image.id, 'nonsense'] }), 'usage');
      expect(await left()).to.deep.equal([image.id]);
    }));

  it('does not let an image count whose content is missing or of the wrong size, and leaves it', () =>
    run(async () => {
      const { store } = computers;
      const [good, short, bad] = [await daysAgo(3), await daysAgo(2), await daysAgo(1)];
      const objectOf = (image: Saved): Parameters<typeof store.remove>[0] =>
        objectHandle(image.manifest.files[0]!.sha256);
      await store.remove(objectOf(bad));
      await store.remove(objectOf(short));
      await store.save(objectOf(short), octets('x'));
      const report = await repository.forget({ policy: { last: 1 } });
      expect(report.forgotten).to.equal(0);
      expect(report.decisions.map(({ reasons }) => reasons)).to.deep.equal([
        ['content is missing: does not count'],
        ['content is missing: does not count'],
        ['last', 'last image of the device'],
      ]);
      expect(await left()).to.include(good.id);
    }));

  it('does not believe the index: a manifest that is damaged by now is no image', () =>
    run(async () => {
      const { store } = computers;
      const [good, bad] = [await daysAgo(2), await daysAgo(1)];
      await repository.forget({ policy: { last: 5 }, dryRun: true });
      await store.remove({ area: 'images', name: file(bad) });
      await store.save({ area: 'images', name: file(bad) }, octets('{'));
      const report = await repository.forget({ policy: { last: 1 } });
      expect(kept(report)).to.deep.equal([good.id]);
      expect(await left()).to.deep.equal([good.id]);
    }));

  it('keeps an image for which somebody spoke up a moment ago', () =>
    run(async () => {
      const old = await daysAgo(2);
      await daysAgo(1);
      let spoken = false;
      const racing = changedStore(computers.store, {
        async *list(area, prefix) {
          if (area === 'images' && !spoken) {
            spoken = true;
            await repository.record(old, { type: 'tag', tag: 'golden' });
          }
          yield* computers.store.list(area, prefix);
        },
      });
      const other = await computers.repository('a', 1, racing);
      expect((await other.forget({ policy: { last: 1 } })).forgotten).to.equal(0);
    }));

  it('writes down what was forgotten, and why', () =>
    run(async () => {
      const [gone] = [await daysAgo(2), await daysAgo(1)];
      await repository.forget({ policy: { last: 1, within: parseSpan('1d') } });
      const [name] = await all(repository.runs());
      const { lines, ended } = await repository.readRun(name!);
      expect(lines.map(({ event }) => event)).to.deep.equal(['begin', 'forget', 'end']);
      expect(lines[0]).to.deep.include({ command: 'forget' });
      expect(lines[0]!['policy']).to.have.property('last', 1);
      expect(lines[1]).to.deep.include({ image: gone.id, instance: 1201, reasons: ['no rule keeps it'] });
      expect(lines[2]).to.deep.include({ outcome: 'done', forgotten: 1, kept: 1 });
      expect(ended).to.equal(true);
    }));

  it('forgets though there is no room for its log', () =>
    run(async () => {
      await daysAgo(2);
      await daysAgo(1);
      const full = changedStore(computers.store, {
        append: async () => {
          throw Object.assign(await rejection(computers.store.size(objectHandle('0'.repeat(64)))), {
            code: 'store-no-space',
          });
        },
      });
      const cramped = await computers.repository('a', 1, full);
      expect((await cramped.forget({ policy: { last: 1 } })).forgotten).to.equal(1);
    }));

  it('is refused with neither or both of ids and policy, or with a policy that keeps nothing', () =>
    run(async () => {
      const image = await daysAgo(1);
      for (const options of [
        {},
        { ids: [image.id], policy: { last: 1 } },
        { policy: {} },
        { policy: { last: 0 } },
      ])
        await rejection(repository.forget(options), 'usage');
      expect(await all(computers.store.list('locks'))).to.have.length(1);
    }));

  it('stops when it is cancelled, and what was forgotten until then stays so', () =>
    run(async () => {
      for (const days of [1, 2, 3]) await daysAgo(days);
      const cancel = new AbortController();
      const stopping = changedStore(computers.store, {
        remove: (handle) => {
          if (handle.area === 'images') cancel.abort('enough');
          return computers.store.remove(handle);
        },
      });
      const other = await computers.repository('a', 1, stopping);
      const { signal } = cancel;
      expect((await rejection(other.forget({ policy: { last: 1 }, signal }), 'cancelled')).cause).to.equal(
        'enough',
      );
      expect(await left()).to.have.length(2);
    }));
});
