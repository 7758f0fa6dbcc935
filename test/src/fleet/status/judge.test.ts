// Protected or not, and why: as a table.

import { expect } from 'chai';

import { judge, PROTECTION_STATES, type StatusFacts } from '../../../../src/fleet/status/judge.js';
import type { Known } from '../../../../src/fleet/ledger.js';
import type { FoundImage } from '../../../../src/repository/index.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 31);
const ago = (days: number): string => new Date(NOW - days * DAY).toISOString();

const image = (days: number): FoundImage => ({
  id: 'ab',
  name: '',
  site: 'North',
  instance: 7,
  createdAt: ago(days),
  device: { instance: 7 },
  files: 1,
  octets: 10,
  standing: { tags: [], notes: [] },
});

const of = (days: number | undefined, known: Partial<Known> = {}, more: Partial<StatusFacts> = {}) =>
  judge({
    newest: days === undefined ? undefined : image(days),
    known: { device: 7, ...known },
    staleAfterMs: 8 * DAY,
    nowMs: NOW,
    ...more,
  });

const failed = (code: string, days: number): Partial<Known> => ({
  triedAt: ago(days),
  outcome: 'failed',
  code,
  message: 'Device 7 said no.',
  failures: 3,
});

describe('the protection of a device', () => {
  it('is there as long as its newest image is young enough, to the millisecond', () => {
    expect(of(8).state).to.equal('protected');
    expect(of(8 + 1 / DAY).state).to.equal('stale');
    expect(of(1)).to.deep.equal({ state: 'protected', reason: 'its image is young enough', ageMs: DAY });
  });

  it('is there when it has not changed since an old image, and only of that image', () => {
    const unchanged = { unchangedAt: ago(1), unchangedImage: 'ab' };
    expect(of(30, unchanged)).to.deep.include({ state: 'protected', ageMs: DAY });
    expect(of(30, { ...unchanged, unchangedImage: 'cd' }).state).to.equal('stale');
  });

  it('is not there when it has moved on since its image', () => {
    expect(of(2, { movedAt: ago(1), revision: 9 })).to.include({ state: 'changed' });
    expect(of(2, { movedAt: ago(3) }).state).to.equal('protected');
  });

  it('is not lost by a failure while the image is young, and the failure is told', () => {
    const { state, reason } = of(2, failed('device-silent', 1));
    expect(state).to.equal('protected');
    expect(reason).to.include('Device 7 said no').and.include('3 runs in a row');
  });

  it('names what keeps it away, once the image is old or there is none', () => {
    const table = {
      'device-password': 'auth-failed',
      'device-silent': 'unreachable',
      'device-not-found': 'unreachable',
      'device-no-route': 'unreachable',
      'device-duplicate': 'duplicate',
      'device-unsupported': 'unsupported',
      'transfer-failed': 'failing',
    };
    for (const [code, state] of Object.entries(table)) {
      expect(of(undefined, failed(code, 1)).state, code).to.equal(state);
      expect(of(9, failed(code, 1)).state, code).to.equal(state);
      // A later image, taken by hand, has made it good.
      expect(of(1, failed(code, 2)), code).to.deep.include({ reason: 'its image is young enough' });
    }
  });

  it('was never there without an image, and says whether anybody tried', () => {
    expect(of(undefined)).to.deep.equal({
      state: 'never',
      reason: 'it has no image, and nobody has tried yet',
    });
    expect(of(undefined, {}, { known: undefined }).state).to.equal('never');
    expect(of(undefined, { support: 'no' }).state).to.equal('unsupported');
    expect(of(undefined, { ...failed('window-ended', 1), outcome: 'not-begun' }).state).to.equal('never');
  });

  it('is not there when two readings did not agree, until there is another image', () => {
    const differ = {
      ...failed('readings-differ', 1),
      outcome: 'backed-up',
      unprovenImage: 'ab',
    } as const;
    expect(of(2, differ)).to.include({ state: 'failing', ageMs: 2 * DAY });
    expect(of(2, differ).reason).to.include('nothing proves its newest image');
    expect(of(0.5, { ...differ, unprovenImage: 'cd' }).state).to.equal('protected');
    // That it was not seen to leave backup makes no image worse.
    expect(of(2, { ...failed('release-failed', 1), outcome: 'backed-up' }).state).to.equal('protected');
  });

  it('does not come back to an image of which two readings did not agree by anything but a proof of it', () => {
    const unproven = { unprovenImage: 'ab' };
    const unchanged = {
      triedAt: ago(1),
      outcome: 'unchanged',
      unchangedAt: ago(1),
      unchangedImage: 'ab',
    } as const;
    for (const later of [failed('device-silent', 1), failed('release-failed', 1), unchanged, {}])
      expect(of(2, { ...later, ...unproven }).state).to.equal('failing');
    const standing = { tags: [], notes: [], verified: { how: 'drill', at: ago(1) } } as const;
    expect(of(2, unproven, { newest: { ...image(2), standing } }).state).to.equal('protected');
  });

  it('is not there of two devices with one instance, however young an image is', () => {
    const { state, reason, ageMs } = of(1, { duplicates: ['10.0.0.1:47808', '10.0.0.2:47808'] });
    expect({ state, ageMs }).to.deep.equal({ state: 'duplicate', ageMs: DAY });
    expect(reason).to.include('10.0.0.1:47808 and from 10.0.0.2:47808');
  });

  it('does not grow by a clock that is set back', () => {
    expect(of(-1).ageMs).to.equal(0);
  });

  it('has one word that means that nothing has to be done', () => {
    expect(PROTECTION_STATES[0]).to.equal('protected');
  });
});
