// Devices whose procedure somebody has begun and left: processes that die as a test says, and what they leave
// in the journal.

import { expect } from 'chai';
import { ReinitializeState } from '../../protocol/index.js';
import type { Device } from '../../src/client/index.js';
import type { Processes } from '../../src/ports.js';
import { type JournalEntry, type JournalNote, utcText } from '../../src/repository/index.js';
import { NARROW, reinitializations } from './restores.js';
import { DEVICE_LINK, Stage, type StageOptions, streamFile } from './world.js';

export const FILES = [streamFile(1, 600)];
const { startBackup, startRestore } = ReinitializeState;

/** Processes that live or die as a test says. */
export class Fates implements Processes {
  readonly dead = new Set<number>();
  processId = 7;

  own(): ReturnType<Processes['own']> {
    return Promise.resolve({ processId: this.processId, host: 'pc' });
  }

  stateOf({ processId, host }: { processId: number; host: string }): ReturnType<Processes['stateOf']> {
    if (host !== 'pc') return Promise.resolve('elsewhere');
    return Promise.resolve(this.dead.has(processId) ? 'gone' : 'running');
  }

  /** The process dies, and another one goes on. */
  die(): void {
    this.dead.add(this.processId);
    this.processId += 1;
  }
}

export interface Scene {
  readonly stage: Stage;
  readonly fates: Fates;
  readonly seen: number[];
  readonly device: Device;
}

export async function scene(options: StageOptions = {}): Promise<Scene> {
  const fates = new Fates();
  const { quirk, seen } = reinitializations();
  const stage = await Stage.open({
    processes: fates,
    ...options,
    device: { files: FILES, limits: NARROW, ...options.device },
    quirks: [quirk, ...(options.quirks ?? [])],
  });
  return { stage, fates, seen, device: await stage.bind() };
}

/** A process that begins a procedure as the engine does, and is killed then. */
export async function abandoned(
  { stage, fates, device }: Scene,
  procedure: 'backup' | 'restore',
  standing: JournalNote['standing'] = 'held',
  more: Partial<JournalEntry> = {},
): Promise<JournalEntry> {
  const { journal } = stage.repository;
  const opened = await journal.open({
    procedure,
    site: 'test',
    instance: 1001,
    deviceName: 'Controller 1001',
    target: `1001@${DEVICE_LINK}`,
    backupFailureTimeoutS: 60,
    ...more,
  });
  const start = await stage.run(
    device.reinitialize(procedure === 'backup' ? startBackup : startRestore, undefined),
  );
  expect(start.ok).to.equal(true);
  const heldAt = utcText(stage.world.clock.unixTime());
  const entry =
    standing === 'starting' ? opened : await journal.note(opened, { standing, heldAt, statusFollows: true });
  fates.die();
  return entry;
}

/** The open entries. */
export const open = ({ stage }: Scene): Promise<JournalEntry[]> => stage.repository.journal.entries();
