// A restore that went well, as the engine reports it; tests change what they are about.

import type { RestoreReport } from '../../../src/index.js';

export function restoreReport(instance: number, overrides: Partial<RestoreReport> = {}): RestoreReport {
  return {
    kind: 'restore-report',
    device: instance,
    imageId: '1a2b3c4d5e6f'.padEnd(64, '0'),
    verdict: 'verified',
    readBack: 'equal',
    after: {
      state: 'idle',
      systemStatus: 'operational',
      databaseRevision: { before: 9, after: 10 },
      address: '10.1.4.77:47808',
    },
    proof: {
      outcome: 'equal',
      files: [],
      objects: { image: 3, before: 3, now: 3 },
      reasons: [],
    },
    undo: { imageId: 'cafe0123'.padEnd(64, '0') },
    octets: 8,
    octetsRewritten: 0,
    durationMs: 61_000,
    outageMs: 30_000,
    steps: [
      { step: 'undo', durationMs: 15_000, phases: [] },
      { step: 'write', durationMs: 30_000, phases: [] },
      { step: 'prove', durationMs: 16_000, phases: [] },
    ],
    run: '2026-03-01T021500Z-1f2e3d4c',
    allowed: [],
    unrecorded: [],
    deviations: [],
    unproven: [],
    release: 'released',
    ...overrides,
  };
}
