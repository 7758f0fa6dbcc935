// Progress of a procedure on stderr: one lasting line per phase, file and surprise; on a terminal also a
// live line under them with bar, rate and time left. Never on stdout.

import { type Options, SingleBar } from 'cli-progress';
import type { ProgressEvent } from '../../index.js';
import type { Io } from '../io.js';
import type { LiveLine, Output } from '../output.js';
import { counted, duration, grouped, kilo, octets, printable, rate } from './text.js';

type FileEvent = Extract<ProgressEvent, { kind: 'file' }>;
type Phase = Extract<ProgressEvent, { kind: 'phase' }>['phase'];
type Step = Extract<ProgressEvent, { kind: 'step' }>['step'];

/** Each phase as people call it. */
export const PHASES = {
  plan: 'comparing image and device',
  identify: 'asking the device who it is',
  start: 'asking the device to begin',
  prepare: 'waiting until the device is ready',
  list: 'reading Configuration_Files',
  copy: 'copying the configuration files',
  write: 'writing the configuration files',
  'read-back': 'reading back what was written',
  end: 'ending the procedure',
  abort: 'aborting the procedure',
  return: 'waiting for the device to come back',
  compare: 'comparing device and image',
} as const satisfies Record<Phase, string>;

/** The procedures that one command is made of. */
export const STEPS = {
  'second-reading': 'reading it a second time',
  undo: 'taking an undo image, to which it can be put back',
  write: 'restoring it',
  prove: 'backing it up again, to compare it with the image',
  'roll-back': 'putting it back to its undo image',
} as const satisfies Record<Step, string>;

/** The file that is moving now. */
interface Current {
  readonly file: FileEvent;
  startedMs: number;
  octetsDone: number;
  recordsDone: number | undefined;
}

/** Shows the progress of one device's procedure. `close` must be called, or the terminal stays taken. */
export class Progress {
  readonly #io: Io;
  readonly #output: Output;
  readonly #live: LiveBar | undefined;
  #phaseStartedMs: number;
  #current: Current | undefined;
  #retries = 0;
  #remark = '';

  constructor(io: Io, output: Output) {
    this.#io = io;
    this.#output = output;
    this.#phaseStartedMs = io.now();
    if (io.stderr.isTTY === true && !output.quiet) {
      this.#live = new LiveBar(io, (columns) => this.#liveText(columns));
      output.setLive(this.#live);
      this.#live.show();
    }
  }

  /** Takes any event of a procedure. */
  readonly onEvent = (event: ProgressEvent): void => {
    switch (event.kind) {
      case 'phase':
        this.#endFile();
        this.#phaseStartedMs = this.#io.now();
        this.#remark = '';
        this.#line(event.device, PHASES[event.phase]);
        break;
      case 'step':
        this.#endFile();
        this.#remark = '';
        this.#line(event.device, `== ${STEPS[event.step]} ==`);
        break;
      case 'file':
        this.#beginFile(event);
        break;
      case 'chunk':
        this.#chunk(event.octetsDone, event.recordsDone);
        break;
      case 'retry':
        this.#retries += 1;
        break;
      case 'waiting':
        this.#waiting(event.device, printable(event.reason.replace(/^waiting: /, '')));
        break;
      case 'quirk': {
        const applied = event.remedies.length === 0 ? '' : `: ${event.remedies.join(', ')}`;
        this.#line(event.device, `known deviation ${printable(event.name)}${printable(applied)}`);
        for (const text of event.advice) this.#line(event.device, `  ${printable(text)}`);
        break;
      }
      case 'resumed': {
        const away = duration(event.silentMs);
        this.#line(event.device, `it was away for ${away}; file ${event.file} goes on at ${event.position}`);
        break;
      }
      case 'state':
        this.#remark = printable(event.state);
        this.#line(event.device, `Backup_And_Restore_State is ${this.#remark}`);
        break;
      case 'deviation':
        this.#line(event.device, `deviation met and handled: ${printable(event.text)}`);
        break;
      case 'recovered': {
        const { entry, why } = event.outcome;
        this.#line(
          event.device,
          `the ${entry.procedure} left open since ${entry.openedAt}: ${printable(why)}`,
        );
        break;
      }
      case 'released':
        this.#endFile();
        this.#line(event.device, RELEASED[event.release]);
        break;
    }
  };

  /** Ends the display and gives the terminal back. */
  close(): void {
    this.#endFile();
    this.#output.setLive(undefined);
    this.#live?.hide();
  }

  /** The same reason comes with every look at the device: a line each time would bury everything else. */
  #waiting(device: number, reason: string): void {
    if (reason === this.#remark) return;
    this.#remark = reason;
    this.#line(device, `waiting: ${reason}`);
  }

  #line(device: number, text: string): void {
    this.#output.note(`device ${device}: ${text}`);
  }

  #beginFile(file: FileEvent): void {
    this.#endFile();
    this.#current = { file, startedMs: this.#io.now(), octetsDone: 0, recordsDone: undefined };
    // On a terminal the live line shows the beginning; elsewhere a long file must not look like nothing.
    if (!this.#live) this.#line(file.device, `${fileTitle(file)}, ${fileSize(file)}`);
  }

  #chunk(octetsDone: number, recordsDone: number | undefined): void {
    const current = this.#current;
    if (!current) return;
    // The count starts anew when a file is read again, or read back after writing: so must the rate.
    if (octetsDone < current.octetsDone) current.startedMs = this.#io.now();
    current.octetsDone = octetsDone;
    current.recordsDone = recordsDone;
  }

  #endFile(): void {
    const current = this.#current;
    if (!current) return;
    this.#current = undefined;
    const elapsed = this.#io.now() - current.startedMs;
    const speed = rate(current.octetsDone, elapsed);
    const done = [octets(current.octetsDone)];
    if (current.recordsDone !== undefined) done.push(counted(current.recordsDone, 'record'));
    done.push(duration(elapsed));
    if (speed !== undefined) done.push(speed);
    this.#line(current.file.device, `${fileTitle(current.file)}: ${done.join(', ')}${this.#retryText()}`);
  }

  #retryText(): string {
    if (this.#retries === 0) return '';
    const text = ` (${grouped(this.#retries)} ${this.#retries === 1 ? 'retry' : 'retries'})`;
    this.#retries = 0;
    return text;
  }

  #liveText(columns: number): string {
    const current = this.#current;
    const now = this.#io.now();
    if (!current) return [duration(now - this.#phaseStartedMs), this.#remark].filter(Boolean).join('  ');
    return barText(current, now - current.startedMs, this.#retries, columns);
  }
}

const RELEASED = {
  released: 'the device has left the procedure',
  unproven: 'WARNING: the device could not be seen to leave the procedure',
  'not-started': 'nothing was started on the device',
} as const satisfies Record<Extract<ProgressEvent, { kind: 'released' }>['release'], string>;

function fileTitle(file: FileEvent): string {
  const name = file.name === undefined ? '' : ` ${printable(file.name)}`;
  return `file,${file.file}${name} (${file.index + 1} of ${file.count})`;
}

function fileSize(file: FileEvent): string {
  if (countsRecords(file)) return counted(file.recordsTotal, 'record');
  if (file.octetsTotal !== undefined) return octets(file.octetsTotal);
  return 'size not known';
}

/** File_Size of a record file means little on real devices: its number of records is what counts. */
function countsRecords(file: FileEvent): file is FileEvent & { readonly recordsTotal: number } {
  return file.access === 'record' && file.recordsTotal !== undefined;
}

/** The live line of a file: title, bar and percentage where the size is known, done, rate, time left. */
function barText(current: Current, elapsedMs: number, retries: number, columns: number): string {
  const { file, octetsDone, recordsDone } = current;
  const byRecords = countsRecords(file);
  const total = byRecords ? file.recordsTotal : file.octetsTotal;
  const done = byRecords ? (recordsDone ?? 0) : octetsDone;
  const facts: string[] = [];
  if (total !== undefined && total > 0) {
    const part = Math.min(1, done / total);
    const size = Math.max(8, Math.min(30, columns - 80));
    const full = Math.round(part * size);
    facts.push(
      `[${'='.repeat(full)}${'-'.repeat(size - full)}] ${String(Math.floor(part * 100)).padStart(3)} %`,
    );
    facts.push(
      byRecords ? `${grouped(done)} of ${grouped(total)} records` : `${kilo(done)} of ${kilo(total)} kB`,
    );
  } else facts.push(`${kilo(octetsDone)} kB`);
  const speed = rate(octetsDone, elapsedMs);
  if (speed !== undefined) facts.push(speed);
  if (total !== undefined && done > 0 && done < total) {
    facts.push(`ETA ${duration((elapsedMs / done) * (total - done))}`);
  }
  if (retries > 0) facts.push(`retries ${retries}`);
  return `${fileTitle(file)}  ${facts.join('  ')}`;
}

/** The last line of a terminal, drawn and redrawn by cli-progress. */
class LiveBar implements LiveLine {
  readonly #options: Options;
  #bar: SingleBar | undefined;

  constructor(io: Io, text: (columns: number) => string) {
    this.#options = {
      stream: io.stderr,
      fps: 5,
      clearOnComplete: true,
      // Our own interrupt handling must stay the only one.
      gracefulExit: false,
      linewrap: false,
      format: () => {
        const columns = io.stderr.columns ?? 80;
        return text(columns).slice(0, columns - 1);
      },
    };
  }

  show(): void {
    if (this.#bar) return;
    this.#bar = new SingleBar(this.#options);
    this.#bar.start(1, 0);
  }

  hide(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
