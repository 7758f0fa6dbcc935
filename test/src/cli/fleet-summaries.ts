// Summaries of runs, for tests of what is made of them. Names that devices gave are as bad as they can be.

import type { FleetSummary } from '../../../src/index.js';

export const EVIL = 'AHU\u001b[31m<script>alert(1)</script>';

export function fleetSummary(overrides: Partial<FleetSummary> = {}): FleetSummary {
  return {
    kind: 'fleet-summary',
    site: 'Hospital North',
    rule: 'nightly',
    run: '2026-01-01T220000Z-00000001',
    outcome: 'partial',
    exitCode: 3,
    startedAt: '2026-01-01T22:00:00.000Z',
    endedAt: '2026-01-01T22:58:12.000Z',
    durationMs: 3_492_000,
    since: '2026-01-01T22:00:00.000Z',
    counts: {
      devices: 4,
      protected: 2,
      backedUp: 2,
      unchanged: 0,
      present: 0,
      failed: 1,
      interrupted: 0,
      notBegun: 1,
      changed: 1,
      first: 1,
    },
    octets: 123_456,
    devices: [
      {
        device: 1,
        name: EVIL,
        address: '10.0.0.1:47808',
        outcome: 'backed-up',
        image: 'ab'.repeat(32),
        imageAt: '2026-01-01T22:10:00.000Z',
        change: 'changed',
        changes: ['file,1 (CONFIG) changed from 10 to 20 octets'],
        octets: 20,
        durationMs: 5000,
        tries: 1,
      },
      {
        device: 2,
        name: 'FCU-2',
        outcome: 'backed-up',
        change: 'first',
        octets: 123_436,
        durationMs: 60_000,
        tries: 1,
      },
      {
        device: 3,
        name: 'FCU-3',
        outcome: 'failed',
        code: 'device-password',
        message: 'Device 3 (FCU-3) refused the password.',
        imageAt: '2025-12-01T22:10:00.000Z',
        tries: 1,
      },
      { device: 4, outcome: 'not-begun', tries: 0 },
    ],
    warnings: ['The log of the run could not be written: full.'],
    ...overrides,
  };
}
