// The lines that bacvault-sim prints: for people, or one JSON object each.

import { BackupState, enumName } from '../../protocol/index.js';
import type { DeviceEvent, DeviceView } from '../types.js';

export interface Ready {
  readonly device: DeviceView;
  /** "127.0.0.1:47808", or "2001:1@127.0.0.1:47808" behind a router: a target is INSTANCE@this. */
  readonly place: string;
}

export function readyLine({ device, place }: Ready, json: boolean): string {
  const { instance, files } = device;
  if (json) return JSON.stringify({ kind: 'device', instance, place, target: `${instance}@${place}`, files });
  const configuration = files.filter((file) => file.configuration).length;
  return `device ${instance} at ${place}, ${configuration} configuration ${configuration === 1 ? 'file' : 'files'}`;
}

/** After the last device. */
export function allReadyLine(devices: number, json: boolean): string {
  return json
    ? JSON.stringify({ kind: 'ready', devices })
    : `ready: ${devices} ${devices === 1 ? 'device' : 'devices'}`;
}

export function eventLine(instance: number, event: DeviceEvent, json: boolean): string {
  if (json) return JSON.stringify({ ...event, kind: `device-${event.kind}`, instance });
  return `device ${instance}: ${eventWords(event)}`;
}

function eventWords(event: DeviceEvent): string {
  switch (event.kind) {
    case 'state':
      return `${enumName(BackupState, event.from)} -> ${enumName(BackupState, event.to)} (${event.on})`;
    case 'refused':
      return `${event.on} refused in ${enumName(BackupState, event.state)}`;
    case 'restored':
      return `restored, database revision ${event.databaseRevision}`;
    case 'file-created':
      return `created file ${event.instance}`;
    case 'restarting':
      return `restarting, silent for ${event.silentMs} ms`;
  }
}
