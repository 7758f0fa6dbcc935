// What a plan is made of: everything that is known of image, device and network before anything is
// judged. Types only.

import type { ErrorCode } from '../../errors.js';
import type {
  DeviceIdentity,
  ImageFile,
  ImageStanding,
  ImageSummary,
  ReachedAt,
} from '../../repository/index.js';
import type { FileProperties } from '../../transfer/index.js';
import type { Services } from '../abilities.js';
import type { FileList } from '../configuration-files.js';
import type { DeviceFacts } from '../identify.js';
import type { Sighting } from '../states.js';
import type { UndoChoice } from '../types.js';
import type { Severity } from './types.js';

/** The device as it is now. */
export interface Live {
  readonly identity: DeviceIdentity;
  readonly reachedAt: ReachedAt;
  readonly facts: DeviceFacts;
  readonly sighting: Sighting;
  readonly services: Services;
  /** Configuration_Files outside a procedure. */
  readonly list: FileList;
}

/** One file of the image, and the File object of that instance on the device. */
export interface FileFacts {
  readonly row: ImageFile;
  /** Octets of a stream file, records of a record file. */
  readonly units: number;
  /** Octets of a record that cannot travel to this device; absent when all can. */
  readonly tooLong?: number;
  /** "not-asked": the device is in a procedure, which a look at its files would keep alive. */
  readonly found: FileProperties | 'missing' | 'not-asked';
  /** Only where File_Access_Method contradicts the image: whether the device takes the image's way. */
  readonly takes?: 'yes' | 'no' | 'untold';
}

/** Who answers to an instance. */
export interface Hearing {
  /** The device itself was heard: others would have been heard, too. */
  readonly self: boolean;
  /** Places that answer to the instance, the device's own left out; in words. */
  readonly elsewhere: readonly string[];
}

export interface PlanFacts {
  readonly image: ImageSummary;
  readonly standing: ImageStanding;
  /** What is wrong with the image at rest; absent: every hash is right. */
  readonly damage?: string;
  readonly files: readonly FileFacts[];
  /** The newest image of the same device, undo images left out. */
  readonly newest?: ImageSummary;
  /** The newest image of the device that is to be overwritten, where that is another one. */
  readonly ofTarget?: ImageSummary;
  /** The site of the device. */
  readonly site: string;
  /** Which undo image is wanted. */
  readonly undo: UndoChoice;
  readonly live: Live;
  /** Who else answers to the device's own instance; absent for an unconfigured device. */
  readonly own?: Hearing;
  /** Who answers to the image's instance, where that is another one. */
  readonly old?: Hearing;
  /** Milliseconds since 1970. */
  readonly unixTimeMs: number;
}

/** What a check says. */
export interface Judgement {
  readonly severity: Severity;
  readonly image?: string | undefined;
  readonly device?: string | undefined;
  readonly unknown?: boolean;
  readonly text: string;
  /** Another code than the check's own. */
  readonly code?: ErrorCode;
}

/** One check: its words for people, and its judgement. */
export interface Check {
  readonly title: string;
  /** When it is "ok", and when it warns and blocks; absent where it never does. */
  readonly ok: string;
  readonly warns?: string;
  readonly blocks?: string;
  /** Why no permission lets a block through; absent where one does. */
  readonly never?: string;
  /** Under which code a block ends the restore. */
  readonly code: ErrorCode;
  readonly judge: (facts: PlanFacts) => Judgement | undefined;
}
