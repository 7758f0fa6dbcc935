// What people read of a run.

import { expect } from 'chai';

import { eventText, summaryText } from '../../../../src/cli/render/fleet-text.js';
import { EVIL, fleetSummary } from '../fleet-summaries.js';

describe('the summary of a run as text', () => {
  it('says what is protected, what is not and why, and what changed', () => {
    const text = summaryText(fleetSummary());
    expect(text.split('\n').slice(0, 3)).to.deep.equal([
      'Rule nightly of Hospital North: some devices are NOT PROTECTED.',
      '2 of 4 devices protected in 58 min 12 s: 2 backed up (123 456 octets; 1 changed, 1 for the first time), 1 failed, 1 not begun.',
      'warning: The log of the run could not be written: full.',
    ]);
    expect(text).to.match(
      /Not protected: 2\n.*\n +3 +FCU-3 +device-password +2025-12-01 22:10:00 UTC +Device 3/,
    );
    expect(text).to.match(/ 4 +never +Its turn did not come\./);
    expect(text).to.match(/Changed: 1\n.*\n.*file,1 \(CONFIG\) changed from 10 to 20 octets/);
  });

  it('says nothing more when everything is well', () => {
    const { counts } = fleetSummary();
    const text = summaryText(
      fleetSummary({
        outcome: 'done',
        devices: [],
        warnings: [],
        counts: { ...counts, failed: 0, notBegun: 0 },
      }),
    );
    expect(text.trim().split('\n')).to.have.length(2);
  });

  it('lets nothing of a device reach the terminal as it is', () => {
    expect(summaryText(fleetSummary())).to.not.include('\u001b');
  });

  it('names the repository or network that broke it', () => {
    const problem = { code: 'store-no-space', message: 'The disk is full.' } as const;
    expect(summaryText(fleetSummary({ outcome: 'broken', problem }))).to.include(
      'Stopped by: The disk is full.',
    );
  });
});

describe('the events of a run as lines', () => {
  it('tell how each device ended, and that it is tried again', () => {
    const [done, , failed] = fleetSummary().devices;
    if (done === undefined || failed === undefined) throw new Error('no devices');
    const line = eventText({ kind: 'device-end', lane: 'B/IP', result: failed, final: false });
    expect(line).to.equal(
      'Device 3 (FCU-3): FAILED: Device 3 (FCU-3) refused the password. It is tried again at the end.',
    );
    const good = eventText({ kind: 'device-end', lane: 'B/IP', result: done, final: true });
    expect(good).to.include('backed up, 20 octets, 5.0 s').and.not.include(EVIL);
  });

  it('tell how far it is only when something is known of the rest', () => {
    const event = { kind: 'fleet-progress', done: 3, total: 9, octets: 1, elapsedMs: 60_000 } as const;
    expect(eventText(event)).to.equal(undefined);
    expect(eventText({ ...event, remainingMs: 120_000 })).to.equal(
      '3 of 9 devices after 1 min 00 s; about 2 min 00 s left.',
    );
    expect(eventText({ ...event, done: 9, remainingMs: 0 })).to.equal('9 of 9 devices after 1 min 00 s.');
  });

  it('tell what the others are about in a line each', () => {
    expect(
      eventText({ kind: 'fleet-begin', site: 'North', rule: 'nightly', startedAt: '', since: '' }),
    ).to.equal('Rule nightly of North.');
    expect(
      eventText({ kind: 'fleet-survey', questions: 3, found: 7, silent: [5], duplicates: [], durationMs: 1 }),
    ).to.equal('7 devices answered Who-Is, 1 known device silent.');
    expect(eventText({ kind: 'fleet-plan', devices: 9, waiting: 8, lanes: [] })).to.include(
      '8 devices in 0 lanes',
    );
    expect(eventText({ kind: 'window-ended', underWay: [7], endsAt: '2026-01-01T05:10:00.000Z' })).to.include(
      'Under way: 7; ended by 2026-01-01 05:10:00 UTC',
    );
    expect(eventText({ kind: 'fleet-recovered', device: 7, entries: [] })).to.include('Device 7');
    expect(eventText({ kind: 'fleet-retention', kept: 3, forgotten: 2 })).to.include('2 images');
    expect(eventText({ kind: 'fleet-warning', message: 'odd' })).to.equal('warning: odd');
    expect(eventText({ kind: 'device-begin', device: 7, lane: 'B/IP', attempt: 1 })).to.equal(undefined);
  });
});
