// What tests of the command line need of the journal and of recover.

import type { Journal, JournalEntry, RecoverReport } from '../../../src/index.js';

export function recoverReport(instance: number, overrides: Partial<RecoverReport> = {}): RecoverReport {
  return {
    kind: 'recover-report',
    device: instance,
    name: 'AHU-3',
    state: 'idle',
    systemStatus: 'operational',
    entries: [],
    ...overrides,
  };
}

/** An open entry of the journal. */
export function openEntry(instance: number, overrides: Partial<JournalEntry> = {}): JournalEntry {
  return {
    id: '0123456789abcdef',
    openedAt: '2026-11-23T19:03:22.118Z',
    procedure: 'backup',
    site: 'default',
    instance,
    deviceName: 'AHU-3',
    target: `${instance}@10.1.4.77:47808`,
    tool: 'bacvault 1',
    processId: 4711,
    host: 'pc',
    note: { standing: 'held', heldAt: '2026-11-23T19:03:25.000Z' },
    notes: 1,
    ...overrides,
  };
}

export interface FakeJournalOptions {
  readonly open?: readonly JournalEntry[];
  /** Default: a process that is gone. */
  readonly workerOf?: Journal['workerOf'];
}

/** A journal that can only be read. */
export function fakeJournal({ open = [], workerOf }: FakeJournalOptions): Journal {
  const journal: Partial<Journal> = {
    entries: () => Promise.resolve([...open]),
    workerOf: workerOf ?? (() => Promise.resolve('gone')),
  };
  return journal as Journal;
}
