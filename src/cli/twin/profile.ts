// An image as the description of a simulated device: who it is, what it can carry, how it behaved while it
// was backed up. Pure. What the image does not say is assumed, and every assumption is told.

import type { DeviceConfigInput, ProcedureConfig } from '../../../simulator/index.js';
import type { ImageManifest, LearnedHabits } from '../../index.js';
import { habitsOf, learnedHabits, propertyName, type TwinQuirk } from './deviations.js';

/** A device without its files. Texts are for people, in the order in which they matter. */
export interface TwinProfile {
  readonly device: DeviceConfigInput;
  readonly quirks: readonly TwinQuirk[];
  /** Recorded habits that the simulator cannot act. */
  readonly notSimulated: readonly string[];
  readonly assumed: readonly string[];
  /** How long one answer took, network included, ms; undefined when no pace was recorded. */
  readonly answerMs: number | undefined;
}

type Segmentation = NonNullable<NonNullable<DeviceConfigInput['limits']>['segmentation']>;

const SEGMENTATIONS: readonly Segmentation[] = ['both', 'transmit', 'receive', 'none'];

/** What a description may say, in the simulator's terms. */
const UNSIGNED16_MAX = 0xffff;
const APDU_OCTETS = { least: 50, most: 1476 } as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The twin of the device that this image was made of. `fast`: prepares and answers at once. `learned`: what
 * became known of the device after the image was made.
 */
export function twinProfile(
  manifest: ImageManifest,
  options: { readonly fast?: boolean | undefined; readonly learned?: LearnedHabits } = {},
): TwinProfile {
  const { fast = false, learned } = options;
  const { procedure, files } = manifest;
  const habits = habitsOf(procedure.deviations, files.length);
  const others = learnedHabits({ ...procedure.learned, ...learned }, habits.quirks);
  const timing = fast ? AT_ONCE : timingOf(manifest);
  return {
    device: {
      ...identityOf(manifest),
      ...(procedure.databaseRevision === undefined ? {} : { databaseRevision: procedure.databaseRevision }),
      limits: limitsOf(manifest),
      procedure: { ...timing.procedure, ...statedTimes(manifest) },
    },
    quirks: [...habits.quirks, ...others.quirks, ...habitsInFacts(manifest), ...paceOf(timing.answerMs)],
    notSimulated: [...habits.notSimulated, ...others.notSimulated],
    assumed: [...assumedOf(manifest), ...timing.assumed],
    answerMs: timing.answerMs,
  };
}

function identityOf({ device }: ImageManifest): DeviceConfigInput {
  const { instance, vendorId, protocolRevision, ...texts } = device;
  return {
    ...texts,
    instance,
    ...(isWhole(vendorId, 0, UNSIGNED16_MAX) ? { vendorId } : {}),
    ...(isWhole(protocolRevision, 1, 255) ? { protocolRevision } : {}),
  };
}

function limitsOf({ reachedAt }: ImageManifest): NonNullable<DeviceConfigInput['limits']> {
  return {
    maxApdu: Math.min(Math.max(reachedAt.maxApdu, APDU_OCTETS.least), APDU_OCTETS.most),
    segmentation: segmentationOf(reachedAt.segmentation) ?? 'none',
  };
}

function segmentationOf(text: string): Segmentation | undefined {
  return SEGMENTATIONS.find((word) => word === text);
}

/** Habits that show in the facts, not in a deviation: what the device never told, and how it told the rest. */
function habitsInFacts(manifest: ImageManifest): TwinQuirk[] {
  const { device, procedure, files } = manifest;
  if (!wasWatched(manifest)) return [];
  const untold: readonly (readonly [name: string, value: unknown])[] = [
    ['Vendor_Name', device.vendorName],
    ['Model_Name', device.modelName],
    ['Firmware_Revision', device.firmwareRevision],
    ['Application_Software_Version', device.applicationSoftwareVersion],
    ['Protocol_Revision', device.protocolRevision],
    ['Database_Revision', procedure.databaseRevision],
    ['Last_Restore_Time', procedure.lastRestoreTime],
    ['Backup_Failure_Timeout', procedure.backupFailureTimeoutS],
    ['Backup_Preparation_Time', procedure.backupPreparationTimeS],
    ['Restore_Preparation_Time', procedure.restorePreparationTimeS],
    ['Restore_Completion_Time', procedure.restoreCompletionTimeS],
    ['System_Status', procedure.systemStatusSeen[0]],
  ];
  const quirks = untold
    .filter(([, value]) => value === undefined)
    .map(([name]) => ({
      quirk: `property-missing=${propertyName(name)}`,
      because: `${name} was not readable`,
    }));
  if (procedure.systemStatusSeen.join() === 'operational')
    quirks.push({
      quirk: 'system-status-static',
      because: 'System_Status was operational during the backup, too',
    });
  if (procedure.lastRestoreTime?.startsWith('sequence ') === true)
    quirks.push({ quirk: 'restore-time-sequence', because: 'Last_Restore_Time was a sequence number' });
  const records = files.filter((file) => file.accessMethod === 'record' && file.octets > 0);
  if (
    records.length > 0 &&
    records.every(({ fileSize, recordCount, octets }) => fileSize === recordCount && fileSize !== octets)
  )
    quirks.push({
      quirk: 'file-size-in-records',
      because: 'File_Size of record files was their number of records',
    });
  return quirks;
}

/** Whether somebody looked at the device while the image was made: what is absent then was not told. */
function wasWatched({ procedure }: ImageManifest): boolean {
  return procedure.statesSeen.length > 0 || procedure.systemStatusSeen.length > 0;
}

function assumedOf(manifest: ImageManifest): string[] {
  const { device, reachedAt } = manifest;
  const assumed: string[] = [];
  if (!wasWatched(manifest))
    assumed.push('a device that keeps to the standard: the image does not say how it was made');
  if (device.vendorId === undefined) assumed.push('Vendor_Identifier 65535: the image has none');
  if (segmentationOf(reachedAt.segmentation) === undefined) assumed.push('no segmentation: not recorded');
  else if (reachedAt.segmentation !== 'none')
    assumed.push('up to 64 segments in windows of 16: not recorded');
  if (reachedAt.maxApdu < APDU_OCTETS.least || reachedAt.maxApdu > APDU_OCTETS.most)
    assumed.push(
      `an APDU of ${APDU_OCTETS.least} to ${APDU_OCTETS.most} octets, not ${reachedAt.maxApdu} as recorded`,
    );
  return assumed;
}

interface Timing {
  /** How long things really take. */
  readonly procedure: Partial<ProcedureConfig>;
  readonly assumed: readonly string[];
  readonly answerMs: number | undefined;
}

/** The simulator's own default. */
const AT_ONCE: Timing = { procedure: {}, assumed: [], answerMs: undefined };

/** How long things took, where the image says; else how long the device says that they take. */
function timingOf({ procedure }: ImageManifest): Timing {
  const { timings, requests } = procedure;
  const stated = (seconds: number | undefined): number => Math.min((seconds ?? 0) * 1000, DAY_MS);
  const backupPreparationMs = waitedMs(procedure) ?? stated(procedure.backupPreparationTimeS);
  return {
    procedure: {
      backupPreparationMs,
      restorePreparationMs: Math.max(stated(procedure.restorePreparationTimeS), backupPreparationMs),
      restoreCompletionMs: stated(procedure.restoreCompletionTimeS),
      ...(isSilent(procedure) ? { answersWhilePreparing: false } : {}),
    },
    assumed: [
      ...(timings === undefined
        ? ['a backup is prepared as long as the device says, and answers come at once: not recorded']
        : []),
      'a restore is prepared as long as the device says, and at least as long as its backup',
      'a restore is completed as long as the device says, without a restart',
    ],
    answerMs: timings === undefined ? undefined : Math.round(timings.copyMs / Math.max(1, requests)),
  };
}

/** It took its time, and nobody saw it prepare although it tells its state. */
function isSilent(procedure: ImageManifest['procedure']): boolean {
  const { statesSeen } = procedure;
  const told = statesSeen.includes('performing-a-backup') && !statesSeen.includes('preparing-for-backup');
  return told && (waitedMs(procedure) ?? 0) > 0;
}

/** How long the backup was prepared. START and the first look take their time with a device that is ready at once. */
function waitedMs({ timings, statesSeen }: ImageManifest['procedure']): number | undefined {
  if (timings === undefined) return undefined;
  const waited = statesSeen.includes('preparing-for-backup') || timings.prepareMs >= 1000;
  return waited ? Math.round(timings.prepareMs) : 0;
}

function paceOf(answerMs = 0): TwinQuirk[] {
  if (answerMs < 1) return [];
  const because = `copying took ${answerMs} ms a request, network included`;
  return [{ quirk: `slow-answers=${answerMs}`, because }];
}

/** What the device said of its times, as far as it can be said. */
function statedTimes({ procedure }: ImageManifest): Partial<ProcedureConfig> {
  const { backupFailureTimeoutS, backupPreparationTimeS, restorePreparationTimeS, restoreCompletionTimeS } =
    procedure;
  const told = (seconds: number | undefined): seconds is number => isWhole(seconds, 0, UNSIGNED16_MAX);
  return {
    ...(told(backupFailureTimeoutS) ? { backupFailureTimeoutS } : {}),
    ...(told(backupPreparationTimeS) ? { backupPreparationTimeS } : {}),
    ...(told(restorePreparationTimeS) ? { restorePreparationTimeS } : {}),
    ...(told(restoreCompletionTimeS) ? { restoreCompletionTimeS } : {}),
  };
}

function isWhole(value: number | undefined, least: number, most: number): value is number {
  return Number.isInteger(value) && (value ?? NaN) >= least && (value ?? NaN) <= most;
}
