// The checkers themselves: that they see what is wrong, and excuse only what nothing could have told.

import { expect } from 'chai';
import type { FailedRestore, Proof, RestoreReport, VerifyReport } from '../../src/procedure/index.js';
import type { ImageManifest, ImageSummary } from '../../src/repository/index.js';
import { quirks } from '../../simulator/device/index.js';
import { octetsOf, Stage, streamFile } from '../support/world.js';
import {
  checkBeforeEnd,
  checkEnded,
  checkError,
  checkImage,
  checkLeft,
  checkRelease,
  checkRestored,
  checkRolledBack,
  checkUndo,
  checkVerified,
  type Contents,
  difference,
  imageContent,
} from './checkers.js';
import { untold } from './lies.js';
import { Promised } from './promised.js';
import { QUIRK_DRAWS } from './quirk-draws.js';
import type { DeviceSpec } from './site-spec.js';
import { type Content, WatchedDevice } from './watched-device.js';

const DATE = 'file 1: Modification_Date is not readable (PROPERTY: UNKNOWN_PROPERTY)';
const EQUAL = 'file 1: Modification_Date was a and is b, but two readings were equal';
const MORE = 'file 1: File_Size is 0, but there were 3';
const ENDED = 'file 1: gave no octets at 0 and End_Of_File FALSE; taken as the end';

/** A device with one stream file of 20 octets, or of none, and these quirks ("name" or "name=value"). */
function deviceWith(
  odd: readonly string[] = [],
  octets = 20,
  more: Pick<DeviceSpec, 'living'> = {},
): WatchedDevice {
  const spec: DeviceSpec = {
    config: { instance: 1001, files: [streamFile(1, octets)] },
    quirks: odd.map((text) => {
      const [name, value] = text.split('=', 2);
      return { draw: QUIRK_DRAWS.find((draw) => draw.name === name)!, value };
    }),
    findsByWhoIs: false,
    acts: [],
    ...more,
  };
  return new WatchedDevice(spec, () => undefined);
}

/** The same device after a restore that it took into use. */
function activated(): WatchedDevice {
  const device = deviceWith();
  device.events.push({ kind: 'restored', now: 0 } as unknown as (typeof device.events)[number]);
  return device;
}

const content = (octets: Uint8Array): Contents => new Map([[1, [octets]]]);
const held = streamFile(1, 20).content;
const inverted = held.slice();
inverted[0] = held[0]! ^ 0xff;
const other = held.slice();
other[7] = held[7]! ^ 1;

const report = (more: Partial<RestoreReport> = {}): RestoreReport => {
  const { unproven = [], release = 'released' } = more;
  const verdict = unproven.length === 0 && release === 'released' ? 'verified' : 'restored-unverified';
  const proof = { files: [] };
  return {
    verdict,
    readBack: 'equal',
    deviations: [],
    proof,
    ...more,
    unproven,
    release,
  } as unknown as RestoreReport;
};
const verdict = (equal: boolean, deviations: readonly string[] = [], deviceSize = 20): VerifyReport =>
  ({
    equal,
    files: [{ file: 1, unit: 'octets', equal, deviceSize }],
    deviations,
  }) as unknown as VerifyReport;

describe('the checkers', () => {
  it('find every single octet, length, file and record that differs', () => {
    expect(difference(content(held), content(held.slice()))).to.equal(undefined);
    expect(difference(content(held), content(other))).to.contain('is another');
    expect(difference(content(held), content(held.subarray(1)))).to.contain('is another');
    expect(difference(content(held), new Map())).to.contain('is missing');
    expect(difference(new Map(), content(held))).to.contain('too many');
    const records: Content = [octetsOf(3), octetsOf(4)];
    expect(difference(new Map([[1, records]]), new Map([[1, records.slice(0, 1)]]))).to.contain('1 parts');
    expect(difference(new Map([[1, records]]), new Map([[1, [...records].reverse()]]))).to.contain('part 0');
  });

  it('excuse a wrong octet on no device without a lie, and with no quirk but the three', () => {
    const liars = ['file-changes', 'long-reads', 'zero-octets'];
    for (const { name } of quirks.filter((quirk) => !liars.includes(quirk.name))) {
      const [value] = QUIRK_DRAWS.find((draw) => draw.name === name)!.values;
      const device = deviceWith([value === undefined ? name : `${name}=${value}`]);
      const file = { instance: 1, access: 'stream' as const };
      for (const read of [inverted, other, new Uint8Array(0)])
        expect(untold(device, file, [held], [read], [DATE, EQUAL, MORE, ENDED]), name).to.equal(false);
    }
  });

  it('excuse exactly what a lie makes of a file, and only when the engine admits that it is not sure', () => {
    const file = { instance: 1, access: 'stream' as const };
    const changes = deviceWith(['file-changes=3:same-size']);
    expect(untold(changes, file, [held], [inverted], [EQUAL])).to.equal(true);
    expect(untold(changes, file, [held], [inverted], [DATE])).to.equal(true);
    expect(untold(changes, file, [held], [inverted], [])).to.equal(false);
    expect(untold(changes, file, [held], [inverted], [EQUAL.replace('file 1', 'file 10')])).to.equal(false);
    expect(untold(changes, file, [held], [other], [EQUAL])).to.equal(false);
    const long = deviceWith(['long-reads=3'], 0);
    const empty = new Uint8Array(0);
    for (const mine of [empty, held]) {
      expect(untold(long, file, [mine], [Uint8Array.of(...mine, 0)], [MORE])).to.equal(true);
      expect(untold(long, file, [mine], [Uint8Array.of(...mine, 0)], [])).to.equal(false);
      expect(untold(long, file, [mine], [Uint8Array.of(...mine, 1)], [MORE])).to.equal(false);
      expect(untold(long, file, [mine], [Uint8Array.of(...mine, 0, 0, 0)], [MORE])).to.equal(false);
    }
    expect(untold(long, file, [held], [Uint8Array.of(...other, 0)], [MORE])).to.equal(false);
    const records = { instance: 1, access: 'record' as const };
    expect(untold(long, records, [held], [held, empty], [MORE])).to.equal(true);
    expect(untold(long, records, [held], [held, empty, empty], [MORE])).to.equal(false);
    expect(untold(long, records, [held], [held, held], [MORE])).to.equal(false);
    const untoldLong = deviceWith(['long-reads=1', 'file-size-unreadable']);
    const UNTOLD = 'file 1: File_Size is not readable (PROPERTY: UNKNOWN_FILE_SIZE)';
    const longer = Uint8Array.of(...held, 0);
    expect(untold(untoldLong, file, [held], [longer], [UNTOLD])).to.equal(true);
    expect(untold(untoldLong, file, [held], [longer], [])).to.equal(false);
    expect(untold(untoldLong, file, [held], [Uint8Array.of(...held, 1)], [UNTOLD])).to.equal(false);
    expect(untold(untoldLong, file, [held], [held.subarray(1)], [UNTOLD])).to.equal(false);
    expect(untold(deviceWith(['long-reads=1']), file, [held], [longer], [UNTOLD])).to.equal(false);
    const silent = deviceWith(['zero-octets=always', 'property-missing=42']);
    expect(untold(silent, file, [held], [empty], [ENDED])).to.equal(true);
    expect(untold(silent, file, [held], [held.subarray(0, 5)], [ENDED])).to.equal(false);
    expect(untold(deviceWith(['zero-octets=always']), file, [held], [empty], [ENDED])).to.equal(false);
    expect(
      untold(deviceWith(['zero-octets=3', 'property-missing=42']), file, [held], [empty], [ENDED]),
    ).to.equal(false);
  });

  it('see a restore that is called done and is not', () => {
    const device = deviceWith();
    expect(checkBeforeEnd(device, report(), content(held), content(held))).to.equal(undefined);
    expect(checkBeforeEnd(device, report(), content(held), content(other))).to.contain('wrong content');
    expect(checkBeforeEnd(device, report(), content(held), undefined)).to.contain('never ended');
    const unread = report({ readBack: 'not-possible', unproven: ['file 1 could not be read back'] });
    expect(checkBeforeEnd(device, unread, content(held), content(other))).to.equal(undefined);
    expect(checkRestored(device, { ...unread, unproven: [] }, content(held), 0)).to.be.a('string');
    expect(checkRestored(device, report(), content(held), 0)).to.contain('never activated');
    expect(checkRestored(device, report({ unproven: ['x'] }), content(other), 0)).to.equal(undefined);
    device.events.push({ kind: 'restored', databaseRevision: 2, now: 1 });
    expect(checkRestored(device, report(), content(other), 0)).to.contain('WRONG RESTORE');
    expect(checkRestored(device, report(), content(held), 0)).to.equal(undefined);
  });

  it('see a verdict that is better than the device, and excuse octets only where the proof names them', () => {
    const device = activated();
    const proven = (volatile: readonly { start: number; end: number }[]): RestoreReport =>
      report({
        proof: {
          outcome: 'equal',
          files: [{ file: 1, volatile, ranges: [] }],
          reasons: [],
        } as unknown as Proof,
      });
    expect(checkRestored(device, report(), content(held), 0)).to.equal(undefined);
    expect(checkRestored(device, report(), content(other), 0)).to.contain('WRONG RESTORE, called verified');
    expect(checkRestored(device, proven([{ start: 7, end: 8 }]), content(other), 0)).to.equal(undefined);
    expect(checkRestored(device, proven([{ start: 8, end: 9 }]), content(other), 0)).to.contain(
      'WRONG RESTORE',
    );
    const blind = report({ readBack: 'not-possible' });
    expect(checkRestored(device, blind, content(other), 0), 'the proof has read it').to.contain(
      'WRONG RESTORE',
    );
    const better = { ...report({ unproven: ['x'] }), verdict: 'verified' } as const;
    expect(checkRestored(device, better, content(held), 0)).to.contain('called verified, with 1 doubts');
  });

  it('see a device that is told to use a configuration that is half written', () => {
    const device = deviceWith();
    expect(checkEnded(device, [], [content(held)], {})).to.equal(undefined);
    expect(checkEnded(device, [content(held)], [content(held)], {})).to.equal(undefined);
    expect(checkEnded(device, [content(other)], [content(held), content(other)], {})).to.equal(undefined);
    expect(checkEnded(device, [content(held), content(other)], [content(held)], {})).to.contain(
      'with wrong content',
    );
  });

  it('see a rollback that is called one and is none, and an undo image of something else', () => {
    const device = activated();
    const done = { outcome: 'done', report: report() } as const;
    const back = { verdict: 'failed-rolled-back', rollback: done } as const;
    const offered = { ...back, rollback: { outcome: 'offered' } } as const;
    expect(checkRolledBack(device, back, content(held), 0)).to.equal(undefined);
    expect(checkRolledBack(device, back, content(other), 0)).to.contain('WRONG ROLLBACK');
    expect(checkRolledBack(device, back, undefined, 0)).to.contain('no undo image');
    expect(checkRolledBack(device, offered, content(held), 0)).to.contain('was not rolled back');
    expect(checkRolledBack(device, { ...back, verdict: 'failed' }, content(held), 0)).to.contain(
      'called failed',
    );
    const known = { former: content(held), eventsBefore: 0 };
    const manifest = { procedure: { deviations: [] } } as unknown as ImageManifest;
    expect(checkUndo(device, known, content(held), manifest)).to.equal(undefined);
    expect(checkUndo(device, known, content(other), manifest)).to.contain('WRONG UNDO IMAGE');
  });

  it('see a failed restore that says another thing of the device than what is true', () => {
    const device = deviceWith();
    const known = { former: content(held), eventsBefore: 0 };
    const left = (more: Partial<NonNullable<FailedRestore['left']>>): Partial<FailedRestore> => ({
      verdict: 'failed',
      left: { filesTouched: false, ...more },
    });
    expect(checkLeft(device, left({}), known)).to.equal(undefined);
    expect(checkLeft(device, left({ state: 'idle' }), known)).to.equal(undefined);
    expect(checkLeft(device, left({ state: 'restore-failure' }), known)).to.contain('never in that state');
    device.view.setFile(1, other, 0);
    expect(checkLeft(device, left({}), known)).to.contain('no file was touched');
    expect(checkLeft(device, left({ filesTouched: true }), known)).to.equal(undefined);
  });

  it('see a wrong image, also of a device whose content is another at every backup', () => {
    const image = { id: 'abcdef0123', manifest: { files: [], procedure: { deviations: [] } } };
    const summary = image as unknown as ImageSummary;
    expect(checkImage(deviceWith(), summary, content(held), 0)).to.equal(undefined);
    expect(checkImage(deviceWith(), summary, content(other), 0)).to.contain('WRONG IMAGE abcdef01');
    const living = deviceWith([], 20, { living: 'counter' });
    expect(checkImage(living, summary, content(held), 0)).to.equal(undefined);
    expect(checkImage(living, summary, content(other), 0)).to.contain('WRONG IMAGE abcdef01');
  });

  it('see an image that was reported and is lost or changed, unless somebody forgets such images', async () => {
    const stage = await Stage.open({ device: { files: [streamFile(1, 20)] } });
    const { imageId } = await stage.backup();
    const image = await stage.repository.image(imageId);
    const saved = await imageContent(stage.repository, image);
    const promised = new Promised();
    promised.promise(image, saved);
    expect(await promised.faults(stage.repository)).to.deep.equal([]);
    const changed = new Promised();
    changed.promise(image, new Map([...saved, [99, [octetsOf(1)]]]));
    expect((await changed.faults(stage.repository)).join()).to.contain('no longer what it was');
    await stage.repository.forget({ ids: [imageId] });
    expect((await promised.faults(stage.repository)).join()).to.contain('was reported and is lost');
    promised.forgetting(1);
    expect((await promised.faults(stage.repository)).join(), 'the newest').to.contain('is lost');
    await stage.backup();
    expect(await promised.faults(stage.repository)).to.deep.equal([]);
  });

  it('see a comparison that says equal or different and is wrong', () => {
    const device = deviceWith();
    expect(checkVerified(device, verdict(true), content(held), 0)).to.equal(undefined);
    expect(checkVerified(device, verdict(true), content(other), 0)).to.contain('WRONG COMPARISON');
    expect(checkVerified(device, verdict(false), content(held), 0)).to.contain('WRONG COMPARISON');
    expect(checkVerified(device, verdict(false), content(other), 0)).to.equal(undefined);
    device.readings = () => [content(held), content(other)].map((one) => new Map(one));
    expect(checkVerified(device, verdict(false), content(held), 0), 'read at another time').to.equal(
      undefined,
    );
    expect(checkVerified(device, verdict(true), content(held), 0)).to.equal(undefined);
  });

  it('excuse a comparison that says different only where the device gives what it does not hold', () => {
    const silent = deviceWith(['zero-octets=always', 'file-size-unreadable']);
    expect(checkVerified(silent, verdict(false, [ENDED], 0), content(held), 0)).to.equal(undefined);
    for (const said of [verdict(false, [], 0), verdict(false, [ENDED], 20), verdict(false, [ENDED], 5)])
      expect(checkVerified(silent, said, content(held), 0)).to.contain('they are equal');
    expect(checkVerified(deviceWith(), verdict(false, [ENDED], 0), content(held), 0)).to.contain(
      'they are equal',
    );
    const long = deviceWith(['long-reads', 'eof-late=empty']);
    expect(checkVerified(long, verdict(false, [MORE], 21), content(held), 0)).to.equal(undefined);
    expect(checkVerified(long, verdict(false, [MORE], 50), content(held), 0)).to.contain('they are equal');
  });

  it('see a release that is not said, or not true', () => {
    const device = deviceWith();
    expect(checkRelease(device, 'a', undefined, false)).to.contain('does not say');
    expect(checkRelease(device, 'a', 'not-started', true)).to.contain('had started');
    expect(checkRelease(device, 'a', 'released', true)).to.equal(undefined);
  });

  it('excuse a START that was refused only where a restart has undone it', () => {
    const after = (...moves: string[]): boolean => {
      const device = deviceWith();
      for (const on of moves)
        device.events.push({ kind: 'state', on, from: 0, to: 0, now: 0 } as (typeof device.events)[number]);
      return device.forgotStartSince(0);
    };
    expect(after('start-backup', 'prepared', 'restarted')).to.equal(true);
    expect(after('start-backup', 'restarted', 'start-backup', 'prepared')).to.equal(false);
    expect(after('start-backup', 'prepared', 'timed-out')).to.equal(false);
    expect(after('restarted')).to.equal(false);
  });

  it('excuse a START behind a refusal only where it came after the act had looked', () => {
    const device = deviceWith();
    const start = (now: number): void => {
      device.events.push({ kind: 'state', on: 'start-backup', from: 0, to: 1, now });
    };
    start(500);
    expect(device.startedOnlyAfter(0, 400)).to.equal(true);
    expect(device.startedOnlyAfter(0, 501)).to.equal(false);
    expect(device.startedOnlyAfter(0, undefined)).to.equal(false);
    start(600);
    expect(device.startedOnlyAfter(0, 501)).to.equal(false);
    expect(device.startedOnlyAfter(1, 501)).to.equal(true);
  });

  it('see an error that is none of the engine', () => {
    expect(checkError(new TypeError('x'))).to.contain('no EngineError');
  });
});
