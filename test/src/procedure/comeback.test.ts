// As what a device is expected back (comeback); that it is found is told in test/scenario/replacement.

import { expect } from 'chai';
import { comebackOf } from '../../../src/procedure/comeback.js';
import type { PlanCheck, RestorePlan } from '../../../src/procedure/index.js';

const plan = (replacement: boolean, checks: Partial<Record<PlanCheck['name'], PlanCheck['severity']>>) =>
  ({
    becomes: 1201,
    replacement,
    checks: Object.entries(checks).map(([name, severity]) => ({ name, severity })),
  }) as unknown as RestorePlan;

describe('comebackOf', () => {
  it('expects the instance of the image', () => {
    expect(comebackOf(plan(true, {})).instance).to.equal(1201);
  });

  it('lets a device move only when nobody else has the instance that it will have', () => {
    expect(comebackOf(plan(false, { 'duplicate-instance': 'ok' })).mayMove).to.equal(true);
    expect(comebackOf(plan(true, { 'old-device': 'ok', 'duplicate-instance': 'block' })).mayMove).to.equal(
      true,
    );
    for (const severity of ['warn', 'block'] as const) {
      expect(comebackOf(plan(false, { 'duplicate-instance': severity })).mayMove).to.equal(false);
      expect(comebackOf(plan(true, { 'old-device': severity, 'duplicate-instance': 'ok' })).mayMove).to.equal(
        false,
      );
    }
  });
});
