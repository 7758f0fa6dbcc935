// Plans to play through: a device, an image, and what lies between them; what a plan says of it, what stops
// at the gate, and what goes on the wire.

import { expect } from 'chai';
import {
  BackupState,
  BROADCAST,
  type BacnetValue,
  ConfirmedService,
  ErrorClass,
} from '../../protocol/index.js';
import {
  createDevice,
  deviceConfig,
  type DeviceConfigInput,
  type DeviceView,
  type Quirk,
} from '../../simulator/index.js';
import {
  type CheckName,
  type PlanCheck,
  type PlanOptions,
  planRestore,
  type RestorePlan,
  type UndoChoice,
} from '../../src/procedure/index.js';
import type { ErrorCode as EngineErrorCode } from '../../src/errors.js';
import type { ImageManifest, RunLine } from '../../src/repository/index.js';
import { imageOf } from './images.js';
import { GOOD, NARROW } from './restores.js';
import { apduOf, CLIENT_LINK, Stage, type StageOptions } from './world.js';

export const NEIGHBOUR_LINK = '10.0.0.11:47808';

/** One scene. What is left out is as it should be: the device as the image has it, with other content. */
export interface PlanStory extends StageOptions {
  /** How the device differed when the image was made. */
  readonly donor?: DeviceConfigInput;
  /** What the manifest says otherwise than the donor. */
  readonly manifest?: (manifest: ImageManifest) => ImageManifest;
  /** Another device on the network. */
  readonly neighbour?: DeviceConfigInput;
  /** Whether the client's broadcasts get through; default yes. */
  readonly broadcasts?: boolean;
  /** The site that the caller names. */
  readonly site?: string;
  /** Which undo image is wanted; default none: it is tried in stories of its own. */
  readonly undo?: UndoChoice;
  /** Anything else, when image and devices are there. */
  readonly prepare?: (stage: Stage, image: string) => Promise<void>;
}

/** A check, how it judges, and in which scene. */
export interface PlanCase {
  readonly check: CheckName;
  readonly is: PlanCheck['severity'];
  readonly when: string;
  readonly story?: PlanStory;
  /** Both values; absent: not looked at. */
  readonly image?: string;
  readonly device?: string;
  /** At least one side does not say. */
  readonly unknown?: true;
  /** A part of what is said. */
  readonly says?: string;
  /** Blocks: what comes of a restore that allows them; default "restored". */
  readonly allowed?: 'restored' | EngineErrorCode;
  /** Blocks: under which code; default the check's own. */
  readonly code?: EngineErrorCode;
}

export interface PlanScene {
  readonly stage: Stage;
  readonly image: string;
  readonly options: PlanOptions;
  /** Confirmed services that the client has sent, in order. */
  readonly sent: readonly number[];
}

const BASE: DeviceConfigInput = { limits: NARROW, serialNumber: 'A-1', files: GOOD };

export async function planScene(story: PlanStory = {}): Promise<PlanScene> {
  const {
    donor,
    manifest,
    neighbour,
    broadcasts = true,
    site,
    undo = 'none',
    prepare,
    device,
    ...options
  } = story;
  const stage = await Stage.open({ ...options, device: { ...BASE, ...device } });
  const image = await imageOf(stage, { ...BASE, ...donor }, manifest);
  if (neighbour !== undefined) stage.world.add(createDevice(deviceConfig(neighbour)), NEIGHBOUR_LINK);
  const sent: number[] = [];
  stage.world.onDatagram((octets, from, to) => {
    if (from !== CLIENT_LINK) return undefined;
    const apdu = apduOf(octets);
    if (apdu?.type === 'confirmed-request') sent.push(apdu.service);
    return to === BROADCAST && !broadcasts ? 'drop' : undefined;
  });
  await prepare?.(stage, image);
  return { stage, image, options: { ...(site === undefined ? {} : { site }), undo }, sent };
}

export async function plannedIn({ stage, image, options }: PlanScene): Promise<RestorePlan> {
  const device = await stage.bind();
  return stage.run(planRestore(device, stage.repository, image, options));
}

export function checkOf(plan: RestorePlan, name: CheckName): PlanCheck {
  const check = plan.checks.find((one) => one.name === name);
  if (check === undefined) throw new Error(`the plan has no check ${name}`);
  return check;
}

/** Services that change a device or touch its procedure. */
const ACTS: readonly number[] = [
  ConfirmedService.reinitializeDevice,
  ConfirmedService.writeProperty,
  ConfirmedService.writePropertyMultiple,
  ConfirmedService.atomicWriteFile,
  ConfirmedService.createObject,
  ConfirmedService.deleteObject,
];

/** Nothing went over the wire that could change anything. */
export function expectOnlyRead({ sent }: PlanScene): void {
  expect(sent.length).to.be.above(0);
  expect(sent.filter((service) => ACTS.includes(service))).to.deep.equal([]);
}

/** The lines of the newest run log. */
export async function lastRun({ stage }: Pick<PlanScene, 'stage'>): Promise<readonly RunLine[]> {
  let last: string | undefined;
  for await (const name of stage.repository.runs()) last = name;
  if (last === undefined) throw new Error('there is no run log');
  const { lines, faults } = await stage.repository.readRun(last);
  expect(faults).to.deep.equal([]);
  return lines;
}

/** A quirk that changes properties of the device: a value, or null for "no such property". */
export function shows(
  property: number,
  value: readonly BacnetValue[] | null,
  until: (services: readonly number[]) => boolean = () => false,
): Quirk {
  // By device, so that one quirk may serve the devices of several scenes.
  const asked = new WeakMap<DeviceView, number[]>();
  return {
    name: 'shows',
    summary: 'shows another value of a property',
    beforeRequest: ({ service, device }) => {
      asked.set(device, [...(asked.get(device) ?? []), service]);
      return undefined;
    },
    property: ({ property: which, device }) =>
      which === property && !until(asked.get(device) ?? []) ? value : undefined,
  };
}

/** Until a START, or any other ReinitializeDevice. */
export const untilStart = (services: readonly number[]): boolean =>
  services.includes(ConfirmedService.reinitializeDevice);

/** Outside a procedure AtomicReadFile is refused. */
export function readsOnlyInProcedure(errorCode: number): Quirk {
  return {
    name: 'reads-only-in-procedure',
    summary: 'refuses AtomicReadFile outside a procedure',
    beforeRequest: ({ service, device }) =>
      service === ConfirmedService.atomicReadFile && device.backupState === BackupState.idle
        ? { kind: 'error', errorClass: ErrorClass.services, errorCode }
        : undefined,
  };
}
