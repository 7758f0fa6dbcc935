// What a run over many devices tells while it goes on, and once at its end. Types only. The summary is the one
// thing that mails, hooks and pages are made from: it is plain JSON, and holds no secret.

import type { EntryOutcome, ProgressEvent } from '../../procedure/index.js';
import type { ErrorCode, Release } from '../../errors.js';

/** What a run came to for one device. */
export type DeviceOutcome =
  /** It has a new image. */
  | 'backed-up'
  /** Its Database_Revision is that of its newest image, and the rule says that this is enough. */
  | 'unchanged'
  /** It had an image of this period already: an earlier run, or somebody, had backed it up. */
  | 'present'
  /** It has no new image; `code` and `message` say why. */
  | 'failed'
  /** Its backup was ended cleanly before it was whole, because the window or the run ended. */
  | 'interrupted'
  /** Its turn did not come before the window or the run ended. */
  | 'not-begun';

/** Whether a device is as safe after the run as the rule wants. */
export const PROTECTING: readonly DeviceOutcome[] = ['backed-up', 'unchanged', 'present'];

/** What became of its content against the image before. */
export type ImageChange = 'first' | 'same' | 'changed' | 'unknown';

/** One device in the summary. */
export interface DeviceResult {
  readonly device: number;
  readonly name?: string;
  readonly vendorName?: string;
  readonly modelName?: string;
  /** As a target has it after the "@": "10.1.4.77:47808", or "2001:17@10.1.0.1:47808". */
  readonly address?: string;
  /** DNET; absent for a device on our own network. */
  readonly network?: number;
  readonly outcome: DeviceOutcome;
  /** The image that protects it now, and when that was made: the new one, or the newest that there was. */
  readonly image?: string;
  readonly imageAt?: string;
  /** Whether that image was proven. */
  readonly verified?: boolean;
  readonly change?: ImageChange;
  /** What changed, each as half a sentence: "file,1 (CONFIG)", "Firmware_Revision 2.4 to 2.6". */
  readonly changes?: readonly string[];
  readonly files?: number;
  readonly octets?: number;
  /** Of the last try, ms. */
  readonly durationMs?: number;
  /** Tries of this run; 0 when its turn did not come. */
  readonly tries: number;
  /** Why it is not protected. */
  readonly code?: ErrorCode;
  readonly message?: string;
  readonly hint?: string;
  /** What the last procedure left behind. */
  readonly release?: Release;
  /** What people should know although it went well. */
  readonly warnings?: readonly string[];
}

/** How a run ended. */
export type FleetOutcome =
  /** Every device that the rule means is protected. */
  | 'done'
  /** Some are, and some are not. */
  | 'partial'
  /** Tried all, and none is. */
  | 'failed'
  /** The window ended before every device had its turn. */
  | 'window-ended'
  /** Somebody stopped it. */
  | 'cancelled'
  /** The repository, the disk or our own network is at fault: `problem` says which. */
  | 'broken';

export interface FleetCounts {
  /** All that the rule means. */
  readonly devices: number;
  /** Backed up, unchanged or present. */
  readonly protected: number;
  readonly backedUp: number;
  readonly unchanged: number;
  readonly present: number;
  readonly failed: number;
  readonly interrupted: number;
  readonly notBegun: number;
  /** Of the new images: their content differs from the image before; there was none before. */
  readonly changed: number;
  readonly first: number;
}

/** Told once, at the end of a run. */
export interface FleetSummary {
  readonly kind: 'fleet-summary';
  readonly site: string;
  readonly rule: string;
  /** Name of the run log; absent when it could not be begun. */
  readonly run?: string;
  readonly outcome: FleetOutcome;
  /** What `bacvault run` ends with: 0, 3 (partial), 4 (window ended), 130, or that of the problem. */
  readonly exitCode: number;
  /** UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly durationMs: number;
  /** Images from then on count: a device that has one is not touched again. */
  readonly since: string;
  readonly stopsAt?: string;
  readonly counts: FleetCounts;
  /** Of the new images. */
  readonly octets: number;
  /** By instance. */
  readonly devices: readonly DeviceResult[];
  /** Images that the rule's retention took away; absent when it has none, or did not get that far. */
  readonly retention?: { readonly kept: number; readonly forgotten: number };
  /** What ended the run early, or went wrong beside the devices. */
  readonly problem?: { readonly code: ErrorCode; readonly message: string };
  /** What people should know of the run itself: what could not be written down, who was left in the journal. */
  readonly warnings: readonly string[];
}

/** Told while a run goes on. Times are Clock.now() ms unless they are texts. */
export type FleetEvent =
  | {
      readonly kind: 'fleet-begin';
      readonly site: string;
      readonly rule: string;
      readonly run?: string;
      readonly startedAt: string;
      readonly since: string;
      readonly stopsAt?: string;
    }
  /** What an earlier process had left open on a device was looked after. */
  | { readonly kind: 'fleet-recovered'; readonly device: number; readonly entries: readonly EntryOutcome[] }
  | {
      readonly kind: 'fleet-survey';
      readonly questions: number;
      readonly found: number;
      /** Expected, and not heard. */
      readonly silent: readonly number[];
      /** Instances that answer from more than one place. */
      readonly duplicates: readonly number[];
      readonly durationMs: number;
    }
  | {
      readonly kind: 'fleet-plan';
      /** That the rule means, and of them those that are to be backed up. */
      readonly devices: number;
      readonly waiting: number;
      /** Of those whose place is known. */
      readonly lanes: readonly { readonly lane: string; readonly devices: number }[];
    }
  | {
      readonly kind: 'device-begin';
      readonly device: number;
      readonly lane: string;
      readonly attempt: number;
    }
  /** Progress of the procedure on one device. */
  | {
      readonly kind: 'device-progress';
      readonly device: number;
      readonly lane: string;
      readonly event: ProgressEvent;
    }
  /** One try is over; `final` unless it is tried again at the end. No lane: nobody knows where it is. */
  | {
      readonly kind: 'device-end';
      readonly lane?: string;
      readonly result: DeviceResult;
      readonly final: boolean;
    }
  | {
      readonly kind: 'fleet-progress';
      /** Devices with their final result, and all that wait or are under way. */
      readonly done: number;
      readonly total: number;
      readonly octets: number;
      readonly elapsedMs: number;
      /** How long the run still takes; absent until something is known of it. */
      readonly remainingMs?: number;
    }
  /** Nothing new is begun any more: the window has ended. Those under way finish, or are ended by `endsAt`. */
  | { readonly kind: 'window-ended'; readonly underWay: readonly number[]; readonly endsAt: string }
  | { readonly kind: 'fleet-retention'; readonly kept: number; readonly forgotten: number }
  | { readonly kind: 'fleet-warning'; readonly message: string }
  | FleetSummary;
