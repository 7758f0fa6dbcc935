// The gate: what blocks is let through by its own name alone, and what has no name to allow never.

import { expect } from 'chai';
import { isEngineError } from '../../../../src/errors.js';
import { blockedError, CHECK_NAMES, checkNames, gate } from '../../../../src/procedure/plan/index.js';
import type { PlanCheck, RestorePlan } from '../../../../src/procedure/plan/index.js';

const check = (name: PlanCheck['name'], change: Partial<PlanCheck> = {}): PlanCheck => ({
  name,
  title: name,
  severity: 'block',
  unknown: false,
  text: `${name} is wrong`,
  allowable: true,
  code: 'device-mismatch',
  ...change,
});

const plan = (...checks: PlanCheck[]): RestorePlan => ({
  kind: 'restore-plan',
  device: 1201,
  imageId: '1a2b3c4d'.padEnd(64, '0'),
  site: 'default',
  replacement: false,
  becomes: 1201,
  madeAt: '2026-11-26T03:00:00.000Z',
  identity: { instance: 1201 },
  reachedAt: { address: '10.1.4.77:47808', maxApdu: 480, segmentation: 'none' },
  checks,
  estimate: { basis: [] },
});

const names = (checks: readonly PlanCheck[]): string[] => checks.map(({ name }) => name);

describe('the gate', () => {
  it('is open when nothing blocks, whatever warns', () => {
    const verdict = gate(
      plan(check('model', { severity: 'ok' }), check('image-age', { severity: 'warn' })),
      [],
    );
    expect(verdict).to.deep.equal({ ok: true, blocked: [], used: [], unused: [] });
  });

  it('is closed by one block', () => {
    const verdict = gate(plan(check('model'), check('vendor', { severity: 'ok' })), []);
    expect(verdict.ok).to.equal(false);
    expect(names(verdict.blocked)).to.deep.equal(['model']);
  });

  it('lets through what is named, and nothing else', () => {
    const both = plan(check('model'), check('firmware'));
    const one = gate(both, ['firmware']);
    expect(one.ok).to.equal(false);
    expect(names(one.blocked)).to.deep.equal(['model']);
    expect(names(one.used)).to.deep.equal(['firmware']);
    expect(gate(both, ['firmware', 'model', 'model']).ok).to.equal(true);
  });

  it('lets nothing through that cannot be allowed', () => {
    const verdict = gate(plan(check('image-hashes', { allowable: false })), ['image-hashes']);
    expect(verdict.ok).to.equal(false);
    expect(names(verdict.blocked)).to.deep.equal(['image-hashes']);
    expect(verdict.used).to.deep.equal([]);
    expect(verdict.unused).to.deep.equal([]);
  });

  it('tells which names were allowed for nothing', () => {
    const verdict = gate(plan(check('model'), check('vendor', { severity: 'warn' })), [
      'model',
      'vendor',
      'site',
    ]);
    expect(verdict.ok).to.equal(true);
    expect(verdict.unused).to.deep.equal(['vendor', 'site']);
  });

  it('refuses a name that is no check, and lists those that are', () => {
    for (const act of [() => gate(plan(), ['modle']), () => checkNames(['model', 'modle'])]) {
      let error: unknown;
      try {
        act();
      } catch (thrown) {
        error = thrown;
      }
      if (!isEngineError(error, 'usage')) throw new Error('it was not refused');
      expect(error.message).to.contain('"modle"');
      for (const name of CHECK_NAMES) expect(error.message).to.contain(name);
    }
  });

  it('has each name once', () => {
    expect(new Set(CHECK_NAMES).size).to.equal(CHECK_NAMES.length);
  });
});

describe('a blocked restore', () => {
  it('gives both values, what is unknown of them, and the only one where nothing is compared', () => {
    const closed = plan(
      check('model', { title: 'Model_Name', image: 'AC-9', device: 'AC-10' }),
      check('vendor', { title: 'Vendor_Identifier', device: '5', unknown: true }),
      check('duplicate-instance', { title: 'Others of this instance', device: '10.1.0.9:47808' }),
    );
    const { message } = blockedError(closed, gate(closed, []));
    expect(message).to.contain('(Model_Name: AC-9 in the image, AC-10 on the device)');
    expect(message).to.contain('(Vendor_Identifier: unknown in the image, 5 on the device)');
    expect(message).to.contain('(Others of this instance: 10.1.0.9:47808)');
  });

  it('fails with the code of the first block, names all of them and the way past them', () => {
    const closed = plan(
      check('duplicate-instance', { code: 'device-duplicate' }),
      check('model'),
      check('image-hashes', { allowable: false }),
    );
    const error = blockedError(closed, gate(closed, []));
    expect(error.code).to.equal('device-duplicate');
    expect(error.details['blocked']).to.deep.equal(['duplicate-instance', 'model', 'image-hashes']);
    expect(error.message).to.contain('model is wrong').and.to.contain('nothing was written');
    expect(error.message).to.contain('--allow duplicate-instance --allow model --reason TEXT');
    expect(error.message).to.not.contain('--allow image-hashes');
  });
});
