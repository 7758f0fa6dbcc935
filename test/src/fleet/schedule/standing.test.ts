// What is due, from what was written down. What is defended: a rule that was missed is run once, one that was killed is
// gone on with, and neither a wrong clock nor a changed rule makes a rule silent or runs it at a time that nobody said.

import { expect } from 'chai';
import {
  after,
  decide,
  type RuleStanding,
  scheduleOf,
  standingsIn,
  standingsOf,
  tellStandings,
} from '../../../../src/fleet/schedule/standing.js';
import { parseSite } from '../../../../src/fleet/index.js';
import { parseUtcText, utcText } from '../../../../src/repository/index.js';

const at = (text: string): number => parseUtcText(`${text}:00.000Z`) ?? Number.NaN;

const site = parseSite(`
site: North
time-zone: UTC
rules:
  nightly: { what: all, cron: 0 22 * * *, window: { start: "22:00", stop: "05:00" } }
  hourly: { what: all, cron: 0 * * * * }
  by-hand: { what: all }
`);
const [nightly, hourly] = site.rules;
if (!nightly || !hourly) throw new Error('the site has these rules');

/** What is to be done by one rule that stands so. */
function step(rule: typeof nightly, standing: Omit<RuleStanding, 'schedule'>, now: string): string {
  if (!rule) return '';
  const found = decide([rule], new Map([[rule.name, { schedule: scheduleOf(rule), ...standing }]]), at(now));
  if (found.kind === 'wait')
    return `wait ${found.until === undefined ? '' : utcText(found.until).slice(0, 16)}`;
  const until =
    found.kind === 'run' && found.stopsAt !== undefined
      ? ` until ${utcText(found.stopsAt).slice(0, 16)}`
      : '';
  return `${found.kind} ${utcText(found.due).slice(0, 16)}${until}`;
}

describe('what a rule wants', () => {
  const known = { knownSince: at('2026-01-10T12:00') };

  it('is to run at its time, and not at times before it was known', () => {
    expect(step(nightly, known, '2026-01-10T21:59')).to.equal('wait 2026-01-10T22:00');
    expect(step(nightly, known, '2026-01-10T22:00')).to.equal('run 2026-01-10T22:00 until 2026-01-11T05:00');
    expect(step(nightly, { ...known, lastDue: at('2026-01-10T22:00') }, '2026-01-10T23:00')).to.equal(
      'wait 2026-01-11T22:00',
    );
  });

  it('is to make up once for all that was missed', () => {
    expect(step(hourly, { ...known, lastDue: at('2026-01-10T13:00') }, '2026-03-14T09:30')).to.equal(
      'run 2026-03-14T09:00',
    );
  });

  it('is to make up only inside its window', () => {
    const missed = { ...known, lastDue: at('2026-01-10T22:00') };
    expect(step(nightly, missed, '2026-01-12T09:00')).to.equal('wait 2026-01-12T22:00');
    expect(step(nightly, missed, '2026-01-12T22:00')).to.equal('run 2026-01-12T22:00 until 2026-01-13T05:00');
    expect(step(nightly, missed, '2026-01-12T03:00')).to.equal('run 2026-01-11T22:00 until 2026-01-12T05:00');
  });

  it('is to go on where it was killed, unless a newer time has come', () => {
    const open = {
      ...known,
      lastDue: at('2026-01-10T22:00'),
      open: { due: at('2026-01-10T22:00'), begun: 1 },
    };
    expect(step(nightly, open, '2026-01-10T23:00')).to.equal('run 2026-01-10T22:00 until 2026-01-11T05:00');
    expect(step(nightly, open, '2026-01-11T09:00')).to.equal('wait 2026-01-11T22:00');
    expect(step(nightly, open, '2026-01-11T22:30')).to.equal('run 2026-01-11T22:00 until 2026-01-12T05:00');
  });

  it('is to be left alone when it was begun too often', () => {
    const open = {
      ...known,
      lastDue: at('2026-01-10T22:00'),
      open: { due: at('2026-01-10T22:00'), begun: 5 },
    };
    expect(step(nightly, open, '2026-01-10T23:00')).to.equal('give-up 2026-01-10T22:00');
    expect(step(nightly, open, '2026-01-11T22:30')).to.equal('run 2026-01-11T22:00 until 2026-01-12T05:00');
  });

  it('is not lost when a clock was wrong: neither far in the future, nor set back a little', () => {
    const wrong = { knownSince: at('2026-01-10T12:00'), lastDue: at('2099-01-01T22:00') };
    expect(step(hourly, wrong, '2026-01-10T12:30')).to.equal('wait 2026-01-10T13:00');
    const setBack = { ...known, lastDue: at('2026-01-10T22:00') };
    expect(step(hourly, setBack, '2026-01-10T21:30')).to.equal('wait 2026-01-10T23:00');
  });

  it('comes in the order in which rules were due', () => {
    const standings = standingsOf(site.rules, new Map(), at('2026-01-10T20:30'));
    expect([...standings.keys()]).to.deep.equal(['nightly', 'hourly']);
    const first = decide(site.rules, standings, at('2026-01-10T22:00'));
    expect(first).to.include({ kind: 'run', due: at('2026-01-10T22:00') });
    const later = after(standings, {
      event: 'rule-begin',
      rule: 'nightly',
      due: utcText(at('2026-01-10T22:00')),
    });
    const done = after(later, {
      event: 'rule-end',
      rule: 'nightly',
      due: utcText(at('2026-01-10T22:00')),
      outcome: 'done',
    });
    const second = decide(site.rules, done, at('2026-01-10T22:00'));
    expect(second.kind === 'run' && second.rule.name).to.equal('hourly');
    expect(decide([], done, 0)).to.deep.equal({ kind: 'wait' });
  });
});

describe('how rules stand', () => {
  const line = (event: string, outcome?: string) => ({
    event,
    rule: 'nightly',
    due: '2026-01-10T22:00:00.000Z',
    ...(outcome && { outcome }),
  });
  const begin = {
    event: 'begin',
    rules: tellStandings(standingsOf(site.rules, new Map(), at('2026-01-10T20:00'))),
  };
  const open = (...lines: ReturnType<typeof line>[]): unknown =>
    standingsIn([begin, ...lines]).get('nightly')?.open;

  it('is what was written down, and can be written down again', () => {
    const standings = standingsIn([begin, line('rule-begin')]);
    expect(standingsIn([{ event: 'begin', rules: tellStandings(standings) }])).to.deep.equal(standings);
    expect(standings.get('nightly')).to.include({
      lastDue: at('2026-01-10T22:00'),
      schedule: '0 22 * * * UTC',
    });
  });

  it('counts how often a run was begun, and does not blame it for being stopped', () => {
    const due = at('2026-01-10T22:00');
    expect(open(line('rule-begin'))).to.deep.equal({ due, begun: 1 });
    expect(open(line('rule-begin'), line('rule-begin'))).to.deep.equal({ due, begun: 2 });
    expect(open(line('rule-begin'), line('rule-end', 'partial'))).to.equal(undefined);
    expect(open(line('rule-begin'), line('rule-end', 'stopped'))).to.deep.equal({ due, begun: 0 });
    expect(open(line('rule-begin'), line('rule-end', 'broken'))).to.deep.equal({ due, begun: 1 });
  });

  it('begins anew when the schedule of a rule is another one', () => {
    const before = standingsIn([begin, line('rule-begin')]);
    const changed = [{ ...nightly, cron: '30 23 * * *' }];
    const now = at('2026-01-12T12:00');
    expect(standingsOf(changed, before, now).get('nightly')).to.include({
      knownSince: now,
      schedule: '30 23 * * * UTC',
    });
    expect(standingsOf(site.rules, before, now).get('nightly')).to.deep.equal(before.get('nightly'));
  });

  it('survives lines that are none', () => {
    expect(
      standingsIn([{ event: 'begin', rules: [{ rule: 5 }, { rule: 'a' }] }, { event: 'rule-begin' }]).size,
    ).to.equal(0);
  });
});
