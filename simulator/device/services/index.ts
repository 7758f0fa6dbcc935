// The confirmed services that the device knows, by service choice. Any other is rejected as unrecognized.

import { ConfirmedService, RejectReason } from '../../../protocol/index.js';
import type { Answer } from '../../../protocol/index.js';
import type { QuirkContext } from '../../types.js';
import type { DeviceState } from '../device-state.js';
import { atomicReadFileService } from './atomic-read-file.js';
import { atomicWriteFileService } from './atomic-write-file.js';
import { createObjectService } from './create-object.js';
import { deleteObjectService } from './delete-object.js';
import { readPropertyMultipleService } from './read-property-multiple.js';
import { readPropertyService } from './read-property.js';
import { reinitializeDeviceService } from './reinitialize-device.js';
import type { Service } from './service.js';
import { writePropertyService } from './write-property.js';

const SERVICES: ReadonlyMap<number, Service> = new Map([
  [ConfirmedService.atomicReadFile, atomicReadFileService],
  [ConfirmedService.atomicWriteFile, atomicWriteFileService],
  [ConfirmedService.createObject, createObjectService],
  [ConfirmedService.deleteObject, deleteObjectService],
  [ConfirmedService.readProperty, readPropertyService],
  [ConfirmedService.readPropertyMultiple, readPropertyMultipleService],
  [ConfirmedService.reinitializeDevice, reinitializeDeviceService],
  [ConfirmedService.writeProperty, writePropertyService],
]);

/** Executes a confirmed request, quirks and all, and says what to answer. */
export function execute(
  state: DeviceState,
  { service, payload, asker }: Pick<QuirkContext, 'service' | 'payload' | 'asker'>,
  now: number,
): Answer {
  const context: QuirkContext = {
    device: state,
    service,
    payload,
    now,
    ...(asker !== undefined && { asker }),
  };
  const instead = first(state, (quirk) => quirk.beforeRequest?.(context));
  if (instead !== undefined) return instead;
  state.takeConfigurationAccess();
  const act = executes(state, service) ? SERVICES.get(service) : undefined;
  const answer: Answer = act
    ? act(state, payload, now)
    : { kind: 'reject', reason: RejectReason.unrecognizedService };
  const accessed = state.takeConfigurationAccess();
  if (first(state, (quirk) => quirk.keepsAlive?.(context)) ?? accessed) state.procedure.touch(now);
  return first(state, (quirk) => quirk.afterRequest?.({ ...context, answer })) ?? answer;
}

function executes(state: DeviceState, service: number): boolean {
  return service !== ConfirmedService.readPropertyMultiple || state.config.readsMultiple;
}

/** What the first quirk says that does not decline. */
function first<T>(
  state: DeviceState,
  ask: (quirk: DeviceState['quirks'][number]) => T | undefined,
): T | undefined {
  for (const quirk of state.quirks) {
    const verdict = ask(quirk);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}
