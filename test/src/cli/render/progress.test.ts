// Progress on stderr: lasting lines everywhere, a live line on terminals only.

import { expect } from 'chai';
import { Output } from '../../../../src/cli/output.js';
import { PHASES, Progress, STEPS } from '../../../../src/cli/render/progress.js';
import type { ProgressEvent } from '../../../../src/index.js';
import { type FakeIo, fakeIo } from '../fakes.js';

const device = 1201;

function file(overrides: Partial<Extract<ProgressEvent, { kind: 'file' }>> = {}): ProgressEvent {
  return {
    kind: 'file',
    device,
    file: 12,
    index: 0,
    count: 2,
    name: 'config.bin',
    access: 'stream',
    octetsTotal: 280_000,
    ...overrides,
  };
}

function play(io: FakeIo, quiet: boolean, steps: readonly (ProgressEvent | number)[]): string {
  const progress = new Progress(io, new Output(io, { quiet }));
  for (const step of steps) {
    if (typeof step === 'number') io.nowMs += step;
    else progress.onEvent(step);
  }
  progress.close();
  expect(io.stdout.text).to.equal('');
  return io.stderr.text;
}

const backup: readonly (ProgressEvent | number)[] = [
  { kind: 'phase', phase: 'start', device },
  { kind: 'state', device, state: 'preparing-for-backup' },
  { kind: 'waiting', device, reason: 'DEVICE: CONFIGURATION_IN_PROGRESS', untilMs: 9 },
  { kind: 'phase', phase: 'copy', device },
  file(),
  5000,
  { kind: 'chunk', device, file: 12, octetsDone: 120_000 },
  { kind: 'retry', device, attempt: 2, reason: 'no answer' },
  5000,
  { kind: 'chunk', device, file: 12, octetsDone: 280_000 },
  file({ file: 13, index: 1, access: 'record', octetsTotal: undefined as never, recordsTotal: 3 }),
  { kind: 'chunk', device, file: 13, octetsDone: 30, recordsDone: 3 },
  { kind: 'deviation', device, text: 'End_Of_File came one read late' },
  { kind: 'released', device, release: 'released' },
];

describe('progress', () => {
  it('writes one line per phase, state, file and surprise where there is no terminal', () => {
    expect(play(fakeIo(), false, backup).split('\n')).to.deep.equal([
      'device 1201: asking the device to begin',
      'device 1201: Backup_And_Restore_State is preparing-for-backup',
      'device 1201: waiting: DEVICE: CONFIGURATION_IN_PROGRESS',
      'device 1201: copying the configuration files',
      'device 1201: file,12 config.bin (1 of 2), 280 000 octets',
      'device 1201: file,12 config.bin (1 of 2): 280 000 octets, 10 s, 28.0 kB/s (1 retry)',
      'device 1201: file,13 config.bin (2 of 2), 3 records',
      'device 1201: deviation met and handled: End_Of_File came one read late',
      'device 1201: file,13 config.bin (2 of 2): 30 octets, 3 records, 0.0 s',
      'device 1201: the device has left the procedure',
      '',
    ]);
  });

  it('says nothing with --quiet, on a terminal too', () => {
    expect(play(fakeIo(), true, backup)).to.equal('');
    expect(play(fakeIo({ terminal: true }), true, backup)).to.equal('');
  });

  it('draws bar, percentage, rate in kB/s and time left on a terminal', () => {
    const text = play(fakeIo({ terminal: true }), false, [
      { kind: 'phase', phase: 'copy', device },
      file(),
      5000,
      { kind: 'chunk', device, file: 12, octetsDone: 120_000 },
      { kind: 'retry', device, attempt: 2, reason: 'no answer' },
      // A lasting line makes the live line step aside and be drawn again with what is known by now.
      { kind: 'deviation', device, text: 'odd' },
    ]);
    expect(text).to.contain('file,12 config.bin (1 of 2)  [=============-----------------]  42 %  ');
    expect(text).to.contain('120.0 of 280.0 kB  24.0 kB/s  ETA 6.7 s  retries 1');
    expect(text).to.contain('device 1201: deviation met and handled: odd\n');
  });

  it('shows records where only their number is known, and plain octets where nothing is', () => {
    const records = play(fakeIo({ terminal: true }), false, [
      file({ access: 'record', octetsTotal: undefined as never, recordsTotal: 400 }),
      2000,
      { kind: 'chunk', device, file: 12, octetsDone: 5000, recordsDone: 100 },
      { kind: 'deviation', device, text: 'odd' },
    ]);
    expect(records).to.contain(' 25 %  100 of 400 records  2.5 kB/s  ETA 6.0 s');
    const unknown = play(fakeIo({ terminal: true }), false, [
      file({ octetsTotal: undefined as never }),
      2000,
      { kind: 'chunk', device, file: 12, octetsDone: 5000 },
      { kind: 'deviation', device, text: 'odd' },
    ]);
    expect(unknown).to.contain('file,12 config.bin (1 of 2)  5.0 kB  2.5 kB/s');
    expect(unknown).to.not.match(/%|ETA/);
  });

  it('says a reason to wait once, however often the device is looked at', () => {
    const waiting = (reason: string): ProgressEvent => ({ kind: 'waiting', device, reason, untilMs: 1 });
    const text = play(fakeIo(), false, [
      { kind: 'phase', phase: 'prepare', device },
      waiting('no answer yet'),
      waiting('no answer yet'),
      waiting('waiting: it is restarting'),
      { kind: 'phase', phase: 'return', device },
      waiting('it is restarting'),
    ]);
    expect(text.match(/waiting: .*/g)).to.deep.equal(
      [
        'waiting: no answer yet',
        'waiting: it is restarting',
        'waiting for the device to come back',
        'waiting: it is restarting',
      ].filter((line) => line.includes(': ')),
    );
  });

  it('counts the rate anew when a file is read again from its start', () => {
    const text = play(fakeIo(), false, [
      file(),
      9000,
      { kind: 'chunk', device, file: 12, octetsDone: 280_000 },
      { kind: 'chunk', device, file: 12, octetsDone: 0 },
      1000,
      { kind: 'chunk', device, file: 12, octetsDone: 50_000 },
    ]);
    expect(text).to.contain(': 50 000 octets, 1.0 s, 50.0 kB/s');
  });

  it('says what is known of the device, and what is done for it', () => {
    const text = play(fakeIo(), false, [
      {
        kind: 'quirk',
        device,
        name: 'station',
        remedies: ['preparationSeconds 900'],
        advice: ['It reboots.'],
      },
    ]);
    expect(text).to.contain('known deviation station: preparationSeconds 900');
    expect(text).to.contain('It reboots.');
  });

  it('says that the device was away, and where the file goes on', () => {
    const text = play(fakeIo(), false, [
      file(),
      { kind: 'resumed', device, file: 12, position: 9000, silentMs: 21_000 },
    ]);
    expect(text).to.contain('it was away for 21 s; file 12 goes on at 9000');
  });

  it('shows for how long a silent phase has lasted', () => {
    const text = play(fakeIo({ terminal: true }), false, [
      { kind: 'phase', phase: 'prepare', device },
      42_000,
      { kind: 'waiting', device, reason: 'no answer yet', untilMs: 1 },
    ]);
    expect(text).to.contain('42 s  no answer yet');
  });

  it('lets no control character of a device reach the terminal', () => {
    const text = play(fakeIo(), false, [file({ name: '\u001b[2J' })]);
    expect(text).to.contain('\\x1b[2J');
    expect(text).to.not.contain('\u001b');
  });

  it('has words for every phase and every step', () => {
    for (const words of [...Object.values(PHASES), ...Object.values(STEPS)]) expect(words).to.match(/^[a-z]/);
  });

  it('gives the terminal back when it ends, so that nothing keeps the process alive', () => {
    const io = fakeIo({ terminal: true });
    const output = new Output(io, {});
    const progress = new Progress(io, output);
    progress.onEvent({ kind: 'phase', phase: 'start', device });
    progress.close();
    const before = io.stderr.text;
    output.say('after');
    expect(io.stderr.text).to.equal(`${before}after\n`);
  });
});
