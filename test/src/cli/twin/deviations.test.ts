// Recorded habits as quirks. Each row is proven in a circle: a simulated device with the quirk is backed up by
// the real engine, and what the image then says leads back to the same quirk.

import { expect } from 'chai';
import type { FileConfig } from '../../../../simulator/index.js';
import { habitsOf, learnedHabits } from '../../../../src/cli/twin/deviations.js';
import { twinProfile } from '../../../../src/cli/twin/profile.js';
import { recordFile, Stage, streamFile } from '../../../support/world.js';

const FULL = [streamFile(1, 3000), recordFile(2, [10, 20, 30])];
const EMPTY: FileConfig = { instance: 3, access: 'stream', content: new Uint8Array(0) };

const CIRCLES: readonly (readonly [quirk: string, files: readonly FileConfig[]])[] = [
  ['file-size-unreadable', FULL],
  ['property-missing=file-type', FULL],
  ['property-missing=archive', FULL],
  ['property-missing=modification-date', FULL],
  ['property-missing=read-only', FULL],
  ['property-missing=file-access-method', [streamFile(1, 3000), streamFile(2, 10)]],
  ['property-missing=backup-and-restore-state', FULL],
  ['access-method-swapped', FULL],
  ['empty-file-error=object-11', [...FULL, EMPTY]],
  ['empty-file-error=services-11', [...FULL, EMPTY]],
  ['eof-late=services-11', FULL],
  ['eof-late=object-11', FULL],
  ['eof-never', FULL],
  ['lost-ack=start*1', FULL],
  // Habits that no deviation tells of, but the facts do.
  ['property-missing=vendor-name', FULL],
  ['property-missing=firmware-revision', FULL],
  ['property-missing=last-restore-time', FULL],
  ['property-missing=database-revision', FULL],
  ['property-missing=backup-failure-timeout', FULL],
  ['property-missing=restore-preparation-time', FULL],
  ['property-missing=system-status', FULL],
  ['system-status-static', FULL],
  ['restore-time-sequence', FULL],
  ['file-size-in-records', FULL],
  // And these are in what the procedure learned.
  ['eof-late=empty', FULL],
  ['files-by-index', FULL],
  ['one-record-only', FULL],
];

const isPace = (quirk: string): boolean => quirk.startsWith('slow-answers=');

describe('habits of a recorded device', () => {
  for (const [quirk, files] of CIRCLES) {
    it(`finds ${quirk} again in an image of a device that has it, and nothing else`, async () => {
      const stage = await Stage.open({ device: { files }, quirks: [quirk] });
      const { quirks, notSimulated } = twinProfile((await stage.backup()).manifest);
      expect(quirks.map((one) => one.quirk).filter((one) => !isPace(one))).to.deep.equal([quirk]);
      expect(notSimulated).to.deep.equal([]);
    });
  }

  it('finds the pace of a slow device again', async () => {
    const stage = await Stage.open({
      device: { files: [streamFile(1, 300_000)] },
      quirks: ['slow-answers=40'],
    });
    const { answerMs } = twinProfile((await stage.backup()).manifest);
    // Requests before the copying are in the divisor, the network's 2 ms in the time.
    expect(answerMs).to.be.within(20, 42);
  });

  it('finds nothing in an image of a device that keeps to the standard', async () => {
    const stage = await Stage.open({ device: { files: [...FULL, EMPTY] } });
    const { quirks, notSimulated } = twinProfile((await stage.backup()).manifest);
    expect(quirks.filter(({ quirk }) => !isPace(quirk))).to.deep.equal([]);
    expect(notSimulated).to.deep.equal([]);
  });

  it('tells what no quirk is like, in the words of the image', () => {
    const texts = [
      'file 3: Modification_Date was a and is b, but two readings were equal',
      'file 3: File_Size is 10, but there were 12',
      'file 3: answered PROPERTY: OTHER at 7 octets, the end; taken as End_Of_File',
      'Configuration_Files lists file 4 more than once',
    ];
    expect(habitsOf(texts, 2)).to.deep.equal({ quirks: [], notSimulated: texts });
  });

  it('spreads a habit over all files only when all of them have shown it', () => {
    const swapped = (file: number): string =>
      `file ${file}: File_Access_Method says record, the device wants stream`;
    expect(habitsOf([swapped(1)], 2)).to.deep.equal({ quirks: [], notSimulated: [swapped(1)] });
    expect(habitsOf([swapped(1), swapped(2)], 2)).to.deep.equal({
      quirks: [{ quirk: 'access-method-swapped', because: swapped(1) }],
      notSimulated: [],
    });
  });

  it('takes what was learned: octets that worked at once become the most that it takes', () => {
    expect(
      learnedHabits({ readOctets: 400, writeOctets: 300, recordsPerRead: 3, sizing: 'refused' }, []),
    ).to.deep.equal({
      quirks: [
        { quirk: 'abort-above=400', because: 'it gave at most 400 octets at once' },
        { quirk: 'file-size-refused', because: 'File_Size and Record_Count could not be written' },
      ],
      notSimulated: ['it gave at most 3 records at once', 'it took at most 300 octets at once'],
    });
  });

  it('plays a ReadPropertyMultiple that did not work as one that is refused, once', () => {
    const because =
      'it says that it has ReadPropertyMultiple, which did not work (REJECT: UNRECOGNIZED_SERVICE)';
    const { quirks } = habitsOf([because], 1);
    expect(quirks).to.deep.equal([{ quirk: 'multiple-refused', because }]);
    expect(learnedHabits({ readPropertyMultiple: 'unusable' }, quirks).quirks).to.deep.equal([]);
    expect(learnedHabits({ readPropertyMultiple: 'unusable' }, []).quirks[0]?.quirk).to.equal(
      'multiple-refused',
    );
  });

  it('does not say a learned habit twice: how the end was refused is in the deviation', () => {
    const said = [{ quirk: 'eof-late=object-11', because: 'x' }];
    expect(learnedHabits({ endOfFile: 'refused' }, said).quirks).to.deep.equal([]);
    expect(learnedHabits({ endOfFile: 'refused' }, []).quirks[0]?.quirk).to.equal('eof-late=services-11');
    expect(
      learnedHabits({ endOfFile: 'never', accessMethod: 'swapped' }, []).quirks.map((one) => one.quirk),
    ).to.deep.equal(['eof-never', 'access-method-swapped']);
  });
});
