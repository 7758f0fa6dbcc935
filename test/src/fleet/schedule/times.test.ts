// When rules run, over the changes of clocks. What is defended: a time in the skipped hour is the next valid one, a time
// in the doubled hour comes once, whatever the zone; and windows open and stop by the clock on the wall.

import { expect } from 'chai';
import { nextRun, timeThere, windowAt } from '../../../../src/fleet/schedule/times.js';
import { parseUtcText, utcText } from '../../../../src/repository/index.js';

const at = (text: string): number => parseUtcText(`${text}:00.000Z`) ?? Number.NaN;
const shown = (ms: number | undefined): string => (ms === undefined ? 'never' : utcText(ms).slice(0, 16));

/** Zone, cron line, from when, and the times in UTC that must follow. */
const NIGHTS: readonly (readonly [
  what: string,
  zone: string,
  cron: string,
  from: string,
  ...times: string[],
])[] = [
  [
    'Berlin, skipped hour',
    'Europe/Berlin',
    '30 2 * * *',
    '2026-03-28T12:00',
    '2026-03-29T01:00',
    '2026-03-30T00:30',
  ],
  [
    'Berlin, doubled hour',
    'Europe/Berlin',
    '30 2 * * *',
    '2026-10-24T12:00',
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ],
  [
    'Berlin, an hour that is there',
    'Europe/Berlin',
    '0 22 * * *',
    '2026-03-28T12:00',
    '2026-03-28T21:00',
    '2026-03-29T20:00',
    '2026-03-30T20:00',
  ],
  [
    'Berlin, a list of hours, one of them skipped',
    'Europe/Berlin',
    '30 2,14 * * *',
    '2026-03-28T14:00',
    '2026-03-29T01:00',
    '2026-03-29T12:30',
  ],
  [
    'Berlin, a range of hours, one of them doubled',
    'Europe/Berlin',
    '0 1-3 * * *',
    '2026-10-24T22:30',
    '2026-10-24T23:00',
    '2026-10-25T00:00',
    '2026-10-25T02:00',
    '2026-10-26T00:00',
  ],
  [
    'Berlin, every 20 minutes, doubled hour',
    'Europe/Berlin',
    '*/20 * * * *',
    '2026-10-25T00:30',
    '2026-10-25T00:40',
    '2026-10-25T02:00',
  ],
  [
    'Berlin, every 20 minutes, skipped hour',
    'Europe/Berlin',
    '*/20 * * * *',
    '2026-03-29T00:30',
    '2026-03-29T00:40',
    '2026-03-29T01:00',
    '2026-03-29T01:20',
  ],
  [
    'Berlin, Sundays in the skipped hour',
    'Europe/Berlin',
    '15 2 * * 0',
    '2026-03-23T00:00',
    '2026-03-29T01:00',
    '2026-04-05T00:15',
  ],
  [
    'Berlin, last of the month',
    'Europe/Berlin',
    '0 3 L * *',
    '2026-02-01T00:00',
    '2026-02-28T02:00',
    '2026-03-31T01:00',
  ],
  [
    'New York, skipped hour',
    'America/New_York',
    '30 2 * * *',
    '2026-03-07T12:00',
    '2026-03-08T07:00',
    '2026-03-09T06:30',
  ],
  [
    'New York, doubled hour',
    'America/New_York',
    '30 1 * * *',
    '2026-10-31T12:00',
    '2026-11-01T05:30',
    '2026-11-02T06:30',
  ],
  [
    'Lord Howe, skipped half hour',
    'Australia/Lord_Howe',
    '15 2 * * *',
    '2026-10-03T00:00',
    '2026-10-03T15:30',
    '2026-10-04T15:15',
  ],
  [
    'Lord Howe, doubled half hour',
    'Australia/Lord_Howe',
    '45 1 * * *',
    '2026-04-04T00:00',
    '2026-04-04T14:45',
    '2026-04-05T15:15',
  ],
  [
    'Sao Paulo 2018, midnight skipped',
    'America/Sao_Paulo',
    '30 0 * * *',
    '2018-11-03T12:00',
    '2018-11-04T03:00',
    '2018-11-05T02:30',
  ],
  [
    'Sao Paulo 2018, last hour of the day doubled',
    'America/Sao_Paulo',
    '30 23 * * *',
    '2018-02-17T12:00',
    '2018-02-18T01:30',
    '2018-02-19T02:30',
  ],
  [
    'Casablanca, clock set back for Ramadan',
    'Africa/Casablanca',
    '30 2 * * *',
    '2026-02-14T12:00',
    '2026-02-15T01:30',
    '2026-02-16T02:30',
  ],
  [
    'Casablanca, and forward after it',
    'Africa/Casablanca',
    '30 2 * * *',
    '2026-03-21T12:00',
    '2026-03-22T02:00',
    '2026-03-23T01:30',
  ],
  [
    'Kolkata, which changes nothing',
    'Asia/Kolkata',
    '30 2 * * *',
    '2026-03-28T12:00',
    '2026-03-28T21:00',
    '2026-03-29T21:00',
  ],
  [
    'Apia 2011, a day that was not',
    'Pacific/Apia',
    '0 2 * * *',
    '2011-12-29T14:00',
    '2011-12-30T12:00',
    '2011-12-31T12:00',
  ],
  ['UTC', 'UTC', '0 0 29 2 *', '2026-01-01T00:00', '2028-02-29T00:00'],
];

describe('the time of a rule', () => {
  for (const [what, timeZone, cron, from, ...expected] of NIGHTS) {
    it(`in ${what}`, () => {
      const times: string[] = [];
      for (let last: number | undefined = at(from); times.length < expected.length && last !== undefined;) {
        last = nextRun({ timeZone, cron }, last);
        times.push(shown(last));
      }
      expect(times).to.deep.equal(expected);
    });
  }

  it('comes every day of two years once in every zone, each day after the one before', () => {
    for (const timeZone of [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'Asia/Kolkata',
    ]) {
      let last = at('2025-01-01T12:00');
      for (let day = 0; day < 730; day += 1) {
        const next = nextRun({ timeZone, cron: '30 2 * * *' }, last) ?? 0;
        expect(next - last, `${timeZone} ${shown(next)}`).to.be.within(
          day === 0 ? 0 : 22 * 3_600_000,
          26 * 3_600_000,
        );
        last = next;
      }
    }
  });

  it('is never without a cron line', () => {
    expect(nextRun({ timeZone: 'UTC' }, 0)).to.equal(undefined);
  });
});

describe('the window of a rule', () => {
  const night = { startMinute: 22 * 60, stopMinute: 5 * 60 };
  const seen = (timeZone: string, window: typeof night | undefined, now: string): string => {
    const found = windowAt({ timeZone, ...(window && { window }) }, at(now));
    return found.isOpen ? `open until ${shown(found.stopsAt)}` : `closed until ${shown(found.opensAt)}`;
  };

  it('is over midnight, and by the clock on the wall', () => {
    expect(seen('Europe/Berlin', night, '2026-01-10T20:59')).to.equal('closed until 2026-01-10T21:00');
    expect(seen('Europe/Berlin', night, '2026-01-10T21:00')).to.equal('open until 2026-01-11T04:00');
    expect(seen('Europe/Berlin', night, '2026-01-11T03:59')).to.equal('open until 2026-01-11T04:00');
    expect(seen('Europe/Berlin', night, '2026-01-11T04:00')).to.equal('closed until 2026-01-11T21:00');
  });

  it('is an hour shorter or longer in the nights that the clock changes', () => {
    expect(seen('Europe/Berlin', night, '2026-03-28T21:00')).to.equal('open until 2026-03-29T03:00');
    expect(seen('Europe/Berlin', night, '2026-10-24T20:00')).to.equal('open until 2026-10-25T04:00');
  });

  it('stops when the clock skips its stop, and for the first time where the stop comes twice', () => {
    const early = { startMinute: 60, stopMinute: 150 };
    expect(seen('Europe/Berlin', early, '2026-03-29T00:30')).to.equal('open until 2026-03-29T01:00');
    expect(seen('Europe/Berlin', early, '2026-10-25T00:15')).to.equal('open until 2026-10-25T00:30');
    expect(seen('Europe/Berlin', early, '2026-10-25T01:15')).to.equal('closed until 2026-10-26T00:00');
  });

  it('is always open where there is none', () => {
    expect(seen('UTC', undefined, '2026-01-10T12:00')).to.equal('open until never');
  });
});

describe('the time there', () => {
  it('is what a clock in the zone shows, in summer and in winter', () => {
    expect(timeThere('Europe/Berlin', at('2026-07-01T20:00'))).to.equal('2026-07-01 22:00');
    expect(timeThere('Europe/Berlin', at('2026-12-31T23:30'))).to.equal('2027-01-01 00:30');
    expect(timeThere('UTC', at('2026-07-01T20:00'))).to.equal('2026-07-01 20:00');
  });
});
