// Somebody else who backs one of the devices up, at any time of the night, with an engine of his own.

import type { Device } from '../../src/client/index.js';
import { createClient } from '../../src/client/index.js';
import { EngineError } from '../../src/errors.js';
import { backup } from '../../src/procedure/index.js';
import { initRepository, MemoryStore } from '../../src/repository/index.js';
import { judgeError, judgeRelease, passwordOf } from './judging.js';
import { type NightContext, RIVAL } from './night.js';
import type { SiteSpec } from './site-spec.js';

export async function rivalBackup(
  context: NightContext,
  { device, atMs }: NonNullable<SiteSpec['rival']>,
): Promise<void> {
  const { world, stations, reach } = context;
  const station = stations[device];
  if (station === undefined) return;
  const { device: watched, target } = station;
  // Reading is what changes the files of such a device: two readers would both be wrong.
  if (watched.hasQuirk('file-changes') || watched.spec.living !== undefined) return;
  const transport = world.transport(RIVAL);
  const { clock } = world;
  const client = createClient({ clock, transport, random: world.random('rival') });
  const repository = await initRepository(new MemoryStore(), {
    place: 'rival',
    clock,
    random: world.random('rival repository'),
    defaultSite: 'rival',
  });
  await clock.sleep(atMs);
  reach.met('fault rival');
  const before = {
    starts: watched.startsBy(RIVAL),
    events: watched.events.length,
    asked: () => true,
    // The rival is not watched on the wire.
    refused: () => true,
    lookedMs: () => -Infinity,
    lookedSinceStartMs: () => undefined,
  };
  let found: Device | undefined;
  try {
    found = await client.device(target);
    const report = await backup(found, repository, passwordOf(watched));
    judgeRelease(context, watched, RIVAL, report.release, before);
  } catch (error) {
    judgeError(context, watched, error);
    if (found !== undefined && error instanceof EngineError)
      judgeRelease(context, watched, RIVAL, error.details.release, before);
  }
}
