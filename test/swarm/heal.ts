// After the chaos: the links are whole, the disk is sound, nobody dies any more. Every device must free
// itself, the repository must be whole, and what can work at all must work at once.

import { perfectLink } from '../../simulator/index.js';
import { soundDisk } from '../support/simulated-disk.js';
import type { Actor } from './actor.js';
import type { Keeper } from './keeper.js';
import type { Lives } from './lives.js';
import type { NightContext, Station } from './night.js';
import type { WatchedDevice } from './watched-device.js';

/** Beyond its own times, how long a device may take to free itself, ms. */
const MARGIN_MS = 120_000;

/** Room that a request for one record needs beside the record, octets. */
const RECORD_ROOM = 40;

const calmly = { pauseMs: 0, tampers: false, filesLost: 0 } as const;

/** So many images of each device are kept in the end: those of the healed site are among them. */
const KEPT = 3;

export async function healed(
  context: NightContext,
  lives: Lives,
  actor: Actor,
  keeper: Keeper,
): Promise<void> {
  const { world, disk, stations } = context;
  world.setLink({}, perfectLink);
  disk.faults = soundDisk;
  lives.spare();
  await Promise.all(stations.map((station) => freed(context, station)));
  await lives.check(await lives.current);
  await Promise.all(stations.map((station) => works(context, lives, actor, station)));
  await lives.check(await lives.current);
  if (context.site.upkeeps.length === 0) return;
  await keeper.keepHealed(KEPT);
  await lives.check(await lives.current);
}

/** A device that nobody ended, because the process died, frees itself by its watchdog. */
async function freed({ world, fault }: NightContext, { device }: Station): Promise<void> {
  const { procedure } = device.spec.config;
  const waitMs =
    (procedure?.backupFailureTimeoutS ?? 60) * 1000 +
    (procedure?.backupPreparationMs ?? 0) +
    (procedure?.restorePreparationMs ?? 0) +
    (procedure?.restoreCompletionMs ?? 0) +
    MARGIN_MS;
  await world.clock.sleep(waitMs);
  if (!device.isHeld) return;
  if (!device.spec.quirks.some(({ draw }) => draw.sticks === true))
    fault(`device ${device.instance} has not freed itself after ${waitMs} ms`);
  device.view.restart(1000, world.clock.now());
  await world.clock.sleep(2000);
}

async function works(context: NightContext, lives: Lives, actor: Actor, station: Station): Promise<void> {
  const { device } = station;
  const fault = (text: string): void => context.fault(`device ${device.instance}, healed: ${text}`);
  const backedUp = await actor.act(station, { ...calmly, kind: 'backup' });
  if (backedUp !== 'done') {
    if (canBackUp(device)) fault('the backup failed, and nothing was in its way');
    return;
  }
  const { repository } = await lives.current;
  const image = await repository.image('latest', { instance: device.instance });
  const restorable = canRestore(device);
  const restored = await actor.act(station, { ...calmly, kind: 'restore', tampers: true }, image);
  // What somebody put into it meanwhile may be more than can be read: then no undo image can be taken.
  if (restored !== 'done' && restorable && canRestore(device))
    fault('the restore failed, and nothing was in its way');
  if (context.site.endsWithVerify) await actor.act(station, { ...calmly, kind: 'verify' }, image);
  // A process that cannot be seen may still be at work: what it began is left open for as long as any watchdog.
  if (!restorable || !context.site.seesProcesses) return;
  await actor.act(station, { ...calmly, kind: 'recover' });
  if (tellsNothing(device)) {
    // Only time tells that such a device has left everything.
    const timeoutMs = (device.spec.config.procedure?.backupFailureTimeoutS ?? 60) * 1000;
    await actor.act(station, { ...calmly, kind: 'recover', pauseMs: 2 * timeoutMs + MARGIN_MS });
  }
  // What this very process could not take away, because its disk failed, is for the next one.
  const { journal } = repository;
  for (const entry of await journal.entries()) {
    if (entry.instance !== device.instance || (await journal.workerOf(entry)) === 'running') continue;
    const { procedure, openedAt, note } = entry;
    fault(`the journal still has the ${procedure} of ${openedAt} (${note.standing})`);
  }
}

/** Neither state nor status of it tell of a procedure. */
function tellsNothing(device: WatchedDevice): boolean {
  const stateless =
    device.spec.config.procedure?.stateProperties === false || device.hasQuirkOf('property-missing', '338');
  return stateless && device.hidesStatus;
}

/** Whether a backup of this device must succeed when nothing else is wrong. */
export function canBackUp(device: WatchedDevice): boolean {
  return (
    device.spec.quirks.every(({ draw, value }) => draw.backup && !draw.mayFail.includes(value)) &&
    canMove(device)
  );
}

export function canRestore(device: WatchedDevice): boolean {
  // Two readings that never agree stop a restore before it begins.
  if (device.spec.living === 'restless') return false;
  return canBackUp(device) && device.spec.quirks.every(({ draw }) => draw.restore);
}

/** Whether there is something to move, and every record fits one request and one answer. */
function canMove({ view, spec }: WatchedDevice): boolean {
  const files = view.files.filter((file) => file.configuration);
  const longest = files.flatMap(({ instance, access }) =>
    access === 'record' ? (view.fileRecords(instance) ?? []).map((record) => record.length) : [0],
  );
  const { maxApdu = 1476 } = spec.config.limits ?? {};
  const lane = spec.lane === undefined ? 1476 : 480;
  return files.length > 0 && Math.max(0, ...longest) + RECORD_ROOM <= Math.min(maxApdu, lane);
}
