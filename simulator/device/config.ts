// A device description with everything filled in, and checked: a simulated device must not start from
// a description that no real device could have.

import {
  APDU_OCTETS_MAX,
  APDU_OCTETS_MIN,
  characterCount,
  INSTANCE_MAX,
  PASSWORD_CHARACTERS_MAX,
} from '../../protocol/index.js';
import type { DeviceConfig, DeviceConfigInput, FileConfig, ProcedureConfig } from '../types.js';

const UNSIGNED16_MAX = 0xffff;

const defaultProcedure: ProcedureConfig = {
  backupPreparationMs: 0,
  restorePreparationMs: 0,
  restoreCompletionMs: 0,
  backupFailureTimeoutS: 60,
  answersWhilePreparing: true,
  stateProperties: true,
  restartsAfterRestore: false,
  watchdogLeadsTo: 'failure',
  createsFiles: true,
};

/** Fills in what is left out: a fast, well-behaved, segmenting device 1001 without files. */
export function deviceConfig(given: DeviceConfigInput = {}): DeviceConfig {
  const instance = given.instance ?? 1001;
  return checked({
    instance,
    name: `Controller ${instance}`,
    vendorId: 65535,
    vendorName: 'Simulated Controls',
    modelName: 'Simulated controller',
    firmwareRevision: '1.0',
    applicationSoftwareVersion: '1.0',
    protocolRevision: 22,
    windowSize: 16,
    apduTimeoutMs: 3000,
    segmentTimeoutMs: 2000,
    retries: 3,
    databaseRevision: 1,
    readsMultiple: true,
    files: [],
    ...given,
    limits: { maxApdu: APDU_OCTETS_MAX, segmentation: 'both', maxSegments: 64, ...given.limits },
    procedure: { ...defaultProcedure, ...given.procedure },
  });
}

/** Throws RangeError, naming what cannot be. */
export function checked(config: DeviceConfig): DeviceConfig {
  whole('device instance', config.instance, 0, INSTANCE_MAX);
  whole('vendor id', config.vendorId, 0, UNSIGNED16_MAX);
  whole('max APDU', config.limits.maxApdu, APDU_OCTETS_MIN, APDU_OCTETS_MAX);
  whole('window size', config.windowSize, 1, 127);
  whole('protocol revision', config.protocolRevision, 1, 255);
  checkPassword(config.password);
  checkProcedure(config.procedure);
  checkFiles(config.files);
  return config;
}

function checkPassword(password: string | undefined): void {
  if (password === undefined) return;
  const characters = characterCount(password);
  if (characters === 0 || characters > PASSWORD_CHARACTERS_MAX)
    throw new RangeError(`a password has 1..${PASSWORD_CHARACTERS_MAX} characters, not ${characters}`);
}

function checkProcedure(procedure: ProcedureConfig): void {
  whole('Backup_Failure_Timeout', procedure.backupFailureTimeoutS, 0, UNSIGNED16_MAX);
  whole('backup preparation, ms', procedure.backupPreparationMs, 0, Number.MAX_SAFE_INTEGER);
  whole('restore preparation, ms', procedure.restorePreparationMs, 0, Number.MAX_SAFE_INTEGER);
  whole('restore completion, ms', procedure.restoreCompletionMs, 0, Number.MAX_SAFE_INTEGER);
}

function checkFiles(files: readonly FileConfig[]): void {
  const instances = new Set<number>();
  for (const { instance } of files) {
    whole('file instance', instance, 0, INSTANCE_MAX - 1);
    if (instances.has(instance)) throw new RangeError(`two files have instance ${instance}`);
    instances.add(instance);
  }
}

function whole(what: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`${what} is a whole number ${min}..${max}, not ${value}`);
}
