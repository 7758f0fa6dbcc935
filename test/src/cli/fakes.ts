// A computer and an engine that do nothing but what a test says, so that the command line can be seen
// alone: what it passes on, what it prints where, and how it ends.

import type { Engine } from '../../../src/cli/engine.js';
import { run } from '../../../src/cli/program.js';
import { fakeJournal, type FakeJournalOptions, recoverReport } from './open-entries.js';
import { fakeArchive, fakeFolderOf } from './fake-archive.js';
import type { FakeIo } from './fake-io.js';
import { restoreReport } from './restore-reports.js';
import {
  type Announcement,
  type BackupReport,
  type Capabilities,
  type CheckReport,
  type Client,
  type Device,
  type DeviceStatus,
  type FleetEvent,
  formatTarget,
  type ImageDiff,
  type ImageManifest,
  type ImageSummary,
  parseTarget,
  type PlanCheck,
  type ProbedDevice,
  type Repository,
  type RestorePlan,
  type ServeEvent,
  type Target,
  type VerifyReport,
} from '../../../src/index.js';

export { type FakeIo, type FakeIoOptions, fakeIo, Sink } from './fake-io.js';
export { restoreReport } from './restore-reports.js';

/** Every call that a command made, as [name, argument]. */
export type Calls = (readonly [name: string, argument: unknown])[];

export interface FakeEngine extends Engine {
  readonly calls: Calls;
  argumentsOf(name: string): unknown[];
}

export interface FakeEngineOptions extends FakeJournalOptions {
  readonly announcements?: readonly Announcement[];
  readonly images?: readonly ImageSummary[];
  readonly repository?: Partial<Repository>;
  readonly device?: (target: Target) => Promise<Device>;
  readonly probe?: Engine['probe'];
  readonly backup?: Engine['backup'];
  readonly planRestore?: Engine['planRestore'];
  readonly restore?: Engine['restore'];
  readonly recover?: Engine['recover'];
  readonly rollBack?: Engine['rollBack'];
  readonly verify?: Engine['verify'];
  readonly diffImages?: Engine['diffImages'];
  readonly diffDevice?: Engine['diffDevice'];
  readonly judgeHistory?: Engine['judgeHistory'];
  readonly fleetEvents?: readonly FleetEvent[];
  readonly statuses?: readonly DeviceStatus[];
  readonly serveEvents?: readonly (ServeEvent | FleetEvent)[];
  readonly probedDevices?: readonly ProbedDevice[];
  readonly openClient?: Engine['openClient'];
  readonly openRepository?: Engine['openRepository'];
  readonly initRepository?: Engine['initRepository'];
}

export function fakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const calls: Calls = [];
  const noted = <A extends readonly unknown[], R>(
    name: string,
    work: (...args: A) => R,
  ): ((...args: A) => R) => {
    return (...args) => {
      calls.push([name, args.length === 1 ? args[0] : args]);
      return work(...args);
    };
  };
  const repository = (place: string): Repository => fakeRepository(place, options, noted);
  return {
    calls,
    argumentsOf: (name) => calls.filter(([called]) => called === name).map(([, argument]) => argument),
    parseTarget,
    formatTarget,
    createArchive: noted('createArchive', (place) => Promise.resolve(fakeArchive(place))),
    openArchive: noted('openArchive', (place) => Promise.resolve(fakeArchive(place))),
    openSourceFolder: noted('openSourceFolder', (place) => Promise.resolve(fakeFolderOf(place))),
    openClient: noted(
      'openClient',
      options.openClient ?? (() => Promise.resolve(fakeClient(options, noted))),
    ),
    openRepository: noted(
      'openRepository',
      options.openRepository ?? ((place) => Promise.resolve(repository(place))),
    ),
    initRepository: noted(
      'initRepository',
      options.initRepository ?? ((place) => Promise.resolve(repository(place))),
    ),
    checkFolder: noted('checkFolder', () => Promise.resolve(checkReport())),
    probe: noted('probe', options.probe ?? ((device) => Promise.resolve(capabilities(device.instance)))),
    backup: noted('backup', options.backup ?? ((device) => Promise.resolve(backupReport(device.instance)))),
    planRestore: noted(
      'planRestore',
      options.planRestore ?? ((device) => Promise.resolve(restorePlan(device.instance))),
    ),
    restore: noted(
      'restore',
      options.restore ?? ((device) => Promise.resolve(restoreReport(device.instance))),
    ),
    recover: noted(
      'recover',
      options.recover ?? ((device) => Promise.resolve(recoverReport(device.instance))),
    ),
    rollBack: noted(
      'rollBack',
      options.rollBack ??
        ((device, _repository, imageId) => Promise.resolve(restoreReport(device.instance, { imageId }))),
    ),
    verify: noted('verify', options.verify ?? ((device) => Promise.resolve(verifyReport(device.instance)))),
    diffImages: noted('diffImages', options.diffImages ?? (() => Promise.resolve(imageDiff()))),
    diffDevice: noted(
      'diffDevice',
      options.diffDevice ?? (() => Promise.resolve({ ...imageDiff(), release: 'released' as const })),
    ),
    judgeHistory: noted(
      'judgeHistory',
      options.judgeHistory ??
        async function* () {
          for (const image of options.images ?? [])
            yield await Promise.resolve({ image, change: 'first' as const });
        },
    ),
    serve: noted('serve', async function* (_site, _repository, { notify }) {
      await Promise.resolve();
      for (const event of options.serveEvents ?? []) {
        if (event.kind === 'fleet-summary') await notify(event);
        yield event;
      }
    }),
    messengers: () => ({
      post: noted('post', () => Promise.resolve()),
      mail: noted('mail', () => Promise.resolve()),
      publish: noted('publish', () => Promise.resolve()),
    }),
    openMonitor: noted('openMonitor', (port) => Promise.resolve({ port, close: () => Promise.resolve() })),
    runFleet: noted('runFleet', async function* () {
      await Promise.resolve();
      yield* options.fleetEvents ?? [];
    }),
    probeFleet: noted('probeFleet', async function* () {
      await Promise.resolve();
      yield* options.probedDevices ?? [];
    }),
    protection: noted('protection', async function* () {
      await Promise.resolve();
      yield* options.statuses ?? [];
    }),
  };
}

type Noted = <A extends readonly unknown[], R>(name: string, work: (...args: A) => R) => (...args: A) => R;

function fakeClient(options: FakeEngineOptions, noted: Noted): Client {
  const client = {
    localAddress: '10.0.0.2:47808',
    clock: { unixTime: () => 1_767_225_600_000 },
    discover: noted('discover', async function* () {
      await Promise.resolve();
      yield* options.announcements ?? [];
    }),
    device: noted(
      'device',
      options.device ?? ((target: Target) => Promise.resolve(fakeDevice(target.instance))),
    ),
    close: noted('close client', () => Promise.resolve()),
  };
  return client as unknown as Client;
}

export function fakeDevice(instance: number): Device {
  return { instance, address: { link: '10.1.4.77:47808' } } as unknown as Device;
}

function fakeRepository(place: string, options: FakeEngineOptions, noted: Noted): Repository {
  const images = options.images ?? [];
  const repository: Partial<Repository> = {
    id: 'c0ffee',
    place,
    options: { defaultSite: 'default' },
    images: noted('images', (filter) =>
      Promise.resolve(images.filter(({ manifest }) => manifest.site === (filter?.site ?? manifest.site))),
    ),
    image: noted('image', () => Promise.resolve(images[0] ?? image())),
    facts: () => Promise.resolve([]),
    check: noted('check', () => Promise.resolve(checkReport())),
    journal: fakeJournal(options),
    close: noted('close repository', () => Promise.resolve()),
    ...options.repository,
  };
  return repository as Repository;
}

/** A check that found nothing. */
export function checkReport(overrides: Partial<CheckReport> = {}): CheckReport {
  const read = { objects: 0, octets: 0 };
  return { images: 2, objects: 3, octets: 4000, read, backUp: [], findings: [], ...overrides };
}

export function manifest(overrides: Partial<ImageManifest> = {}): ImageManifest {
  return {
    kind: 'bacvault-image',
    format: 1,
    site: 'default',
    createdAt: '2026-11-23T19:03:22.118Z',
    tool: 'bacvault 0.1.0',
    device: {
      instance: 1201,
      name: 'AHU-3',
      vendorId: 555,
      vendorName: 'Acme Controls',
      modelName: 'AC-9',
      firmwareRevision: '2.4',
      protocolRevision: 14,
    },
    reachedAt: { address: '10.1.0.1:47808', network: 2001, mac: '11', maxApdu: 480, segmentation: 'none' },
    procedure: {
      startedAt: '2026-11-23T19:03:02.000Z',
      endedAt: '2026-11-23T19:03:22.000Z',
      databaseRevision: 7,
      statesSeen: ['preparing-for-backup', 'performing-a-backup', 'idle'],
      systemStatusSeen: [],
      passwordUsed: true,
      deviations: ['End_Of_File came one read late'],
      requests: 120,
      retries: 2,
    },
    files: [
      {
        objectIdentifier: 'file,12',
        instance: 12,
        name: 'config.bin',
        accessMethod: 'stream',
        octets: 5,
        sha256: 'a'.repeat(64),
        objects: [],
      },
      {
        objectIdentifier: 'file,13',
        instance: 13,
        accessMethod: 'record',
        octets: 3,
        recordCount: 3,
        sha256: 'b'.repeat(64),
        objects: [],
      },
    ],
    ...overrides,
  };
}

export function image(
  overrides: Partial<ImageManifest> = {},
  id = '1a2b3c4d5e6f'.padEnd(64, '0'),
): ImageSummary {
  return { id, manifest: manifest(overrides) };
}

export function capabilities(instance: number, overrides: Partial<Capabilities> = {}): Capabilities {
  const { device, reachedAt } = manifest();
  return {
    kind: 'capabilities',
    device: instance,
    identity: { ...device, instance },
    reachedAt,
    backupAndRestore: 'yes',
    reasons: [],
    services: { reinitializeDevice: true, atomicReadFile: true, atomicWriteFile: true, createObject: false },
    state: 'idle',
    systemStatus: 'operational',
    backupFailureTimeoutS: 3600,
    configurationFiles: 0,
    databaseRevision: 9,
    ...overrides,
  };
}

export function backupReport(instance: number, overrides: Partial<BackupReport> = {}): BackupReport {
  return {
    kind: 'backup-report',
    device: instance,
    imageId: image().id,
    manifest: manifest(),
    files: 2,
    octets: 8,
    durationMs: 20_400,
    release: 'released',
    unrecorded: [],
    ...overrides,
  };
}

export function planCheck(name: PlanCheck['name'], overrides: Partial<PlanCheck> = {}): PlanCheck {
  return {
    name,
    title: name,
    severity: 'ok',
    image: 'same',
    device: 'same',
    unknown: false,
    text: 'as it should be',
    allowable: true,
    code: 'device-mismatch',
    ...overrides,
  };
}

export function restorePlan(instance: number, overrides: Partial<RestorePlan> = {}): RestorePlan {
  const { device, reachedAt } = manifest();
  return {
    kind: 'restore-plan',
    device: instance,
    imageId: image().id,
    site: 'default',
    replacement: false,
    becomes: instance,
    madeAt: '2026-11-24T08:00:00.000Z',
    identity: { ...device, instance },
    reachedAt,
    checks: [planCheck('instance'), planCheck('firmware', { image: '2.4', device: '2.4' })],
    estimate: {
      totalMs: 180_000,
      outageMs: 65_000,
      undoMs: 57_500,
      proofMs: 57_500,
      basis: ['its backup took 60 s'],
    },
    ...overrides,
  };
}

export function verifyReport(instance: number, overrides: Partial<VerifyReport> = {}): VerifyReport {
  return {
    kind: 'verify-report',
    device: instance,
    imageId: image().id,
    equal: true,
    files: [{ file: 12, equal: true, unit: 'octets', ranges: [], imageSize: 5, deviceSize: 5 }],
    deviations: [],
    release: 'released',
    ...overrides,
  };
}

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  /** stdout as JSON, one object a line. */
  readonly lines: () => Record<string, unknown>[];
}

/** Runs one command line to its end. */
export async function ran(args: readonly string[], io: FakeIo, engine: Engine): Promise<Ran> {
  const status = await run(args, io, engine);
  const lines = (): Record<string, unknown>[] =>
    io.stdout.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { status, out: io.stdout.text, err: io.stderr.text, lines };
}

export function imageDiff(overrides: Partial<ImageDiff> = {}): ImageDiff {
  const side = {
    from: 'image',
    site: 'default',
    instance: 1201,
    name: 'AHU-3',
    files: 2,
    octets: 8,
  } as const;
  return {
    kind: 'image-diff',
    verdict: 'equal',
    a: { ...side, imageId: image().id, createdAt: '2026-11-23T19:03:22.118Z' },
    b: { ...side, imageId: '5e6f7a8b'.padEnd(64, '0'), createdAt: '2026-11-24T19:03:22.118Z' },
    device: [],
    files: [],
    ...overrides,
  };
}
