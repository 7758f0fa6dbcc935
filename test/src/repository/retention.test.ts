// Retention as tables: the rules count as restic's do (the newest of each calendar part, the oldest as long as
// there is room, spans back from the newest), and what nobody named by id is never forgotten.

import { expect } from 'chai';
import fc from 'fast-check';
import {
  decide,
  parseSpan,
  requirePolicy,
  type RetentionImage,
  type RetentionPolicy,
} from '../../../src/repository/retention.js';
import { parseUtcText, utcText } from '../../../src/repository/utc.js';
import { rejection } from './samples.js';

const NOW = '2026-03-01T12:00:00Z';
const DAY_MS = 86_400_000;
const ms = (text: string): number => parseUtcText(text)!;

/** An image by its time, as "2026-02-28" (at noon) or whole; its id is the text. */
function image(text: string, more: Partial<RetentionImage> = {}): RetentionImage {
  const createdAt = text.includes('T') ? text : `${text}T12:00:00Z`;
  return { id: text, createdAt, tags: [], verified: false, own: true, whole: true, ...more };
}

/** The texts of the images that a policy keeps. Without protection: the newest is kept by each of these rules anyhow. */
function kept(times: readonly (string | RetentionImage)[], policy: RetentionPolicy, now = NOW): string[] {
  const images = times.map((time) => (typeof time === 'string' ? image(time) : time));
  return decide(images, policy, ms(now))
    .filter(({ keep }) => keep)
    .map(({ id }) => id);
}

const reasonsOf = (
  images: readonly RetentionImage[],
  policy: RetentionPolicy,
  id: string,
): readonly string[] => decide(images, policy, ms(NOW)).find((decision) => decision.id === id)!.reasons;

describe('retention', () => {
  describe('by rules', () => {
    const days = ['2026-02-28', '2026-02-27', '2026-02-26', '2026-02-25', '2026-02-24'];
    const table: readonly (readonly [string, readonly string[], RetentionPolicy, readonly string[]])[] = [
      ['the newest three', days, { last: 3 }, days.slice(0, 3)],
      ['all, when there are fewer', days, { last: 30 }, days],
      [
        'the newest of each of two days, not of two images',
        [
          '2026-02-28T20:00:00Z',
          '2026-02-28T08:00:00Z',
          '2026-02-26T20:00:00Z',
          '2026-02-26T08:00:00Z',
          '2026-02-25',
        ],
        { daily: 2 },
        ['2026-02-28T20:00:00Z', '2026-02-26T20:00:00Z'],
      ],
      [
        'days that have an image, however long ago',
        ['2026-02-28', '2026-01-03', '2024-05-05', '2020-01-01'],
        { daily: 3 },
        ['2026-02-28', '2026-01-03', '2024-05-05'],
      ],
      [
        'the newest of each hour',
        [
          '2026-02-28T10:59:59Z',
          '2026-02-28T10:00:00Z',
          '2026-02-28T09:59:59Z',
          '2026-02-28T07:30:00Z',
          '2026-02-28T06:00:00Z',
        ],
        { hourly: 3 },
        ['2026-02-28T10:59:59Z', '2026-02-28T09:59:59Z', '2026-02-28T07:30:00Z'],
      ],
      [
        'weeks from Monday to Sunday, over the end of a year',
        // 2026-01-05 is a Monday; 2025-12-29 too: the week with 1 January in it.
        ['2026-01-05', '2026-01-04', '2026-01-01', '2025-12-29', '2025-12-28', '2025-12-21', '2025-12-20'],
        { weekly: 3 },
        ['2026-01-05', '2026-01-04', '2025-12-28'],
      ],
      [
        'months and years of the calendar',
        ['2026-02-28', '2026-02-01', '2026-01-31', '2025-12-31', '2025-01-01', '2024-12-31', '2023-06-01'],
        { monthly: 2, yearly: 3 },
        ['2026-02-28', '2026-01-31', '2025-12-31', '2024-12-31'],
      ],
      [
        'the oldest too, as long as there is room: a history gets as long as it can',
        ['2026-02-28', '2026-02-27', '2026-02-26'],
        { monthly: 6 },
        ['2026-02-28', '2026-02-26'],
      ],
      [
        'but not when there is none',
        ['2026-02-28', '2026-02-27', '2026-02-26'],
        { monthly: 1 },
        ['2026-02-28'],
      ],
      [
        'what at least one of several rules keeps',
        ['2026-02-28', '2026-02-27', '2026-02-20', '2026-02-13', '2026-01-15', '2025-06-01', '2024-01-01'],
        { last: 1, daily: 2, weekly: 2, monthly: 2 },
        ['2026-02-28', '2026-02-27', '2026-02-20', '2026-01-15'],
      ],
      [
        'within a span from the newest, not from today',
        ['2025-03-01', '2025-02-20', '2025-01-31T12:00:01Z', '2025-01-29', '2024-12-31'],
        { within: parseSpan('1m') },
        ['2025-03-01', '2025-02-20'],
      ],
      [
        'within days and hours, the end not included',
        ['2026-02-28T12:00:00Z', '2026-02-27T06:00:01Z', '2026-02-27T06:00:00Z', '2026-02-27T05:59:59Z'],
        { within: parseSpan('1d6h') },
        ['2026-02-28T12:00:00Z', '2026-02-27T06:00:01Z'],
      ],
      [
        'within a month from a day that the month before does not have: as many days after its last',
        // A month before 31 March is 31 February, which is 3 March.
        ['2026-03-31', '2026-03-04', '2026-03-03T12:00:01Z', '2026-03-02', '2026-02-28'],
        { within: parseSpan('1m') },
        ['2026-03-31', '2026-03-04', '2026-03-03T12:00:01Z'],
      ],
      [
        'within years, over a leap day',
        ['2024-02-29', '2023-03-02', '2023-03-01T12:00:01Z', '2023-02-28'],
        { within: parseSpan('1y') },
        ['2024-02-29', '2023-03-02', '2023-03-01T12:00:01Z'],
      ],
    ];
    for (const [what, times, policy, expected] of table) {
      it(`keeps ${what}`, () => {
        const now = '2026-04-01T00:00:00Z';
        expect(kept(times, policy, now)).to.deep.equal(expected);
      });
    }

    it('keeps images of a tag that is named', () => {
      const images = [image('2026-02-28'), image('2025-01-02', { tags: ['undo'] }), image('2025-01-01')];
      expect(kept(images, { last: 1, tags: ['undo'] })).to.deep.equal(['2026-02-28', '2025-01-02']);
      expect(reasonsOf(images, { last: 1, tags: ['undo'] }, '2025-01-02')).to.deep.equal(['tag undo']);
    });

    it('counts hours and days in the time zone that is named, and in UTC otherwise', () => {
      // Two nights in Sydney (UTC+11): one day in UTC.
      const nights = ['2026-02-28T14:30:00Z', '2026-02-28T12:30:00Z', '2026-02-27T12:30:00Z'];
      expect(kept(nights, { daily: 2 })).to.deep.equal([nights[0], nights[2]]);
      expect(kept(nights, { daily: 2, timeZone: 'Australia/Sydney' })).to.deep.equal([nights[0], nights[1]]);
      expect(kept(nights, { daily: 2, timeZone: 'UTC' })).to.deep.equal([nights[0], nights[2]]);
      // The week begins on a Monday there, too; and the hours are those of half-hour zones.
      const halves = ['2026-02-28T10:29:00Z', '2026-02-28T09:31:00Z', '2026-02-28T09:29:00Z'];
      expect(kept(halves, { hourly: 2, timeZone: 'Asia/Kolkata' })).to.deep.equal([halves[0], halves[2]]);
    });

    it('tells each reason of each image', () => {
      const images = [image('2026-02-28'), image('2026-02-27'), image('2026-02-26')];
      const policy = { last: 1, daily: 1, monthly: 2, within: parseSpan('1d') };
      expect(reasonsOf(images, policy, '2026-02-28')).to.deep.equal([
        'last',
        'daily',
        'monthly',
        'within',
        'last image of the device',
      ]);
      expect(reasonsOf(images, policy, '2026-02-27')).to.deep.equal(['no rule keeps it']);
      expect(reasonsOf(images, policy, '2026-02-26')).to.deep.equal(['oldest monthly']);
    });
  });

  describe('never forgets', () => {
    it('the last image of a device, whatever the policy', () => {
      expect(kept(['2020-01-01', '2019-01-01'], { tags: ['golden'] })).to.deep.equal(['2020-01-01']);
      expect(kept(['2020-01-01'], { tags: ['golden'] })).to.deep.equal(['2020-01-01']);
    });

    it('the last verified image', () => {
      const images = [
        image('2026-02-28'),
        image('2026-02-20'),
        image('2025-05-05', { verified: true }),
        image('2025-05-04', { verified: true }),
      ];
      expect(kept(images, { last: 1 })).to.deep.equal(['2026-02-28', '2025-05-05']);
      expect(reasonsOf(images, { last: 1 }, '2025-05-05')).to.deep.equal(['last verified image']);
    });

    it('an image of the device for one that was taken to undo a restore, or was imported', () => {
      const images = [
        image('2025-02-28T20:00:00Z', { tags: ['undo'], own: false }),
        image('2025-02-28T10:00:00Z'),
        image('2025-02-27T20:00:00Z', { own: false }),
        image('2025-02-27T10:00:00Z'),
        image('2025-02-26T10:00:00Z'),
      ];
      const ids = images.map(({ id }) => id);
      expect(kept(images, { last: 1 })).to.deep.equal(ids.slice(0, 2));
      expect(kept(images, { daily: 2 })).to.deep.equal(ids.slice(0, 4));
      expect(kept(images, { tags: ['golden'] })).to.deep.equal(ids.slice(0, 2));
      expect(reasonsOf(images, { last: 1 }, ids[1]!)).to.deep.equal(['last', 'last image of the device']);
    });

    it('an image with a tag; of one with "undo" alone not for 30 days', () => {
      const images = [
        image('2026-02-28'),
        image('2026-01-30T12:00:01Z', { tags: ['undo'] }),
        image('2026-01-30T12:00:00Z', { tags: ['undo'] }),
        image('2025-01-02', { tags: ['undo', 'golden'] }),
        image('2025-01-01', { tags: ['as-built'] }),
        image('2024-01-01', { tags: ['before-retrofit'] }),
      ];
      expect(kept(images, { last: 1 })).to.deep.equal([
        '2026-02-28',
        '2026-01-30T12:00:01Z',
        '2025-01-02',
        '2025-01-01',
        '2024-01-01',
      ]);
      expect(reasonsOf(images, { last: 1 }, '2025-01-02')).to.deep.equal(['tagged golden']);
    });

    it('a good image because of one whose content is missing: that counts for nothing, and stays', () => {
      const images = [
        image('2026-02-28', { whole: false, verified: true }),
        image('2026-02-27'),
        image('2026-02-26', { verified: true }),
        image('2026-02-25'),
      ];
      expect(kept(images, { last: 1 })).to.deep.equal(['2026-02-28', '2026-02-27', '2026-02-26']);
      expect(reasonsOf(images, { last: 1 }, '2026-02-28')).to.deep.equal([
        'content is missing: does not count',
      ]);
    });

    it('the last image that is not of the future, because of a clock that was once wrong', () => {
      const images = [image('2099-01-01'), image('2026-02-28'), image('2026-02-27')];
      expect(kept(images, { last: 1 })).to.deep.equal(['2099-01-01', '2026-02-28']);
      // Spans count from the newest real one.
      expect(kept(images, { within: parseSpan('2d') })).to.deep.equal([
        '2099-01-01',
        '2026-02-28',
        '2026-02-27',
      ]);
      expect(kept(['2099-02-01', '2099-01-01'], { within: parseSpan('1d') })).to.deep.equal(['2099-02-01']);
    });

    it('anything more when a policy keeps more (property)', () => {
      const count = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined });
      const policies = fc.record({
        last: fc.integer({ min: 1, max: 5 }),
        daily: count,
        weekly: count,
        monthly: count,
      });
      const images = fc
        .uniqueArray(fc.integer({ min: 0, max: 900 * 24 }), { minLength: 1, maxLength: 60 })
        .map((hours) =>
          hours.sort((a, b) => a - b).map((hour) => image(utcText(ms(NOW) - hour * 3_600_000))),
        );
      fc.assert(
        fc.property(images, policies, fc.integer({ min: 1, max: 5 }), (all, given, more) => {
          const policy = Object.fromEntries(
            Object.entries(given).filter(([, value]) => value !== undefined),
          ) as RetentionPolicy;
          const fewer = kept(all, policy);
          const wider = kept(all, { ...policy, last: policy.last! + more, yearly: more });
          expect(wider).to.include.members(fewer);
          // Doing it again changes nothing: what was kept is kept.
          const again = all.filter(({ id }) => fewer.includes(id));
          expect(kept(again, policy)).to.include.members(fewer.slice(0, policy.last));
          expect(fewer).to.include(all[0]!.id);
        }),
        { numRuns: 300 },
      );
    });
  });

  describe('is refused', () => {
    it('without any rule, or with a rule that keeps nothing', async () => {
      for (const policy of [
        {},
        { tags: [] },
        { timeZone: 'UTC' },
        { last: 0 },
        { daily: -1 },
        { weekly: 1.5 },
      ])
        await rejection(
          Promise.resolve().then(() => requirePolicy(policy)),
          'usage',
        );
      for (const policy of [{ last: 1 }, { tags: ['golden'] }, { within: parseSpan('1d') }])
        requirePolicy(policy);
    });

    it('with a time zone that nobody knows', async () => {
      const unknown = Promise.resolve().then(() => requirePolicy({ last: 1, timeZone: 'Mars/Olympus' }));
      expect((await rejection(unknown, 'usage')).message).to.contain('Mars/Olympus');
    });
  });

  it('reads spans of the calendar', async () => {
    expect(parseSpan('1y6m10d12h')).to.deep.equal({ years: 1, months: 6, days: 10, hours: 12 });
    expect(parseSpan('30d')).to.deep.equal({ years: 0, months: 0, days: 30, hours: 0 });
    for (const text of ['', 'd', '1', '1d1y', '1.5d', '-1d', '1w', '1d ', '1D', '1d1d'])
      await rejection(
        Promise.resolve().then(() => parseSpan(text)),
        'usage',
      );
  });

  it('thins three years of nights as one expects', () => {
    const nights = Array.from({ length: 3 * 365 }, (_, night) =>
      utcText(ms('2026-02-28T02:15:00Z') - night * DAY_MS),
    );
    const left = kept(nights, { daily: 7, weekly: 5, monthly: 12, yearly: 3 });
    // 7 days; weeks 2 to 5; months 2 to 12 less the one that a week keeps too; years 2024 and 2023 (its oldest).
    expect(left.slice(0, 7)).to.deep.equal(nights.slice(0, 7));
    expect(left).to.have.length.within(20, 26);
    expect(left.at(-1)).to.equal('2024-12-31T02:15:00.000Z');
  });
});
